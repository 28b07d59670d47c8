//! A provider's system reads the accesses of its contract in the order of their changes, from a cursor.
//!
//! Before a cursor is handed out, its turn is marked outside this database; a restored database is behind the mark, and
//! the feed begins a new epoch (decisions.md 9). What was given is recorded: the intent before the first access, how much
//! it was after the last (decision 30).

use std::sync::Arc;
use std::time::Duration;

use chassis::feed::{Follow, Pace};
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Stockholm;
use futures::{Stream, stream};
use kernel::{AccessId, NetworkCode, ProviderId};
use service_kit::shares::Share;

use super::begin_market::{Start, mark};
use super::market_record::Record;
use super::{Registry, RegistryError};
use crate::domain::limits::{FEED_PAGE, MARKET_ACCESSES};
use crate::domain::market::{Cursor, MarketColumn, MarketContract, MarketInterface};
use crate::store::feed::{self, FeedRow, KeptBack};
use crate::store::{access, market_contract, network_revision};

/// A provider's system, in the network that its credential is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reader {
    /// The network.
    pub network: NetworkCode,
    /// The provider.
    pub provider: ProviderId,
    /// Its credential.
    pub caller_id: String,
}

/// What a reader is told of an access.
#[derive(Clone, Debug)]
pub enum Told {
    /// As it is now, with its services.
    Put(Box<access::Model>, Vec<String>),
    /// It has ended, or is not the reader's to see.
    Removed(String),
}

/// One change.
#[derive(Clone, Debug)]
pub struct Change {
    /// What.
    pub told: Told,
    /// When.
    pub at: DateTime<Utc>,
    /// It was not there before.
    pub appeared: bool,
}

/// Some changes, and the cursor to go on after them.
#[derive(Clone, Debug)]
pub struct Batch {
    /// In order.
    pub changes: Vec<Change>,
    /// After the last of them.
    pub cursor: Cursor,
    /// Everything up to this time is in what was given so far, when the stream has come to its end.
    pub as_of: DateTime<Utc>,
    /// The columns that the reader may see.
    pub columns: Arc<[MarketColumn]>,
}

impl Registry {
    /// The contract of today.
    ///
    /// # Errors
    /// There is none (MDB-3: nobody else gets it), or the database fails.
    pub async fn contract_of(&self, reader: &Reader) -> Result<MarketContract, RegistryError> {
        let today = self.clock.now().with_timezone(&Stockholm).date_naive();
        let connection = self.outbox.database().reader();
        market_contract::list(&connection, &reader.network, Some(&reader.provider))
            .await?
            .into_iter()
            .find(|contract| contract.validity.holds(today))
            .ok_or(RegistryError::NoContract)
    }

    async fn agreed(
        &self,
        reader: &Reader,
        interface: MarketInterface,
    ) -> Result<MarketContract, RegistryError> {
        let contract = self.contract_of(reader).await?;
        if interface == MarketInterface::OnApi && !contract.on_api {
            return Err(RegistryError::NotAgreed);
        }
        Ok(contract)
    }

    /// One access of the contract.
    ///
    /// # Errors
    /// There is no contract, no such access in it, or the database fails.
    pub async fn get_market_access(
        &self,
        reader: &Reader,
        interface: MarketInterface,
        id: &AccessId,
    ) -> Result<(access::Model, Vec<String>, Arc<[MarketColumn]>), RegistryError> {
        let contract = self.agreed(reader, interface).await?;
        let row = feed::find(&self.outbox.database().reader(), &reader.network, id)
            .await?
            .filter(|row| given_alone(row, &contract, interface))
            .ok_or(RegistryError::NoSuchAccess)?;
        let services = self.services_told(&row.access, interface)?;
        let mut record = self.record(reader, &contract, interface);
        record.begin(&format!("access:{id}")).await?;
        record.count(1, 0, 0, &format!("access:{id}"));
        record.end().await?;
        Ok((row.access, services, columns(&contract, interface)))
    }

