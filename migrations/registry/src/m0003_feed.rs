//! The change feed, what providers have agreed to, and what they were given.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, pk_uuid, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

/// The third step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "registry_0003_feed"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let long_ago = || Expr::value("1970-01-01 00:00:00+00:00");
        let columns = [
            ("access", big_integer("revision").default(0).to_owned()),
            (
                "access",
                timestamp_with_time_zone("revised_at")
                    .default(long_ago())
                    .to_owned(),
            ),
            (
                "access",
                timestamp_with_time_zone("appeared_at")
                    .default(long_ago())
                    .to_owned(),
            ),
            (
                "network_revision",
                big_integer("purged").default(0).to_owned(),
            ),
            (
                "network_revision",
                timestamp_with_time_zone("revised_at")
                    .default(long_ago())
                    .to_owned(),
            ),
            (
                "resident",
                boolean("not_to_providers").default(false).to_owned(),
            ),
        ];
        for (table, column) in columns {
            let alter = Table::alter().table(table).add_column(column).to_owned();
            manager.alter_table(alter).await?;
        }
        for table in [network_turn(), market_contract(), market_extract()] {
            manager.create_table(table).await?;
        }
        let connection = manager.get_connection();
        for statement in [
            // What is there already is the feed's beginning, with the times that are known of it.
            "UPDATE access SET revised_at = changed_at, appeared_at = changed_at",
            "CREATE INDEX ix_access_feed ON access (network, revision, access_id)",
            "CREATE INDEX ix_access_ended ON access (network, ended_at) WHERE ended_at IS NOT NULL",
            "CREATE INDEX ix_market_contract_provider ON market_contract (network, provider_id)",
            "CREATE INDEX ix_market_extract_network ON market_extract (network, id)",
        ] {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// When each turn was over.
fn network_turn() -> TableCreateStatement {
    Table::create()
        .table("network_turn")
        .col(text("network"))
        .col(big_integer("revision"))
        .col(timestamp_with_time_zone("at"))
        .primary_key(Index::create().col("network").col("revision"))
        .to_owned()
}

fn market_contract() -> TableCreateStatement {
    Table::create()
        .table("market_contract")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(text("provider_id"))
        .col(text("columns"))
        .col(text("premises_types"))
        .col(boolean("on_api"))
        .col(text("valid_from"))
        .col(text_null("valid_until"))
        .col(timestamp_with_time_zone("changed_at"))
        .to_owned()
}

fn market_extract() -> TableCreateStatement {
    Table::create()
        .table("market_extract")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(text("provider_id"))
        .col(uuid("contract_id"))
        .col(text("caller_id"))
        .col(text("interface"))
        .col(text("after"))
        .col(text("until"))
        .col(big_integer("put"))
        .col(big_integer("removed"))
        .col(big_integer("withheld"))
        .col(timestamp_with_time_zone("begun_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .to_owned()
}
