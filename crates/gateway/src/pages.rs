//! The pages: one file each. Handlers ask a service, put the answer into a template, and nothing more.

pub mod error;
pub mod form;
mod message;
mod order_log;
pub mod page;
pub mod price;
pub mod view;

mod public;
mod staff;
mod start;

pub use public::routes as public_routes;
pub use staff::routes as staff_routes;
pub use start::routes as start_routes;
