//! Technical orders and subscriptions: statuses, bodies, and what is told of them.

use api::orders::{
    Subscription, TechnicalCharacteristics, TechnicalEquipment, TechnicalEvent, TechnicalEventKind,
    TechnicalOperation, TechnicalOrderInput, TechnicalOrderState,
};
use api::registry::AccessState;
use chrono::Duration;
use prost_types::Timestamp;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use service_kit::error::ErrorKind;

use super::{Provider, header, with};
use crate::browser::{Answer, answer};
use crate::fakes::market::{at, put, sparse};
use crate::fakes::technical::{Technical, order};

const ID: &str = "0192b3c4-0000-7000-8000-000000000001";

fn asked() -> TechnicalOrderInput {
    TechnicalOrderInput {
        operation: TechnicalOperation::Activate.into(),
        access_id: "A-1".into(),
        service: "BB-100-100".into(),
        sp_reference: "KUND-7".into(),
        sp_subscription_id: "S-1".into(),
        requested_at: Some(Timestamp {
            seconds: 1_795_345_200,
            nanos: 520_000_000,
        }),
        external_note: "Ring först".into(),
        characteristics: Some(TechnicalCharacteristics {
            fixed_ip: Some(true),
            ip_addresses: vec!["192.0.2.1".into()],
            sla: "Guld".into(),
        }),
        equipment: vec![TechnicalEquipment {
            vendor_id: "CPE".into(),
            mac_address: "01:23:45:67:89:AB".into(),
        }],
        ..TechnicalOrderInput::default()
    }
}

fn body() -> Value {
    json!({
        "operation": "ACTIVATE", "accessId": "A-1", "service": "BB-100-100", "spReference": "KUND-7",
        "spSubscriptionId": "S-1", "requestedDateTime": "2026-11-22T12:20:00.52Z", "externalNote": "Ring först",
        "characteristics": {"fixedIp": true, "ipAddresses": ["192.0.2.1"], "SLA": "Guld"},
        "equipment": [{"vendorId": "CPE", "macAddress": "01:23:45:67:89:AB"}],
        "subscriptionId": null, "forcedTakeover": false, "unheardOf": {"a": 1}
    })
}

async fn send(provider: &Provider, method: Method, path: &str, body: impl ToString) -> Answer {
    let request = provider.request(method, path).body(body.to_string());
    answer(request.send().await.unwrap()).await
}

fn cause(got: &Answer) -> String {
    let body: Value = serde_json::from_str(&got.body).unwrap();
    let cause = body["cause"].as_str().unwrap();
    cause.rsplit_once(" (").unwrap().0.to_owned()
}

