//! How fetching a network's address file goes. Of several instances that one fetches whose claim is in the row: a claim
//! ends by itself, so that a crash holds nobody up for long.

use chrono::TimeDelta;
use kernel::NetworkCode;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{CaseStatement, OnConflict, SimpleExpr};
use sea_orm::{ActiveValue::Set, Condition, ConnectionTrait, ExprTrait as _};
use uuid::Uuid;

use crate::domain::limits::PULL_ATTEMPTS_MAX;

/// Name of the table in the data map.
pub const TABLE: &str = "address_pull";
/// What was fetched was imported.
pub const IMPORTED: &str = "imported";
/// The other system says that it is what was fetched last.
pub const UNCHANGED: &str = "unchanged";
/// It was not fetched, or not taken in.
pub const FAILED: &str = "failed";

/// How long a claim holds without being renewed: longer than an import that keeps the one writer of SQLite to itself.
pub const LEASE: TimeDelta = TimeDelta::minutes(5);

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "address_pull")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub network: String,
    /// A digest of where it is fetched: another place has other versions.
    pub source: String,
    /// The version that was taken in last, in the other system's words.
    pub etag: String,
    pub last_modified: String,
    /// Of the last attempt that ended; empty before the first.
    pub outcome: String,
    /// The word of the failure; empty when there was none.
    pub failure: String,
    pub http_status: Option<i64>,
    /// Since when it is to be fetched.
    pub known_at: DateTimeUtc,
    /// The planned time that is done with, well or not.
    pub settled: DateTimeUtc,
    /// The planned time that was tried last.
    pub planned: DateTimeUtc,
    /// How often that was tried.
    pub attempts: i64,
    pub next_attempt_at: Option<DateTimeUtc>,
    pub claimed_by: Option<Uuid>,
    pub claimed_until: Option<DateTimeUtc>,
    pub begun_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    /// When the other system's newest file was known to be here.
    pub succeeded_at: Option<DateTimeUtc>,
    /// The last import that a fetch led to.
    pub import_id: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// One attempt, by one instance.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Whose file.
    pub network: NetworkCode,
    /// The attempt.
    pub by: Uuid,
    /// The planned time that it is for, or that came last.
    pub planned: DateTimeUtc,
    /// When it began.
    pub at: DateTimeUtc,
}

/// Whether a claim waits for its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Only when a planned time is due and its next attempt may begin.
    Due,
    /// Now: somebody asks for it.
    Now,
}

impl Model {
    /// Whether an instance is at it.
    pub fn is_running(&self, now: DateTimeUtc) -> bool {
        self.claimed_until.is_some_and(|until| until > now)
    }

    /// Whether the last attempts of a night failed, and no further one follows.
    pub fn has_failed(&self, now: DateTimeUtc) -> bool {
        let given_up = self.outcome == FAILED && self.next_attempt_at.is_none();
        let crashed = self.settled < self.planned && self.attempts >= PULL_ATTEMPTS_MAX.into();
        (given_up || crashed) && !self.is_running(now)
    }

    /// Whether nothing has come for longer than so many hours; 0: never.
    pub fn is_late(&self, now: DateTimeUtc, expected_hours: u32) -> bool {
        let last = self.succeeded_at.unwrap_or(self.known_at);
        expected_hours > 0 && now - last > TimeDelta::hours(expected_hours.into())
    }
}

/// Makes the row of a network that is to be fetched from now on, and forgets the version when it is fetched elsewhere.
pub async fn know<C: ConnectionTrait>(
    tx: &C,
    network: &NetworkCode,
    source: &str,
    now: DateTimeUtc,
    planned: DateTimeUtc,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        network: Set(network.to_string()),
        source: Set(source.to_owned()),
        etag: Set(String::new()),
        last_modified: Set(String::new()),
        outcome: Set(String::new()),
        failure: Set(String::new()),
        known_at: Set(now),
        settled: Set(planned),
        planned: Set(planned),
        attempts: Set(0),
        ..Default::default()
    };
    let present = OnConflict::column(Column::Network).do_nothing().to_owned();
    Entity::insert(row)
        .on_conflict(present)
        .exec_without_returning(tx)
        .await?;
    Entity::update_many()
        .col_expr(Column::Source, Expr::value(source))
        .col_expr(Column::Etag, Expr::value(""))
        .col_expr(Column::LastModified, Expr::value(""))
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::Source.ne(source))
        .exec(tx)
        .await?;
    Ok(())
}

