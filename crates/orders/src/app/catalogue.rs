//! What a network sells, in memory. Every look asks the database for one number, the catalogue's version, which rises in the
//! transaction of every change; what is in memory is read anew when it is another one. So an instance never answers with what
//! another one has changed.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{NetworkCode, ProviderId};
use messaging::Work;

use super::Orders;
use super::error::OrdersError;
use super::put_provider::PROVIDERS_MAX;
use crate::domain::catalogue::offering::OFFERINGS_MAX;
use crate::domain::catalogue::{Offering, Provider};
use crate::store::{counter, offering, provider};

/// What a network sells, as of one version.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    version: i64,
    /// By technical service.
    offerings: HashMap<String, Vec<Arc<Offering>>>,
    providers: HashMap<ProviderId, Arc<Provider>>,
}

impl Catalogue {
    fn new(version: i64, offerings: Vec<Offering>, providers: Vec<Provider>) -> Self {
        let mut by_service: HashMap<String, Vec<Arc<Offering>>> = HashMap::new();
        for offering in offerings {
            let sold = by_service.entry(offering.service.clone()).or_default();
            sold.push(Arc::new(offering));
        }
        let providers = providers.into_iter();
        Self {
            version,
            offerings: by_service,
            providers: providers.map(|p| (p.id.clone(), Arc::new(p))).collect(),
        }
    }

    /// What is sold over these technical services, and by whom. A service that is named twice is one.
    pub fn over<'a>(
        &'a self,
        services: &'a [String],
    ) -> impl Iterator<Item = (&'a Arc<Offering>, &'a Arc<Provider>)> {
        let services: BTreeSet<&String> = services.iter().collect();
        let sold = services
            .into_iter()
            .filter_map(|name| self.offerings.get(name));
        sold.flatten().filter_map(|offering| {
            let provider = self.providers.get(&offering.provider)?;
            Some((offering, provider))
        })
    }
}

/// The catalogues of every network that has been asked for.
#[derive(Debug, Default)]
pub(crate) struct Catalogues {
    known: Mutex<HashMap<NetworkCode, Arc<Catalogue>>>,
    /// One reads at a time: those who wait find what was read.
    reading: tokio::sync::Mutex<()>,
}

impl Catalogues {
    fn known(&self, network: &NetworkCode, version: i64) -> Option<Arc<Catalogue>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let catalogue = known.get(network)?;
        // What was read while it changed is newer than its version says: never older.
        (catalogue.version >= version).then(|| Arc::clone(catalogue))
    }

    fn keep(&self, network: &NetworkCode, catalogue: Arc<Catalogue>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(network.clone(), catalogue);
    }
}

impl Orders {
    /// What the network sells now.
    pub(super) async fn catalogue(
        &self,
        network: &NetworkCode,
    ) -> Result<Arc<Catalogue>, OrdersError> {
        let reader = self.outbox.database().reader();
        let version = counter::catalogue_version(&reader, network).await?;
        if let Some(catalogue) = self.catalogues.known(network, version) {
            return Ok(catalogue);
        }
        let _reading = self.catalogues.reading.lock().await;
        if let Some(catalogue) = self.catalogues.known(network, version) {
            return Ok(catalogue);
        }
        // The version first: what changes in between is read again next time, and not missed.
        let version = counter::catalogue_version(&reader, network).await?;
        let offerings = offering::all(&reader, network).await?;
        let providers = provider::list(&reader, network, PROVIDERS_MAX).await?;
        let catalogue = Arc::new(Catalogue::new(version, offerings, providers));
        self.catalogues.keep(network, Arc::clone(&catalogue));
        Ok(catalogue)
    }
}

/// That the provider has room for one more. Its row is locked: two uploads at once do not both take the last place.
pub(super) async fn has_room(work: &Work, wanted: &Offering) -> Result<(), OrdersError> {
    if offering::count_others(work.tx(), wanted).await? < OFFERINGS_MAX as u64 {
        return Ok(());
    }
    let rule = "a provider has at most 2,000 offerings that have not ended";
    Err(OrdersError::invalid("provider_id", rule))
}
