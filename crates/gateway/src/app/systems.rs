//! Providers' systems that the orders service calls, for the network's staff.

use api::common::PageRequest;
use api::orders::{
    ConfirmHandoverRequest, GetProductPullRequest, GetProductPullResponse, HandoverState,
    ListHandoversRequest, ListHandoversResponse, ListProviderSystemsRequest, ProviderSystem,
    PullProductsRequest, PutProviderSystemRequest, RemoveProviderSystemRequest,
    ResendHandoverRequest, TryProviderSystemRequest, TryProviderSystemResponse,
};
use tonic::Status;

use super::session::SignedIn;
use crate::limits;
use crate::services::{Failure, Part, Services, call};

/// What staff decide of a handover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is sent again.
    Resend,
    /// The provider has it.
    Confirm,
}

/// The systems of the network, by provider.
///
/// # Errors
/// Orders refuses or does not answer.
pub async fn list(services: &Services, staff: &SignedIn) -> Result<Vec<ProviderSystem>, Failure> {
    let request = ListProviderSystemsRequest {
        network: staff.network.to_string(),
    };
    let mut orders = services.provider_systems(&staff.caller());
    let answer = orders.list_provider_systems(call(request)).await;
    Ok(answer.map_err(Part::Orders.failed())?.into_inner().systems)
}

/// Enters a system, or changes it. The refusal is as it came: its fields are shown.
///
/// # Errors
/// Orders refuses or does not answer.
pub async fn put(
    services: &Services,
    staff: &SignedIn,
    request: PutProviderSystemRequest,
) -> Result<(), Status> {
    let mut orders = services.provider_systems(&staff.caller());
    orders.put_provider_system(call(request)).await.map(drop)
}

/// Removes a system that was seen in this version.
///
/// # Errors
/// There is none, or it is another one by now; or orders does not answer.
pub async fn remove(
    services: &Services,
    staff: &SignedIn,
    provider_id: String,
    expected_version: i64,
) -> Result<(), Failure> {
    let request = RemoveProviderSystemRequest {
        network: staff.network.to_string(),
        provider_id,
        expected_version,
    };
    let mut orders = services.provider_systems(&staff.caller());
    let removed = orders.remove_provider_system(call(request)).await;
    removed.map(drop).map_err(Part::Orders.failed())
}

/// Asks a system something that changes nothing there.
///
/// # Errors
/// There is none, or orders does not answer.
pub async fn try_out(
    services: &Services,
    staff: &SignedIn,
    provider_id: String,
) -> Result<TryProviderSystemResponse, Failure> {
    let request = TryProviderSystemRequest {
        network: staff.network.to_string(),
        provider_id,
    };
    let mut orders = services.provider_systems(&staff.caller());
    let tried = orders.try_provider_system(call(request)).await;
    Ok(tried.map_err(Part::Orders.failed())?.into_inner())
}

/// Has a provider's products fetched now.
///
/// # Errors
/// There is no system with products, or orders does not answer.
pub async fn pull(
    services: &Services,
    staff: &SignedIn,
    provider_id: String,
) -> Result<(), Failure> {
    let request = PullProductsRequest {
        network: staff.network.to_string(),
        provider_id,
    };
    let mut orders = services.provider_systems(&staff.caller());
    let begun = orders.pull_products(call(request)).await;
    begun.map(drop).map_err(Part::Orders.failed())
}

/// What came of fetching a provider's products.
///
/// # Errors
/// There is no system with products, or orders does not answer.
pub async fn product_pull(
    services: &Services,
    staff: &SignedIn,
    provider_id: String,
) -> Result<GetProductPullResponse, Failure> {
    let request = GetProductPullRequest {
        network: staff.network.to_string(),
        provider_id,
    };
    let mut orders = services.provider_systems(&staff.caller());
    let found = orders.get_product_pull(call(request)).await;
    Ok(found.map_err(Part::Orders.failed())?.into_inner())
}

/// A page of handovers, the newest first.
///
/// # Errors
/// Orders refuses or does not answer.
pub async fn handovers(
    services: &Services,
    staff: &SignedIn,
    needs_staff: bool,
    page_token: String,
) -> Result<ListHandoversResponse, Failure> {
    let request = ListHandoversRequest {
        network: staff.network.to_string(),
        provider_id: String::new(),
        needs_staff,
        page: Some(PageRequest {
            page_size: limits::PAGE_SIZE,
            page_token,
        }),
    };
    let mut orders = services.provider_systems(&staff.caller());
    let listed = orders.list_handovers(call(request)).await;
    Ok(listed.map_err(Part::Orders.failed())?.into_inner())
}

/// Decides of a handover that was seen in this state.
///
/// # Errors
/// It is in another state by now, or orders does not answer.
pub async fn decide(
    services: &Services,
    staff: &SignedIn,
    decision: Decision,
    handover_id: String,
    expected: HandoverState,
) -> Result<(), Failure> {
    let (network, expected) = (staff.network.to_string(), expected.into());
    let mut orders = services.provider_systems(&staff.caller());
    let decided = match decision {
        Decision::Resend => {
            let request = ResendHandoverRequest {
                network,
                handover_id,
                expected,
            };
            orders.resend_handover(call(request)).await.map(drop)
        }
        Decision::Confirm => {
            let request = ConfirmHandoverRequest {
                network,
                handover_id,
                expected,
            };
            orders.confirm_handover(call(request)).await.map(drop)
        }
    };
    decided.map_err(Part::Orders.failed())
}
