//! Staff enter, list, remove and try providers' systems.

use kernel::{NetworkCode, ProviderId};
use messaging::Work;
use service_kit::caller::Caller;
use url::Url;

use super::calling::{self, NO_CREDENTIAL};
use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::provider_system::secret::Use;
use crate::domain::provider_system::{Function, ProviderSystemId, SystemInput, SystemRequest};
use crate::store::{offering, product_pull, provider_system, webhook_endpoint};

/// Systems of one network that are listed.
const SYSTEMS_MAX: u64 = 1_000;
/// Of an answer to a trial so much is read.
const TRIAL_BYTES_MAX: usize = 8 * 1024 * 1024;

/// What a trial came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// Why it does not work; none: it does.
    pub failure: Option<&'static str>,
}

impl Orders {
    /// Enters a provider's system, or changes it.
    ///
    /// # Errors
    /// Fields are wrong; the provider is not known; somebody else has changed it since `expected` was seen; the database fails.
    pub async fn put_provider_system(
        &self,
        network: &NetworkCode,
        caller: &Caller,
        input: &SystemInput,
        expected: i64,
    ) -> Result<provider_system::Model, OrdersError> {
        let asked = SystemRequest::parse(input).map_err(OrdersError::Invalid)?;
        let refused = |_| OrdersError::invalid("system.base_url", "https, and on the internet");
        let may_be_called = self.systems.outgoing.check(&asked.base_url);
        may_be_called.map_err(refused)?;
        let provider = &asked.provider;
        let work = self.outbox.begin().await?;
        if !webhook_endpoint::lock_provider(work.tx(), network, provider).await? {
            return Err(OrdersError::ProviderNotFound);
        }
        let known = provider_system::lock(work.tx(), network, provider).await?;
        if known.as_ref().map_or(0, |row| row.version) != expected {
            return Err(OrdersError::VersionChanged);
        }
        let row = self.wanted(network, caller, &asked, known.as_ref())?;
        match known {
            Some(_) => provider_system::update(work.tx(), row.clone()).await?,
            None => provider_system::insert(work.tx(), row.clone()).await?,
        }
        self.plan_products(&work, &row, known.as_ref()).await?;
        work.commit().await?;
        tracing::info!(%network, %provider, actor = caller.id, version = row.version, "provider's system put");
        self.systems.pull.notify_one();
        Ok(row)
    }

    /// The systems of a network, by provider.
    ///
    /// # Errors
    /// The database fails.
    pub async fn list_provider_systems(
        &self,
        network: &NetworkCode,
    ) -> Result<Vec<provider_system::Model>, OrdersError> {
        let reader = self.outbox.database().reader();
        Ok(provider_system::list(&reader, network, SYSTEMS_MAX).await?)
    }

    /// Removes a provider's system; what was fetched of it ends.
    ///
    /// # Errors
    /// There is none; somebody else has changed it since `expected` was seen; the database fails.
    pub async fn remove_provider_system(
        &self,
        network: &NetworkCode,
        caller: &Caller,
        provider: &ProviderId,
        expected: i64,
    ) -> Result<(), OrdersError> {
        let work = self.outbox.begin().await?;
        let row = provider_system::lock(work.tx(), network, provider).await?;
        let row = row.ok_or(OrdersError::ProviderSystemNotFound)?;
        if row.version != expected {
            return Err(OrdersError::VersionChanged);
        }
        self.forget_products(&work, &row).await?;
        provider_system::remove(work.tx(), &row).await?;
        work.commit().await?;
        tracing::info!(%network, %provider, actor = caller.id, "provider's system removed");
        Ok(())
    }

    /// Asks a provider's system for what it sells, or, where it has no such function, for its endpoints: neither changes
    /// anything there, and nothing of the answer is kept.
    ///
    /// # Errors
    /// There is no system, or the database fails. That the system does not work is no error.
    pub async fn try_provider_system(
        &self,
        network: &NetworkCode,
        provider: &ProviderId,
    ) -> Result<Tried, OrdersError> {
        let system = self.provider_system(network, provider).await?;
        let sells = system.has(Function::Products);
        let url = if sells {
            calling::function(&system, Function::Products)?
        } else {
            calling::address(&system, &[""])?
        };
        let failed = |failure, status| Tried {
            status,
            failure: Some(failure),
        };
        let Some(headers) = self.call_headers(&system) else {
            return Ok(failed(NO_CREDENTIAL, None));
        };
        let answer = self.systems.outgoing.get(&url, headers, TRIAL_BYTES_MAX);
        Ok(match answer.await {
            Err(error) => failed(error.as_str(), None),
            Ok(answer) => {
                let status = answer.status.as_u16();
                match status {
                    401 | 403 => failed("credential", Some(status)),
                    // A list of endpoints is not mandatory there: it has answered, and not refused the credential.
                    404 | 405 | 501 if !sells => Tried {
                        status: Some(status),
                        failure: None,
                    },
                    200..=299 => Tried {
                        status: Some(status),
                        failure: None,
                    },
                    _ => failed("status", Some(status)),
                }
            }
        })
    }

