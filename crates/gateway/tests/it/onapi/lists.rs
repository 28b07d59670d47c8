//! Lists: what has changed, when, for whom.

use api::registry::{AccessChange, access_change::Change};
use api::registry::{AccessState, MarketInterface};
use chrono::Duration;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::{Provider, header, with};
use crate::browser::{Answer, answer};
use crate::fakes::market::{at, put, sparse};

/// The second of the tests' clock.
const SECOND: &str = "Mon, 21 Sep 2026 14:13:30 GMT";
const NEXT_SECOND: &str = "Mon, 21 Sep 2026 14:13:31 GMT";

fn house(id: &str, millis: i64) -> AccessChange {
    put(sparse(id, AccessState::Connected), millis)
}

fn gone(id: &str, millis: i64) -> AccessChange {
    AccessChange {
        change: Some(Change::Removed(id.to_owned())),
        ..house(id, millis)
    }
}

fn ids(answer: &Answer) -> Vec<String> {
    let list: Vec<Value> = serde_json::from_str(&answer.body).unwrap();
    let id = |access: &Value| access["accessId"].as_str().unwrap().to_owned();
    list.iter().map(id).collect()
}

#[tokio::test]
async fn whoever_echoes_last_modified_loses_nothing() {
    let (world, provider) = with(vec![house("A-1", -60_000), house("A-2", 700)]).await;
    for path in [
        "/2.4/accesses/",
        "/2.5/accesses/",
        "/2.6/accesses/",
        "/2.6/services/",
    ] {
        let all = provider.get(path).await;
        assert_eq!(
            (all.status, ids(&all)),
            (StatusCode::OK, vec!["A-1".into(), "A-2".into()])
        );
        let asked = world.fakes.seen().market.asked.clone().unwrap();
        assert_eq!(asked.interface(), MarketInterface::OnApi);
        assert_eq!(header(&all, "last-modified"), SECOND, "rounded down");
        assert_eq!(header(&all, "content-length"), "", "a list is streamed");
        // What changed in that same second comes again, because something else of it may.
        let again = provider.since(path, SECOND).await;
        assert_eq!(
            (again.status, ids(&again)),
            (StatusCode::OK, vec!["A-2".to_owned()])
        );
        assert_eq!(header(&again, "last-modified"), SECOND);
    }
    world
        .fakes
        .seen()
        .market
        .changes
        .push(("HAM", house("A-3", 900)));
    world.fakes.seen().market.as_of = Some(at(900));
    let more = provider.since("/2.6/accesses/", SECOND).await;
    assert_eq!(ids(&more), ["A-2", "A-3"]);
}

#[tokio::test]
async fn when_the_second_has_settled_nothing_comes_again() {
    let (world, provider) = with(vec![house("A-1", 0), house("A-2", 700)]).await;
    world
        .clock
        .advance(Duration::minutes(15) + Duration::seconds(1));
    let again = provider.since("/2.6/accesses/", SECOND).await;
    assert_eq!(ids(&again), ["A-1", "A-2"]);
    assert_eq!(header(&again, "last-modified"), NEXT_SECOND);
    for path in [
        "/2.4/accesses/",
        "/2.5/accesses/",
        "/2.6/accesses/",
        "/2.6/services/",
    ] {
        let nothing = provider.since(path, NEXT_SECOND).await;
        assert_eq!(
            (nothing.status, nothing.body.as_str()),
            (StatusCode::NOT_MODIFIED, "")
        );
    }
    // A change at the very beginning of the next second is after it.
    world
        .fakes
        .seen()
        .market
        .changes
        .push(("HAM", house("A-3", 1_000 - 10)));
    let boundary = provider.since("/2.6/accesses/", NEXT_SECOND).await;
    assert_eq!(boundary.status, StatusCode::NOT_MODIFIED);
    world
        .fakes
        .seen()
        .market
        .changes
        .push(("HAM", house("A-4", 1_000)));
    assert_eq!(
        ids(&provider.since("/2.6/accesses/", NEXT_SECOND).await),
        ["A-4"]
    );
}

#[tokio::test]
async fn what_has_gone_is_no_change_of_the_list() {
    let (_world, provider) = with(vec![gone("A-1", 100), gone("A-2", 200), gone("A-3", 300)]).await;
    let changed = provider.since("/2.6/accesses/", SECOND).await;
    assert_eq!(changed.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn no_access_at_all_is_404_and_no_services_are_an_empty_array() {
    let (_world, provider) = with(Vec::new()).await;
    for version in ["2.4", "2.5", "2.6"] {
        let none = provider.get(&format!("/{version}/accesses/")).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
        assert!(
            none.body
                .starts_with("{\"cause\":\"There are no accesses ("),
            "{}",
            none.body
        );
    }
    let none = provider.get("/2.6/services/").await;
    assert_eq!((none.status, none.body.as_str()), (StatusCode::OK, "[]"));
}

#[tokio::test]
async fn a_time_that_is_too_old_or_none_gives_the_whole_list() {
    let (world, provider) = with(vec![house("A-1", -60_000), house("A-2", 700)]).await;
    world.fakes.seen().market.purged = Some(at(-30_000));
    for (since, said) in [
        ("Mon, 21 Sep 2026 14:12:59 GMT", "everything"),
        ("yesterday", ""),
    ] {
        let all = provider.since("/2.6/accesses/", since).await;
        assert_eq!(header(&all, "uttag-extent"), said, "{since}");
        assert_eq!(
            (all.status, ids(&all)),
            (StatusCode::OK, vec!["A-1".into(), "A-2".into()])
        );
    }
    world.fakes.seen().market.changes.clear();
    let none = provider
        .since("/2.6/accesses/", "Mon, 21 Sep 2026 14:12:59 GMT")
        .await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn another_networks_credential_sees_nothing_of_this_one() {
    let (world, provider) = with(vec![house("A-1", 0)]).await;
    world.network("VIK").await;
    let other = Provider::of(&world, "VIK").await;
    assert_eq!(ids(&provider.get("/2.6/accesses/").await), ["A-1"]);
    for path in ["/2.6/accesses/", "/2.6/accesses/A-1", "/2.6/services/A-1"] {
        assert_eq!(
            other.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    assert_eq!(other.get("/2.6/events/").await.body, "[]");
    let caller = world.fakes.seen().callers["GetMarketAccess"].clone();
    assert_eq!(caller.network.unwrap().as_str(), "VIK");
}

#[tokio::test]
async fn head_says_what_get_would_without_a_body() {
    let (_world, provider) = with(vec![house("A-1", -60_000)]).await;
    for path in [
        "/2.6/",
        "/2.6/accesses/",
        "/2.6/accesses/A-1",
        "/2.6/services/",
        "/2.6/events/",
    ] {
        let head = provider.request(Method::HEAD, path).send().await.unwrap();
        let head = answer(head).await;
        let get = provider.get(path).await;
        assert_eq!(
            (head.status, head.body.as_str()),
            (StatusCode::OK, ""),
            "{path}"
        );
        for name in ["content-type", "last-modified", "location"] {
            assert_eq!(header(&head, name), header(&get, name), "{path} {name}");
        }
    }
    let location = provider.get("/2.6/").await.location;
    assert_eq!(location, "/onapi/2.6/");
}
