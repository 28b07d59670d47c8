//! Accesses, their residents, the imports that brought them, and a revision per network that the search index follows.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, blob, blob_null, boolean, pk_uuid, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

/// The first step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "registry_0001_accesses"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [access(), resident(), address_import(), network_revision()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn access() -> TableCreateStatement {
    Table::create()
        .table("access")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(text("access_id"))
        .col(text("street_name"))
        .col(text("street_number"))
        .col(text("street_littera"))
        .col(text("postal_code"))
        .col(text("city"))
        .col(text("country_code"))
        .col(text("apartment_number"))
        .col(text("distinguisher"))
        .col(text("premises_type"))
        .col(text("onapi_premises_type"))
        .col(text("property_designation"))
        .col(text("sweref_type"))
        .col(text("sweref_north"))
        .col(text("sweref_east"))
        .col(text("state"))
        .col(text_null("services"))
        .col(blob("content_hash"))
        .col(timestamp_with_time_zone("changed_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .to_owned()
}

fn resident() -> TableCreateStatement {
    Table::create()
        .table("resident")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(uuid("subject_id"))
        .col(text("access_id"))
        .col(blob_null("name"))
        .col(blob_null("other_columns"))
        .col(text("mark"))
        .to_owned()
}

fn address_import() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("address_import")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(uuid_null("subject_id"));
    for word in [
        "mode",
        "outcome",
        "charset",
        "delimiter",
        "unknown_columns",
        "refusal",
    ] {
        table.col(text(word));
    }
    table.col(boolean("dry_run"));
    for count in [
        "row_count",
        "added",
        "changed",
        "unchanged",
        "ended",
        "rejected",
        "residents_suppressed",
    ] {
        table.col(big_integer(count));
    }
    table
        .col(blob_null("rejections"))
        .col(timestamp_with_time_zone("received_at"))
        .to_owned()
}

fn network_revision() -> TableCreateStatement {
    Table::create()
        .table("network_revision")
        .col(ColumnDef::new("network").text().not_null().primary_key())
        .col(big_integer("revision"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &'static str, table: &'static str, columns: &[&'static str]| {
        let mut index = Index::create().name(name).table(table).to_owned();
        for column in columns {
            index.col(*column);
        }
        index
    };
    vec![
        index(
            "ux_access_network_access_id",
            "access",
            &["network", "access_id"],
        )
        .unique()
        .to_owned(),
        index(
            "ux_resident_network_access_id",
            "resident",
            &["network", "access_id"],
        )
        .unique()
        .to_owned(),
        index("ix_resident_subject", "resident", &["subject_id"]),
        index(
            "ix_address_import_network",
            "address_import",
            &["network", "id"],
        ),
        index(
            "ix_address_import_subject",
            "address_import",
            &["subject_id"],
        ),
    ]
}
