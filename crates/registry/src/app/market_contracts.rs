//! Contracts of providers are entered, changed and looked at by the network's administrators (MDB-3).

use kernel::{NetworkCode, ProviderId, new_id};
use uuid::Uuid;

use super::{Page, PageRequest, Registry, RegistryError};
use crate::domain::market::{ContractText, MarketContract};
use crate::store::{market_contract, market_extract, network_revision};

const EXTRACTS: &str = "extracts";

impl Registry {
    /// Enters a contract, or changes the one of that id. Every stream that is open ends with it.
    ///
    /// # Errors
    /// Rules are broken, another contract of the provider holds on one of its days, there is none of that id, or the
    /// database fails; then nothing was changed.
    pub async fn put_market_contract(
        &self,
        network: &NetworkCode,
        id: Option<Uuid>,
        text: &ContractText,
    ) -> Result<MarketContract, RegistryError> {
        let now = self.clock.now();
        let new = id.unwrap_or_else(|| new_id(self.clock.as_ref()));
        let contract = text
            .parse(new, network, now)
            .map_err(RegistryError::Invalid)?;
        let work = self.outbox.begin().await?;
        // Two administrators at once: one waits for the other.
        network_revision::lock(work.tx(), network, now).await?;
        let others = market_contract::list(work.tx(), network, Some(&contract.provider)).await?;
        if id.is_some() && !others.iter().any(|other| other.id == contract.id) {
            return Err(RegistryError::NoSuchContract);
        }
        let overlapping = others
            .iter()
            .find(|other| other.id != contract.id && other.validity.overlaps(contract.validity));
        if let Some(other) = overlapping {
            let rule = format!(
                "the provider has another contract from {} in the same time: end that one first",
                other.validity.from
            );
            return Err(RegistryError::invalid("valid_from", &text.valid_from, rule));
        }
        market_contract::put(work.tx(), &contract).await?;
        work.commit().await?;
        self.ring(network);
        Ok(contract)
    }

    /// The contracts of a network; of one provider only when one is named.
    ///
    /// # Errors
    /// The database fails.
    pub async fn list_market_contracts(
        &self,
        network: &NetworkCode,
        provider: Option<&ProviderId>,
    ) -> Result<Vec<MarketContract>, RegistryError> {
        let reader = self.outbox.database().reader();
        Ok(market_contract::list(&reader, network, provider).await?)
    }

    /// What providers were given, newest first.
    ///
    /// # Errors
    /// The page is asked for wrongly, or the database fails.
    pub async fn list_market_extracts(
        &self,
        network: &NetworkCode,
        provider: Option<&ProviderId>,
        request: &PageRequest,
    ) -> Result<Page<market_extract::Model>, RegistryError> {
        let size = request.size()?;
        let before = request.after_parsed::<Uuid>(EXTRACTS)?;
        let reader = self.outbox.database().reader();
        let rows =
            market_extract::page(&reader, network, provider, before, size as u64 + 1).await?;
        Ok(Page::cut(rows, size, EXTRACTS, |row| row.id.to_string()))
    }
}
