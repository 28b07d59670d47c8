//! Every answer of the order API as it leaves, as XML and as JSON.

use api::orders::{FormScope, GivenAnswer, Order, OrderLogEntry, OrderStatus};
use reqwest::StatusCode;
use service_kit::error::ErrorKind;

use super::System;
use super::orders::with;
use super::shapes::both;
use crate::fakes::provider_orders::{at, order};

/// With a day that is wished, and withdrawn.
fn second() -> Order {
    Order {
        requested_date: "2026-12-01".into(),
        status: OrderStatus::Withdrawn.into(),
        ..order(2, "nordbredband")
    }
}

#[tokio::test]
async fn what_was_found() {
    let (world, system) = with(vec![order(1, "nordbredband"), second()]).await;
    let hash = system.hash().await;
    let hash = ("hash", hash.as_str());
    both(&system, "orders", "orders", &[hash, ("date", "2026-01-01")]).await;
    both(
        &system,
        "orders_none",
        "orders",
        &[hash, ("date", "2027-01-01")],
    )
    .await;
    both(&system, "order_info", "order_info", &[hash, ("id", "1")]).await;
    both(
        &system,
        "customer_info",
        "customer_info",
        &[hash, ("id", "1")],
    )
    .await;
    let answer = |scope: FormScope, key: &str, value: &str| GivenAnswer {
        scope: scope.into(),
        key: key.into(),
        value: value.into(),
        ..GivenAnswer::default()
    };
    world.fakes.seen().provider_orders.answers = vec![
        answer(FormScope::Network, "door_code", "12 & 34"),
        answer(FormScope::Network, "phone", "yes"),
        answer(FormScope::Provider, "message", "Ring först"),
        answer(FormScope::Provider, "door_code", "<none>"),
    ];
    both(
        &system,
        "customer_info_answers",
        "customer_info",
        &[hash, ("id", "1")],
    )
    .await;
    both(
        &system,
        "customers",
        "customers",
        &[hash, ("date", "2026-01-01")],
    )
    .await;
    let line = |kind: &str, text: &str, details: &[&str]| OrderLogEntry {
        at: Some(at(1_795_345_200)),
        kind: kind.into(),
        actor: "provider:nordbredband".into(),
        text: text.into(),
        details: details.iter().map(|&code| code.to_owned()).collect(),
    };
    world.fakes.seen().provider_orders.log = vec![
        line("placed", "order placed", &[]),
        line("status", "new → received", &["new", "received"]),
        line("message", "Port <finns> ej\u{b}", &["error"]),
        line("message", "Vi ringer", &[]),
    ];
    both(&system, "order_log", "order_log", &[hash, ("id", "1")]).await;
}

#[tokio::test]
async fn what_was_done() {
    let (_world, system) = with(vec![order(1234, "nordbredband")]).await;
    let credential = [("api_user", system.user.as_str()), ("api_key", &system.key)];
    let got = system.post("api_login", &credential).await;
    let wanted = format!(
        "<api_login><response><message>User {} logged in</message><hash_key>",
        system.user
    );
    assert!(got.body.contains(&wanted), "{}", got.body);
    let hash = system.hash().await;
    let (hash, id) = (("hash", hash.as_str()), ("id", "1234"));
    both(
        &system,
        "set_status",
        "set_status",
        &[hash, id, ("status", "delivered")],
    )
    .await;
    let told = [hash, id, ("type", "error"), ("message", "Port finns ej")];
    both(&system, "add_message", "add_message", &told).await;
}

#[tokio::test]
async fn what_was_refused() {
    let gone = Order {
        erased: true,
        access_id: String::new(),
        ..order(2, "nordbredband")
    };
    let cancelled = Order {
        status: OrderStatus::Cancelled.into(),
        ..order(3, "nordbredband")
    };
    let (world, system) = with(vec![order(1, "nordbredband"), gone, cancelled]).await;
    let wrong = [("api_user", "nordbredband-1"), ("api_key", "guess")];
    both(&system, "orders_wrong_credential", "api_login", &wrong).await;
    both(
        &system,
        "orders_missing_hash",
        "orders",
        &[("date", "2026-01-01")],
    )
    .await;
    both(&system, "orders_unknown_method", "delete_order", &[]).await;
    let hash = system.hash().await;
    let (hash, id) = (("hash", hash.as_str()), ("id", "1"));
    both(
        &system,
        "orders_bad_date",
        "orders",
        &[hash, ("date", "22/11/2026")],
    )
    .await;
    both(&system, "order_info_without_id", "order_info", &[hash]).await;
    both(
        &system,
        "customer_info_unknown",
        "customer_info",
        &[hash, ("id", "999")],
    )
    .await;
    both(
        &system,
        "customer_info_erased",
        "customer_info",
        &[hash, ("id", "2")],
    )
    .await;
    both(
        &system,
        "customer_info_bad_purpose",
        "customer_info",
        &[hash, id, ("purpose", "x")],
    )
    .await;
    both(
        &system,
        "set_status_bad",
        "set_status",
        &[hash, id, ("status", "done")],
    )
    .await;
    let back = [hash, ("id", "3"), ("status", "active")];
    both(&system, "set_status_not_allowed", "set_status", &back).await;
    both(
        &system,
        "add_message_bad_type",
        "add_message",
        &[hash, id, ("message", "x")],
    )
    .await;
    both(
        &system,
        "add_message_empty",
        "add_message",
        &[hash, id, ("type", "log")],
    )
    .await;
    let unavailable = (ErrorKind::Unavailable, "DATABASE_UNAVAILABLE");
    world.fakes.seen().provider_orders.refuses = Some(unavailable);
    both(&system, "orders_away", "order_info", &[hash, id]).await;
    let internal = (ErrorKind::Internal, "SEALED_VALUE_DAMAGED");
    world.fakes.seen().provider_orders.refuses = Some(internal);
    let got = system.post("order_info", &[hash, id]).await;
    assert_eq!(got.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(got.body.contains("it has been logged ("), "{}", got.body);
}

#[tokio::test]
async fn what_is_not_read_by_its_own_system() {
    let (world, _) = with(vec![order(1, "nordbredband")]).await;
    let other = System::of_provider(&world, "HAM", "sydfiber").await;
    let hash = other.hash().await;
    let hash = ("hash", hash.as_str());
    for method in ["order_info", "customer_info", "order_log"] {
        let (theirs, none) = (
            other.post(method, &[hash, ("id", "1")]).await,
            other.post(method, &[hash, ("id", "999")]).await,
        );
        assert_eq!(theirs.status, StatusCode::NOT_FOUND);
        assert_eq!((theirs.status, theirs.body), (none.status, none.body));
    }
}
