//! The wire: translate, call, translate.

pub mod orders_service;
pub mod provider_service;
mod technical;
mod translate;
