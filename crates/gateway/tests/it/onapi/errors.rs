//! Refusals: the status, the headers, and a cause with a number.

use api::registry::AccessState;
use gateway::config::Rates;
use gateway::services::Part;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use service_kit::error::ErrorKind;
use uuid::Uuid;

use super::{Provider, header, with};
use crate::browser::{Answer, Browser, answer};
use crate::fakes::market::{put, sparse};
use crate::harness::{World, rates};

/// The cause without its number, which must be there.
fn cause(answer: &Answer) -> String {
    assert_eq!(header(answer, "content-type"), "application/json");
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
    let (text, number) = body["cause"].as_str().unwrap().rsplit_once(" (").unwrap();
    Uuid::parse_str(number.strip_suffix(')').unwrap()).unwrap();
    text.to_owned()
}

#[tokio::test]
async fn an_endpoint_that_there_is_not_is_501() {
    let (_world, provider) = with(Vec::new()).await;
    for path in [
        "",
        "/",
        "/2.3/accesses/",
        "/2.6/invoicespecification/",
        "/2.5/subscriptions/A-1",
        "/2.6/tickets",
        "/2.4/services/",
        "/2.6/accesses/A/B",
    ] {
        let got = provider.get(path).await;
        assert_eq!(got.status, StatusCode::NOT_IMPLEMENTED, "{path}");
        assert_eq!(cause(&got), "There is no such endpoint");
    }
    let posted = provider
        .request(Method::POST, "/2.6/accesses/")
        .body("{}")
        .send();
    let posted = answer(posted.await.unwrap()).await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(header(&posted, "allow"), "GET,HEAD");
    assert_eq!(cause(&posted), "The method is not served here");
}

#[tokio::test]
async fn a_wrong_credential_is_401_whatever_is_asked() {
    let (world, provider) = with(vec![put(sparse("A-1", AccessState::Connected), 0)]).await;
    let browser = Browser::new(&world);
    for path in [
        "/onapi/2.6/accesses/",
        "/onapi/2.6/",
        "/onapi/2.6/nothing",
        "/onapi/",
    ] {
        let ask = |id: &str, secret: &str| {
            let request = browser.request(Method::GET, path);
            request.basic_auth(id, Some(secret)).send()
        };
        for sent in [
            browser.request(Method::GET, path).send().await,
            browser
                .request(Method::GET, path)
                .bearer_auth(&provider.secret)
                .send()
                .await,
            ask(&provider.client_id, "guess").await,
            ask("nobody", &provider.secret).await,
            ask("", "").await,
        ] {
            let got = answer(sent.unwrap()).await;
            assert_eq!(got.status, StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(header(&got, "www-authenticate"), "Basic realm=\"uttag\"");
            assert_eq!(cause(&got), "A valid credential is required (HTTP Basic)");
        }
    }
    assert!(!world.fakes.seen().callers.contains_key("StreamAccesses"));
}

#[tokio::test]
async fn guessing_is_limited_and_so_is_asking() {
    let few = |sign_in_per_minute, on_api_per_minute| Rates {
        sign_in_per_minute,
        on_api_per_minute,
        ..rates()
    };
    let limited = |got: &Answer| {
        assert_eq!(got.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(header(got, "retry-after"), "10");
        assert_eq!(cause(got), "Too many requests");
    };
    let world = World::with(few(6, 6_000), "http://127.0.0.1").await;
    world.network("HAM").await;
    let mut provider = Provider::of(&world, "HAM").await;
    // What is right costs nothing.
    for _ in 0..5 {
        assert_eq!(provider.get("/2.6/").await.status, StatusCode::OK);
    }
    let right = std::mem::replace(&mut provider.secret, "guess".to_owned());
    for _ in 0..2 {
        assert_eq!(provider.get("/2.6/").await.status, StatusCode::UNAUTHORIZED);
    }
    limited(&provider.get("/2.6/").await);
    provider.secret = right;
    limited(&provider.get("/2.6/").await);
    world.clock.advance(chrono::Duration::seconds(30));
    assert_eq!(provider.get("/2.6/").await.status, StatusCode::OK);

    let world = World::with(few(6_000, 6), "http://127.0.0.1").await;
    world.network("HAM").await;
    let provider = Provider::of(&world, "HAM").await;
    for _ in 0..2 {
        assert_eq!(provider.get("/2.6/").await.status, StatusCode::OK);
    }
    limited(&provider.get("/2.6/").await);
}

#[tokio::test]
async fn without_a_contract_nothing_is_given() {
    let (world, provider) = with(vec![put(sparse("A-1", AccessState::Connected), 0)]).await;
    for (reason, text) in [
        (
            "CONTRACT_MISSING",
            "There is no contract with this network today",
        ),
        (
            "INTERFACE_NOT_AGREED",
            "ON-API is not part of the contract with this network",
        ),
    ] {
        world.fakes.seen().market.refused = Some((ErrorKind::Denied, reason));
        for path in [
            "/2.6/accesses/",
            "/2.4/accesses/A-1",
            "/2.6/services/",
            "/2.5/events/",
        ] {
            let got = provider.get(path).await;
            assert_eq!(
                (got.status, cause(&got).as_str()),
                (StatusCode::FORBIDDEN, text)
            );
        }
    }
}

#[tokio::test]
async fn a_contract_that_changes_while_a_list_begins_is_asked_for_again() {
    let (world, provider) = with(vec![put(sparse("A-1", AccessState::Connected), 0)]).await;
    world.fakes.seen().market.refused = Some((ErrorKind::Precondition, "CONTRACT_CHANGED"));
    let got = provider.get("/2.6/accesses/").await;
    assert_eq!(got.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(header(&got, "retry-after"), "30");
}

#[tokio::test]
async fn a_registry_that_fails_shows_nothing_of_itself() {
    let (world, provider) = with(vec![put(sparse("A-1", AccessState::Connected), 0)]).await;
    world.fakes.seen().market.fails_after = Some(0);
    let failed = provider.get("/2.6/accesses/").await;
    assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(cause(&failed), "An unexpected error; it has been logged");
    world.fakes.stop(Part::Registry).await;
    let away = provider.get("/2.6/accesses/").await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(header(&away, "retry-after"), "30");
    assert_eq!(cause(&away), "The part registry does not answer, try again");
}
