//! A fifth holder of personal data, written by somebody else: a customer survey with a database of its own.
//!
//! No other service knows it. It is what a team has to write to join: a table, a data map, a `run`.

use std::sync::Arc;

use anyhow::Context as _;
use chassis::process::Program;
use chassis::{Chassis, GrpcDoor, Listeners, Serve, Surroundings};
use kernel::{Email, IdentityNumber, NetworkCode};
use messaging::Work;
use privacy::{
    Category, Column, DataMap, Identifier, Known, Link, NoHooks, OnErasure, Origin, Privacy,
    Retention, RowErasure, SubjectId, Table,
};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use sea_orm_migration::prelude::{
    DbErr, MigrationName, MigrationTrait, MigratorTrait, SchemaManager,
};
use sea_orm_migration::{schema, sea_query};
use serde::Deserialize;
use service_kit::config::ServiceConfig;
use tonic::service::Routes;
use uuid::Uuid;

/// The service's name on the bus and in certificates.
pub const SERVICE: &str = "survey";
/// Settings that have a default.
pub const DEFAULTS: &str = "[settings]\n";

const RESPONSE: &str = "response";

/// The survey's settings: none.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The survey's configuration.
pub type Config = ServiceConfig<Settings>;

/// What the survey holds.
pub static DATA_MAP: DataMap = DataMap {
    service: SERVICE,
    version: "1",
    categories: &[Category {
        name: "answer",
        title_sv: "Enkätsvar",
        title_en: "Survey answers",
        purpose_sv: "Förstå hur nöjda kunderna är",
        purpose_en: "Learn how content the customers are",
        legal_basis: "art. 6(1)(a), consent",
        retention: Retention {
            period_days: 365,
            starts: "answered",
        },
        recipients: &[],
        on_erasure: OnErasure::Erase,
    }],
    tables: &[Table {
        name: RESPONSE,
        link: Link::Subject,
        network: "network",
        id: "id",
        on_erase: RowErasure::Delete,
        columns: &[
            Column::plain("id"),
            Column::plain("network"),
            Column::plain("subject_id"),
            Column::sealed("text", "answer", "text"),
        ],
    }],
};

/// The survey's schema.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut steps = messaging::migrations();
        steps.extend(privacy::migrations());
        steps.push(Box::new(Responses));
        steps
    }
}

struct Responses;

impl MigrationName for Responses {
    fn name(&self) -> &'static str {
        "survey_0001_responses"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Responses {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = sea_query::Table::create()
            .table(RESPONSE)
            .col(schema::pk_uuid("id"))
            .col(schema::text("network"))
            .col(schema::uuid("subject_id"))
            .col(schema::blob_null("text"))
            .to_owned();
        manager.create_table(table).await
    }
}

/// Serves until told to stop. It has no API of its own; its listener answers health only.
///
/// # Errors
/// What it needs is not there.
pub async fn run(
    config: Config,
    listeners: Listeners,
    surroundings: Surroundings,
) -> anyhow::Result<()> {
    let chassis =
        Chassis::connect::<Migrator, _>(SERVICE, &config, &DATA_MAP, surroundings).await?;
    chassis.serve(Serve {
        internal: Some(GrpcDoor {
            listener: listeners.grpc,
            routes: Routes::default(),
        }),
        provider: None,
        admin: listeners.admin,
        handlers: Vec::new(),
        hooks: Arc::new(NoHooks),
        open_when_fenced: &[],
    })
}

/// The survey as a program.
pub fn program() -> Program<Settings> {
    Program::new(SERVICE, DEFAULTS)
}

/// Somebody answers the survey.
///
/// # Errors
/// The database or the key store cannot be written.
pub async fn answer(
    privacy: &Privacy,
    work: Work,
    network: &NetworkCode,
    person: (&IdentityNumber, &Email),
    text: &str,
) -> anyhow::Result<SubjectId> {
    let known = [
        Known {
            identifier: Identifier::IdentityNumber(person.0.clone()),
            verified: true,
        },
        Known {
            identifier: Identifier::Email(person.1.clone()),
            verified: true,
        },
    ];
    let subject = privacy
        .subject(work.tx(), network, &known, Origin::OwnAct)
        .await?
        .subject()
        .context("a person's own act is never suppressed")?;
    let id = Uuid::now_v7();
    let sealed = privacy.seal(subject, RESPONSE, "text", id, text).await?;
    let insert = Query::insert()
        .into_table(Alias::new(RESPONSE))
        .columns(["id", "network", "subject_id", "text"].map(Alias::new))
        .values([
            id.into(),
            network.as_str().into(),
            subject.as_uuid().into(),
            sealed.into(),
        ])?
        .to_owned();
    work.tx().execute(&insert).await?;
    work.commit().await?;
    Ok(subject)
}

/// How many answers there are.
///
/// # Errors
/// The database cannot be read.
pub async fn count(reader: &DatabaseConnection) -> anyhow::Result<i64> {
    let select = Query::select()
        .expr(Expr::col(Alias::new("id")).count())
        .from(Alias::new(RESPONSE))
        .to_owned();
    let row = reader
        .query_one(&select)
        .await?
        .context("a count has a row")?;
    Ok(row.try_get_by_index(0)?)
}
