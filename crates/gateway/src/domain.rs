//! Rules: pure and synchronous; time is a parameter.

pub mod area;
pub mod form_draft;
pub mod market_column;
pub mod password;
pub mod price;
pub mod role;
pub mod throttle;
