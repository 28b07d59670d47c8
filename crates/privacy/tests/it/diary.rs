//! The test's own service: guests (deleted), places (cleared), receipts (retained).

use kernel::{Email, IdentityNumber, NetworkCode};
use privacy::{
    Category, Column, DataMap, Identifier, Known, Link, OnErasure, Origin, Privacy, Retention,
    RowErasure, SubjectId, Table,
};
use sea_orm::sea_query::{Alias, Query};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::prelude::{Table as Ddl, *};
use sea_orm_migration::schema::{
    big_integer, blob, blob_null, string, timestamp_with_time_zone_null, uuid, uuid_null,
};
use uuid::Uuid;

pub const NUMBER: &str = "199001189811";
pub const EMAIL: &str = "astrid.ek@example.se";

const fn category(name: &'static str, on_erasure: OnErasure) -> Category {
    Category {
        name,
        title_sv: "Prov",
        title_en: "Test",
        purpose_sv: "Prov",
        purpose_en: "Test",
        legal_basis: "art. 6(1)(b)",
        retention: Retention {
            period_days: 30,
            starts: "stay ended",
        },
        recipients: &["nobody"],
        on_erasure,
    }
}

pub const MAP: &DataMap = &DataMap {
    service: "diary",
    version: "1",
    categories: &[
        category("contact", OnErasure::Erase),
        category("residence", OnErasure::Erase),
        category(
            "bookkeeping",
            OnErasure::Retain {
                basis: "bokföringslagen 7:2",
                days: 2_555,
            },
        ),
    ],
    tables: &[
        Table {
            name: "guest",
            link: Link::Subject,
            network: "network",
            id: "id",
            on_erase: RowErasure::Delete,
            columns: &[
                Column::plain("id"),
                Column::plain("network"),
                Column::plain("subject_id"),
                Column::sealed("name", "contact", "name"),
                Column::sealed("email", "contact", "email"),
                Column::sealed("number", "contact", "identity_number"),
            ],
        },
        Table {
            name: "place",
            link: Link::Subject,
            network: "network",
            id: "id",
            on_erase: RowErasure::Clear,
            columns: &[
                Column::plain("id"),
                Column::plain("network"),
                Column::plain("subject_id"),
                Column::plain("label"),
                Column::sealed("resident", "residence", "resident"),
                Column::open("moved_in", "residence", "moved_in"),
            ],
        },
        Table {
            name: "receipt",
            link: Link::Subject,
            network: "network",
            id: "id",
            on_erase: RowErasure::Delete,
            columns: &[
                Column::plain("id"),
                Column::plain("network"),
                Column::plain("subject_id"),
                Column::open("amount_ore", "bookkeeping", "amount"),
                Column::sealed("payer", "bookkeeping", "payer"),
            ],
        },
    ],
};

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = messaging::migrations();
        all.extend(privacy::migrations());
        all.push(Box::new(Tables));
        all
    }
}

struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &'static str {
        "m20261121_000100_diary"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = |name: &'static str| {
            Ddl::create()
                .table(name)
                .col(uuid("id").primary_key())
                .col(string("network"))
                .to_owned()
        };
        let guest = table("guest")
            .col(uuid("subject_id"))
            .col(blob("name"))
            .col(blob_null("email"))
            .col(blob_null("number"))
            .to_owned();
        let place = table("place")
            .col(uuid_null("subject_id"))
            .col(string("label"))
            .col(blob("resident"))
            .col(timestamp_with_time_zone_null("moved_in"))
            .to_owned();
        let receipt = table("receipt")
            .col(uuid("subject_id"))
            .col(big_integer("amount_ore"))
            .col(blob("payer"))
            .to_owned();
        for table in [guest, place, receipt] {
            manager.create_table(table).await?;
        }
        Ok(())
    }
}

pub fn network() -> NetworkCode {
    NetworkCode::parse("MALAR").unwrap()
}

pub fn number(text: &str) -> Identifier {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    Identifier::IdentityNumber(IdentityNumber::parse(text, today).unwrap())
}

pub fn email(text: &str) -> Identifier {
    Identifier::Email(Email::parse(text).unwrap())
}

/// What a person who stays overnight leaves behind, under one subject.
pub async fn stay<C: ConnectionTrait>(privacy: &Privacy, tx: &C) -> SubjectId {
    let known = [
        Known::verified(number(NUMBER)),
        Known::verified(email(EMAIL)),
    ];
    let subject = privacy
        .subject(tx, &network(), &known, Origin::OwnAct)
        .await
        .unwrap()
        .subject()
        .unwrap();
    add_guest(privacy, tx, subject).await;
    let place = id(privacy);
    let resident = privacy
        .seal(subject, "place", "resident", place, "Astrid Ek")
        .await
        .unwrap();
    insert(
        tx,
        "place",
        &[
            "id",
            "network",
            "subject_id",
            "label",
            "resident",
            "moved_in",
        ],
        vec![
            place.into(),
            network().as_str().into(),
            subject.as_uuid().into(),
            "the attic".into(),
            resident.into(),
            privacy.clock().now().into(),
        ],
    )
    .await;
    let receipt = id(privacy);
    let payer = privacy
        .seal(subject, "receipt", "payer", receipt, "Astrid Ek")
        .await
        .unwrap();
    insert(
        tx,
        "receipt",
        &["id", "network", "subject_id", "amount_ore", "payer"],
        vec![
            receipt.into(),
            network().as_str().into(),
            subject.as_uuid().into(),
            129_900_i64.into(),
            payer.into(),
        ],
    )
    .await;
    subject
}

pub async fn add_guest<C: ConnectionTrait>(privacy: &Privacy, tx: &C, subject: SubjectId) -> Uuid {
    let guest = id(privacy);
    let name = privacy
        .seal(subject, "guest", "name", guest, "Astrid Ek")
        .await
        .unwrap();
    let email = privacy
        .seal(subject, "guest", "email", guest, EMAIL)
        .await
        .unwrap();
    let number = privacy
        .seal(subject, "guest", "number", guest, NUMBER)
        .await
        .unwrap();
    insert(
        tx,
        "guest",
        &["id", "network", "subject_id", "name", "email", "number"],
        vec![
            guest.into(),
            network().as_str().into(),
            subject.as_uuid().into(),
            name.into(),
            email.into(),
            number.into(),
        ],
    )
    .await;
    guest
}

fn id(privacy: &Privacy) -> Uuid {
    kernel::new_id(privacy.clock().as_ref())
}

async fn insert<C: ConnectionTrait>(
    tx: &C,
    table: &'static str,
    columns: &[&'static str],
    values: Vec<sea_orm::Value>,
) {
    let statement = Query::insert()
        .into_table(table)
        .columns(columns.iter().map(|c| Alias::new(*c)))
        .values_panic(values.into_iter().map(sea_orm::sea_query::Expr::value))
        .to_owned();
    tx.execute(&statement).await.unwrap();
}

/// A row as a dump brings it back: for the subject that is there, under a key that is gone.
pub async fn add_guest_unsealed<C: ConnectionTrait>(tx: &C) {
    let subject = Query::select()
        .column("id")
        .from("subject")
        .limit(1)
        .to_owned();
    let subject: Uuid = tx
        .query_one(&subject)
        .await
        .unwrap()
        .unwrap()
        .try_get("", "id")
        .unwrap();
    insert(
        tx,
        "guest",
        &["id", "network", "subject_id", "name"],
        vec![
            Uuid::nil().into(),
            network().as_str().into(),
            subject.into(),
            vec![1_u8, 2, 3].into(),
        ],
    )
    .await;
}