    /// What can be had at an access that the contract gives over ON-API; for the orders service, which gives no more of it
    /// away than the provider has asked with.
    ///
    /// # Errors
    /// There is no contract, no such access in it, or the database fails.
    pub async fn orderable_access(
        &self,
        reader: &Reader,
        id: &AccessId,
    ) -> Result<access::Model, RegistryError> {
        let interface = MarketInterface::OnApi;
        let contract = self.agreed(reader, interface).await?;
        let row = feed::find(&self.outbox.database().reader(), &reader.network, id).await?;
        let row = row.filter(|row| given_alone(row, &contract, interface));
        Ok(row.ok_or(RegistryError::NoSuchAccess)?.access)
    }

    /// Opens a stream of accesses. Followed, it stays open for as long as the settings say.
    ///
    /// # Errors
    /// There is no contract, the cursor is none or too old, too many streams are open, or the database fails.
    pub async fn stream_market(
        self: Arc<Self>,
        reader: Reader,
        interface: MarketInterface,
        start: Start,
        follow: bool,
    ) -> Result<impl Stream<Item = Result<Batch, RegistryError>> + Send + use<>, RegistryError>
    {
        let contract = self.agreed(&reader, interface).await?;
        let (at, last) = self.begin_at(&contract, start).await?;
        let (mut share, mut following) = (None, None);
        if follow {
            let pace = Pace {
                poll: Duration::from_secs(self.settings.follow_seconds.max(1)),
                open: Duration::from_secs(self.settings.feed_open_seconds),
            };
            let follow = self.bell.follow(&desk(&reader), pace, &self.lifecycle);
            following = Some(follow.ok_or(RegistryError::TooManyStreams)?);
        } else {
            let taken = self.streams.take(&desk(&reader));
            share = Some(taken.ok_or(RegistryError::TooManyStreams)?);
        }
        let record = self.record(&reader, &contract, interface);
        let open = Open {
            nothing_until: if at.revision == 0 { last } else { 0 },
            registry: self,
            columns: columns(&contract, interface),
            reader,
            interface,
            contract,
            at,
            follow: following,
            _share: share,
            record,
        };
        Ok(stream::unfold(Some(open), |open| async move {
            let mut open = open?;
            match open.next().await {
                Ok(Some(batch)) => Some((Ok(batch), Some(open))),
                Ok(None) => match open.record.end().await {
                    Ok(()) => None,
                    Err(error) => Some((Err(error), None)),
                },
                Err(error) => Some((Err(error), None)),
            }
        }))
    }

    /// The services that are told with an access.
    fn services_told(
        &self,
        row: &access::Model,
        interface: MarketInterface,
    ) -> Result<Vec<String>, RegistryError> {
        if interface == MarketInterface::Market {
            return Ok(row.active_services()?);
        }
        let network =
            NetworkCode::parse(&row.network).map_err(|_| RegistryError::Corrupt("network"))?;
        let available = row.available_services()?;
        let line = row.line(available.as_deref());
        Ok(self.services(&network).of_line(line))
    }

    /// Wakes whoever follows the accesses of the network.
    pub(super) fn ring(&self, network: &NetworkCode) {
        self.bell.ring_for(|(followed, _)| followed == network);
    }
}

/// What of the accesses a contract lets a reader see in a list.
fn given(row: &FeedRow, contract: &MarketContract, interface: MarketInterface) -> bool {
    agreed(row, contract) && !is_kept_back(row, interface)
}

/// What it lets a reader see who names the access: ON-API also gives that of somebody who is protected, without any
/// person, because the line must be kept in service.
fn given_alone(row: &FeedRow, contract: &MarketContract, interface: MarketInterface) -> bool {
    let kept_back = interface == MarketInterface::Market && is_kept_back(row, interface);
    agreed(row, contract) && !kept_back
}

fn agreed(row: &FeedRow, contract: &MarketContract) -> bool {
    let premises = &contract.premises;
    let type_of = row.access.onapi_premises_type.as_str();
    let agreed = premises.is_empty() || premises.iter().any(|p| p.as_str() == type_of);
    row.access.ended_at.is_none() && agreed
}

/// Whether a list leaves it out because of somebody there (decisions 20 and 33).
fn is_kept_back(row: &FeedRow, interface: MarketInterface) -> bool {
    match row.kept_back {
        KeptBack::No => false,
        KeptBack::FromTheMarket => interface == MarketInterface::Market,
        KeptBack::FromEveryList => true,
    }
}

fn columns(contract: &MarketContract, interface: MarketInterface) -> Arc<[MarketColumn]> {
    match interface {
        MarketInterface::Market => contract.columns.clone().into(),
        MarketInterface::OnApi => MarketColumn::ON_API.into(),
    }
}

