//! A holder of its own: a service that this test knows, and the rights service does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use api::privacy::RecipientRef;
use async_trait::async_trait;
use chassis::{Chassis, GrpcDoor, Serve};
use kernel::{Email, IdentityNumber, NetworkCode};
use privacy::{
    Category, Column, DataMap, HolderHooks, Identifier, Known, Link, OnErasure, Origin, Retention,
    RowErasure, SubjectId,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DatabaseTransaction, PaginatorTrait};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, uuid};
use tonic::service::Routes;

pub struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut steps = messaging::migrations();
        steps.extend(privacy::migrations());
        steps.extend(mailer::migrations());
        steps.push(Box::new(Notes));
        steps
    }
}

struct Notes;

impl MigrationName for Notes {
    fn name(&self) -> &'static str {
        "test_notes"
    }
}

#[async_trait]
impl MigrationTrait for Notes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["note", "voucher"] {
            let mut table = sea_orm_migration::prelude::Table::create();
            table
                .table(name)
                .col(uuid("id").primary_key())
                .col(string("network"))
                .col(uuid("subject_id"));
            table
                .col(ColumnDef::new("email").blob())
                .col(ColumnDef::new("number").blob());
            manager.create_table(table).await?;
        }
        Ok(())
    }
}

mod note {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "note")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub network: String,
        pub subject_id: Uuid,
        pub email: Option<Vec<u8>>,
        pub number: Option<Vec<u8>>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod voucher {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "voucher")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub network: String,
        pub subject_id: Uuid,
        pub email: Option<Vec<u8>>,
        pub number: Option<Vec<u8>>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

const fn category(name: &'static str, on_erasure: OnErasure) -> Category {
    Category {
        name,
        title_sv: "Prov",
        title_en: "Test",
        purpose_sv: "Svara på det som du har frågat",
        purpose_en: "Answer what you have asked",
        legal_basis: "art. 6(1)(b)",
        retention: Retention {
            period_days: 365,
            starts: "last answer",
        },
        recipients: &[],
        on_erasure,
    }
}

macro_rules! map {
    ($service:literal) => {
        &DataMap {
            service: $service,
            version: "1",
            categories: &[
                category("note", OnErasure::Erase),
                category(
                    "voucher",
                    OnErasure::Retain {
                        basis: "bokföringslagen 7:2",
                        days: 2_555,
                    },
                ),
                mailer::MAIL_CATEGORY,
            ],
            tables: &[
                privacy::Table {
                    name: "note",
                    link: Link::Subject,
                    network: "network",
                    id: "id",
                    on_erase: RowErasure::Delete,
                    columns: &[
                        Column::plain("id"),
                        Column::plain("network"),
                        Column::plain("subject_id"),
                        Column::sealed("email", "note", "email"),
                        Column::sealed("number", "note", "identity_number"),
                    ],
                },
                privacy::Table {
                    name: "voucher",
                    link: Link::Subject,
                    network: "network",
                    id: "id",
                    on_erase: RowErasure::Delete,
                    columns: &[
                        Column::plain("id"),
                        Column::plain("network"),
                        Column::plain("subject_id"),
                        Column::sealed("email", "voucher", "email"),
                        Column::sealed("number", "voucher", "identity_number"),
                    ],
                },
                mailer::MAIL_TABLE,
            ],
        }
    };
}

pub const ALPHA: &DataMap = map!("alpha");
pub const BETA: &DataMap = map!("beta");
pub const GAMMA: &DataMap = map!("gamma");

/// Names a provider as the recipient of whatever is erased, when it discloses.
#[derive(Default)]
pub struct Discloses(pub AtomicBool);

#[async_trait]
impl HolderHooks for Discloses {
    async fn recipients(
        &self,
        _: &DatabaseTransaction,
        subjects: &[SubjectId],
    ) -> anyhow::Result<Vec<RecipientRef>> {
        if subjects.is_empty() || !self.0.load(Ordering::SeqCst) {
            return Ok(Vec::new());
        }
        let record_ids = vec!["note:1".to_owned()];
        Ok(vec![RecipientRef {
            recipient: "provider:nordbredband".into(),
            record_ids,
        }])
    }
}

