//! A signed link by which somebody at an access is handed over to the provider's portal.

use kernel::{AccessId, NetworkCode, ProviderId};
use service_kit::caller::Caller;
use url::Url;

use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::provider_system::portal_link::{self, MacAddress};
use crate::domain::provider_system::secret::Use;

/// What is missing where there is no portal.
const PORTAL: &str = "portal";

impl Orders {
    /// The link, for an access that the provider's contract gives. It names the access, and is not kept.
    ///
    /// # Errors
    /// The provider has no portal, or its contract no such access; a field is wrong; the registry or the database fails.
    pub async fn sign_portal_link(
        &self,
        caller: &Caller,
        (network, provider): (&NetworkCode, &ProviderId),
        access_id: &str,
        mac: &str,
    ) -> Result<Url, OrdersError> {
        let access = AccessId::parse(access_id)
            .map_err(|error| OrdersError::invalid("access_id", error.rule))?;
        let rule = "six pairs of hexadecimal digits: 01:23:45:67:89:AB";
        let mac = MacAddress::parse(mac).ok_or_else(|| OrdersError::invalid("mac", rule))?;
        let system = self.provider_system(network, provider).await?;
        let missing = OrdersError::ProviderFunctionMissing(PORTAL);
        let key = self.system_secret(&system, Use::Portal).ok_or(missing)?;
        let portal: Url = system
            .portal_url
            .parse()
            .map_err(|_| OrdersError::ProviderFunctionMissing(PORTAL))?;
        let desk = Desk {
            network: network.clone(),
            provider: provider.clone(),
        };
        self.places
            .orderable(&desk.network, &desk.provider, &access)
            .await?;
        let (operator, now) = (&system.portal_operator, self.clock.now());
        let link = portal_link::signed(&portal, operator, (&access, &mac), now, &key);
        tracing::info!(%network, %provider, actor = caller.id, "link to a provider's portal signed");
        Ok(link)
    }
}
