//! `/orderevents/`: each state that a technical order has come into, the oldest first, after the event that is named
//! (on-api.md §1.3). And what `/events/` says of orders and subscriptions.

use api::orders::{
    ListTechnicalEventsRequest, ListTechnicalEventsResponse, TechnicalEvent, TechnicalEventKind,
};
use axum::extract::{Query, State};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use chrono::{DateTime, Utc};
use prost_types::Timestamp;
use serde::{Deserialize, Serialize};
use service_kit::caller::Caller;
use service_kit::error::reason_of;

use super::accesses::instead_of_changes;
use super::errors::Refusal;
use super::order_json::{date_time, operation_word, path_of, state_word};
use super::since::time_of;
use super::versions::{Spoken, Version};
use crate::limits;
use crate::services::{Part, call};
use crate::state::Gateway;

/// RFC 9745: since when the path is on its way out, 2026-03-10 (docs/compatibility.md).
const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SINCE: HeaderValue = HeaderValue::from_static("@1773100800");

/// After which event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct After {
    since: String,
}

/// One state of one order.
#[derive(Debug, Serialize)]
pub struct OrderEvent {
    event: String,
    order: Moved,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Moved {
    path: String,
    access_id: String,
    service: String,
    operation: &'static str,
    state: &'static str,
    message: String,
}

/// One event of `/events/`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    r#type: &'static str,
    object_type: &'static str,
    object_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    time: String,
}

/// Those after the named one, or all; also all where the named one is not kept any more, or was lost in a restore. At most [`limits::ON_API_EVENTS`], and the rest after the last of them.
pub async fn list(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(version): Spoken,
    Query(after): Query<After>,
) -> Result<Response, Refusal> {
    let mut request = ListTechnicalEventsRequest {
        after_event_id: after.since.trim_matches('"').to_owned(),
        order_states_only: true,
        size: limits::ON_API_EVENTS_PAGE,
        ..ListTechnicalEventsRequest::default()
    };
    let mut events = Vec::new();
    let mut everything = false;
    loop {
        let Some(page) = ask(&gateway, &caller, &request).await? else {
            everything = true;
            events.clear();
            request.after_event_id.clear();
            continue;
        };
        if let Some(last) = page.events.last() {
            request.after_event_id.clone_from(&last.event_id);
        }
        events.extend(page.events.into_iter().map(|event| moved(event, version)));
        if !page.more || events.len() >= limits::ON_API_EVENTS {
            let mut response = Json(events).into_response();
            response.headers_mut().insert(DEPRECATION, SINCE);
            return Ok(if everything {
                instead_of_changes(response)
            } else {
                response
            });
        }
    }
}

fn moved(event: TechnicalEvent, version: &Version) -> OrderEvent {
    OrderEvent {
        order: Moved {
            path: path_of(&event.order_id, version),
            operation: operation_word(event.operation()),
            state: state_word(event.state()),
            access_id: event.access_id,
            service: event.service,
            message: event.message,
        },
        event: event.event_id,
    }
}

/// The events of orders and subscriptions from `since` until `before` (where not everything since then is known any more,
/// from the first that is kept), and the second before which they are complete: earlier
/// than `before` when there are more than one answer has.
///
/// # Errors
/// The orders service fails.
pub async fn between(
    gateway: &Gateway,
    caller: &Caller,
    (since, before): (DateTime<Utc>, DateTime<Utc>),
    version: &Version,
) -> Result<(Vec<Event>, DateTime<Utc>), Refusal> {
    let mut request = ListTechnicalEventsRequest {
        since: Some(Timestamp {
            seconds: since.timestamp(),
            nanos: 0,
        }),
        size: limits::ON_API_EVENTS_PAGE,
        ..ListTechnicalEventsRequest::default()
    };
    let mut events: Vec<(DateTime<Utc>, Event)> = Vec::new();
    loop {
        let Some(page) = ask(gateway, caller, &request).await? else {
            // Of that time not everything is known any more: all that is kept.
            events.clear();
            request.since = None;
            request.after_event_id.clear();
            continue;
        };
        if let Some(last) = page.events.last() {
            request.after_event_id.clone_from(&last.event_id);
        }
        let complete = time_of(page.complete_before.as_ref()).unwrap_or(before);
        let timed = |event: TechnicalEvent| Some((time_of(event.at.as_ref())?, event));
        let told = page.events.into_iter().filter_map(timed);
        events.extend(told.filter_map(|(at, event)| Some((at, said(event, at, version)?))));
        let mut until = before.min(complete);
        let full = page.more && events.len() >= limits::ON_API_EVENTS;
        if let (true, Some((last, _))) = (full, events.last()) {
            until = until.min(super::since::second_of(*last));
        }
        if full || !page.more {
            events.retain(|(at, _)| *at < until);
            return Ok((events.into_iter().map(|(_, event)| event).collect(), until));
        }
    }
}

/// A page; none when it must be asked for from the beginning.
async fn ask(
    gateway: &Gateway,
    caller: &Caller,
    request: &ListTechnicalEventsRequest,
) -> Result<Option<ListTechnicalEventsResponse>, Refusal> {
    let mut orders = gateway.services.provider_orders(caller);
    let goes_on = request.since.is_some() || !request.after_event_id.is_empty();
    match orders.list_technical_events(call(request.clone())).await {
        Ok(told) => Ok(Some(told.into_inner())),
        Err(status) if goes_on && reason_of(&status).as_deref() == Some("CURSOR_EXPIRED") => {
            Ok(None)
        }
        Err(status) => Err(Part::Orders.failed()(status).into()),
    }
}

/// What is gone has no path, and nor has a subscription of which nobody knows any more where it was.
fn said(event: TechnicalEvent, at: DateTime<Utc>, version: &Version) -> Option<Event> {
    let kind = match event.kind() {
        TechnicalEventKind::Created => "CREATE",
        TechnicalEventKind::Updated => "UPDATE",
        TechnicalEventKind::Deleted => "DELETE",
        TechnicalEventKind::Unspecified => return None,
    };
    let (object_type, object_id, path) = if event.order_id.is_empty() {
        let path = version.path(&format!("subscriptions/{}", event.access_id));
        let path = (!event.access_id.is_empty()).then_some(path);
        ("subscriptions", event.subscription_id, path)
    } else {
        let path = path_of(&event.order_id, version);
        ("orders", event.order_id, Some(path))
    };
    Some(Event {
        r#type: kind,
        object_type,
        object_id,
        path: path.filter(|_| kind != "DELETE"),
        time: date_time(at),
    })
}