/// How it goes at a network.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(network.to_string())
        .one(connection)
        .await
}

/// Takes the attempt, unless another instance has it or it is not its time. The row as it is then.
pub async fn claim<C: ConnectionTrait>(
    tx: &C,
    claim: &Claim,
    when: When,
) -> Result<Option<Model>, DbErr> {
    let free = Condition::any()
        .add(Column::ClaimedUntil.is_null())
        .add(Column::ClaimedUntil.lte(claim.at));
    let another_night = || Column::Planned.ne(claim.planned);
    let due = Condition::all().add(Column::Settled.lt(claim.planned)).add(
        Condition::any().add(another_night()).add(
            Condition::all()
                .add(Column::Attempts.lt(PULL_ATTEMPTS_MAX))
                .add(
                    Condition::any()
                        .add(Column::NextAttemptAt.is_null())
                        .add(Column::NextAttemptAt.lte(claim.at)),
                ),
        ),
    );
    let mut update = Entity::update_many()
        .col_expr(Column::ClaimedBy, Expr::value(claim.by))
        .col_expr(Column::ClaimedUntil, Expr::value(claim.at + LEASE))
        .col_expr(Column::BegunAt, Expr::value(claim.at))
        .filter(Column::Network.eq(claim.network.as_str()))
        .filter(free);
    if when == When::Due {
        // Counted when it begins: what crashes is not tried for ever.
        let counted: SimpleExpr = CaseStatement::new()
            .case(another_night(), 1)
            .finally(Expr::col(Column::Attempts).add(1))
            .into();
        update = update
            .col_expr(Column::Attempts, counted)
            .col_expr(Column::Planned, Expr::value(claim.planned))
            .filter(due);
    }
    Ok(update.exec_with_returning(tx).await?.into_iter().next())
}

/// Whether the attempt is still ours; it is for another [`LEASE`] then.
pub async fn renew<C: ConnectionTrait>(
    tx: &C,
    claim: &Claim,
    now: DateTimeUtc,
) -> Result<bool, DbErr> {
    let renewed = of(claim)
        .col_expr(Column::ClaimedUntil, Expr::value(now + LEASE))
        .exec(tx)
        .await?;
    Ok(renewed.rows_affected == 1)
}

/// Gives an attempt back that was not made, because the service stops.
pub async fn release<C: ConnectionTrait>(tx: &C, claim: &Claim, when: When) -> Result<(), DbErr> {
    let mut update = of(claim)
        .col_expr(Column::ClaimedBy, Expr::value(Option::<Uuid>::None))
        .col_expr(
            Column::ClaimedUntil,
            Expr::value(Option::<DateTimeUtc>::None),
        );
    if when == When::Due {
        update = update.col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1));
    }
    update.exec(tx).await?;
    Ok(())
}

/// Writes down how the attempt ended and gives it back; false when it was no longer ours.
pub async fn conclude<C: ConnectionTrait>(
    tx: &C,
    claim: &Claim,
    ended: ActiveModel,
) -> Result<bool, DbErr> {
    let ended = ActiveModel {
        claimed_by: Set(None),
        claimed_until: Set(None),
        ..ended
    };
    Ok(of(claim).set(ended).exec(tx).await?.rows_affected == 1)
}

fn of(claim: &Claim) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Network.eq(claim.network.as_str()))
        .filter(Column::ClaimedBy.eq(claim.by))
}
