//! What staff ask of all orders at once, for the pages and the interface of programs: counts, and the log across them.

use api::orders::{
    ListNetworkLogRequest, ListNetworkLogResponse, ProviderEvenness, ReportGroup, ReportInterval,
    ReportNeutralityRequest, ReportOrdersRequest, ReportOrdersResponse,
};

use super::session::SignedIn;
use crate::services::{Failure, Part, Services, call};

/// What is to be counted.
#[derive(Clone, Debug)]
pub struct ReportWanted {
    /// The first day, ISO 8601, by Swedish clocks.
    pub from: String,
    /// The last day, included.
    pub until: String,
    /// How long a period is.
    pub interval: ReportInterval,
    /// What is told apart.
    pub group_by: ReportGroup,
}

/// Counts the orders of the network.
///
/// # Errors
/// The orders service refuses or does not answer.
pub async fn report(
    services: &Services,
    staff: &SignedIn,
    wanted: ReportWanted,
) -> Result<ReportOrdersResponse, Failure> {
    let request = ReportOrdersRequest {
        network: staff.network.to_string(),
        from: wanted.from,
        until: wanted.until,
        interval: wanted.interval.into(),
        group_by: wanted.group_by.into(),
    };
    let mut orders = services.orders(&staff.caller());
    let answer = orders.report_orders(call(request)).await;
    Ok(answer.map_err(Part::Orders.failed())?.into_inner())
}

/// How evenly providers were shown to the network's visitors, from one day to another, both included.
///
/// # Errors
/// The orders service refuses or does not answer.
pub async fn neutrality(
    services: &Services,
    staff: &SignedIn,
    (from, until): (String, String),
) -> Result<Vec<ProviderEvenness>, Failure> {
    let request = ReportNeutralityRequest {
        network: staff.network.to_string(),
        from,
        until,
    };
    let mut orders = services.orders(&staff.caller());
    let answer = orders.report_neutrality(call(request)).await;
    Ok(answer
        .map_err(Part::Orders.failed())?
        .into_inner()
        .providers)
}

/// A page of the log across the network's orders, the newest line first. The network of the request is the caller's, whatever it says.
///
/// # Errors
/// The orders service refuses or does not answer.
pub async fn log(
    services: &Services,
    staff: &SignedIn,
    wanted: ListNetworkLogRequest,
) -> Result<ListNetworkLogResponse, Failure> {
    let request = ListNetworkLogRequest {
        network: staff.network.to_string(),
        ..wanted
    };
    let mut orders = services.orders(&staff.caller());
    let answer = orders.list_network_log(call(request)).await;
    Ok(answer.map_err(Part::Orders.failed())?.into_inner())
}
