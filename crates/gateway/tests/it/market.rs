//! A provider's extract as a file. "Now" is 2026-09-21 14:13:30 UTC.

use std::sync::atomic::Ordering;

use api::registry::access_change::Change;
use api::registry::{AccessChange, AccessState, MarketContract, MarketInterface};
use chrono::Duration;
use gateway::credentials;
use kernel::{NetworkCode, ProviderId};
use prost_types::Timestamp;
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use service_kit::error::ErrorKind;

use crate::browser::{Answer, Browser, answer};
use crate::fakes::market::{PAGE, access, at, put, sparse};
use crate::harness::World;

const CSV: &str = "/api/v1/market/accesses.csv";
const TXT: &str = "/api/v1/market/accesses.txt";

/// A provider's system with its credential.
struct System {
    browser: Browser,
    id: String,
    secret: String,
}

impl System {
    async fn of(world: &World, provider: &str) -> Self {
        let network = NetworkCode::parse("HAM").unwrap();
        let provider = ProviderId::parse(provider).unwrap();
        let made = credentials::create(&world.gateway.directory, &network, &provider)
            .await
            .unwrap();
        Self {
            browser: Browser::new(world),
            id: made.client_id,
            secret: made.secret.expose_secret().to_owned(),
        }
    }

    fn request(&self, path: &str) -> RequestBuilder {
        self.browser
            .request(Method::GET, path)
            .basic_auth(&self.id, Some(&self.secret))
    }

    async fn get(&self, path: &str) -> Answer {
        answer(self.request(path).send().await.unwrap()).await
    }

    async fn since(&self, last_modified: &str) -> Answer {
        let request = self.request(CSV).header("if-modified-since", last_modified);
        answer(request.send().await.unwrap()).await
    }
}

fn contract(columns: &[&str]) -> MarketContract {
    MarketContract {
        contract_id: "c-1".into(),
        provider_id: "nordbredband".into(),
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        valid_from: "2026-09-01".into(),
        changed_at: Some(Timestamp {
            seconds: 1_780_000_000,
            nanos: 0,
        }),
        ..MarketContract::default()
    }
}

/// Two accesses, one gone, and one of another network, of half an hour ago.
async fn world() -> (World, System) {
    let world = World::ready().await;
    let system = System::of(&world, "nordbredband").await;
    let ago = -1_800_000;
    let mut formula = sparse("A-2", AccessState::Planned);
    formula.street_name = "=HYPERLINK(\"x\"), 2".into();
    let gone = AccessChange {
        change: Some(Change::Removed("A-3".into())),
        ..put(sparse("A-3", AccessState::Planned), ago)
    };
    {
        let mut seen = world.fakes.seen();
        let columns = ["streetName", "city", "accessState", "activeServices"];
        seen.market.contracts.push_back(contract(&columns));
        seen.market.changes = vec![
            ("HAM", put(access("A-1", AccessState::Connected), ago)),
            ("HAM", put(formula, ago)),
            ("HAM", gone),
            ("SYD", put(access("S-1", AccessState::Connected), ago)),
        ];
        seen.market.as_of = Some(at(ago));
    }
    (world, system)
}

#[tokio::test]
async fn the_columns_of_the_contract_come_as_csv_and_as_text() {
    let (world, system) = world().await;
    let file = system.get(CSV).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.body);
    assert_eq!(
        file.body,
        "accessId,streetName,city,accessState,activeServices\r\n\
         A-1,Testvägen,Västerås,CONNECTED,\"BB-100-100,IPTV\"\r\n\
         A-2,\"'=HYPERLINK(\"\"x\"\"), 2\",Västerås,PLANNED,BB-100-100\r\n"
    );
    assert_eq!(
        file.headers["content-type"],
        "text/csv; charset=utf-8; header=present"
    );
    assert_eq!(
        file.headers["content-disposition"],
        "attachment; filename=\"accesses.csv\""
    );
    let text = system.get(TXT).await;
    assert!(
        text.body
            .starts_with("accessId\tstreetName\tcity\taccessState\tactiveServices\r\nA-1\tTest"),
        "{}",
        text.body
    );
    assert_eq!(
        text.headers["content-type"],
        "text/tab-separated-values; charset=utf-8"
    );
    let seen = world.fakes.seen();
    let asked = seen.market.asked.clone().unwrap();
    assert_eq!(
        asked.interface(),
        MarketInterface::Unspecified,
        "the contract's columns"
    );
    let caller = &seen.callers["StreamAccesses"];
    assert_eq!(
        (caller.kind.as_str(), &caller.id),
        ("provider", &system.id),
        "recorded as who it is"
    );
}

