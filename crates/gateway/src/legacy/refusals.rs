//! Refusals: of a post by its fields, of a call as a whole.

use std::collections::BTreeMap;

use api::registry::{RejectedRow, RejectionReason};
use axum::http::StatusCode;
use service_kit::error::reason_of;

use super::answer::{Answer, Rules};
use super::names::is_element;
use crate::pages::error::WebError;
use crate::services::Part;

/// What a broken rule is about when it is about the whole of a post.
const WHOLE_POST: &str = "post";

/// The broken rules of a post by field, in their order; several of one field are one text.
pub fn rules(broken: Vec<RejectedRow>) -> Rules {
    let mut places = BTreeMap::new();
    let mut rules = Rules::new();
    for row in broken {
        let text = match row.reason() {
            RejectionReason::FieldEmpty => format!("{} can not be NULL", row.field),
            _ => row.rule,
        };
        let field = if is_element(&row.field) {
            row.field
        } else {
            WHOLE_POST.to_owned()
        };
        let place = *places.entry(field.clone()).or_insert(rules.len());
        match rules.get_mut(place) {
            Some((_, said)) => *said = format!("{said}; {text}"),
            None => rules.push((field, text)),
        }
    }
    rules
}

/// What the registry refused, as its sender can understand it.
pub fn refused(method: &'static str, status: tonic::Status) -> Answer {
    let reason = reason_of(&status).unwrap_or_default();
    match reason.as_str() {
        "SESSION_CLOSING" => Answer::failed(
            StatusCode::SERVICE_UNAVAILABLE,
            method,
            "What was posted before is just taking effect; send this again in a few minutes",
        ),
        "SESSION_FULL" => bad(
            method,
            "More posts since empty_database than an import takes",
        ),
        _ => Answer::of_error(method, &Part::Registry.failed()(status).into()),
    }
}

/// The call itself is wrong.
pub fn bad(method: &'static str, message: impl Into<String>) -> Answer {
    Answer::failed(StatusCode::BAD_REQUEST, method, message)
}

/// Nobody has signed in.
pub fn unauthenticated(method: &'static str, message: &str) -> Answer {
    Answer::failed(StatusCode::UNAUTHORIZED, method, message)
}

/// Somebody comes too often.
pub fn too_many(method: &'static str) -> Answer {
    metrics::counter!("gateway_rate_limited_total").increment(1);
    Answer::of_error(method, &WebError::TooMany)
}
