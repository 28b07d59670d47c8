//! What a provider's system does over the order API, and what it may not.

use api::orders::{Order, OrderStatus};
use chrono::Duration;
use gateway::credentials;
use kernel::NetworkCode;
use reqwest::StatusCode;
use service_kit::caller::CallerKind;

use super::System;
use crate::fakes::provider_orders::{at, order};
use crate::harness::World;

/// A gateway with the network HAM and these orders in it, and Nordbredband's system.
pub async fn with(orders: Vec<Order>) -> (World, System) {
    let world = World::ready().await;
    let system = System::of_provider(&world, "HAM", "nordbredband").await;
    world.fakes.seen().provider_orders.orders = orders;
    (world, system)
}

fn status_of(world: &World, place: usize) -> OrderStatus {
    world.fakes.seen().provider_orders.orders[place].status()
}

#[tokio::test]
async fn an_order_goes_from_new_to_delivered() {
    let (world, system) = with(vec![order(7, "nordbredband")]).await;
    let hash = system.hash().await;
    let (hash, id) = (("hash", hash.as_str()), ("id", "7"));
    let listed = system
        .get(&[("method", "orders"), hash, ("date", "2026-11-01")])
        .await;
    assert!(listed.body.contains("<id>7</id>"), "{}", listed.body);
    let caller = world.fakes.seen().callers["ListProviderOrders"].clone();
    assert_eq!(
        (caller.kind, &caller.id),
        (CallerKind::Provider, &system.user)
    );
    assert_eq!(caller.network.unwrap().as_str(), "HAM");
    assert_eq!(caller.provider.unwrap().as_str(), "nordbredband");

    let told = system.post("customer_info", &[hash, id]).await;
    assert!(told.body.contains("<serial>199001189811</serial>"));
    let disclosed = world.fakes.seen().provider_orders.disclosed.clone();
    assert_eq!(disclosed[0].1, "deliver the order");
    for (word, status) in [
        ("received", OrderStatus::Received),
        ("active", OrderStatus::Active),
        ("delivered", OrderStatus::Delivered),
    ] {
        let got = system
            .post("set_status", &[hash, id, ("status", word)])
            .await;
        let text = format!("<message>Status changed to {word} for order 7</message>");
        assert!(got.body.contains(&text), "{}", got.body);
        assert_eq!(status_of(&world, 0), status);
    }
}

#[tokio::test]
async fn who_works_on_an_order_has_received_it() {
    let (world, system) = with(vec![order(1, "nordbredband"), order(2, "nordbredband")]).await;
    let hash = system.hash().await;
    let hash = ("hash", hash.as_str());
    let delivered = [hash, ("id", "1"), ("status", "delivered")];
    assert_eq!(
        system.post("set_status", &delivered).await.status,
        StatusCode::OK
    );
    assert_eq!(status_of(&world, 0), OrderStatus::Delivered);
    assert!(world.fakes.seen().callers.contains_key("AcknowledgeOrder"));
    world.fakes.seen().callers.clear();
    let cancelled = [hash, ("id", "HAM-000002"), ("status", "cancelled")];
    assert_eq!(
        system.post("set_status", &cancelled).await.status,
        StatusCode::OK
    );
    assert_eq!(status_of(&world, 1), OrderStatus::Cancelled);
    assert!(!world.fakes.seen().callers.contains_key("AcknowledgeOrder"));
}

#[tokio::test]
async fn a_strangers_order_is_none() {
    let (world, _) = with(vec![order(1, "nordbredband")]).await;
    let other = System::of_provider(&world, "HAM", "sydfiber").await;
    let hash = other.hash().await;
    let hash = ("hash", hash.as_str());
    let listed = other.post("orders", &[hash, ("date", "2020-01-01")]).await;
    assert!(!listed.body.contains("<order>"), "{}", listed.body);
    let change = |id: &'static str| [hash, ("id", id), ("status", "cancelled")];
    let write = |id: &'static str| [hash, ("id", id), ("type", "log"), ("message", "x")];
    let mut said = Vec::new();
    for id in [
        "1",
        "999",
        "HAM-000001",
        "ALM-000001",
        "x",
        "99999999999999999999",
    ] {
        said.push(other.post("set_status", &change(id)).await);
        let got = other.post("add_message", &write(id)).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND);
    }
    assert!(said.iter().all(|got| got.status == StatusCode::NOT_FOUND));
    said.dedup_by(|one, two| one.body == two.body);
    assert_eq!(said.len(), 1);
    assert_eq!(status_of(&world, 0), OrderStatus::New);
    let seen = world.fakes.seen();
    assert!(seen.provider_orders.log.is_empty() && seen.provider_orders.disclosed.is_empty());
}

