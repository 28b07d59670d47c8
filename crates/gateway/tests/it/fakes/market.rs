//! The registry's service for providers' systems: what it gives is what a test has put in.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use api::registry::access_change::Change;
use api::registry::market_service_server::MarketService;
use api::registry::*;
use chrono::{DateTime, Utc};
use service_kit::error::{ErrorKind, refusal};
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use super::Fakes;

/// What the registry has.
#[derive(Clone, Default)]
pub struct Market {
    /// Network, and what has happened there in the order of time.
    pub changes: Vec<(&'static str, AccessChange)>,
    /// The contracts of today as they are asked for, one after the other; the last stays.
    pub contracts: VecDeque<MarketContract>,
    /// The time of the last turn.
    pub as_of: Option<DateTime<Utc>>,
    /// Every call is refused with this kind and reason.
    pub refused: Option<(ErrorKind, &'static str)>,
    /// Changes after an earlier time than this are not known any more.
    pub purged: Option<DateTime<Utc>>,
    /// The stream fails after so many pages.
    pub fails_after: Option<usize>,
    /// So many pages of made-up accesses instead.
    pub made_up_pages: usize,
    /// Pages that were taken off the stream.
    pub pulled: Arc<AtomicUsize>,
    /// What the last stream was asked.
    pub asked: Option<StreamAccessesRequest>,
}

/// Accesses of a page that is made up.
pub const PAGE: usize = 500;
/// Changes of a page that is not.
const SMALL_PAGE: usize = 2;

type Pages = Box<dyn Iterator<Item = Vec<AccessChange>> + Send>;

impl Market {
    fn refuse(&self) -> Result<(), Status> {
        self.refused.map_or(Ok(()), |(kind, reason)| {
            Err(refusal(kind, reason, "refused"))
        })
    }

    fn pages(&self, network: &str, after: Option<DateTime<Utc>>) -> Pages {
        if self.made_up_pages > 0 {
            return Box::new((0..self.made_up_pages).map(made_up));
        }
        let seen = self.changes.iter().filter(|(of, change)| {
            let removed = matches!(change.change, Some(Change::Removed(_)));
            let new = after.is_none_or(|after| time(change.at.as_ref().unwrap()) > after);
            *of == network && new && (after.is_some() || !removed)
        });
        let seen: Vec<_> = seen.map(|(_, change)| change.clone()).collect();
        let pages: Vec<_> = seen.chunks(SMALL_PAGE).map(<[_]>::to_vec).collect();
        Box::new(pages.into_iter())
    }
}

fn made_up(page: usize) -> Vec<AccessChange> {
    let of = |index: usize| MarketAccess {
        access_id: format!("A-{:07}", page * PAGE + index),
        ..access("A", AccessState::Connected)
    };
    (0..PAGE).map(|index| put(of(index), 1)).collect()
}

/// A flat with everything that the registry can know.
pub fn access(id: &str, state: AccessState) -> MarketAccess {
    MarketAccess {
        access_id: id.into(),
        legacy_access_id: "KGXF49861".into(),
        street_name: "Testvägen".into(),
        street_number: "10".into(),
        street_littera: "G".into(),
        postal_code: "72134".into(),
        city: "Västerås".into(),
        country_code: "SE".into(),
        apartment_number: "0901".into(),
        onapi_premises_type: "MDU_APARTMENT".into(),
        outlet: "A-11-14".into(),
        population: "Hamra".into(),
        price_group: Some(3),
        national_address_uuid: "1ce88c93-b310-11eb-bdc2-000c29f11131".into(),
        state: state.into(),
        services: vec!["BB-100-100".into(), "IPTV".into()],
        connected_on: "2008-02-12".into(),
        ..MarketAccess::default()
    }
}

/// A house of which only what must be known is known.
pub fn sparse(id: &str, state: AccessState) -> MarketAccess {
    MarketAccess {
        access_id: id.into(),
        street_name: "Hamra".into(),
        postal_code: "72134".into(),
        city: "Västerås".into(),
        country_code: "SE".into(),
        onapi_premises_type: "RESIDENTIAL_HOUSE".into(),
        state: state.into(),
        services: vec!["BB-100-100".into()],
        ..MarketAccess::default()
    }
}

/// An access as it is at a time, in milliseconds after the beginning of the tests' clock.
pub fn put(access: MarketAccess, millis: i64) -> AccessChange {
    AccessChange {
        change: Some(Change::Put(access)),
        at: Some(stamp(at(millis))),
        appeared: false,
    }
}

/// So many milliseconds after 2026-09-21T14:13:30Z, the time of the tests' clock.
pub fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_790_000_010_000 + millis).unwrap()
}

