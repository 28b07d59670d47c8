//! Staff enter or change a provider; staff see a network's providers.

use kernel::NetworkCode;

use super::Orders;
use super::error::OrdersError;
use crate::domain::catalogue::{Provider, ProviderInput};
use crate::store::provider;

/// Providers that a list holds: no network has near as many.
pub const PROVIDERS_MAX: u64 = 500;

impl Orders {
    /// Enters a provider, or changes the one with this id.
    pub async fn put_provider(
        &self,
        network: NetworkCode,
        input: &ProviderInput,
    ) -> Result<Provider, OrdersError> {
        let provider = Provider::parse(network, input).map_err(OrdersError::Invalid)?;
        let work = self.outbox.begin().await?;
        provider::put(work.tx(), &provider, self.clock.now()).await?;
        work.commit().await?;
        Ok(provider)
    }

    /// The providers of a network.
    pub async fn list_providers(
        &self,
        network: &NetworkCode,
    ) -> Result<Vec<Provider>, OrdersError> {
        Ok(provider::list(&self.outbox.database().reader(), network, PROVIDERS_MAX).await?)
    }
}
