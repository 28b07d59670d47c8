//! ON-API, the network's side, as a provider's system meets it.

mod errors;
mod events;
mod lists;
mod orders;
mod shapes;
mod streams;

use std::sync::Arc;

use api::registry::AccessChange;
use gateway::credentials;
use kernel::{NetworkCode, ProviderId};
use reqwest::{Method, RequestBuilder};
use secrecy::ExposeSecret as _;

use crate::browser::{Answer, Browser, answer};
use crate::fakes::market::{self, Market};
use crate::harness::World;

/// A provider's system with its credential.
pub struct Provider {
    browser: Browser,
    client_id: String,
    secret: String,
}

impl Provider {
    /// Of a network.
    pub async fn of(world: &World, network: &str) -> Self {
        let network = NetworkCode::parse(network).unwrap();
        let provider = ProviderId::parse("nordbredband").unwrap();
        let made = credentials::create(&world.gateway.directory, &network, &provider)
            .await
            .unwrap();
        Self {
            browser: Browser::new(world),
            client_id: made.client_id,
            secret: made.secret.expose_secret().to_owned(),
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.browser
            .request(method, &format!("/onapi{path}"))
            .basic_auth(&self.client_id, Some(&self.secret))
    }

    pub async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub async fn since(&self, path: &str, since: &str) -> Answer {
        let request = self.request(Method::GET, path);
        let sent = request.header("if-modified-since", since).send();
        answer(sent.await.unwrap()).await
    }
}

/// A gateway with the network HAM, and a provider in it.
pub async fn with(changes: Vec<AccessChange>) -> (World, Provider) {
    let world = World::ready().await;
    let provider = Provider::of(&world, "HAM").await;
    let changes = changes.into_iter().map(|change| ("HAM", change)).collect();
    world.fakes.seen().market = Market {
        changes,
        as_of: Some(market::at(700)),
        pulled: Arc::default(),
        ..Market::default()
    };
    (world, provider)
}

/// A header as text; empty when it is not there.
pub fn header(answer: &Answer, name: &str) -> String {
    let value = answer.headers.get(name);
    value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}
