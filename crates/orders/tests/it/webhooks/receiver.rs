//! A provider's endpoint: a real HTTP server that keeps what it gets, and checks signatures with code of its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::net::TcpListener;

use crate::world::PATIENCE;

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Push {
    headers: HeaderMap,
    body: Bytes,
}

/// How it answers: after a while.
type Answers = dyn FnMut(&Push) -> (Duration, Response) + Send;

#[derive(Clone)]
pub struct Receiver {
    address: SocketAddr,
    pushes: Arc<Mutex<Vec<Push>>>,
    answers: Arc<Mutex<Box<Answers>>>,
}

impl Receiver {
    /// On a free port; takes everything.
    pub async fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ok: Box<Answers> =
            Box::new(|_| (Duration::ZERO, StatusCode::NO_CONTENT.into_response()));
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            pushes: Arc::default(),
            answers: Arc::new(Mutex::new(ok)),
        };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks?key=s3cret", self.address)
    }

    /// From now on it answers so.
    pub fn answers(&self, answer: impl FnMut(&Push) -> (Duration, Response) + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answer);
    }

    /// From now on it answers with this status.
    pub fn says(&self, status: u16) {
        let status = StatusCode::from_u16(status).unwrap();
        self.answers(move |_| (Duration::ZERO, status.into_response()));
    }

    /// All that came so far, waiting for so many.
    pub async fn pushes(&self, count: usize) -> Vec<Push> {
        let all = || self.pushes.lock().unwrap().clone();
        testkit::eventually!(PATIENCE, all().len() >= count);
        all()
    }

    pub fn count(&self) -> usize {
        self.pushes.lock().unwrap().len()
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    let push = Push { headers, body };
    let (wait, answer) = receiver.answers.lock().unwrap()(&push);
    receiver.pushes.lock().unwrap().push(push);
    tokio::time::sleep(wait).await;
    answer
}

impl Push {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    pub fn text(&self) -> String {
        format!("{:?} {}", self.headers, String::from_utf8_lossy(&self.body))
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    /// How many signatures it carries, and whether one of them is by this secret.
    pub fn signed(&self, secret: &str) -> (usize, bool) {
        let key = STANDARD
            .decode(secret.strip_prefix("whsec_").unwrap())
            .unwrap();
        let mut text = format!("{}.{}.", self.id(), self.header("webhook-timestamp")).into_bytes();
        text.extend_from_slice(&self.body);
        let expected = format!("v1,{}", STANDARD.encode(hmac_sha256(&key, &text)));
        let signatures: Vec<_> = self.header("webhook-signature").split(' ').collect();
        (signatures.len(), signatures.contains(&expected.as_str()))
    }
}

/// As RFC 2104 writes it down.
fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let padded = |with: u8| block.map(|byte| byte ^ with).to_vec();
    let inner = [padded(0x36), text.to_vec()].concat();
    let outer = [padded(0x5c), digest(&SHA256, &inner).as_ref().to_vec()].concat();
    digest(&SHA256, &outer).as_ref().to_vec()
}
