//! Unary calls of the registry, as many a second as some clients get answered: searches, look-ups of a given address, and
//! the empty call of the same server that look-ups are compared with.

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::common::Address;
use api::registry::registry_service_client::RegistryServiceClient;
use api::registry::{MatchAddressRequest, SearchPlacesRequest};
use e2e::doors::Doors;
use e2e::town::NETWORK;
use testkit::addresses::{Addresses, Dice};
use testkit::postgres::Postgres;
use tonic::Status;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::cost::Costs;

/// Clients that ask at the same time, each on a connection of its own.
const CLIENTS: u64 = 8;
/// For so long.
const ASKING: Duration = Duration::from_secs(10);
/// Different questions of each client.
const QUESTIONS: usize = 2_000;

/// A network's registry, and what is in it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Where it is.
    pub doors: &'a Doors,
    /// The addresses in it.
    pub addresses: &'a Addresses,
    /// The first so many of them.
    pub accesses: u32,
    /// Where its accounts are kept.
    pub costs: Costs,
    /// The server that its services share.
    pub postgres: &'a Postgres,
}

impl Asked<'_> {
    /// Searches a second: what people type.
    ///
    /// # Errors
    /// The registry refuses one.
    pub async fn searches(self) -> anyhow::Result<f64> {
        let clients = clients(|seed| {
            let queries = typed(self.addresses, self.accesses, seed);
            let channel = self.doors.visitor("registry")?;
            Ok((RegistryServiceClient::new(channel), Arc::new(queries)))
        })?;
        self.rate(
            "1,000 searches",
            clients,
            async |(client, queries), turn| {
                let request = SearchPlacesRequest {
                    network: NETWORK.to_owned(),
                    query: queries[turn % QUESTIONS].clone(),
                    limit: 0,
                };
                client.search_places(request).await.map(drop)
            },
        )
        .await
    }

    /// Look-ups a second: whole addresses, each of which is there.
    ///
    /// # Errors
    /// The registry refuses one, or does not find it.
    pub async fn look_ups(self) -> anyhow::Result<f64> {
        let clients = clients(|seed| {
            let addresses = whole(self.addresses, self.accesses, seed);
            let channel = self.doors.visitor("registry")?;
            Ok((RegistryServiceClient::new(channel), Arc::new(addresses)))
        })?;
        self.rate(
            "1,000 look-ups",
            clients,
            async |(client, addresses), turn| {
                let request = MatchAddressRequest {
                    network: NETWORK.to_owned(),
                    address: Some(addresses[turn % QUESTIONS].clone()),
                    limit: 1,
                    distinguisher: String::new(),
                };
                let answer = client.match_address(request).await?.into_inner();
                if answer.result == "exact" {
                    Ok(())
                } else {
                    Err(Status::not_found("an address of the registry"))
                }
            },
        )
        .await
    }

    /// Calls a second that ask for nothing: the server's health, whose answer lies ready.
    ///
    /// # Errors
    /// The registry refuses one.
    pub async fn nothings(self) -> anyhow::Result<f64> {
        let clients = clients(|_| Ok(HealthClient::new(self.doors.visitor("registry")?)))?;
        self.rate("1,000 empty calls", clients, async |client, _| {
            client.check(HealthCheckRequest::default()).await.map(drop)
        })
        .await
    }

    /// Answers a second of all clients together; each asks again when it has its answer.
    async fn rate<C>(
        self,
        what: &str,
        clients: Vec<C>,
        ask: impl AsyncFn(&mut C, usize) -> Result<(), Status>,
    ) -> anyhow::Result<f64> {
        let ask = &ask;
        let spending = self.costs.begin(self.postgres).await?;
        let started = Instant::now();
        let asking = clients.into_iter().map(async |mut client| {
            let mut turn = 0;
            while started.elapsed() < ASKING {
                ask(&mut client, turn).await?;
                turn += 1;
            }
            anyhow::Ok(turn)
        });
        let answers: usize = futures::future::try_join_all(asking).await?.iter().sum();
        let rate = f64::from(u32::try_from(answers)?) / started.elapsed().as_secs_f64();
        let thousands = (answers / 1_000).max(1);
        spending.print(self.postgres, what, thousands).await?;
        Ok(rate)
    }
}

fn clients<C>(client: impl Fn(u64) -> anyhow::Result<C>) -> anyhow::Result<Vec<C>> {
    (0..CLIENTS).map(client).collect()
}

/// What people type: an address begun and not ended, every third time with a typo.
fn typed(addresses: &Addresses, accesses: u32, seed: u64) -> Vec<String> {
    let mut dice = Dice::new(seed);
    (0..QUESTIONS)
        .map(|_| {
            let row = addresses.access(dice.below(accesses as usize) as u64);
            let whole = format!("{} {} {}", row.street_name, row.street_number, row.city);
            let length = 4 + dice.below(26);
            let text: String = whole.chars().take(length).collect();
            if dice.below(3) == 0 {
                dice.typo(&text)
            } else {
                text
            }
        })
        .collect()
}

/// Addresses as an order names them.
fn whole(addresses: &Addresses, accesses: u32, seed: u64) -> Vec<Address> {
    let mut dice = Dice::new(seed);
    (0..QUESTIONS)
        .map(|_| {
            let row = addresses.access(dice.below(accesses as usize) as u64);
            Address {
                street_name: row.street_name,
                street_number: row.street_number,
                street_littera: row.street_littera,
                postal_code: row.postal_code,
                city: row.city,
                country_code: "SE".to_owned(),
                apartment_number: row.apartment_number,
            }
        })
        .collect()
}
