//! Contracts of providers are entered, changed and looked at by the network's administrators (MDB-3).

use chrono::TimeDelta;
use kernel::{NetworkCode, ProviderId, new_id};
use uuid::Uuid;

use super::{Page, PageRequest, Registry, RegistryError};
use crate::domain::market::{ContractText, MarketContract};
use crate::store::{market_contract, market_extract, network_revision};

const EXTRACTS: &str = "extracts";
/// What both databases can tell apart.
const STEP: TimeDelta = TimeDelta::microseconds(1);

/// The contract that is to be changed, as it was read.
#[derive(Clone, Debug)]
pub struct ReadContract {
    /// Its id.
    pub id: Uuid,
    /// [`MarketContract::version`].
    pub version: String,
}

impl Registry {
    /// Enters a contract, or changes the one that was read. Every stream that is open ends with it.
    ///
    /// # Errors
    /// Rules are broken, another contract of the provider holds on one of its days, there is none of that id, somebody has
    /// changed it since it was read, or the database fails; then nothing was changed.
    pub async fn put_market_contract(
        &self,
        network: &NetworkCode,
        read: Option<ReadContract>,
        text: &ContractText,
    ) -> Result<MarketContract, RegistryError> {
        let now = self.clock.now();
        let id = read.as_ref().map(|read| read.id);
        let id = id.unwrap_or_else(|| new_id(self.clock.as_ref()));
        let mut contract = text
            .parse(id, network, now)
            .map_err(RegistryError::Invalid)?;
        let work = self.outbox.begin().await?;
        // Two administrators at once: one waits for the other.
        let turn = network_revision::lock(work.tx(), network, now).await?;
        // Later than what any reader has been told so far that it knows.
        contract.changed_at = turn.at;
        let others = market_contract::list(work.tx(), network, Some(&contract.provider)).await?;
        if let Some(read) = read {
            let before = others.iter().find(|other| other.id == read.id);
            let before = before.ok_or(RegistryError::NoSuchContract)?;
            if before.version() != read.version {
                return Err(RegistryError::ContractEdited);
            }
            contract.changed_at = Ord::max(turn.at, before.changed_at + STEP);
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
