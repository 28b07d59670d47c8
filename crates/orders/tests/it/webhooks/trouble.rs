//! Endpoints that do not answer as they should, and a service that is killed meanwhile.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use chrono::TimeDelta;
use pb::orders::{ResendWebhookDeliveryRequest, WebhookDelivery, WebhookDeliveryState as State};
use testkit::store::for_each_store;

use super::receiver::{Push, Receiver};
use super::{deliveries, endpoint, endpoints, entered, ping, put};
use crate::world::{PATIENCE, World};
use api as pb;

const HANGING: Duration = Duration::from_mins(1);

/// The delivery with this id, when its last attempt has ended so.
async fn ended(world: &World, id: &str, failure: &str) -> WebhookDelivery {
    let find = async || {
        let all = deliveries(world).await;
        all.into_iter()
            .find(|row| row.webhook_id == id && row.attempts > 0 && row.last_failure == failure)
    };
    testkit::eventually!(PATIENCE, find().await.is_some());
    find().await.unwrap()
}

async fn acknowledge(world: &World, order_id: &str) {
    let request = pb::orders::AcknowledgeOrderRequest {
        order_id: order_id.to_owned(),
    };
    let mut system = world.provider("nordbredband");
    system.acknowledge_order(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_comes_again_with_its_id_before_what_came_after() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (receiver, offering) = (
            Receiver::serve().await,
            world.offering_of("nordbredband").await,
        );
        let secret = entered(&world, &receiver, &["order.placed", "order.changed"]).await;
        receiver.says(500);
        let first = world.order(&offering).await;
        receiver.pushes(1).await;
        acknowledge(&world, &first.order_id).await;
        receiver.says(200);
        // Another order does not wait for it.
        world.order(&offering).await;
        receiver.pushes(2).await;
        let failed = deliveries(&world).await.remove(2);
        assert_eq!((failed.state(), failed.last_status), (State::Waiting, 500));
        world.clock.advance(TimeDelta::seconds(11));
        let pushes = receiver.pushes(4).await;
        let told: Vec<_> = pushes.iter().map(Push::kind).collect();
        assert_eq!(
            told,
            [
                "order.placed",
                "order.placed",
                "order.placed",
                "order.changed"
            ]
        );
        assert_eq!(pushes[0].id(), pushes[2].id());
        assert_eq!(pushes[0].json(), pushes[2].json());
        assert_ne!(
            pushes[0].header("webhook-timestamp"),
            pushes[2].header("webhook-timestamp")
        );
        assert!(pushes.iter().all(|push| push.signed(&secret).1));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_service_loses_nothing() {
    for_each_store(|url| async {
        let mut world = World::start(url).await;
        let (receiver, offering) = (
            Receiver::serve().await,
            world.offering_of("nordbredband").await,
        );
        entered(&world, &receiver, &["order.placed"]).await;
        world.restart().await;
        receiver.answers(|_| (HANGING, StatusCode::OK.into_response()));
        world.order(&offering).await;
        receiver.pushes(1).await;
        receiver.says(200);
        world.kill().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(receiver.count(), 1, "it is still leased");
        world.clock.advance(TimeDelta::minutes(2));
        let pushes = receiver.pushes(2).await;
        assert_eq!(pushes[0].id(), pushes[1].id());
        ended(&world, pushes[0].id(), "").await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_endpoint_delays_no_other() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (slow, quick) = (Receiver::serve().await, Receiver::serve().await);
        slow.answers(|_| (HANGING, StatusCode::OK.into_response()));
        let theirs = world.offering_of("sydfiber").await;
        let offering = world.offering_of("nordbredband").await;
        let asked = put(&slow.url(), &["order.placed"]);
        let mut system = world.webhooks("sydfiber");
        system.put_webhook_endpoint(asked).await.unwrap();
        entered(&world, &quick, &["order.placed"]).await;
        for _ in 0..6 {
            world.order(&theirs).await;
        }
        slow.pushes(4).await;
        for _ in 0..3 {
            world.order(&offering).await;
        }
        let began = std::time::Instant::now();
        quick.pushes(3).await;
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "{:?}",
            began.elapsed()
        );
        assert_eq!(slow.count(), 4, "so many at once, and no more");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_and_a_long_answer_are_no_success() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.offering_of("nordbredband").await;
        let (receiver, other) = (Receiver::serve().await, Receiver::serve().await);
        entered(&world, &receiver, &["order.placed"]).await;
        let there = other.url();
        receiver.answers(move |_| {
            let away = (
                StatusCode::TEMPORARY_REDIRECT,
                [(header::LOCATION, there.clone())],
            );
            (Duration::ZERO, away.into_response())
        });
        let redirected = ended(&world, &ping(&world).await, "status").await;
        assert_eq!(
            (redirected.state(), redirected.last_status),
            (State::GivenUp, 307)
        );
        receiver.answers(|_| (Duration::ZERO, "x".repeat(65_537).into_response()));
        let long = ended(&world, &ping(&world).await, "answer_too_long").await;
        assert_eq!(long.state(), State::GivenUp);
        assert_eq!(
            (receiver.count(), other.count()),
            (2, 0),
            "a ping is sent once"
        );
        assert!(endpoints(&world).await[0].active);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_gone_is_disabled_and_can_be_put_back() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (receiver, offering) = (
            Receiver::serve().await,
            world.offering_of("nordbredband").await,
        );
        entered(&world, &receiver, &["order.placed"]).await;
        receiver.says(410);
        world.order(&offering).await;
        testkit::eventually!(PATIENCE, !endpoints(&world).await[0].active);
        assert_eq!(endpoints(&world).await[0].disabled_reason, "gone");
        world.order(&offering).await;
        assert_eq!(
            deliveries(&world).await.len(),
            1,
            "nothing is kept for it meanwhile"
        );
        receiver.says(204);
        ping(&world).await;
        receiver.pushes(2).await;
        entered(&world, &receiver, &["order.placed"]).await;
        let back = endpoints(&world).await.remove(0);
        assert_eq!((back.active, back.disabled_reason.as_str()), (true, ""));
        let lost = deliveries(&world).await.remove(1);
        let again = ResendWebhookDeliveryRequest {
            webhook_id: lost.webhook_id.clone(),
            ..ResendWebhookDeliveryRequest::default()
        };
        let mut system = world.webhooks("nordbredband");
        system.resend_webhook_delivery(again).await.unwrap();
        let pushes = receiver.pushes(3).await;
        assert_eq!(pushes[2].id(), lost.webhook_id);
        assert_eq!(endpoint("", &[]).name, back.name);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_three_days_an_endpoint_is_disabled_and_after_two_weeks_nothing_is_kept() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (receiver, offering) = (
            Receiver::serve().await,
            world.offering_of("nordbredband").await,
        );
        entered(&world, &receiver, &["order.placed"]).await;
        receiver.says(503);
        world.order(&offering).await;
        receiver.pushes(1).await;
        let id = deliveries(&world).await[0].webhook_id.clone();
        ended(&world, &id, "status").await;
        world.clock.advance(TimeDelta::days(2));
        receiver.pushes(2).await;
        testkit::eventually!(PATIENCE, deliveries(&world).await[0].attempts == 2);
        assert!(endpoints(&world).await[0].active);
        world.clock.advance(TimeDelta::days(1));
        testkit::eventually!(PATIENCE, !endpoints(&world).await[0].active);
        assert_eq!(endpoints(&world).await[0].disabled_reason, "failing");
        assert_eq!(deliveries(&world).await[0].state(), State::GivenUp);
        world
            .clock
            .advance(TimeDelta::days(14) + TimeDelta::hours(1));
        testkit::eventually!(PATIENCE, world.rows("webhook_delivery").await == 0);
        world.stop().await;
    })
    .await;
}
