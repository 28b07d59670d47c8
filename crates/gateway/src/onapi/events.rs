//! `/events/`: which accesses have come, changed and gone (on-api.md §1.3), in the order of the changes, and before them the
//! same of the provider's orders and subscriptions. Events of the second that is not over are withheld, so that headers of
//! whole seconds neither lose nor repeat any; see `since`. One header stands for both: orders wait until accesses of their
//! second have settled.

use api::registry::AccessChange;
use api::registry::access_change::Change;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use futures::StreamExt as _;
use serde::Serialize;
use service_kit::caller::Caller;

use super::accesses::{answer, instead_of_changes};
use super::body::{self, Said};
use super::changes::Changes;
use super::errors::Refusal;
use super::order_events;
use super::since::{Since, second_of, seen_before, time_of};
use super::versions::{Spoken, Version};
use crate::limits;
use crate::state::Gateway;

/// One event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    r#type: &'static str,
    /// The plural of the closed list, not the singular of the examples (§1.5, 5).
    object_type: &'static str,
    object_id: String,
    /// With `CREATE` and `UPDATE`; what is deleted has none any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    time: String,
}

/// The events of the last day, or since a time. Where the registry cannot tell what has happened since then, an event for
/// everything that there is: what is not among them is gone.
pub async fn list(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(version): Spoken,
    Since(since): Since,
) -> Result<Response, Refusal> {
    let now = gateway.directory.clock.now();
    let day = second_of(now - limits::on_api_events());
    let changes = Changes::open(&gateway, &caller, Some(since.unwrap_or(day))).await?;
    let everything = changes.is_everything();
    let since = since.filter(|_| !everything);
    let seen = move |as_of| seen_before(as_of, now, limits::on_api_events_settled());
    let say = move |change: AccessChange, as_of| match time_of(change.at.as_ref()) {
        Some(at) if at < seen(as_of) => {
            event(change, at, version).map_or(Said::Nothing, Said::Item)
        }
        Some(_) => Said::Over,
        None => Said::Nothing,
    };
    let listing = body::begin(changes, say).await?;
    let settled = second_of(now - limits::on_api_events_settled() - Duration::seconds(1));
    let of_accesses = listing.as_of.map(seen);
    let window = (
        since.unwrap_or(day),
        of_accesses.map_or(settled, |seen| seen.max(settled)),
    );
    let (orders, complete) = order_events::between(&gateway, &caller, window, version).await?;
    let response = match (listing.body, since) {
        (body, _) if !orders.is_empty() => answer(Some(together(&orders, body)?), Some(complete)),
        // Never later than what is complete of orders: rather an access twice than an order never.
        (Some(body), _) => answer(Some(body), of_accesses.map(|seen| seen.min(complete))),
        // Nothing new: the time that was named stays the right one.
        (None, Some(_)) => answer(None, None),
        (None, None) => answer(Some(Body::from("[]")), Some(day)),
    };
    Ok(if everything {
        instead_of_changes(response)
    } else {
        response
    })
}

/// One array: the events of orders and subscriptions, then those of accesses, which are still being read.
fn together(orders: &[order_events::Event], accesses: Option<Body>) -> Result<Body, Refusal> {
    let mut first = serde_json::to_vec(orders).map_err(|_| Refusal::unavailable_orders())?;
    let Some(accesses) = accesses else {
        return Ok(Body::from(first));
    };
    // The array goes on where it ended, and the other one has begun already.
    first.pop();
    first.push(b',');
    let mut opening = true;
    let rest = accesses.into_data_stream().map(move |piece| {
        piece.map(|piece: Bytes| {
            let skip = usize::from(std::mem::take(&mut opening) && piece.starts_with(b"["));
            piece.slice(skip..)
        })
    });
    let first = futures::stream::once(async move { Ok(Bytes::from(first)) });
    Ok(Body::from_stream(first.chain(rest)))
}

fn event(change: AccessChange, at: DateTime<Utc>, version: &Version) -> Option<Event> {
    let (kind, object_id, exists) = match change.change? {
        Change::Put(access) if change.appeared => ("CREATE", access.access_id, true),
        Change::Put(access) => ("UPDATE", access.access_id, true),
        Change::Removed(id) => ("DELETE", id, false),
    };
    Some(Event {
        r#type: kind,
        object_type: "accesses",
        path: exists.then(|| version.path(&format!("accesses/{object_id}"))),
        object_id,
        time: at.to_rfc3339_opts(SecondsFormat::Millis, true),
    })
}
