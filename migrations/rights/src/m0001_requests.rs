//! Requests, the holders' parts in them, and the pieces of access packages.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, integer, string, string_null, text,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

/// See the module.
#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "rights_0001_requests"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [request(), part(), export_part()] {
            manager.create_table(table).await?;
        }
        let connection = manager.get_connection();
        for index in INDEXES {
            connection.execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["export_part", "part", "request"] {
            manager
                .drop_table(Table::drop().table(table).if_exists().to_owned())
                .await?;
        }
        Ok(())
    }
}

/// Of one person, one network and one kind there is one unfinished request: a duplicate joins it.
const INDEXES: [&str; 6] = [
    "CREATE UNIQUE INDEX ux_request_unfinished ON request (network, kind, subject_id) WHERE state IN \
     ('received', 'discovering', 'awaiting_decision', 'awaiting_approval', 'executing')",
    "CREATE INDEX ix_request_deadline ON request (network, deadline_at, id)",
    "CREATE INDEX ix_request_subject ON request (subject_id)",
    "CREATE INDEX ix_request_open ON request (check_at) WHERE check_at IS NOT NULL",
    "CREATE UNIQUE INDEX ux_part ON part (request_id, holder)",
    "CREATE UNIQUE INDEX ux_export_part ON export_part (request_id, holder, number)",
];

fn request() -> TableCreateStatement {
    Table::create()
        .table("request")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(uuid("subject_id"))
        .col(uuid("package_subject"))
        .col(string("kind"))
        .col(string("state"))
        .col(integer("round"))
        .col(integer("found_round"))
        .col(boolean("set_closed"))
        .col(boolean("closing"))
        .col(string_null("identity_proof"))
        .col(string("language"))
        .col(ColumnDef::new("search_keys").blob())
        .col(ColumnDef::new("note").blob())
        .col(ColumnDef::new("refusal_reason").blob())
        .col(string("commitment"))
        .col(string("commitment_over"))
        .col(string_null("opened_by"))
        .col(timestamp_with_time_zone("received_at"))
        .col(timestamp_with_time_zone("deadline_at"))
        .col(string_null("decided_by"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .col(string_null("approved_by"))
        .col(timestamp_with_time_zone_null("approved_at"))
        .col(timestamp_with_time_zone_null("proven_at"))
        .col(timestamp_with_time_zone_null("completed_at"))
        .col(big_integer_null("ledger_entry"))
        .col(timestamp_with_time_zone_null("check_at"))
        .to_owned()
}

fn part() -> TableCreateStatement {
    Table::create()
        .table("part")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(uuid("request_id"))
        .col(string("holder"))
        .col(string("state"))
        .col(integer("round"))
        .col(big_integer_null("ledger_entry"))
        .col(integer("asked"))
        .col(timestamp_with_time_zone("asked_at"))
        .col(text("found"))
        .col(text("decisions"))
        .col(ColumnDef::new("replay_handle").blob())
        .col(ColumnDef::new("answer").blob())
        .col(ColumnDef::new("answer_identity").blob())
        .col(ColumnDef::new("answer_signature").blob())
        .col(text("differences"))
        .col(big_integer("residual"))
        .col(timestamp_with_time_zone_null("answered_at"))
        .col(timestamp_with_time_zone_null("void_since"))
        .to_owned()
}

fn export_part() -> TableCreateStatement {
    Table::create()
        .table("export_part")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(uuid("subject_id"))
        .col(uuid("request_id"))
        .col(string("holder"))
        .col(integer("number"))
        .col(big_integer("bytes"))
        .col(ColumnDef::new("content").blob())
        .to_owned()
}
