//! Providers' technical orders at the network and what comes of them (ON-API, `/orders/`, `/subscriptions/`).

pub mod carry_out;
pub mod change;
mod claiming;
pub mod create;
pub mod due;
pub mod events;
pub mod kept;
pub mod list;
pub mod moving;
mod of_subscription;
pub mod reading;
pub(in crate::app) mod sealing;
mod tie;

use kernel::{AccessId, NetworkCode};
use sea_orm::DbErr;

use super::Orders;
use crate::domain::technical::service::TechnicalRules;

impl Orders {
    /// How a network handles technical orders.
    pub fn technical_rules(&self, network: &NetworkCode) -> TechnicalRules {
        let rules = self.settings.technical.get(network);
        rules.cloned().unwrap_or_default()
    }
}

/// A stored access; none once its customer is erased.
fn stored_access(text: Option<&str>) -> Result<Option<AccessId>, DbErr> {
    let text = text.filter(|text| !text.is_empty());
    let parsed = text.map(AccessId::parse).transpose();
    parsed.map_err(crate::store::unreadable("access_id"))
}
