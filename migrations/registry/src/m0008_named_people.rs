//! Whom a row names while it waits, as keyed tokens: a request of the person finds it by index. What it says of a resident
//! and of an owner lies apart, so that one of them can be taken out. And what finds an access by the address that it had.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::blob_null;
use sea_orm_migration::sea_orm::DbBackend;

/// The eighth step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "registry_0008_named_people"
    }
}

/// The tables whose rows wait, and what each has not had.
const NEW_COLUMNS: [(&str, &[&str]); 3] = [
    ("staged_access", &["owner", "resident_token", "owner_token"]),
    ("rejected_row", &["resident_token", "owner_token"]),
    (
        "session_post",
        &["people", "owner", "resident_token", "owner_token"],
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in NEW_COLUMNS {
            for column in columns {
                let alter = Table::alter()
                    .table(table)
                    .add_column(blob_null(*column))
                    .to_owned();
                manager.alter_table(alter).await?;
            }
        }
        let connection = manager.get_connection();
        // Tokens are only ever equal or not, and come in no order: of a million, a hash index takes half the room and half
        // the time of a tree.
        let kind = match manager.get_database_backend() {
            DbBackend::Postgres => "USING hash",
            _ => "",
        };
        for (table, _) in NEW_COLUMNS {
            for person in ["resident", "owner"] {
                // Partial: a row that names nobody costs nothing.
                let sql = format!(
                    "CREATE INDEX ix_{table}_{person} ON {table} {kind} ({person}_token) WHERE {person}_token IS NOT NULL"
                );
                connection.execute_unprepared(&sql).await?;
            }
        }
        for sql in [
            "CREATE INDEX ix_access_ended_place ON access (network, postal_code, street_number) WHERE ended_at IS NOT NULL",
            "CREATE INDEX ix_access_history_place ON access_history (network, postal_code, street_number)",
        ] {
            connection.execute_unprepared(sql).await?;
        }
        // The rows of an import that waits now name people whom nobody would find; the sweep drops it, and its file can be
        // sent again.
        connection
            .execute_unprepared(
                "UPDATE address_import SET held_until = received_at WHERE outcome = 'held'",
            )
            .await?;
        Ok(())
    }
}
