//! Whether another service answers, and says that it is ready.

use std::time::Duration;

use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::Endpoint;

/// A healthy neighbour answers within milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks a service whether it serves; needs no token.
///
/// # Errors
/// Its certificate or ours is not usable, it cannot be reached, or it does not answer in time; the text says which.
pub async fn is_serving(endpoint: &Endpoint) -> anyhow::Result<bool> {
    let mut client = HealthClient::new(super::channel(endpoint)?);
    let asked = client.check(HealthCheckRequest::default());
    let answer = tokio::time::timeout(PATIENCE, asked)
        .await
        .map_err(|_| anyhow::anyhow!("no answer within {PATIENCE:?}"))?
        .map_err(|status| anyhow::anyhow!("{}", crate::error::chain(&status)))?;
    Ok(answer.into_inner().status() == ServingStatus::Serving)
}