#[tokio::test]
async fn an_order_is_made_once_and_said_in_every_version() {
    let (world, provider) = with(Vec::new()).await;
    for version in ["2.6", "2.5", "2.4"] {
        world.fakes.seen().technical = Technical::default();
        let path = format!("/{version}/orders/");
        let made = send(&provider, Method::POST, &path, body()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let location = format!("/onapi/{version}/orders/{ID}");
        assert_eq!(header(&made, "location"), location);
        let seen = world.fakes.seen().technical.asked.clone().unwrap();
        let mut expected = asked();
        expected.requested_at = seen.requested_at;
        assert_eq!(seen, expected);
        let json: Value = serde_json::from_str(&made.body).unwrap();
        assert_eq!(json["path"], location);
        insta::assert_json_snapshot!(format!("order_{version}"), json);
        let again = send(&provider, Method::POST, &path, body()).await;
        assert_eq!((again.status, &again.body), (StatusCode::OK, &made.body));
        assert!(header(&made, "content-type").starts_with("application/json"));

        let listed = provider.get(&path).await;
        let listed: Value = serde_json::from_str(&listed.body).unwrap();
        assert_eq!(listed, json!([json]));
        let one = provider.get(&format!("{path}{ID}")).await;
        assert_eq!(serde_json::from_str::<Value>(&one.body).unwrap(), json);
    }
    world.fakes.seen().technical.is_so = true;
    let so = send(&provider, Method::POST, "/2.6/orders", body()).await;
    assert_eq!(so.status, StatusCode::OK);
    let so: Value = serde_json::from_str(&so.body).unwrap();
    assert_eq!(
        so,
        json!({"accessId": "A-1", "service": "BB-100-100", "operation": "ACTIVATE", "state": "DONE_SUCCESS", "message": ""})
    );
}

#[tokio::test]
async fn lists_are_narrowed_by_access_and_state() {
    let (world, provider) = with(Vec::new()).await;
    {
        let mut seen = world.fakes.seen();
        let mut done = order("3", asked());
        done.set_state(TechnicalOrderState::DoneSuccess);
        let elsewhere = TechnicalOrderInput {
            access_id: "A-2".into(),
            ..asked()
        };
        seen.technical.orders = vec![order("1", asked()), order("2", elsewhere), done];
    }
    for (query, ids) in [
        ("", vec!["1", "2"]),
        ("?accessId=A-2", vec!["2"]),
        ("?state=%22RECEIVED%22", vec!["1", "2"]),
        ("?state=DONE_SUCCESS", vec!["3"]),
        ("?state=DONE_FAILED", vec![]),
        ("?accessId=A-1&state=RECEIVED", vec!["1"]),
    ] {
        let got = provider.get(&format!("/2.6/orders/{query}")).await;
        assert_eq!(got.status, StatusCode::OK, "{query}");
        let list: Vec<Value> = serde_json::from_str(&got.body).unwrap();
        let found: Vec<_> = list
            .iter()
            .map(|o| o["orderId"].as_str().unwrap())
            .collect();
        assert_eq!(found, ids, "{query}");
    }
    let wrong = provider.get("/2.6/orders/?state=CANCELLED").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_order_is_put_patched_and_taken_back_while_it_is_received() {
    let (world, provider) = with(Vec::new()).await;
    world.fakes.seen().technical.orders = vec![order(ID, asked())];
    let path = format!("/2.6/orders/{ID}");
    let stored = || {
        world.fakes.seen().technical.orders[0]
            .asked
            .clone()
            .unwrap()
    };

    // RFC 7396: what is null goes, what is not named stays; and somebody else's change in between is not undone.
    world.fakes.seen().technical.was_changed = true;
    let patch =
        json!({"externalNote": null, "spReference": "KUND-8", "characteristics": {"SLA": null}});
    let patched = send(&provider, Method::PATCH, &path, patch).await;
    assert_eq!(
        (patched.status, patched.body.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    let now = stored();
    assert_eq!(
        (now.external_note.as_str(), now.sp_reference.as_str()),
        ("", "KUND-8")
    );
    let characteristics = now.characteristics.unwrap();
    assert_eq!(
        (characteristics.sla.as_str(), characteristics.fixed_ip),
        ("", Some(true))
    );
    assert_eq!(characteristics.ip_addresses, ["192.0.2.1"]);
    assert_eq!(now.equipment, asked().equipment);

    let put = send(
        &provider,
        Method::PUT,
        &path,
        json!({"spReference": "KUND-9"}),
    )
    .await;
    assert_eq!(put.status, StatusCode::NO_CONTENT);
    let now = stored();
    assert_eq!(
        (now.sp_reference.as_str(), now.access_id.as_str()),
        ("KUND-9", "A-1")
    );
    assert_eq!(
        (now.sp_subscription_id.as_str(), now.equipment.len()),
        ("", 0)
    );

    world.fakes.seen().technical.orders[0].set_state(TechnicalOrderState::InProgress);
    let late = send(
        &provider,
        Method::PUT,
        &path,
        json!({"spReference": "KUND-9"}),
    )
    .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_eq!(
        cause(&late),
        "The order is not in the state RECEIVED any more"
    );

    let deleted = send(&provider, Method::DELETE, &format!("{path}/"), "").await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    assert_eq!(provider.get(&path).await.status, StatusCode::NOT_FOUND);
    for method in [Method::PUT, Method::PATCH] {
        let gone = send(&provider, method, &path, json!({})).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
    }
    let gone = send(&provider, Method::DELETE, &path, "").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_is_400_and_says_all_of_it() {
    let (world, provider) = with(Vec::new()).await;
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(20), "]".repeat(20));
    for (body, said) in [
        ("{", "The body is no JSON: line 1, column 1"),
        ("[]", "The body is no JSON object"),
        (deep.as_str(), "The JSON is nested too deeply"),
        (
            r#"{"accessId": 5, "requestedDateTime": "tomorrow", "equipment": [{"macAddress": 1}]}"#,
            "operation: ACTIVATE, DEACTIVATE, SUSPEND, RESUME, MODIFY or CHANGE; accessId: a string; \
             requestedDateTime: a time as 2026-11-22T12:00:00Z; equipment.macAddress: a string",
        ),
    ] {
        let got = send(&provider, Method::POST, "/2.6/orders/", body).await;
        assert_eq!(
            (got.status, cause(&got).as_str()),
            (StatusCode::BAD_REQUEST, said)
        );
    }
    assert!(world.fakes.seen().technical.asked.is_none());
    let large = format!("{{\"externalNote\": \"{}\"}}", "x".repeat(20_000));
    let large = send(&provider, Method::POST, "/2.6/orders/", large).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let wrong = send(&provider, Method::PUT, "/2.6/orders/", "{}").await;
    assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn refusals_of_the_orders_service_have_on_apis_statuses() {
    let (world, provider) = with(Vec::new()).await;
    let claimed = "ServiceType is already claimed by other Service Provider.";
    let active = "Another Service of ServiceType 'Broadband' is already active.";
    for (kind, reason, text, status, said) in [
        (
            ErrorKind::Invalid,
            "SERVICE_UNKNOWN",
            "Unknown service: 'X'",
            400,
            "Unknown service: 'X'",
        ),
        (
            ErrorKind::Precondition,
            "CAPACITY_EXCEEDED",
            "it needs 1000 Mbit/s, and the port can do 100 Mbit/s at most",
            400,
            "it needs 1000 Mbit/s, and the port can do 100 Mbit/s at most",
        ),
        (
            ErrorKind::Invalid,
            "ACCESS_UNKNOWN",
            "Unknown accessId",
            400,
            "Unknown accessId",
        ),
        (
            ErrorKind::NotFound,
            "SUBSCRIPTION_NOT_FOUND",
            "",
            400,
            "Unknown subscriptionId",
        ),
        (
            ErrorKind::Conflict,
            "SERVICE_TYPE_ACTIVE",
            active,
            409,
            active,
        ),
        (
            ErrorKind::Conflict,
            "SERVICE_TYPE_CLAIMED",
            claimed,
            409,
            claimed,
        ),
        (
            ErrorKind::Precondition,
            "SUBSCRIPTION_ENDED",
            "",
            409,
            "The subscription has ended",
        ),
        (
            ErrorKind::Denied,
            "CONTRACT_MISSING",
            "",
            403,
            "There is no contract with this network today",
        ),
    ] {
        world.fakes.seen().technical.refuses = Some((kind, reason, text));
        let got = send(&provider, Method::POST, "/2.6/orders/", body()).await;
        assert_eq!((got.status.as_u16(), cause(&got).as_str()), (status, said));
    }
}

fn subscription(id: &str, access: &str, changed: i64) -> Subscription {
    Subscription {
        subscription_id: id.into(),
        access_id: access.into(),
        service: "BB-100-100".into(),
        service_type: "Broadband".into(),
        connection_date: "2026-11-22".into(),
        sp_reference: "KUND-7".into(),
        sp_subscription_id: "S-1".into(),
        changed_at: Some(Timestamp {
            seconds: at(changed).timestamp(),
            nanos: 0,
        }),
        ..Subscription::default()
    }
}

fn second(millis: i64) -> Timestamp {
    Timestamp {
        seconds: at(millis).timestamp(),
        nanos: 0,
    }
}

#[tokio::test]
async fn subscriptions_are_by_access_in_2_6_and_flat_before() {
    let (world, provider) = with(Vec::new()).await;
    {
        let mut seen = world.fakes.seen();
        let mut ended = subscription("4", "A-3", -2_000);
        ended.disconnection_date = "2026-11-22".into();
        let mut resting = subscription("3", "A-1", -9_000);
        resting.suspended = true;
        let all = vec![
            subscription("1", "A-1", -9_000),
            subscription("2", "A-2", -9_000),
            resting,
            ended,
        ];
        seen.technical.subscriptions = all;
        seen.technical.complete_before = Some(second(0));
    }
    for version in ["2.6", "2.5", "2.4"] {
        let got = provider.get(&format!("/{version}/subscriptions/")).await;
        assert_eq!(got.status, StatusCode::OK);
        assert_eq!(
            header(&got, "last-modified"),
            "Mon, 21 Sep 2026 14:13:30 GMT"
        );
        let json: Value = serde_json::from_str(&got.body).unwrap();
        insta::assert_json_snapshot!(format!("subscriptions_{version}"), json);
    }
    let one = provider.get("/2.6/subscriptions/A-2").await;
    assert_eq!(one.status, StatusCode::OK);
    assert_eq!(
        serde_json::from_str::<Value>(&one.body).unwrap()["accessId"],
        "A-2"
    );
    let none = provider.get("/2.6/subscriptions/A-9").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);

    let since = "Mon, 21 Sep 2026 14:13:25 GMT";
    let changed = provider.since("/2.6/subscriptions/", since).await;
    let changed: Value = serde_json::from_str(&changed.body).unwrap();
    assert_eq!(changed.as_array().unwrap().len(), 1);
    assert_eq!(
        changed[0]["subscriptions"][0]["disconnectionDate"],
        "2026-11-22"
    );
    let nothing = provider
        .since("/2.6/subscriptions/", "Mon, 21 Sep 2026 14:13:30 GMT")
        .await;
    assert_eq!(
        (nothing.status, nothing.body.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
}

fn told(id: &str, order: &str, kind: TechnicalEventKind, millis: i64) -> TechnicalEvent {
    let mut event = TechnicalEvent {
        event_id: id.into(),
        kind: kind.into(),
        access_id: "A-1".into(),
        at: Some(second(millis)),
        ..TechnicalEvent::default()
    };
    if order.is_empty() {
        event.subscription_id = "sub-1".into();
    } else {
        event.order_id = order.into();
        event.service = "BB-100-100".into();
        event.set_operation(TechnicalOperation::Activate);
        event.set_state(TechnicalOrderState::Received);
    }
    event
}

#[tokio::test]
async fn events_of_orders_come_with_those_of_accesses_and_none_twice() {
    let (world, provider) = with(vec![put(sparse("A-1", AccessState::Connected), -5_000)]).await;
    {
        let mut seen = world.fakes.seen();
        let mut done = told("e3", ID, TechnicalEventKind::Updated, -2_000);
        done.set_state(TechnicalOrderState::DoneFailed);
        done.message = "Porten saknas".into();
        seen.technical.events = vec![
            told("e1", ID, TechnicalEventKind::Created, -4_000),
            told("e2", "", TechnicalEventKind::Created, -3_000),
            done,
            told("e4", "", TechnicalEventKind::Deleted, -1_000),
        ];
        seen.technical.complete_before = Some(second(0));
    }
    let first = provider.get("/2.6/events/").await;
    let json: Value = serde_json::from_str(&first.body).unwrap();
    insta::assert_json_snapshot!("events_with_orders", json);
    let seen = header(&first, "last-modified");
    assert_eq!(seen, "Mon, 21 Sep 2026 14:13:30 GMT");
    assert_eq!(
        provider.since("/2.6/events/", &seen).await.status,
        StatusCode::NOT_MODIFIED
    );

    // Another one, which waits until the accesses of its second have settled.
    {
        let mut seen = world.fakes.seen();
        let later = told("e5", ID, TechnicalEventKind::Deleted, 2_000);
        seen.technical.events.push(later);
        seen.technical.complete_before = Some(second(90_000));
    }
    assert_eq!(
        provider.since("/2.6/events/", &seen).await.status,
        StatusCode::NOT_MODIFIED
    );
    world.clock.advance(Duration::seconds(90));
    let then = provider.since("/2.6/events/", &seen).await;
    let json: Value = serde_json::from_str(&then.body).unwrap();
    let one = json!({"type": "DELETE", "objectType": "orders", "objectId": ID, "time": "2026-09-21T14:13:32.000Z"});
    assert_eq!(json, json!([one]));
    let after = header(&then, "last-modified");
    assert_eq!(
        provider.since("/2.6/events/", &after).await.status,
        StatusCode::NOT_MODIFIED
    );

    let all = provider.get("/2.6/orderevents/").await;
    assert_eq!(header(&all, "deprecation"), "@1773100800", "2026-03-10");
    let all: Value = serde_json::from_str(&all.body).unwrap();
    insta::assert_json_snapshot!("orderevents", all);
    let rest = provider.get("/2.6/orderevents/?since=e1").await;
    let rest: Vec<Value> = serde_json::from_str(&rest.body).unwrap();
    let ids: Vec<_> = rest
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["e3", "e5"]);
    let wrong = provider.get("/2.6/orderevents?since=x").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn who_asks_for_events_that_are_not_kept_gets_all_that_are() {
    let (world, provider) = with(vec![put(sparse("A-1", AccessState::Connected), -90_000)]).await;
    {
        let mut seen = world.fakes.seen();
        seen.technical.events = vec![
            told("e1", ID, TechnicalEventKind::Created, -8_000),
            told("e2", ID, TechnicalEventKind::Updated, -7_000),
            told("e3", ID, TechnicalEventKind::Updated, -6_000),
        ];
        seen.technical.complete_before = Some(second(0));
        seen.technical.kept_from = second(-6_500).seconds;
    }
    let all = provider.get("/2.6/orderevents/").await;
    assert!(!all.headers.contains_key("uttag-extent"));
    let anew = provider.get("/2.6/orderevents/?since=gone").await;
    assert_eq!((anew.status, &anew.body), (StatusCode::OK, &all.body));
    assert_eq!(header(&anew, "uttag-extent"), "everything");
    let count = |body: &str| body.matches("\"objectType\":\"orders\"").count();
    // The last day, of which not all is kept.
    let day = provider.get("/2.6/events/").await;
    assert_eq!(count(&day.body), 3, "{}", day.body);
    world.fakes.seen().technical.kept_from = second(-90_000).seconds;
    let day = provider.get("/2.6/events/").await;
    assert_eq!(count(&day.body), 3);
    let since = provider
        .since("/2.6/events/", "Mon, 21 Sep 2026 12:00:00 GMT")
        .await;
    assert_eq!(count(&since.body), 3);
}
