//! Events: neither lost nor sent twice, by headers of whole seconds.

use api::registry::{AccessChange, AccessState, MarketInterface, access_change::Change};
use chrono::{Duration, SecondsFormat};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{header, with};
use crate::browser::Answer;
use crate::fakes::market::{at, put, sparse};

const SECOND: &str = "Mon, 21 Sep 2026 14:13:30 GMT";
const NEXT_SECOND: &str = "Mon, 21 Sep 2026 14:13:31 GMT";
const A_DAY_BEFORE: &str = "Sun, 20 Sep 2026 14:13:30 GMT";

fn changed(id: &str, millis: i64) -> AccessChange {
    put(sparse(id, AccessState::Connected), millis)
}

fn told(answer: &Answer) -> Vec<(String, String)> {
    let list: Vec<Value> = serde_json::from_str(&answer.body).unwrap();
    let text = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
    let both = |event: &Value| (text(event, "type"), text(event, "objectId"));
    list.iter().map(both).collect()
}

#[tokio::test]
async fn an_access_comes_changes_and_goes() {
    let mut appeared = changed("A-1", -5_000);
    appeared.appeared = true;
    let gone = AccessChange {
        change: Some(Change::Removed("A-3".to_owned())),
        ..changed("A-3", -3_123)
    };
    let (_world, provider) = with(vec![appeared, changed("A-2", -4_000), gone]).await;
    let got = provider.get("/2.5/events/").await;
    let events: Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!(
        events,
        json!([
            {"type": "CREATE", "objectType": "accesses", "objectId": "A-1", "path": "/onapi/2.5/accesses/A-1",
             "time": "2026-09-21T14:13:25.000Z"},
            {"type": "UPDATE", "objectType": "accesses", "objectId": "A-2", "path": "/onapi/2.5/accesses/A-2",
             "time": "2026-09-21T14:13:26.000Z"},
            {"type": "DELETE", "objectType": "accesses", "objectId": "A-3", "time": "2026-09-21T14:13:26.877Z"},
        ])
    );
}

#[tokio::test]
async fn the_second_that_is_not_over_is_withheld_and_comes_once() {
    let (world, provider) = with(vec![changed("A-1", -5_000), changed("A-2", 200)]).await;
    world.fakes.seen().market.as_of = Some(at(200));
    let first = provider.get("/2.6/events/").await;
    assert_eq!(told(&first), [("UPDATE".into(), "A-1".into())]);
    assert_eq!(header(&first, "last-modified"), SECOND);

    let nothing = provider.since("/2.6/events/", SECOND).await;
    assert_eq!(
        (nothing.status, nothing.body.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );

    // Another one of the same second, committed late.
    world
        .fakes
        .seen()
        .market
        .changes
        .push(("HAM", changed("A-3", 900)));
    world.fakes.seen().market.as_of = Some(at(900));
    world.clock.advance(Duration::seconds(61));
    let then = provider.since("/2.6/events/", SECOND).await;
    let both = ["A-2", "A-3"].map(|id| ("UPDATE".to_owned(), id.to_owned()));
    assert_eq!(
        (told(&then), header(&then, "last-modified")),
        (both.to_vec(), NEXT_SECOND.into())
    );
    let after = provider.since("/2.6/events/", NEXT_SECOND).await;
    assert_eq!(after.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_later_change_ends_the_second_at_once() {
    let (world, provider) = with(vec![changed("A-1", 200), changed("A-2", 1_300)]).await;
    world.fakes.seen().market.as_of = Some(at(1_300));
    let got = provider.get("/2.6/events/").await;
    assert_eq!(told(&got), [("UPDATE".into(), "A-1".into())]);
    assert_eq!(header(&got, "last-modified"), NEXT_SECOND);
}

#[tokio::test]
async fn without_a_time_it_is_the_last_day() {
    let (world, provider) = with(vec![
        changed("OLD", -86_400_000 - 1),
        changed("A-1", -86_400_000),
    ])
    .await;
    let got = provider.get("/2.6/events/").await;
    assert_eq!(told(&got), [("UPDATE".into(), "A-1".into())]);
    world.fakes.seen().market.changes.clear();
    let none = provider.get("/2.6/events/").await;
    assert_eq!((none.status, none.body.as_str()), (StatusCode::OK, "[]"));
    assert_eq!(header(&none, "last-modified"), A_DAY_BEFORE);
    let asked = world.fakes.seen().market.asked.clone().unwrap();
    assert_eq!(asked.interface(), MarketInterface::OnApi);
    let asked = asked.modified_since.unwrap();
    let asked =
        chrono::DateTime::from_timestamp(asked.seconds, asked.nanos.try_into().unwrap()).unwrap();
    let asked = asked.to_rfc3339_opts(SecondsFormat::Micros, true);
    assert_eq!(asked, "2026-09-20T14:13:29.999999Z");
}

#[tokio::test]
async fn who_names_a_time_from_before_a_restore_is_told_of_everything_that_there_is() {
    // The registry was put back this second; its epoch begins with the next.
    let (world, provider) = with(vec![
        changed("OLD", -900 * 86_400_000),
        changed("A-1", -5_000),
    ])
    .await;
    {
        let mut seen = world.fakes.seen();
        seen.market.purged = Some(at(1_000) - Duration::microseconds(1));
        seen.market.as_of = Some(at(1_000));
    }
    let everything = ["OLD", "A-1"].map(|id| ("UPDATE".to_owned(), id.to_owned()));
    let long_ago = (at(0) - Duration::days(99))
        .to_rfc2822()
        .replace("+0000", "GMT");
    for since in [long_ago.as_str(), A_DAY_BEFORE, SECOND] {
        let anew = provider.since("/2.6/events/", since).await;
        assert_eq!(anew.status, StatusCode::OK);
        assert_eq!(told(&anew), everything, "{since}");
        assert_eq!(header(&anew, "last-modified"), NEXT_SECOND);
        assert_eq!(header(&anew, "uttag-extent"), "everything");
    }
    assert_eq!(
        told(&provider.get("/2.6/events/").await),
        everything,
        "who names none has been told something of the last day"
    );
    let nothing = provider.since("/2.6/events/", NEXT_SECOND).await;
    assert_eq!(nothing.status, StatusCode::NOT_MODIFIED);
    assert_eq!(header(&nothing, "uttag-extent"), "");

    world.fakes.seen().market.changes.clear();
    let empty = provider.since("/2.6/events/", SECOND).await;
    assert_eq!(
        (empty.status, empty.body.as_str()),
        (StatusCode::OK, "[]"),
        "that all is gone is not that nothing has changed"
    );
}
