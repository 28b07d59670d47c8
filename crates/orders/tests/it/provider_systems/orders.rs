//! Customers' orders, handed over to the provider's system.

use std::time::Duration;

use api as pb;
use axum::http::StatusCode;
use pb::orders::{HandoverState, OrderStatus};
use serde_json::json;
use testkit::store::for_each_store;

use super::sp::{self, Sp};
use super::{NORD, handover, handovers, keyed_offering, put, system, system_of};
use crate::world::{PATIENCE, World};

const CUSTOMER: &str = "anna.provsson@example.com";
const PROVIDER: &str = "order@nordbredband.example.se";

pub async fn order(world: &World, order_id: &str) -> pb::orders::GetOrderResponse {
    let asked = pb::orders::GetOrderRequest {
        network: "HAM".to_owned(),
        order_id: order_id.to_owned(),
    };
    world.admin().get_order(asked).await.unwrap().into_inner()
}

pub async fn status(world: &World, order_id: &str) -> OrderStatus {
    order(world, order_id).await.order.unwrap().status()
}

/// The log's lines of handovers, messages and states, by kind, actor, text and details.
pub async fn log(world: &World, order_id: &str) -> Vec<String> {
    let lines = order(world, order_id).await.log.into_iter();
    let told = lines.filter(|line| ["handover", "message", "status"].contains(&line.kind.as_str()));
    let told = told.map(|line| {
        let (kind, actor, text) = (line.kind, line.actor, line.text);
        format!("{kind} · {actor} · {text} · {}", line.details.join(","))
    });
    // The clock stands still: what happens is not told apart by its time.
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

pub async fn cancel(world: &World, token: &str) {
    let end = pb::orders::EndOrderRequest {
        network: "HAM".to_owned(),
        token: token.to_owned(),
        status: OrderStatus::Cancelled.into(),
        language: "sv".to_owned(),
    };
    world.visitor().end_order(end).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_handed_over_and_received() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (sp, offering) = (Sp::serve().await, keyed_offering(&world, NORD).await);
        put(&world, system(&sp.base())).await;
        let placed = world.order(&offering).await;
        let asked = sp.asked(1).await.remove(0);
        assert_eq!((asked.method.as_str(), &*asked.path), ("POST", "/onapi/2.6/order/"));
        assert_eq!(asked.headers["content-type"], "application/json");
        insta::allow_duplicates! {
        insta::assert_json_snapshot!(asked.json(), @r#"
        {
          "coAccessId": "HAM-A-1",
          "operation": "ACTIVATE",
          "orderDateTime": "2026-11-22T12:00:00Z",
          "requestedDateTime": "2026-11-30T23:00:00Z",
          "products": [
            {
              "productId": "p-1",
              "offeringId": "o-1"
            }
          ],
          "customerDetails": {
            "identifiedCustomer": false,
            "personalIdentityNumber": "19900118-9811",
            "firstName": "Anna",
            "lastName": "Provsson",
            "mobilePhone": "+46701740605",
            "email": "Anna.Provsson@example.com",
            "invoiceDetails": {
              "streetName": "Kungsgatan",
              "streetNumber": "10",
              "streetLittera": "G",
              "postalCode": "72134",
              "city": "Västerås"
            }
          }
        }
        "#);
        }
        let over = handover(&world, HandoverState::Confirmed).await;
        assert_eq!((over.attempts, over.last_status, &*over.order_id), (1, 200, &*placed.order_id));
        assert_eq!(status(&world, &placed.order_id).await, OrderStatus::Received);
        assert_eq!(
            log(&world, &placed.order_id).await,
            [
                "handover · service:orders · handed over to the provider's system: confirmed · confirmed",
                "handover · service:orders · handed over to the provider's system: sending · sending",
                "message · provider:nordbredband · Tack! · ",
                "status · provider:nordbredband · new → received · new,received",
            ]
        );
        // Who was given what is known, as of a provider that fetches.
        assert_eq!(world.texts("disclosure", "caller_id").await, ["on-api"]);
        assert_eq!(world.texts("disclosure", "purpose_class").await, ["delivery"]);
        assert_eq!(world.events("orders.disclosure.recorded.v1", 1).await.len(), 1);
        let shown = format!("{over:?}").to_lowercase();
        for word in ["anna", "provsson", "9811", "kungsgatan", "ham-a-1"] {
            assert!(!shown.contains(word), "{word}: {shown}");
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_order_is_cancelled_and_the_customer_told_why() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (sp, offering) = (Sp::serve().await, keyed_offering(&world, NORD).await);
        put(&world, system(&sp.base())).await;
        let body = json!({"state": "REJECTED", "externalMessage": "Erbjudandet är slut."});
        sp.says(200, &body.to_string());
        let placed = world.order(&offering).await;
        handover(&world, HandoverState::Rejected).await;
        assert_eq!(
            status(&world, &placed.order_id).await,
            OrderStatus::Cancelled
        );
        let mails = world.mail.wait_for(CUSTOMER, 2, PATIENCE).await;
        let told = mails
            .iter()
            .find(|mail| mail.text.contains("avböjt"))
            .unwrap();
        assert!(
            told.text.contains("Skäl: Erbjudandet är slut."),
            "{}",
            told.text
        );
        assert_eq!(
            world.mail.wait_for(PROVIDER, 1, PATIENCE).await.len(),
            1,
            "it knows"
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_provider_delays_nobody_else_and_is_sent_one_at_a_time() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (slow, quick) = (Sp::serve().await, Sp::serve().await);
        slow.answers(|_| (Duration::from_secs(4), sp::confirmed("")));
        let of_slow = keyed_offering(&world, NORD).await;
        let of_quick = keyed_offering(&world, "sydfiber").await;
        put(&world, system(&slow.base())).await;
        put(&world, system_of("sydfiber", &quick.base())).await;
        for _ in 0..2 {
            world.order(&of_slow).await;
        }
        slow.asked(1).await;
        for _ in 0..3 {
            world.order(&of_quick).await;
        }
        quick.asked(3).await;
        assert_eq!(slow.count(), 1, "the second waits for the first");
        slow.asked(2).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_need_not_be_handed_over_any_more_is_not() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (sp, offering) = (Sp::serve().await, keyed_offering(&world, NORD).await);
        let mut asked = system(&sp.base());
        asked.password = "not yet".to_owned();
        put(&world, asked).await;
        let placed = world.order(&offering).await;
        testkit::eventually!(
            PATIENCE,
            handovers(&world).await[0].last_failure == "credential"
        );
        cancel(&world, &placed.follow_token).await;
        let mut right = system(&sp.base());
        right.expected_version = 1;
        put(&world, right).await;
        world.clock.advance(chrono::TimeDelta::seconds(11));
        handover(&world, HandoverState::Superseded).await;
        assert_eq!(sp.count(), 0);

        // A provider without a system, or without the function, is told as before.
        let other = world.offering_of("sydfiber").await;
        world.order(&other).await;
        assert_eq!(handovers(&world).await.len(), 1);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_after_the_customer_has_cancelled_changes_nothing() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (sp, offering) = (Sp::serve().await, keyed_offering(&world, NORD).await);
        put(&world, system(&sp.base())).await;
        sp.answers(|_| {
            let body = json!({"state": "CONFIRMED", "externalMessage": "Välkommen"});
            (
                Duration::from_secs(2),
                sp::json(StatusCode::OK, body.to_string()),
            )
        });
        let placed = world.order(&offering).await;
        sp.asked(1).await;
        cancel(&world, &placed.follow_token).await;
        handover(&world, HandoverState::Confirmed).await;
        assert_eq!(
            status(&world, &placed.order_id).await,
            OrderStatus::Cancelled
        );
        let told = log(&world, &placed.order_id).await;
        assert!(
            told.iter().any(|line| line.contains("Välkommen")),
            "{told:?}"
        );
        world.stop().await;
    })
    .await;
}
