//! Every answer that came, accepted or not; certificates and their amendments.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, string, timestamp_with_time_zone, uuid};

/// See the module.
#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "rights_0003_evidence"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [answer(), certificate(), amendment()] {
            manager.create_table(table).await?;
        }
        let connection = manager.get_connection();
        for index in INDEXES {
            connection.execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["amendment", "certificate", "answer"] {
            manager
                .drop_table(Table::drop().table(table).if_exists().to_owned())
                .await?;
        }
        Ok(())
    }
}

const INDEXES: [&str; 3] = [
    "CREATE INDEX ix_answer_part ON answer (request_id, holder)",
    "CREATE UNIQUE INDEX ux_certificate ON certificate (request_id)",
    "CREATE UNIQUE INDEX ux_amendment ON amendment (request_id, number)",
];

fn answer() -> TableCreateStatement {
    Table::create()
        .table("answer")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(uuid("request_id"))
        .col(string("holder"))
        .col(string("kind"))
        .col(string("fingerprint"))
        .col(string("effect"))
        .col(timestamp_with_time_zone("received_at"))
        .to_owned()
}

fn certificate() -> TableCreateStatement {
    Table::create()
        .table("certificate")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(uuid("request_id"))
        .col(ColumnDef::new("document").blob().not_null())
        .col(string("hash"))
        .col(timestamp_with_time_zone("issued_at"))
        .to_owned()
}

fn amendment() -> TableCreateStatement {
    Table::create()
        .table("amendment")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(uuid("request_id"))
        .col(integer("number"))
        .col(ColumnDef::new("document").blob().not_null())
        .col(timestamp_with_time_zone("at"))
        .to_owned()
}
