//! `/events/`: which accesses have come, changed and gone (on-api.md §1.3), in the order of the changes. Events of the
//! second that is not over are withheld, so that headers of whole seconds neither lose nor repeat any; see `since`.

use api::registry::AccessChange;
use api::registry::access_change::Change;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use service_kit::caller::Caller;

use super::accesses::{answer, instead_of_changes};
use super::body::{self, Said};
use super::changes::Changes;
use super::errors::Refusal;
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
    let response = match (listing.body, since) {
        (Some(body), _) => answer(Some(body), listing.as_of.map(seen)),
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