fn stamp(time: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: time.timestamp(),
        nanos: i32::try_from(time.timestamp_subsec_nanos()).unwrap(),
    }
}

fn time(stamp: &prost_types::Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp(stamp.seconds, u32::try_from(stamp.nanos).unwrap()).unwrap()
}

/// The network of the caller's token, and nothing that the request says.
fn network_of<T>(request: &Request<T>) -> String {
    let caller = service_kit::caller::caller_of(request).unwrap();
    caller.provider_id().unwrap();
    caller.network.as_ref().unwrap().to_string()
}

#[tonic::async_trait]
impl MarketService for Fakes {
    type StreamAccessesStream =
        Pin<Box<dyn Stream<Item = Result<StreamAccessesResponse, Status>> + Send>>;

    async fn get_contract(
        &self,
        request: Request<GetContractRequest>,
    ) -> Result<Response<GetContractResponse>, Status> {
        self.note("GetContract", &request);
        network_of(&request);
        let caller = service_kit::caller::caller_of(&request).unwrap();
        let provider = caller.provider_id().unwrap().to_string();
        let mut seen = self.seen();
        let contract = seen.market.contracts.pop_front();
        if let Some(contract) = &contract
            && seen.market.contracts.is_empty()
        {
            seen.market.contracts.push_back(contract.clone());
        }
        let missing = || refusal(ErrorKind::Denied, "CONTRACT_MISSING", "there is none");
        Ok(Response::new(GetContractResponse {
            contract: Some(MarketContract {
                contract_id: format!("contract-of-{provider}"),
                ..contract.ok_or_else(missing)?
            }),
        }))
    }

    async fn stream_accesses(
        &self,
        request: Request<StreamAccessesRequest>,
    ) -> Result<Response<Self::StreamAccessesStream>, Status> {
        self.note("StreamAccesses", &request);
        let network = network_of(&request);
        let asked = request.into_inner();
        let market = {
            let mut seen = self.seen();
            seen.market.asked = Some(asked.clone());
            seen.market.clone()
        };
        market.refuse()?;
        let after = asked.modified_since.as_ref().map(time);
        if after.is_some_and(|after| market.purged.is_some_and(|purged| after < purged)) {
            let kind = ErrorKind::Precondition;
            return Err(refusal(kind, "CURSOR_EXPIRED", "too old"));
        }
        let as_of = market.as_of.unwrap_or_else(|| at(0));
        let (pulled, fails_after) = (Arc::clone(&market.pulled), market.fails_after);
        let pages = market.pages(&network, after).enumerate();
        let pages = pages.map(move |(index, changes)| {
            pulled.fetch_add(1, Ordering::SeqCst);
            if fails_after == Some(index) {
                return Err(Status::internal("the secret is swordfish"));
            }
            Ok(StreamAccessesResponse {
                changes,
                cursor: format!("1.{index}"),
                as_of: Some(stamp(as_of)),
            })
        });
        Ok(Response::new(Box::pin(tokio_stream::iter(pages))))
    }

    async fn get_market_access(
        &self,
        request: Request<GetMarketAccessRequest>,
    ) -> Result<Response<GetMarketAccessResponse>, Status> {
        self.note("GetMarketAccess", &request);
        let network = network_of(&request);
        let asked = request.into_inner();
        assert_eq!(asked.interface(), MarketInterface::OnApi);
        let market = self.seen().market.clone();
        market.refuse()?;
        let mut changes = market.changes.into_iter().filter(|(of, _)| *of == network);
        let found = changes.find_map(|(_, change)| match change.change {
            Some(Change::Put(access)) if access.access_id == asked.access_id => Some(access),
            _ => None,
        });
        let access = found
            .ok_or_else(|| refusal(ErrorKind::NotFound, "ACCESS_NOT_FOUND", "no such access"))?;
        Ok(Response::new(GetMarketAccessResponse {
            access: Some(access),
        }))
    }
}
