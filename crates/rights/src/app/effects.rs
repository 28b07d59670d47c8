//! What a change of a case calls for, said on the bus: signed, one message per aggregate and holder, ids only.

use api::privacy as pb;
use chrono::{DateTime, Utc};
use messaging::{Outgoing, Work};
use prost::Message;

use super::Rights;
use crate::domain::case::Effect;
use crate::store::cases::Loaded;
use crate::store::{part, request, words};

/// Every holder, or one, is asked.
pub const DISCOVERY_REQUESTED: &str = "rights.discovery.requested.v1";
/// One holder is ordered; its name stands behind, so that nobody else gets the order.
pub const EXECUTION_ORDERED: &str = "rights.execution.ordered.v1";
/// A recipient is to be told.
pub const RECIPIENT_NOTIFIED: &str = "rights.recipient.notified.v1";
/// The ledger has an opt-out.
pub const OPT_OUT_LEDGERED: &str = "rights.opt_out.ledgered.v1";

impl Rights {
    /// Records the events of the effects; what needs the ledger first is hinted at after the commit.
    pub(crate) fn say(&self, work: &mut Work, loaded: &Loaded, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::AskAll { round } => self.ask(work, &loaded.request, "", *round),
                Effect::Ask { holder, round } => self.ask(work, &loaded.request, holder, *round),
                Effect::Order { holder } => {
                    if let Some(part) = loaded.parts.get(holder) {
                        self.order_part(work, &loaded.request, part);
                    }
                }
                Effect::Append | Effect::Close => self.hint_after(work, loaded.request.id),
            }
        }
    }

    /// The request is taken further when the work is committed.
    pub(crate) fn hint_after(&self, work: &mut Work, request: uuid::Uuid) {
        let followups = self.followups.clone();
        work.on_commit(move || followups.hint(request));
    }

    /// Asks one holder, or everybody.
    pub(crate) fn ask(&self, work: &mut Work, request: &request::Model, holder: &str, round: u32) {
        let asked = pb::DiscoveryRequested {
            request_id: request.id.to_string(),
            network: request.network.clone(),
            kind: request.kind.clone(),
            round,
            holder: holder.to_owned(),
        };
        self.record_signed(work, DISCOVERY_REQUESTED, request, &asked);
    }

    /// Orders one holder. Its ledger entry is durable.
    pub(crate) fn order_part(&self, work: &mut Work, request: &request::Model, part: &part::Model) {
        let ordered = pb::ExecutionOrdered {
            request_id: request.id.to_string(),
            network: request.network.clone(),
            kind: request.kind.clone(),
            holder: part.holder.clone(),
            ledger_entry: part
                .ledger_entry
                .map_or(0, crate::store::cases::entry_number),
            decisions: words::read_decisions(&part.decisions),
            replay_handle: part.replay_handle.clone().unwrap_or_default(),
            ordered_at: Some(timestamp(self.clock.now())),
        };
        let event = format!("{EXECUTION_ORDERED}.{}", part.holder);
        self.record_signed(work, &event, request, &ordered);
    }

    /// Records a signed event of a request.
    ///
    /// Each has a key of its own, on purpose: events of one key leave one after the other, and what a stopped holder has
    /// not taken must hold back nothing that is meant for another. No order is lost by it: a holder is ordered after it has
    /// answered, and asked in a round after it has answered the one before.
    pub(crate) fn record_signed(
        &self,
        work: &mut Work,
        event: &str,
        request: &request::Model,
        said: &impl Message,
    ) {
        let signed = self.identity.sign_event(event, said);
        let key = kernel::new_id(self.clock.as_ref());
        work.record(Outgoing::new(event, key, &request.network, &signed));
    }
}

/// To the wire.
#[must_use]
pub fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    let nanos =
        i32::try_from(at.timestamp_subsec_nanos() % 1_000_000_000).expect("below a billion");
    prost_types::Timestamp {
        seconds: at.timestamp(),
        nanos,
    }
}

/// From the wire.
#[must_use]
pub fn instant(at: prost_types::Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?)
}
