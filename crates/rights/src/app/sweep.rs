//! What a crash left undone, and who is silent. Timeouts are rows: `check_at` of a request, `asked_at` of a holder's part.

use std::time::Duration as Wait;

use chrono::{DateTime, Days, Duration, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use service_kit::lifecycle::Lifecycle;
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use crate::certificate::BACKUP_DAYS;
use crate::domain::progress::HolderState;
use crate::store::cases::{Hold, Loaded};
use crate::store::{export_part, holders, part, request};

/// Requests looked through in one go.
const BATCH: u64 = 200;
/// The longest wait between two repetitions of a question.
const LONGEST_SILENCE: Duration = Duration::hours(1);
/// After the last backup has expired, before handles are dropped (decisions.md 11).
const MARGIN_DAYS: u64 = 30;
/// A package is kept so long after it could be fetched.
const PACKAGE_DAYS: u64 = 30;
/// Dropping what has expired need not be often.
const HOUSEKEEPING: Wait = Wait::from_hours(1);

impl Rights {
    /// Sweeps until the shutdown; the first time at once, for what the last crash left.
    ///
    /// # Errors
    /// None; failures are logged and tried again.
    pub async fn run_sweeps(self, lifecycle: Lifecycle) -> anyhow::Result<()> {
        let wait = Wait::from_secs(u64::from(self.settings.sweep_seconds));
        let mut housekept = None::<tokio::time::Instant>;
        log_failure(self.repair().await);
        while lifecycle
            .shutdown
            .run_until_cancelled(tokio::time::sleep(wait))
            .await
            .is_some()
        {
            log_failure(self.sweep().await);
            if housekept.is_none_or(|at| at.elapsed() > HOUSEKEEPING) {
                log_failure(self.housekeep().await);
                housekept = Some(tokio::time::Instant::now());
            }
        }
        Ok(())
    }

    /// Every unfinished request is taken as far as it goes: between ledger and database a crash may have come.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn repair(&self) -> Result<(), RightsError> {
        let mut last = Uuid::nil();
        loop {
            let page: Vec<Uuid> = open_requests()
                .filter(request::Column::Id.gt(last))
                .order_by_asc(request::Column::Id)
                .into_tuple()
                .all(&self.outbox.database().reader())
                .await?;
            let Some(end) = page.last() else {
                return Ok(());
            };
            last = *end;
            for id in page {
                log_failure(self.follow_up(id).await);
            }
        }
    }

    /// Looks through the requests whose time has come.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn sweep(&self) -> Result<(), RightsError> {
        self.reconcile_holders().await?;
        let due: Vec<Uuid> = open_requests()
            .filter(request::Column::CheckAt.lte(self.clock.now()))
            .order_by_asc(request::Column::CheckAt)
            .into_tuple()
            .all(&self.outbox.database().reader())
            .await?;
        for id in due {
            // One that fails must not hold back the others.
            log_failure(self.follow_up(id).await);
            log_failure(self.ask_again(id).await);
        }
        self.measure().await
    }

    /// Whoever has announced itself takes part, whoever is retired does not: also where a crash came in between.
    async fn reconcile_holders(&self) -> Result<(), RightsError> {
        let reader = self.outbox.database().reader();
        for row in holders::all(&reader).await? {
            if row.retired_at.is_some() {
                self.release(&row.name).await?;
            } else if !super::take_announcement::lacking(&reader, &row.name)
                .await?
                .is_empty()
            {
                let mut work = self.outbox.begin().await?;
                self.join(&mut work, &row.name).await?;
                work.commit().await?;
            }
        }
        Ok(())
    }

    /// Silent holders are asked the same again; none is ever skipped.
    async fn ask_again(&self, id: Uuid) -> Result<(), RightsError> {
        let mut work = self.outbox.begin().await?;
        let Some(mut loaded) = Loaded::by_id(work.tx(), id, Hold::Yes).await? else {
            return Ok(());
        };
        if !loaded.case.state().is_unfinished() {
            return Ok(());
        }
        let now = self.clock.now();
        let silent: Vec<String> = loaded.case.waiting_for();
        let mut repeated = Vec::new();
        for name in silent {
            let Some(row) = loaded.parts.get_mut(&name) else {
                continue;
            };
            if self.patience_ends(row) <= now {
                row.asked = row.asked.saturating_add(1);
                row.asked_at = now;
                repeated.push(row.clone());
            }
        }
        for row in repeated {
            tracing::info!(request = %id, holder = row.holder, state = row.state, "silent holder is asked again");
            metrics::counter!("rights_repeated_total", "holder" => row.holder.clone()).increment(1);
            if row.state == HolderState::Asked.as_str() {
                self.ask(
                    &mut work,
                    &loaded.request,
                    &row.holder,
                    loaded.case.holder(&row.holder)?.round(),
                );
            } else {
                self.order_part(&mut work, &loaded.request, &row);
            }
        }
        loaded.request.check_at = Some(self.next_check(&loaded, now));
        loaded.save(work.tx(), self.clock.as_ref()).await?;
        work.commit().await?;
        Ok(())
    }

    fn next_check(&self, loaded: &Loaded, now: DateTime<Utc>) -> DateTime<Utc> {
        let awaited = loaded.case.waiting_for();
        let parts = awaited.iter().filter_map(|name| loaded.parts.get(name));
        let next = parts.map(|row| self.patience_ends(row)).min();
        next.unwrap_or(now + self.silence())
            .max(now + Duration::seconds(1))
    }

    fn patience_ends(&self, row: &part::Model) -> DateTime<Utc> {
        let doublings = u32::try_from(row.asked).unwrap_or(0).min(12);
        row.asked_at
            + (self.silence() * 2_i32.pow(doublings)).min(LONGEST_SILENCE.max(self.silence()))
    }

    /// A silent holder is asked again after so long.
    pub(crate) fn silence(&self) -> Duration {
        Duration::seconds(i64::from(self.settings.silence_seconds))
    }

    /// Drops what has expired: handles and copied log lines in the ledger, packages that were kept long enough.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn housekeep(&self) -> Result<(), RightsError> {
        let now = self.clock.now();
        self.ledger
            .drop_handles(now - Days::new(BACKUP_DAYS + MARGIN_DAYS), now)
            .await?;
        self.ledger
            .drop_lines(now - Days::new(BACKUP_DAYS + MARGIN_DAYS))
            .await?;
        let old = request::Entity::find()
            .select_only()
            .column(request::Column::Id)
            .filter(request::Column::CompletedAt.lt(now - Days::new(PACKAGE_DAYS)));
        let tx = self.outbox.database().begin().await?;
        export_part::Entity::delete_many()
            .filter(
                export_part::Column::RequestId.in_subquery(sea_orm::QueryTrait::into_query(old)),
            )
            .exec(&tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// What an operator watches.
    async fn measure(&self) -> Result<(), RightsError> {
        let reader = self.outbox.database().reader();
        let open = request::Entity::find().filter(request::Column::CheckAt.is_not_null());
        let soon = self.clock.now() + Days::new(7);
        let at_risk = open.clone().filter(request::Column::DeadlineAt.lte(soon));
        metrics::gauge!("rights_requests_open").set(as_gauge(open.count(&reader).await?));
        metrics::gauge!("rights_deadlines_at_risk").set(as_gauge(at_risk.count(&reader).await?));
        Ok(())
    }
}

fn log_failure(result: Result<(), RightsError>) {
    if let Err(error) = result {
        let error = service_kit::error::chain(&error);
        tracing::warn!(error, "sweep failed and is tried again");
    }
}

fn as_gauge(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn open_requests() -> sea_orm::Select<request::Entity> {
    request::Entity::find()
        .select_only()
        .column(request::Column::Id)
        .filter(request::Column::CheckAt.is_not_null())
        .limit(BATCH)
}
