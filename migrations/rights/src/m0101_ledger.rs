//! The ledger: entries in a hash chain, and what concerns each holder beside them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, string, timestamp_with_time_zone, timestamp_with_time_zone_null,
};

/// See the module.
#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "rights_0101_ledger"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [head(), entry(), part()] {
            manager.create_table(table).await?;
        }
        let connection = manager.get_connection();
        for statement in STATEMENTS {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Custom("the ledger is never taken back".to_owned()))
    }
}

/// One act is written once; the head is locked by every append.
const STATEMENTS: [&str; 3] = [
    "CREATE UNIQUE INDEX ux_ledger_act ON ledger_entry (request_id, kind, scope)",
    "CREATE INDEX ix_ledger_part ON ledger_part (holder, entry)",
    "INSERT INTO ledger_head (id, entry, hash) VALUES \
     (1, 0, '0000000000000000000000000000000000000000000000000000000000000000')",
];

fn head() -> TableCreateStatement {
    Table::create()
        .table("ledger_head")
        .col(ColumnDef::new("id").integer().not_null().primary_key())
        .col(big_integer("entry"))
        .col(string("hash"))
        .to_owned()
}

fn entry() -> TableCreateStatement {
    Table::create()
        .table("ledger_entry")
        .col(
            ColumnDef::new("entry")
                .big_integer()
                .not_null()
                .primary_key(),
        )
        .col(string("kind"))
        .col(string("network"))
        .col(string("request_id"))
        .col(string("scope"))
        .col(timestamp_with_time_zone("at"))
        .col(ColumnDef::new("canonical").blob().not_null())
        .col(string("hash"))
        .to_owned()
}

fn part() -> TableCreateStatement {
    Table::create()
        .table("ledger_part")
        .col(big_integer("entry"))
        .col(string("holder"))
        .col(ColumnDef::new("salt").blob())
        .col(ColumnDef::new("replay_handle").blob())
        .col(ColumnDef::new("decisions").blob())
        .col(timestamp_with_time_zone_null("dropped_at"))
        .primary_key(Index::create().col("entry").col("holder"))
        .to_owned()
}