fn desk(reader: &Reader) -> (NetworkCode, ProviderId) {
    (reader.network.clone(), reader.provider.clone())
}

/// One open stream.
struct Open {
    registry: Arc<Registry>,
    reader: Reader,
    interface: MarketInterface,
    contract: MarketContract,
    columns: Arc<[MarketColumn]>,
    at: Cursor,
    /// What is not there at the beginning, up to this turn, the reader need not be told: it has nothing yet.
    nothing_until: i64,
    /// None: the stream ends with the last change that there is.
    follow: Option<Follow>,
    /// Of the streams that are not followed.
    _share: Option<Share<(NetworkCode, ProviderId)>>,
    record: Record,
}

impl Open {
    /// The next changes; waits for them when the feed is followed. None: the stream is over.
    async fn next(&mut self) -> Result<Option<Batch>, RegistryError> {
        loop {
            if let Some(follow) = &mut self.follow {
                follow.listen();
            }
            if let Some(batch) = self.read().await? {
                if batch.changes.is_empty() {
                    continue;
                }
                return Ok(Some(batch));
            }
            let goes_on = match &mut self.follow {
                Some(follow) => follow.wait().await,
                None => false,
            };
            if !goes_on {
                return Ok(None);
            }
        }
    }

    /// A contract that was changed or is over ends the stream; the reader begins anew under what holds now.
    async fn still_agreed(&self) -> Result<(), RegistryError> {
        let now = self.registry.agreed(&self.reader, self.interface).await?;
        if now == self.contract {
            Ok(())
        } else {
            Err(RegistryError::ContractChanged)
        }
    }

    /// A page of the feed; nothing when there is no more.
    async fn read(&mut self) -> Result<Option<Batch>, RegistryError> {
        let registry = &self.registry;
        if !registry.is_ready() {
            return Err(RegistryError::NotReady);
        }
        let connection = registry.outbox.database().reader();
        let network = &self.reader.network;
        let known = network_revision::find(&connection, network).await?;
        let place = (self.at.revision, self.at.access_id.as_str());
        let rows = feed::changed_after(&connection, network, place, FEED_PAGE).await?;
        // After reading: what has been read up to this time must be what the contract of this time gives.
        self.still_agreed().await?;
        let (Some(last), Some(known)) = (rows.last(), known) else {
            return Ok(None);
        };
        let cursor = Cursor {
            epoch: self.at.epoch,
            revision: last.access.revision,
            access_id: last.access.access_id.clone(),
        };
        let feed = mark(network.as_str());
        registry.privacy.advance(&feed, cursor.revision).await?;
        // After reading: a restore in between shows as a new epoch, and nothing of the page is given.
        if registry.privacy.epoch(&feed).await? != self.at.epoch {
            return Err(RegistryError::CursorExpired);
        }
        let (mut changes, mut withheld) = (Vec::with_capacity(rows.len()), 0);
        for row in rows {
            withheld += u64::from(is_kept_back(&row, self.interface));
            changes.extend(self.told(row)?);
        }
        let put = changes.iter().filter(|c| matches!(c.told, Told::Put(..)));
        let put = put.count() as u64;
        let removed = changes.len() as u64 - put;
        metrics::counter!(MARKET_ACCESSES, "interface" => self.interface.as_str()).increment(put);
        self.record.begin(&self.at.to_string()).await?;
        self.record
            .count(put, removed, withheld, &cursor.to_string());
        self.at = cursor.clone();
        Ok(Some(Batch {
            changes,
            cursor,
            as_of: known.revised_at,
            columns: Arc::clone(&self.columns),
        }))
    }

    fn told(&self, row: FeedRow) -> Result<Option<Change>, RegistryError> {
        let (at, appeared) = (
            row.access.revised_at,
            row.access.appeared_at == row.access.revised_at,
        );
        let told = if given(&row, &self.contract, self.interface) {
            let services = self.registry.services_told(&row.access, self.interface)?;
            Told::Put(Box::new(row.access), services)
        } else if row.access.revision <= self.nothing_until {
            return Ok(None);
        } else {
            Told::Removed(row.access.access_id)
        };
        Ok(Some(Change { told, at, appeared }))
    }
}
