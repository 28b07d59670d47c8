//! The address file that the registry fetches by itself: how that goes, and begun by hand.

use api::registry::{GetPullRequest, Pull, StartPullRequest};
use kernel::NetworkCode;
use service_kit::caller::Caller;
use service_kit::error::reason_of;

use crate::services::{Failure, Part, Services, call};

/// What the registry says where no file of a network is fetched.
const NOT_CONFIGURED: &str = "PULL_NOT_CONFIGURED";

/// How fetching goes; nothing where no file of the network is fetched.
pub async fn state(
    services: &Services,
    caller: &Caller,
    network: &NetworkCode,
) -> Result<Option<Pull>, Failure> {
    let request = GetPullRequest {
        network: network.to_string(),
    };
    match services.pulls(caller).get_pull(call(request)).await {
        Ok(answer) => Ok(answer.into_inner().pull),
        Err(status) if reason_of(&status).as_deref() == Some(NOT_CONFIGURED) => Ok(None),
        Err(status) => Err(Part::Registry.failed()(status)),
    }
}

/// Begins to fetch the file now; it goes on after the answer. `again`: it is imported also when it is the one that was fetched
/// last.
pub async fn start(
    services: &Services,
    caller: &Caller,
    network: &NetworkCode,
    again: bool,
) -> Result<Pull, Failure> {
    let request = StartPullRequest {
        network: network.to_string(),
        again,
    };
    let answer = services.pulls(caller).start_pull(call(request)).await;
    let answer = answer.map_err(Part::Registry.failed())?;
    Ok(answer.into_inner().pull.unwrap_or_default())
}
