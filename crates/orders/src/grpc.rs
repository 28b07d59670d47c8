//! The wire: translate, call, translate.

mod catalogue;
mod forms;
mod office;
pub mod orders_service;
pub mod provider_service;
pub mod provider_system_service;
mod technical;
mod translate;
pub mod webhook_service;
