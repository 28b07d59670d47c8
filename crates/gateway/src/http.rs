//! What surrounds every handler: security headers, limits, who comes from where, and how errors are shown.

pub mod assets;
pub mod basic;
pub mod client_address;
pub mod cookies;
pub mod fields;
pub mod guard;
pub mod headers;
pub mod origin;
pub mod rate_limit;
pub mod ready;
pub mod router;
pub mod trace;
