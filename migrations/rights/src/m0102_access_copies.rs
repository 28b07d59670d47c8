//! Copies of the holders' access logs. They lie in the ledger's own store: a restore of the rights database forgets none.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, string, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

/// See the module.
#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "rights_0102_access_copies"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [copy(), finding()] {
            manager.create_table(table).await?;
        }
        let connection = manager.get_connection();
        for index in INDEXES {
            connection.execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Custom("the ledger is never taken back".to_owned()))
    }
}

/// A number is used once within an epoch; the same thing is found once.
const INDEXES: [&str; 4] = [
    "CREATE UNIQUE INDEX ux_access_copy_number ON access_copy (holder, epoch, number)",
    "CREATE INDEX ix_access_copy_hash ON access_copy (holder, hash)",
    "CREATE INDEX ix_access_copy_previous ON access_copy (holder, previous)",
    "CREATE UNIQUE INDEX ux_access_finding ON access_finding (holder, reason, fingerprint)",
];

fn copy() -> TableCreateStatement {
    Table::create()
        .table("access_copy")
        .col(string("holder"))
        .col(big_integer("position"))
        .col(big_integer("epoch"))
        .col(big_integer("number"))
        .col(string("previous"))
        .col(string("hash"))
        .col(big_integer("line_count"))
        .col(timestamp_with_time_zone("sealed_at"))
        .col(timestamp_with_time_zone("received_at"))
        .col(ColumnDef::new("signed").blob().not_null())
        .col(ColumnDef::new("sealed_lines").blob())
        .primary_key(Index::create().col("holder").col("position"))
        .to_owned()
}

fn finding() -> TableCreateStatement {
    Table::create()
        .table("access_finding")
        .col(uuid("id").primary_key())
        .col(string("holder"))
        .col(string("reason"))
        .col(string("fingerprint"))
        .col(big_integer("epoch"))
        .col(big_integer("number"))
        .col(timestamp_with_time_zone("found_at"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .to_owned()
}
