//! Providers' systems that are called: where, what is handed over to them, and what is fetched of them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, integer_null, pk_uuid, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

/// The ninth step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "orders_0009_provider_systems"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(system()).await?;
        manager.create_table(handover()).await?;
        manager.create_table(pull()).await?;
        manager.create_table(contact_request()).await?;
        for (table, name, columns, unique) in INDEXES {
            let mut index = Index::create();
            index.table(*table).name(*name);
            for column in *columns {
                index.col(*column);
            }
            if *unique {
                index.unique();
            }
            manager.create_index(index.take()).await?;
        }
        // One column at a time: SQLite adds no more.
        for column in offering_columns() {
            let table = Table::alter().table("offering").add_column(column).take();
            manager.alter_table(table).await?;
        }
        let by_network = Table::alter()
            .table("technical_order")
            .add_column(flag("by_network"))
            .take();
        manager.alter_table(by_network).await
    }
}

/// Table, name, columns, unique.
type Indexed = (&'static str, &'static str, &'static [&'static str], bool);

const INDEXES: &[Indexed] = &[
    (
        "provider_system",
        "provider_system_by_provider",
        &["network", "provider_id"],
        true,
    ),
    // What is due, of whom.
    (
        "handover",
        "handover_by_state",
        &["state", "next_attempt_at", "network", "provider_id"],
        false,
    ),
    (
        "handover",
        "handover_by_order",
        &["order_id", "kind"],
        false,
    ),
    ("handover", "handover_by_network", &["network", "id"], false),
    ("product_pull", "product_pull_due", &["next_at"], false),
    (
        "contact_request",
        "contact_request_by_subject",
        &["subject_id"],
        false,
    ),
];

fn system() -> TableCreateStatement {
    Table::create()
        .table("provider_system")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(text("provider_id"))
        .col(big_integer("version"))
        .col(text("base_url"))
        .col(text("api_version"))
        .col(text("functions"))
        .col(ColumnDef::new("credential").blob())
        .col(text("portal_url"))
        .col(text("portal_operator"))
        .col(ColumnDef::new("portal_key").blob())
        .col(timestamp_with_time_zone("changed_at"))
        .col(text("changed_by"))
        .take()
}

fn handover() -> TableCreateStatement {
    Table::create()
        .table("handover")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(text("provider_id"))
        .col(text("kind"))
        .col(uuid("order_id"))
        .col(uuid_null("technical_order_id"))
        .col(text_null("product_id"))
        .col(text_null("offering_id"))
        .col(text("state"))
        .col(integer("attempts"))
        .col(timestamp_with_time_zone("begun_at"))
        .col(timestamp_with_time_zone("next_attempt_at"))
        .col(uuid_null("lease_owner"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .col(timestamp_with_time_zone_null("disclosed_at"))
        .col(integer_null("last_status"))
        .col(text_null("last_failure"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .take()
}

fn pull() -> TableCreateStatement {
    Table::create()
        .table("product_pull")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(text("provider_id"))
        .col(timestamp_with_time_zone("next_at"))
        .col(uuid_null("lease_owner"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .col(timestamp_with_time_zone_null("tried_at"))
        .col(timestamp_with_time_zone_null("succeeded_at"))
        .col(timestamp_with_time_zone_null("taken_at"))
        .col(timestamp_with_time_zone_null("failing_since"))
        .col(boolean("told"))
        .col(integer_null("last_status"))
        .col(text_null("last_failure"))
        .col(text_null("last_modified"))
        .col(text("report"))
        .take()
}

fn contact_request() -> TableCreateStatement {
    Table::create()
        .table("contact_request")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(uuid_null("subject_id"))
        .col(text("provider_id"))
        .col(text("caller_id"))
        .col(timestamp_with_time_zone("at"))
        .col(text_null("outcome"))
        .col(ColumnDef::new("sp_reference").blob())
        .col(ColumnDef::new("reason").blob())
        .take()
}

fn offering_columns() -> [ColumnDef; 2] {
    let text = |name: &'static str| ColumnDef::new(name).text().not_null().default("").take();
    [text("source"), flag("code_required")]
}

fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name)
        .boolean()
        .not_null()
        .default(false)
        .take()
}
