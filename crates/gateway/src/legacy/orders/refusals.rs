//! What the orders service refused, as a provider's system can understand it.

use axum::http::StatusCode;
use service_kit::error::{reason_of, violations_of};

use crate::legacy::answer::Answer;
use crate::legacy::refusals::bad;
use crate::services::Part;

/// There is no such order, or it is another provider's: the two are told alike.
pub fn not_found(root: &'static str) -> Answer {
    Answer::failed(StatusCode::NOT_FOUND, root, "There is no such order")
}

/// The customer of the order can no longer be read.
pub fn erased(root: &'static str) -> Answer {
    Answer::failed(
        StatusCode::GONE,
        root,
        "The customer's data has been erased or restricted",
    )
}

/// A refusal.
pub fn refused(root: &'static str, status: tonic::Status) -> Answer {
    let conflict = |text: &str| Answer::failed(StatusCode::CONFLICT, root, text);
    match reason_of(&status).unwrap_or_default().as_str() {
        "ORDER_NOT_FOUND" => not_found(root),
        "CUSTOMER_ERASED" => erased(root),
        "TRANSITION_NOT_ALLOWED" => {
            conflict("The order can not get this status from the one it has")
        }
        "WITHDRAWAL_OVER" => conflict("The days of withdrawal have passed"),
        "REQUEST_INVALID" => {
            let broken = violations_of(&status).into_iter();
            let rules: Vec<String> = broken
                .map(|broken| format!("{}: {}", broken.field, broken.rule))
                .collect();
            bad(root, rules.join("; "))
        }
        _ => Answer::of_error(root, &Part::Orders.failed()(status).into()),
    }
}
