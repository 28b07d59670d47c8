//! The legacy APIs: the market database's import API, as a network's provisioning system meets it, and the service guide's
//! order API, as a provider's system does.

mod calls;
mod order_shapes;
mod orders;
mod shapes;
mod sign_in;

use gateway::credentials;
use gateway::import_credentials::{self, ImportCredential};
use kernel::{NetworkCode, ProviderId};
use reqwest::Method;
use secrecy::ExposeSecret as _;

use crate::browser::{Answer, Browser, answer};
use crate::harness::World;

pub const PATH: &str = "/legacy/mdb2";

/// A system with its credential.
pub struct System {
    pub browser: Browser,
    pub path: &'static str,
    pub user: String,
    pub key: String,
}

impl System {
    /// Of a network.
    pub async fn of(world: &World, network: &str) -> Self {
        let made = credential(world, network).await;
        Self {
            browser: Browser::new(world),
            path: PATH,
            user: made.api_user.to_string(),
            key: made.api_key.expose_secret().to_owned(),
        }
    }

    /// Of a provider in a network.
    pub async fn of_provider(world: &World, network: &str, provider: &str) -> Self {
        let network = NetworkCode::parse(network).unwrap();
        let provider = ProviderId::parse(provider).unwrap();
        let made = credentials::create(&world.gateway.directory, &network, &provider)
            .await
            .unwrap();
        Self {
            browser: Browser::new(world),
            path: "/legacy/orders",
            user: made.client_id,
            key: made.secret.expose_secret().to_owned(),
        }
    }

    /// As PHP posts a form.
    pub async fn post(&self, method: &str, fields: &[(&str, &str)]) -> Answer {
        let path = format!("{}?method={method}", self.path);
        self.browser.post(&path, fields).await
    }

    /// Everything in the address.
    pub async fn get(&self, parameters: &[(&str, &str)]) -> Answer {
        let request = self
            .browser
            .request(Method::GET, self.path)
            .query(parameters);
        answer(request.send().await.unwrap()).await
    }

    pub async fn login(&self) -> Answer {
        let fields = [("api_user", self.user.as_str()), ("api_key", &self.key)];
        self.post("api_login", &fields).await
    }

    /// What a sign-in gives.
    pub async fn hash(&self) -> String {
        hash_of(&self.login().await)
    }
}

pub async fn credential(world: &World, network: &str) -> ImportCredential {
    let network = NetworkCode::parse(network).unwrap();
    import_credentials::create(&world.gateway.directory, &network)
        .await
        .unwrap()
}

pub fn hash_of(answer: &Answer) -> String {
    let (_, rest) = answer.body.split_once("<hash_key>").unwrap();
    rest.split_once("</hash_key>").unwrap().0.to_owned()
}

/// The fields of one right post.
pub const POST: [(&str, &str); 3] = [
    ("data[coId]", "HAM"),
    ("data[accessId]", "81883"),
    ("data[streetName]", "Kungsgatan"),
];
