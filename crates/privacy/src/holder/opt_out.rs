//! Opt-outs that a restore must not undo (decisions.md 7): said to the rights service until the ledger has them.
//!
//! The service's own transaction takes the rows and suppresses the tokens; that the ledger is to know is recorded in the
//! same one. After a restore the entry is replayed: what the backup still held of the person goes, and stays out.

mod replay;

use std::sync::Arc;

use api::privacy::{OptOutLedgered, OptOutRecorded};
use chrono::{DateTime, TimeDelta, Utc};
use messaging::{Envelope, Handler, HandlerError, Outgoing, Work};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

pub(super) use self::replay::replay;
use super::handle::ReplayHandle;
use super::task::{self, NewTask, Task};
use super::{Inner, position};

/// What the ledger calls it.
pub(super) const KIND: &str = "opt_out";
const RECORDED: &str = "opt_out.recorded.v1";
const LEDGERED: &str = "rights.opt_out.ledgered.v1";

/// First and longest wait for the acknowledgement before it is said again, in minutes.
const PATIENCE: (i64, i64) = (1, 60);

/// Records that the ledger is to know of an opt-out; due at once.
pub(crate) async fn record<C: ConnectionTrait>(
    tx: &C,
    id: Uuid,
    now: DateTime<Utc>,
    network: &str,
    sealed_handle: Vec<u8>,
) -> Result<(), DbErr> {
    let new = NewTask {
        kind: task::OPT_OUT,
        request_id: id.to_string(),
        reference: 0,
        network: network.to_owned(),
        state: task::PENDING,
        payload: sealed_handle,
        progress: String::new(),
        replayed: false,
    };
    task::insert_free(tx, id, now, new).await
}

/// Says it, and waits for the acknowledgement.
pub(super) async fn say(inner: &Inner, task: &Task) -> anyhow::Result<()> {
    let recorded = OptOutRecorded {
        opt_out_id: task.request_id.clone(),
        holder: inner.service().to_owned(),
        network: task.network.clone(),
        replay_handle: task.payload.clone(),
    };
    let event = inner.event(RECORDED);
    let signed = inner.identity.sign_event(&event, &recorded);
    let mut work = inner.outbox.begin().await?;
    inner.ensure_whole(work.tx()).await?;
    let minutes = (PATIENCE.0 << task.attempts.clamp(0, 6)).min(PATIENCE.1);
    let until = inner.privacy.clock().now() + TimeDelta::minutes(minutes);
    task::await_answer(work.tx(), task.id, until).await?;
    work.record(Outgoing::new(
        event,
        &task.request_id,
        &task.network,
        &signed,
    ));
    Ok(work.commit().await?)
}

/// The rights service's word that the entry is durable.
pub(super) struct Acknowledgements(pub(super) Arc<Inner>);

#[async_trait::async_trait]
impl Handler for Acknowledgements {
    fn topics(&self) -> Vec<String> {
        vec![LEDGERED.to_owned()]
    }

    async fn handle(&self, work: &mut Work, envelope: &Envelope) -> Result<(), HandlerError> {
        let said: OptOutLedgered = self.0.verified(envelope)?;
        if said.holder != self.0.service() {
            return Ok(());
        }
        let entry = i64::try_from(said.ledger_entry).map_err(HandlerError::fail)?;
        let known = task::find(work.tx(), task::OPT_OUT, &said.opt_out_id, 0).await?;
        // Unknown here: the database was restored from before it. The fence replays the entry.
        let Some(task) = known else {
            return Ok(());
        };
        if settle(&self.0, work, entry, &task).await? {
            let inner = self.0.clone();
            work.on_commit(move || inner.position.saw(entry));
        }
        Ok(())
    }
}

/// Notes that the ledger has what this database has done already. False: it was noted before.
async fn settle(inner: &Inner, work: &Work, entry: i64, task: &Task) -> Result<bool, DbErr> {
    if position::is_applied(work.tx(), entry).await? {
        return Ok(false);
    }
    let now = inner.privacy.clock().now();
    position::apply(work.tx(), entry, &task.network, &task.request_id, now).await?;
    position::prove(work.tx(), &[entry], now).await?;
    task::finish(work.tx(), task.id, now, Vec::new()).await?;
    Ok(true)
}

/// The handle of an opt-out, as the ledger gives it back.
fn handle(inner: &Inner, sealed: &[u8], network: &str) -> anyhow::Result<ReplayHandle> {
    Ok(ReplayHandle::open(sealed, inner.privacy.tokens(), network)?)
}