/// A running holder.
pub struct TestHolder {
    pub chassis: Chassis,
    pub hooks: Arc<Discloses>,
}

impl TestHolder {
    pub fn serve(chassis: Chassis, listener: tokio::net::TcpListener) -> Self {
        let hooks = Arc::new(Discloses::default());
        let serve = Serve {
            internal: Some(GrpcDoor {
                listener,
                routes: Routes::default(),
            }),
            provider: None,
            admin: None,
            handlers: Vec::new(),
            hooks: hooks.clone(),
            open_when_fenced: &[],
        };
        chassis.serve(serve).unwrap();
        Self { chassis, hooks }
    }

    /// Notes something about a person.
    pub async fn note(&self, network: &str, number: Option<&str>, email: &str) {
        let work = self.chassis.outbox.begin().await.unwrap();
        let (subject, number) = self.admit(work.tx(), network, number, email).await;
        let id = kernel::new_id(self.chassis.clock.as_ref());
        let row = note::ActiveModel {
            id: Set(id),
            network: Set(network.into()),
            subject_id: Set(subject.as_uuid()),
            email: Set(Some(
                self.chassis
                    .privacy
                    .seal(subject, "note", "email", id, email)
                    .await
                    .unwrap(),
            )),
            number: Set(match &number {
                Some(n) => Some(
                    self.chassis
                        .privacy
                        .seal(subject, "note", "number", id, n.canonical())
                        .await
                        .unwrap(),
                ),
                None => None,
            }),
        };
        row.insert(work.tx()).await.unwrap();
        work.commit().await.unwrap();
    }

    /// Keeps a voucher of a person.
    pub async fn voucher(&self, network: &str, number: Option<&str>, email: &str) {
        let work = self.chassis.outbox.begin().await.unwrap();
        let (subject, _) = self.admit(work.tx(), network, number, email).await;
        let id = kernel::new_id(self.chassis.clock.as_ref());
        let row = voucher::ActiveModel {
            id: Set(id),
            network: Set(network.into()),
            subject_id: Set(subject.as_uuid()),
            email: Set(Some(
                self.chassis
                    .privacy
                    .seal(subject, "voucher", "email", id, email)
                    .await
                    .unwrap(),
            )),
            number: Set(None),
        };
        row.insert(work.tx()).await.unwrap();
        work.commit().await.unwrap();
    }

    async fn admit(
        &self,
        tx: &DatabaseTransaction,
        network: &str,
        number: Option<&str>,
        email: &str,
    ) -> (SubjectId, Option<IdentityNumber>) {
        let today = self.chassis.clock.now().date_naive();
        let number = number.map(|text| IdentityNumber::parse(text, today).unwrap());
        let mut known = vec![Known::verified(Identifier::Email(
            Email::parse(email).unwrap(),
        ))];
        known.extend(
            number
                .clone()
                .map(|n| Known::verified(Identifier::IdentityNumber(n))),
        );
        let network = NetworkCode::parse(network).unwrap();
        let admission = self
            .chassis
            .privacy
            .subject(tx, &network, &known, Origin::OwnAct)
            .await
            .unwrap();
        (admission.subject().unwrap(), number)
    }

    pub async fn notes(&self) -> u64 {
        use sea_orm::EntityTrait as _;
        note::Entity::find()
            .count(&self.chassis.database.reader())
            .await
            .unwrap()
    }

    pub async fn stop(self) {
        self.chassis.lifecycle.stop();
        self.chassis
            .lifecycle
            .drained(crate::world::PATIENCE)
            .await
            .unwrap();
        self.chassis.database.close().await.unwrap();
        self.chassis
            .privacy
            .vault()
            .database()
            .close()
            .await
            .unwrap();
    }
}