    /// A provider's system.
    pub(super) async fn provider_system(
        &self,
        network: &NetworkCode,
        provider: &ProviderId,
    ) -> Result<provider_system::Model, OrdersError> {
        let reader = self.outbox.database().reader();
        let found = provider_system::find(&reader, network, provider).await?;
        found.ok_or(OrdersError::ProviderSystemNotFound)
    }

    /// Secrets that are not given stay, but a credential is never sent to another host than the one that it was entered for.
    fn wanted(
        &self,
        network: &NetworkCode,
        caller: &Caller,
        asked: &SystemRequest,
        known: Option<&provider_system::Model>,
    ) -> Result<provider_system::Model, OrdersError> {
        let fresh = || ProviderSystemId::generate(self.clock.as_ref());
        let id = known.map_or_else(fresh, calling::key);
        let seal = |of, secret| self.systems.secrets.seal(id, of, secret);
        let same_host = known.filter(|row| is_origin(&row.base_url, &asked.base_url));
        let kept = same_host.and_then(|row| row.credential.clone());
        let given = asked.credential.as_ref().map(|one| seal(Use::Basic, one));
        let credential = given.or(kept).ok_or_else(|| {
            let rule = "required with a password: for a new system, and for another host";
            OrdersError::invalid("system.user_name", rule)
        })?;
        let portal_key = match &asked.portal {
            None => None,
            Some(portal) => {
                let given = portal.key.as_ref().map(|key| seal(Use::Portal, key));
                let kept = known.and_then(|row| row.portal_key.clone());
                let rule = "required: the key that the provider shares with the network";
                let missing = || OrdersError::invalid("system.portal_key", rule);
                Some(given.or(kept).ok_or_else(missing)?)
            }
        };
        let words: Vec<_> = asked.functions.iter().map(|one| one.as_str()).collect();
        let portal = asked.portal.as_ref();
        Ok(provider_system::Model {
            id: id.as_uuid(),
            network: network.to_string(),
            provider_id: asked.provider.to_string(),
            version: known.map_or(0, |row| row.version) + 1,
            base_url: asked.base_url.to_string(),
            api_version: asked.api_version.as_str().to_owned(),
            functions: words.join(" "),
            credential: Some(credential),
            portal_url: portal.map(|p| p.url.to_string()).unwrap_or_default(),
            portal_operator: portal.map(|p| p.operator.clone()).unwrap_or_default(),
            portal_key,
            changed_at: self.clock.now(),
            changed_by: format!("{}:{}", caller.kind.as_str(), caller.id),
        })
    }

    /// Has the products of a system fetched, from the beginning where it is another one, or not any more.
    async fn plan_products(
        &self,
        work: &Work,
        row: &provider_system::Model,
        before: Option<&provider_system::Model>,
    ) -> Result<(), OrdersError> {
        if !row.has(Function::Products) {
            return self.forget_products(work, row).await;
        }
        let now = self.clock.now();
        let Some(mut pull) = product_pull::lock(work.tx(), row.id).await? else {
            let (network, provider) = (row.network.clone(), row.provider_id.clone());
            let pull = product_pull::new(row.id, network, provider, now);
            return Ok(product_pull::insert(work.tx(), pull).await?);
        };
        let same = |before: &&provider_system::Model| {
            before.base_url == row.base_url && before.api_version == row.api_version
        };
        if !before.as_ref().is_some_and(same) {
            pull.last_modified = None;
        }
        pull.next_at = now;
        Ok(product_pull::update(work.tx(), pull).await?)
    }

    async fn forget_products(
        &self,
        work: &Work,
        row: &provider_system::Model,
    ) -> Result<(), OrdersError> {
        product_pull::remove(work.tx(), row.id).await?;
        let (network, provider) = row.owner()?;
        let desk = Desk { network, provider };
        for keyed in offering::keyed(work.tx(), &desk.network, &desk.provider).await? {
            if keyed.is_fetched && !keyed.has_ended {
                let now = self.clock.now();
                offering::end(work.tx(), desk.whose(), keyed.offering.id, now).await?;
            }
        }
        Ok(())
    }
}

fn is_origin(before: &str, now: &Url) -> bool {
    Url::parse(before).is_ok_and(|before| before.origin() == now.origin())
}
