//! Holders that have announced themselves, recipients that are told, and the replicated register of disclosures.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, string, string_null, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

/// See the module.
#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "rights_0002_holders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [holder(), recipient_notice(), disclosure()] {
            manager.create_table(table).await?;
        }
        let connection = manager.get_connection();
        for index in INDEXES {
            connection.execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["disclosure", "recipient_notice", "holder"] {
            manager
                .drop_table(Table::drop().table(table).if_exists().to_owned())
                .await?;
        }
        Ok(())
    }
}

const INDEXES: [&str; 3] = [
    "CREATE UNIQUE INDEX ux_holder ON holder (name)",
    "CREATE UNIQUE INDEX ux_recipient_notice ON recipient_notice (request_id, recipient)",
    "CREATE INDEX ix_disclosure_record ON disclosure (network, holder, record_id)",
];

fn holder() -> TableCreateStatement {
    Table::create()
        .table("holder")
        .col(uuid("id").primary_key())
        .col(string("name"))
        .col(string("version"))
        .col(text("data_map"))
        .col(big_integer("position"))
        .col(boolean("announced"))
        .col(timestamp_with_time_zone("announced_at"))
        .col(timestamp_with_time_zone("seen_at"))
        .col(timestamp_with_time_zone_null("retired_at"))
        .col(string_null("retired_by"))
        .col(text("retired_why"))
        .col(big_integer_null("retired_entry"))
        .to_owned()
}

fn recipient_notice() -> TableCreateStatement {
    Table::create()
        .table("recipient_notice")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(uuid("request_id"))
        .col(string("recipient"))
        .col(text("record_ids"))
        .col(timestamp_with_time_zone("told_at"))
        .col(timestamp_with_time_zone_null("acknowledged_at"))
        .to_owned()
}

fn disclosure() -> TableCreateStatement {
    Table::create()
        .table("disclosure")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(string("holder"))
        .col(string("recipient"))
        .col(string("record_id"))
        .col(timestamp_with_time_zone("at"))
        .col(string("purpose"))
        .to_owned()
}