#[tokio::test]
async fn a_token_for_the_registry_opens_it_and_nothing_else_does() {
    let (world, system) = world().await;
    let token = async |audience: &str| {
        let fields = [("grant_type", "client_credentials"), ("audience", audience)];
        let request = system
            .browser
            .request(Method::POST, "/oauth2/token")
            .basic_auth(&system.id, Some(&system.secret))
            .form(&fields);
        let given: Value = request.send().await.unwrap().json().await.unwrap();
        given["access_token"].as_str().unwrap().to_owned()
    };
    let with = async |token: &str| {
        let request = system.browser.request(Method::GET, CSV).bearer_auth(token);
        answer(request.send().await.unwrap()).await
    };
    let file = with(&token("registry").await).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.body);
    for wrong in [token("orders").await.as_str(), "guess"] {
        assert_eq!(with(wrong).await.status, StatusCode::UNAUTHORIZED);
    }
    let none = system.browser.get(CSV).await;
    assert_eq!(none.status, StatusCode::UNAUTHORIZED);
    let ways: Vec<_> = none.headers.get_all("www-authenticate").iter().collect();
    assert_eq!(ways, ["Bearer realm=\"uttag\"", "Basic realm=\"uttag\""]);
    let guessed = system
        .browser
        .request(Method::GET, CSV)
        .basic_auth(&system.id, Some("guess"));
    let guessed = answer(guessed.send().await.unwrap()).await;
    assert_eq!(guessed.status, StatusCode::UNAUTHORIZED);
    credentials::revoke(
        &world.gateway.directory,
        &NetworkCode::parse("HAM").unwrap(),
        &system.id,
    )
    .await
    .unwrap();
    assert_eq!(system.get(CSV).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn without_a_contract_or_in_another_character_set_there_is_no_file() {
    let (world, system) = world().await;
    let latin = system.get(&format!("{CSV}?charset=iso-8859-1")).await;
    let problem: Value = serde_json::from_str(&latin.body).unwrap();
    assert_eq!(
        (latin.status, problem["violations"][0]["field"].as_str()),
        (StatusCode::BAD_REQUEST, Some("charset"))
    );
    let same = system.get(&format!("{CSV}?charset=UTF-8")).await;
    assert_eq!(same.status, StatusCode::OK);
    world.fakes.seen().market.refused = Some((ErrorKind::Exhausted, "TOO_MANY_STREAMS"));
    assert_eq!(system.get(CSV).await.status, StatusCode::TOO_MANY_REQUESTS);
    world.fakes.seen().market.contracts.clear();
    let none = system.get(CSV).await;
    let problem: Value = serde_json::from_str(&none.body).unwrap();
    assert_eq!(
        (none.status, problem["code"].as_str()),
        (StatusCode::FORBIDDEN, Some("CONTRACT_MISSING"))
    );
}

#[tokio::test]
async fn a_contract_that_changes_meanwhile_gives_no_headings_of_another() {
    let (world, system) = world().await;
    let other = contract(&["capacity"]);
    world.fakes.seen().market.contracts.push_back(other);
    assert_eq!(system.get(CSV).await.status, StatusCode::CONFLICT);
    let next = system.get(CSV).await;
    assert!(next.body.starts_with("accessId,capacity\r\nA-1,\r\n"));
}

#[tokio::test]
async fn who_has_the_file_is_told_so_until_something_changes() {
    let (world, system) = world().await;
    let file = system.get(CSV).await;
    let seen = file.headers["last-modified"].to_str().unwrap().to_owned();
    assert_eq!(seen, "Mon, 21 Sep 2026 13:43:31 GMT", "its second is over");
    let same = system.since(&seen).await;
    assert_eq!(
        (same.status, same.body.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    let asked = world.fakes.seen().market.asked.clone().unwrap();
    assert_eq!(asked.modified_since.unwrap().nanos, 999_999_000);
    let removed = AccessChange {
        change: Some(Change::Removed("A-2".into())),
        ..put(sparse("A-2", AccessState::Planned), 0)
    };
    {
        let mut seen = world.fakes.seen();
        seen.market.changes.remove(1);
        seen.market.changes.push(("HAM", removed));
        seen.market.as_of = Some(at(0));
    }
    let next = system.since(&seen).await;
    assert_eq!(next.status, StatusCode::OK, "an end is a change");
    assert!(
        next.body.contains("A-1") && !next.body.contains("A-2"),
        "and the file is whole: {}",
        next.body
    );
    let fresh = next.headers["last-modified"].to_str().unwrap().to_owned();
    assert_eq!(
        fresh, "Mon, 21 Sep 2026 14:13:30 GMT",
        "more may come in it"
    );
    assert_eq!(system.since(&fresh).await.status, StatusCode::OK);
    world.clock.advance(Duration::minutes(20));
    let settled = system.since(&fresh).await.headers["last-modified"].clone();
    let settled = settled.to_str().unwrap();
    assert_eq!(system.since(settled).await.status, StatusCode::NOT_MODIFIED);
    world.fakes.seen().market.purged = Some(at(60_000));
    assert_eq!(
        system.since(settled).await.status,
        StatusCode::OK,
        "nobody knows any more what has changed"
    );
    world.fakes.seen().market.purged = None;
    let mut changed = contract(&["city"]);
    changed.changed_at = Some(Timestamp {
        seconds: at(60_000).timestamp(),
        nanos: 0,
    });
    world.fakes.seen().market.contracts = [changed].into();
    assert_eq!(
        system.since(settled).await.status,
        StatusCode::OK,
        "another contract, another file"
    );
    assert_eq!(system.since("yesterday").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_stream_that_breaks_breaks_the_file_off() {
    let (world, system) = world().await;
    {
        let mut seen = world.fakes.seen();
        seen.market.made_up_pages = 40;
        seen.market.fails_after = Some(3);
    }
    let response = system.request(CSV).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "it has begun");
    assert!(response.bytes().await.is_err(), "and is not a whole one");
    world.fakes.seen().market.fails_after = Some(0);
    let early = system.get(CSV).await;
    assert_eq!(early.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!early.body.contains("swordfish"), "{}", early.body);
}

#[tokio::test]
async fn a_large_file_is_read_no_faster_than_it_is_taken() {
    const PAGES: usize = 300;
    let (world, system) = world().await;
    let pulled = {
        let mut seen = world.fakes.seen();
        seen.market.made_up_pages = PAGES;
        seen.market.pulled.clone()
    };
    let mut response = system.request(CSV).send().await.unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    let before = pulled.load(Ordering::SeqCst);
    assert!(before < PAGES / 2, "{before} pages for one piece");
    let ends = |bytes: &[u8]| bytes.split(|byte| *byte == b'\n').count() - 1;
    let mut lines = ends(&first);
    while let Some(piece) = response.chunk().await.unwrap() {
        lines += ends(&piece);
    }
    assert_eq!(lines, PAGES * PAGE + 1, "headings and every access");
}

#[tokio::test]
async fn a_provider_that_reads_all_files_that_it_may_keeps_no_other_out() {
    const FILES: usize = 2;
    let (world, system) = world().await;
    world.fakes.seen().market.made_up_pages = 300;
    let other = System::of(&world, "sydnet").await;
    let mut files = Vec::new();
    for path in [CSV, TXT, CSV, TXT].into_iter().take(FILES) {
        let file = system.request(path).send().await.unwrap();
        assert_eq!(file.status(), StatusCode::OK);
        files.push(file);
    }
    let refused = system.get(CSV).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers["retry-after"], "30");
    let problem: Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!(problem["code"], "TOO_MANY_FILES");
    let file = other.request(CSV).send().await.unwrap();
    assert_eq!(file.status(), StatusCode::OK, "the other has its own share");
    drop(files);
    testkit::eventually!(
        std::time::Duration::from_secs(15),
        system.request(CSV).send().await.unwrap().status() == StatusCode::OK
    );
}
