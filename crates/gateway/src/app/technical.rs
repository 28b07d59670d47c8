//! Providers' technical orders at the orders service, for the staff's pages.

use api::common::PageRequest;
use api::orders::{
    GetNetworkTechnicalOrderRequest, ListNetworkTechnicalOrdersRequest,
    ListNetworkTechnicalOrdersResponse, MoveTechnicalOrderRequest, TechnicalOrder,
    TechnicalOrderState,
};
use service_kit::error::{self as kit, ErrorKind};

use super::session::SignedIn;
use crate::limits;
use crate::services::{Failure, Part, Services, call};

/// What a list is narrowed to; empty: everything that is not done.
#[derive(Clone, Debug, Default)]
pub struct Narrowed {
    /// The number of the only state.
    pub state: i32,
    /// The only access.
    pub access: String,
    /// The only provider.
    pub provider: String,
}

/// Where staff want an order that they have seen.
#[derive(Clone, Debug)]
pub struct WantedMove {
    /// Which.
    pub id: String,
    /// The version that they have seen.
    pub version: i64,
    /// Where.
    pub to: TechnicalOrderState,
    /// Why it failed; otherwise empty.
    pub message: String,
}

/// Why an order was not moved.
#[derive(Debug)]
pub enum MoveError {
    /// Somebody else was faster, or it is not where this can be done.
    Meanwhile,
    /// What it asks cannot be done as things are.
    Impossible,
    /// The message is missing or wrong.
    Message,
    /// The service refused something else, or does not answer.
    Service(Failure),
}

/// A page of the network's technical orders.
///
/// # Errors
/// Orders refuses or does not answer.
pub async fn list(
    services: &Services,
    staff: &SignedIn,
    narrowed: Narrowed,
    page_token: String,
) -> Result<ListNetworkTechnicalOrdersResponse, Failure> {
    let request = ListNetworkTechnicalOrdersRequest {
        network: staff.network.to_string(),
        state: narrowed.state,
        access_id: narrowed.access,
        provider_id: narrowed.provider,
        page: Some(PageRequest {
            page_size: limits::PAGE_SIZE,
            page_token,
        }),
    };
    let answer = services
        .orders(&staff.caller())
        .list_network_technical_orders(call(request))
        .await;
    Ok(answer.map_err(Part::Orders.failed())?.into_inner())
}

/// One of them.
///
/// # Errors
/// It is not there, or orders does not answer.
pub async fn get(
    services: &Services,
    staff: &SignedIn,
    id: &str,
) -> Result<TechnicalOrder, Failure> {
    let request = GetNetworkTechnicalOrderRequest {
        network: staff.network.to_string(),
        order_id: id.to_owned(),
    };
    let answer = services
        .orders(&staff.caller())
        .get_network_technical_order(call(request))
        .await;
    let answer = answer.map_err(Part::Orders.failed())?.into_inner();
    Ok(answer.order.unwrap_or_default())
}

/// Moves an order that nobody has changed since.
///
/// # Errors
/// See [`MoveError`].
pub async fn move_to(
    services: &Services,
    staff: &SignedIn,
    wanted: WantedMove,
) -> Result<(), MoveError> {
    let request = MoveTechnicalOrderRequest {
        network: staff.network.to_string(),
        order_id: wanted.id,
        state: wanted.to.into(),
        message: wanted.message,
        version: wanted.version,
    };
    let answer = services
        .orders(&staff.caller())
        .move_technical_order(call(request))
        .await;
    answer.map(drop).map_err(refused)
}

fn refused(status: tonic::Status) -> MoveError {
    let reason = kit::reason_of(&status);
    match (reason.as_deref(), kit::kind_of(&status)) {
        (Some("VERSION_CHANGED" | "TECHNICAL_TRANSITION_NOT_ALLOWED"), _) => MoveError::Meanwhile,
        (_, ErrorKind::Conflict | ErrorKind::Precondition) => MoveError::Impossible,
        (_, ErrorKind::Invalid)
            if kit::violations_of(&status)
                .iter()
                .any(|wrong| wrong.field == "message") =>
        {
            MoveError::Message
        }
        _ => MoveError::Service(Part::Orders.failed()(status)),
    }
}
