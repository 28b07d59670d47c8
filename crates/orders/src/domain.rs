//! The rules of order brokerage: pure and synchronous. Time, ids and randomness are parameters.

pub mod acceptance;
pub mod catalogue;
pub mod checkout;
pub mod customer;
pub mod feed;
pub mod follow_link;
pub mod form;
pub mod log_text;
pub mod message_type;
pub mod number;
pub mod order;
pub mod provider_system;
pub mod purpose;
pub mod reminder;
pub mod report;
pub mod request;
pub mod status;
pub mod swedish_time;
pub mod technical;
pub mod webhook;

use kernel::typed_id;

typed_id!(OrderId);
typed_id!(OfferingId);
typed_id!(DisclosureId);
typed_id!(NoticeId);
