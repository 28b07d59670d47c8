//! Entities and queries. Every query is scoped by network, and by provider where a provider asks.

pub mod acceptance;
pub mod contact_request;
pub mod counter;
pub mod disclosure;
pub mod handover;
pub mod notice;
pub mod offer_showing;
pub mod offering;
pub mod order;
pub mod order_answer;
pub mod order_form;
pub mod order_log;
pub mod product_pull;
pub mod provider;
pub mod provider_orders;
pub mod provider_system;
pub mod reminder;
pub mod report;
pub mod service_claim;
pub mod subscription;
pub mod technical_event;
pub mod technical_order;
pub mod webhook_delivery;
pub mod webhook_endpoint;

use kernel::ParseError;
use sea_orm::DbErr;

/// A row that the types refuse: the database was changed by another hand.
pub(crate) fn unreadable(what: &'static str) -> impl Fn(ParseError) -> DbErr {
    move |error| DbErr::Type(format!("stored {what} is unreadable: {}", error.reason))
}
