//! Compliance staff at the gateway's REST interface, as a browser or another system uses it.

use std::sync::Arc;

use anyhow::Context as _;
use api::rights::RequestState;
use gateway::app::totp;
use gateway::users::{self, FirstSignIn, NewUser, Role};
use gateway::{DEFAULTS, Directory, networks};
use kernel::{Clock as _, NetworkCode, SharedClock, SystemClock};
use reqwest::RequestBuilder;
use secrecy::SecretString;
use serde_json::{Value, json};
use service_kit::config::load_with;
use uuid::Uuid;

use crate::compliance::{Compliance, PROVEN};
use crate::people::Person;
use crate::town::{NETWORK, PATIENCE, Town};

const PASSWORD: &str = "tre gula uttag i rad";
const USER: &str = "compliance@tstnet.example";

/// A signed-in member of staff, behind a proxy of the town that may have begun a trace.
pub struct Desk {
    client: reqwest::Client,
    api: String,
    token: String,
    /// What the proxy sends along.
    pub traceparent: Option<String>,
}

impl Desk {
    /// Hires somebody for compliance, who signs in.
    ///
    /// # Errors
    /// The gateway's database or its door is closed.
    pub async fn take(town: &Town) -> anyhow::Result<Self> {
        let secret = hire(town).await?;
        let api = format!("http://{}/api/v1", town.addresses("gateway").http);
        let client = reqwest::Client::new();
        let sign_in = json!({
            "user": USER,
            "password": PASSWORD,
            "totp": totp::code_at(&secret, SystemClock.now()).map_err(|_| anyhow::anyhow!("no code"))?,
        });
        let session = answer(client.post(format!("{api}/session")).json(&sign_in)).await?;
        Ok(Self {
            client,
            api,
            token: text(&session, "token")?,
            traceparent: None,
        })
    }

    /// The whole way of an erasure: opened and decided here, discovered and proven under the eyes of `compliance`.
    ///
    /// # Errors
    /// It stops somewhere.
    pub async fn erase(&self, compliance: &Compliance, person: &Person) -> anyhow::Result<()> {
        let request = self.open_erasure(person).await?;
        let decide = [RequestState::AwaitingDecision];
        compliance.reaches(&request, &decide, PATIENCE).await?;
        self.proceed(&request).await?;
        compliance.reaches(&request, &PROVEN, PATIENCE).await
    }

    /// Opens an erasure; answers the request.
    async fn open_erasure(&self, person: &Person) -> anyhow::Result<String> {
        let new = json!({
            "commandId": Uuid::now_v7(),
            "kind": "ERASURE",
            "identityNumbers": [person.identity_number],
            "emails": [person.email],
            "namesAtAccess": [{ "name": person.name, "accessId": person.access_id }],
            "identityProof": "in_person",
        });
        text(&self.post("requests", &new).await?, "requestId")
    }

    /// Decides to go on.
    async fn proceed(&self, request: &str) -> anyhow::Result<()> {
        let path = format!("requests/{request}/decision");
        self.post(&path, &json!({ "decision": "proceed" })).await?;
        Ok(())
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let mut request = self
            .client
            .post(format!("{}/{path}", self.api))
            .bearer_auth(&self.token)
            .json(body);
        if let Some(traceparent) = &self.traceparent {
            request = request.header("traceparent", traceparent);
        }
        answer(request).await
    }
}

async fn answer(request: RequestBuilder) -> anyhow::Result<Value> {
    let response = request.send().await?;
    let (status, body) = (response.status(), response.text().await?);
    anyhow::ensure!(status.is_success(), "{status}: {body}");
    Ok(serde_json::from_str(&body)?)
}

fn text(answer: &Value, key: &str) -> anyhow::Result<String> {
    let text = answer[key].as_str();
    Ok(text.with_context(|| format!("no {key}"))?.to_owned())
}

/// Makes network and user; answers the secret of the user's authenticator app.
async fn hire(town: &Town) -> anyhow::Result<String> {
    let config: gateway::Config = load_with(DEFAULTS, None, town.environment("gateway")?)?;
    let clock: SharedClock = Arc::new(SystemClock);
    let directory = Directory::connect(&config.database, &config.keys, clock).await?;
    let code = NetworkCode::parse(NETWORK)?;
    let network = networks::Network {
        code: code.clone(),
        name: "Testnätet".to_owned(),
        language: gateway::i18n::Lang::default(),
        slug: String::new(),
        host: String::new(),
        entered_at: None,
    };
    networks::put(&directory, &network).await?;
    let new = NewUser {
        network: code,
        name: "Tage Tillsyn".to_owned(),
        email: USER.to_owned(),
        roles: vec![Role::Compliance],
    };
    let first = FirstSignIn::Password(SecretString::from(PASSWORD));
    let created = users::create(&directory, &new, first, None).await?;
    created.totp_secret.context("a user has an app")
}
