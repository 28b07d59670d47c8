//! What every call to a provider's system has: its address and its credential.

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use service_kit::outgoing::Answer;
use url::Url;

use crate::app::Orders;
use crate::app::error::OrdersError;
use crate::domain::provider_system::secret::{Credential, Use};
use crate::domain::provider_system::{Function, ProviderSystemId};
use crate::store::provider_system;

/// Why a call cannot be made: what is kept of the system cannot be read, or it has no credential.
pub(super) const NO_CREDENTIAL: &str = "no_credential";

impl Orders {
    /// The headers of a call; nothing when there is no credential, or it was sealed under another pepper.
    pub(super) fn call_headers(&self, system: &provider_system::Model) -> Option<HeaderMap> {
        let credential = self.system_secret(system, Use::Basic)?;
        let json = HeaderValue::from_static("application/json");
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, credential.authorization()?);
        headers.insert(CONTENT_TYPE, json.clone());
        headers.insert(ACCEPT, json);
        Some(headers)
    }

    /// A secret of a system; one that cannot be read is said in the log.
    pub(super) fn system_secret(
        &self,
        system: &provider_system::Model,
        of: Use,
    ) -> Option<Credential> {
        let sealed = match of {
            Use::Basic => system.credential.as_ref(),
            Use::Portal => system.portal_key.as_ref(),
        };
        let opened = self.systems.secrets.open(key(system), of, sealed?);
        let said = opened.inspect_err(|error| {
            let (network, provider) = (&system.network, &system.provider_id);
            tracing::error!(network, provider, "{error}");
        });
        said.ok()
    }
}

/// By which its secrets are sealed.
pub(super) const fn key(system: &provider_system::Model) -> ProviderSystemId {
    ProviderSystemId::from_uuid(system.id)
}

/// `{base}/{version}/`, and what follows.
pub(super) fn address(
    system: &provider_system::Model,
    segments: &[&str],
) -> Result<Url, OrdersError> {
    let unreadable = || sea_orm::DbErr::Type("stored base_url is unreadable".to_owned());
    let mut url: Url = system.base_url.parse().map_err(|_| unreadable())?;
    let version = system.api_version()?;
    url.path_segments_mut()
        .map_err(|()| unreadable())?
        .pop_if_empty()
        .push(version.as_str())
        .extend(segments);
    Ok(url)
}

/// The address of a function's list: with a slash at the end, as the specification has it.
pub(super) fn function(
    system: &provider_system::Model,
    function: Function,
) -> Result<Url, OrdersError> {
    address(system, &[function.as_str(), ""])
}

/// The seconds of `Retry-After`; a date is not read.
pub(super) fn retry_after(answer: &Answer) -> Option<u64> {
    let value = answer.headers.get(RETRY_AFTER)?;
    value.to_str().ok()?.trim().parse().ok()
}