#[tokio::test]
async fn a_hash_is_good_for_twenty_minutes_at_this_api_and_until_it_is_revoked() {
    let (world, system) = with(vec![order(1, "nordbredband")]).await;
    let hash = system.hash().await;
    let ask = async |hash: &str| {
        let got = system
            .post("order_info", &[("hash", hash), ("id", "1")])
            .await;
        got.status
    };
    world.clock.advance(Duration::minutes(19));
    assert_eq!(ask(&hash).await, StatusCode::OK);
    world.clock.advance(Duration::minutes(1));
    assert_eq!(ask(&hash).await, StatusCode::UNAUTHORIZED);

    // What is good at one API is nothing at the other, neither key nor hash.
    let hash = system.hash().await;
    let mut import = System::of(&world, "HAM").await;
    assert_eq!(ask(&import.hash().await).await, StatusCode::UNAUTHORIZED);
    let got = import.post("empty_database", &[("hash", &hash)]).await;
    assert_eq!(got.status, StatusCode::UNAUTHORIZED);
    import.path = system.path;
    assert_eq!(import.login().await.status, StatusCode::UNAUTHORIZED);

    assert_eq!(ask(&hash).await, StatusCode::OK);
    let ham = NetworkCode::parse("HAM").unwrap();
    credentials::revoke(&world.gateway.directory, &ham, &system.user)
        .await
        .unwrap();
    assert_eq!(ask(&hash).await, StatusCode::UNAUTHORIZED);
    assert_eq!(system.login().await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_message_that_names_itself_is_written_once() {
    let (world, system) = with(vec![order(1, "nordbredband")]).await;
    let hash = system.hash().await;
    let told = [
        ("hash", hash.as_str()),
        ("id", "1"),
        ("type", "alert"),
        ("message", "Ring före besök"),
        ("command_id", "0192b3c4-0000-7000-8000-0000000000aa"),
    ];
    for _ in 0..2 {
        let got = system.post("add_message", &told).await;
        assert_eq!(got.status, StatusCode::OK, "{}", got.body);
    }
    assert_eq!(world.fakes.seen().provider_orders.log.len(), 1);
    for _ in 0..2 {
        system.post("add_message", &told[..4]).await;
    }
    assert_eq!(world.fakes.seen().provider_orders.log.len(), 3);
}

#[tokio::test]
async fn lists_reach_back_a_minute_over_all_pages_and_are_never_cut() {
    let placed = |count| order(count, "nordbredband");
    let (world, system) = with((1..=450).map(placed).collect()).await;
    let hash = system.hash().await;
    let hash = ("hash", hash.as_str());
    let all = system.post("orders", &[hash, ("date", "2026-01-01")]).await;
    assert_eq!(all.body.matches("<order>").count(), 450);
    system
        .post("orders", &[hash, ("date", "2026-11-22 13:00:00")])
        .await;
    let since = world.fakes.seen().provider_orders.since.unwrap();
    let asked = "2026-11-22T12:00:00Z"
        .parse::<chrono::DateTime<chrono::Utc>>()
        .unwrap();
    assert_eq!(since, at(asked.timestamp() - 60));

    let many = system
        .post("customers", &[hash, ("date", "2026-01-01")])
        .await;
    assert_eq!(many.status, StatusCode::BAD_REQUEST);
    assert!(many.body.contains("More than 200 orders"), "{}", many.body);
    let disclosed = |world: &World| world.fakes.seen().provider_orders.disclosed.len();
    assert_eq!(disclosed(&world), 0, "nobody is told when not all are");
}

#[tokio::test]
async fn who_is_erased_is_left_out_and_the_others_are_recorded_one_by_one() {
    let erased = Order {
        erased: true,
        ..order(1, "nordbredband")
    };
    let meanwhile = Order {
        offering_name: "erased meanwhile".into(),
        ..order(2, "nordbredband")
    };
    let (world, system) = with(vec![
        erased,
        meanwhile,
        order(3, "nordbredband"),
        order(4, "sydfiber"),
    ])
    .await;
    let hash = system.hash().await;
    let asked = [
        ("hash", hash.as_str()),
        ("date", "2026-01-01"),
        ("purpose", "billing"),
    ];
    let got = system.post("customers", &asked).await;
    assert_eq!(got.body.matches("<customer>").count(), 1, "{}", got.body);
    let disclosed = world.fakes.seen().provider_orders.disclosed.clone();
    assert_eq!(disclosed, [(order(3, "").order_id, "billing".to_owned())]);
}
