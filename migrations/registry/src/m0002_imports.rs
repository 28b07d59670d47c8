//! The whole of what an address file says, imports that wait for a decision, history, and the time to take one back.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, blob_null, boolean, pk_uuid, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};
use sea_orm_migration::sea_orm::DbBackend;

/// The second step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "registry_0002_imports"
    }
}

/// Texts of an access that the first step did not have.
const NEW_TEXTS: [&str; 13] = [
    "latitude",
    "longitude",
    "legacy_access_id",
    "outlet",
    "population",
    "national_address_uuid",
    "area",
    "medium",
    "cpe",
    "connected_on",
    "technical",
    "source",
    "edit_reason",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in new_columns() {
            let alter = Table::alter().table(table).add_column(column).to_owned();
            manager.alter_table(alter).await?;
        }
        for table in [access_history(), staged_access(), rejected_row()] {
            manager.create_table(table).await?;
        }
        let connection = manager.get_connection();
        // Only one row about a person counts at an access; those that an import has replaced wait until it cannot be undone.
        for statement in [
            "DROP INDEX ux_resident_network_access_id",
            "CREATE UNIQUE INDEX ux_resident_network_access_id ON resident (network, access_id, role) WHERE superseded_by IS NULL",
            "CREATE INDEX ix_resident_superseded ON resident (superseded_by) WHERE superseded_by IS NOT NULL",
            "CREATE INDEX ix_access_history_access ON access_history (network, access_id, valid_to)",
            "CREATE INDEX ix_access_history_replaced ON access_history (replaced_by)",
            "CREATE INDEX ix_rejected_row_import ON rejected_row (import_id, line)",
        ] {
            connection.execute_unprepared(statement).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            // What is staged can be sent again; it needs no log, and a copy of the log then holds nobody's name.
            connection
                .execute_unprepared("ALTER TABLE staged_access SET UNLOGGED")
                .await?;
        }
        Ok(())
    }
}

fn empty_text(name: &'static str) -> ColumnDef {
    text(name).default("").to_owned()
}

fn new_columns() -> Vec<(&'static str, ColumnDef)> {
    let mut columns: Vec<(&str, ColumnDef)> = NEW_TEXTS
        .into_iter()
        .map(|name| ("access", empty_text(name)))
        .collect();
    columns.extend([
        ("access", big_integer_null("price_group")),
        ("access", big_integer_null("capacity_kbps")),
        ("access", uuid_null("changed_by")),
        ("resident", text("role").default("resident").to_owned()),
        ("resident", boolean("protected").default(false).to_owned()),
        ("resident", uuid_null("import_id")),
        ("resident", uuid_null("superseded_by")),
        ("address_import", text("format").default("mdb2").to_owned()),
        (
            "address_import",
            boolean("says_of_residents").default(false).to_owned(),
        ),
        (
            "address_import",
            boolean("says_of_owners").default(false).to_owned(),
        ),
        (
            "address_import",
            big_integer("staged").default(0).to_owned(),
        ),
        ("address_import", blob_null("rejected_header")),
        (
            "address_import",
            timestamp_with_time_zone_null("held_until"),
        ),
        (
            "address_import",
            timestamp_with_time_zone_null("applied_at"),
        ),
        (
            "address_import",
            timestamp_with_time_zone_null("undo_until"),
        ),
    ]);
    columns
}

/// What a file says of an access, column by column; the same in `access`, `access_history` and `staged_access`.
fn facts(table: &mut TableCreateStatement) {
    for name in [
        "street_name",
        "street_number",
        "street_littera",
        "postal_code",
        "city",
        "country_code",
        "apartment_number",
        "distinguisher",
        "premises_type",
        "onapi_premises_type",
        "property_designation",
        "sweref_type",
        "sweref_north",
        "sweref_east",
        "state",
    ] {
        table.col(text(name));
    }
    for name in NEW_TEXTS {
        table.col(text(name));
    }
    table
        .col(text_null("services"))
        .col(big_integer_null("price_group"))
        .col(big_integer_null("capacity_kbps"))
        .col(blob("content_hash"));
}

fn access_history() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("access_history")
        .col(uuid("id"))
        .col(uuid("replaced_by"))
        .col(text("network"))
        .col(text("access_id"));
    facts(&mut table);
    table
        .col(uuid_null("changed_by"))
        .col(timestamp_with_time_zone("valid_from"))
        .col(timestamp_with_time_zone("valid_to"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .primary_key(Index::create().col("id").col("replaced_by"))
        .to_owned()
}

fn staged_access() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("staged_access")
        .col(pk_uuid("id"))
        .col(uuid("import_id"))
        .col(text("network"))
        .col(uuid("subject_id"))
        .col(big_integer("line"))
        .col(text("access_id"));
    facts(&mut table);
    table
        .col(text("resident_mark"))
        .col(text("owner_mark"))
        .col(text("columns_mark"))
        .col(boolean("suppressed"))
        .col(blob_null("people"))
        .to_owned()
}

fn rejected_row() -> TableCreateStatement {
    Table::create()
        .table("rejected_row")
        .col(pk_uuid("id"))
        .col(uuid("import_id"))
        .col(text("network"))
        .col(uuid("subject_id"))
        .col(big_integer("line"))
        .col(text_null("access_id"))
        .col(blob_null("content"))
        .to_owned()
}
