//! A provider's system: a real HTTP server that speaks the provider's side of ON-API, and wants its user name and password.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::net::TcpListener;

use crate::world::PATIENCE;

pub const USER: &str = "ham";
pub const PASSWORD: &str = "s3cret-lösen";

/// One request as it came, with the right credential.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// How it answers: after a while.
type Answers = dyn FnMut(&Asked) -> (Duration, Response) + Send;

#[derive(Clone)]
pub struct Sp {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    answers: Arc<Mutex<Box<Answers>>>,
}

impl Sp {
    /// On a free port; confirms every order.
    pub async fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::serve_at(listener)
    }

    pub fn serve_at(listener: TcpListener) -> Self {
        let answers: Box<Answers> = Box::new(|_| (Duration::ZERO, confirmed("Tack!")));
        let sp = Self {
            address: listener.local_addr().unwrap(),
            asked: Arc::default(),
            answers: Arc::new(Mutex::new(answers)),
        };
        let router = Router::new().fallback(take).with_state(sp.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        sp
    }

    pub fn base(&self) -> String {
        format!("http://{}/onapi", self.address)
    }

    /// From now on it answers so.
    pub fn answers(&self, answer: impl FnMut(&Asked) -> (Duration, Response) + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answer);
    }

    /// From now on it answers with this.
    pub fn says(&self, status: u16, body: &str) {
        let (status, body) = (StatusCode::from_u16(status).unwrap(), body.to_owned());
        self.answers(move |_| (Duration::ZERO, json(status, body.clone())));
    }

    /// All that came so far, waiting for so many.
    pub async fn asked(&self, count: usize) -> Vec<Asked> {
        let all = || self.asked.lock().unwrap().clone();
        testkit::eventually!(PATIENCE, all().len() >= count);
        all()
    }

    pub fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Asked {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

pub fn json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

pub fn confirmed(message: &str) -> Response {
    let body = serde_json::json!({"state": "CONFIRMED", "externalMessage": message});
    json(StatusCode::OK, body.to_string())
}

async fn take(
    State(sp): State<Sp>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let expected = format!("Basic {}", STANDARD.encode(format!("{USER}:{PASSWORD}")));
    let given = headers.get(header::AUTHORIZATION);
    if given.is_none_or(|given| given.as_bytes() != expected.as_bytes()) {
        let wants = [(header::WWW_AUTHENTICATE, "Basic realm=\"sp\"")];
        return (StatusCode::UNAUTHORIZED, wants).into_response();
    }
    let asked = Asked {
        method,
        path: uri.path().to_owned(),
        headers,
        body,
    };
    let (wait, answer) = sp.answers.lock().unwrap()(&asked);
    sp.asked.lock().unwrap().push(asked);
    tokio::time::sleep(wait).await;
    answer
}
