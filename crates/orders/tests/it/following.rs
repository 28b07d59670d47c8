//! The customer follows an order and ends it, by the link of its mail.

use api as pb;
use chrono::Duration;
use futures::join;
use pb::orders::{EndOrderRequest, FollowOrderRequest, FollowOrderResponse, OrderStatus};
use service_kit::error::reason_of;
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::world::{PATIENCE, World, request};

const CUSTOMER: &str = "anna.provsson@example.com";
const PROVIDER: &str = "order@nordbredband.example.se";

async fn follow(world: &World, token: &str) -> Result<FollowOrderResponse, Status> {
    let asked = FollowOrderRequest {
        network: "HAM".to_owned(),
        token: token.to_owned(),
    };
    let answer = world.visitor().follow_order(asked).await?;
    Ok(answer.into_inner())
}

async fn end(world: &World, token: &str, status: OrderStatus) -> Result<OrderStatus, Status> {
    let asked = EndOrderRequest {
        network: "HAM".to_owned(),
        token: token.to_owned(),
        status: status.into(),
        language: "sv".to_owned(),
    };
    let answer = world.visitor().end_order(asked).await?;
    Ok(answer.into_inner().order.unwrap().status())
}

async fn set(world: &World, order_id: &str, status: OrderStatus) -> Result<(), Status> {
    let asked = pb::orders::SetStatusRequest {
        order_id: order_id.to_owned(),
        status: status.into(),
        message: String::new(),
    };
    let mut provider = world.provider("nordbredband");
    provider.set_status(asked).await.map(drop)
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> String {
    reason_of(&answer.unwrap_err()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_follows_the_link_of_the_mail_and_cancels() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let placed = world.order(&offering).await;
        let mail = &world.mail.wait_for(CUSTOMER, 1, PATIENCE).await[0];
        let link = format!("https://guide.example.se/sv/follow/{}", placed.follow_token);
        assert!(mail.text.contains(&link), "{}", mail.text);

        let seen = follow(&world, &placed.follow_token).await.unwrap();
        let order = seen.order.unwrap();
        assert_eq!(
            (
                order.order_number.as_str(),
                order.status(),
                order.access_id.as_str()
            ),
            ("HAM-000001", OrderStatus::New, "")
        );
        assert_eq!(seen.provider_name, "nordbredband AB");
        assert_eq!(
            (seen.may_cancel, seen.withdraw_until.as_str()),
            (true, "2026-12-06")
        );
        let kinds: Vec<_> = seen.log.iter().map(|line| line.kind.as_str()).collect();
        assert_eq!(kinds, ["placed"], "nothing of mails and fetching");

        world.clock.advance(Duration::minutes(1));
        for _ in 0..2 {
            let ended = end(&world, &placed.follow_token, OrderStatus::Cancelled).await;
            assert_eq!(ended.unwrap(), OrderStatus::Cancelled);
        }
        let mails = world.mail.wait_for(CUSTOMER, 2, PATIENCE).await;
        insta::assert_snapshot!(
            "mail_cancelled",
            format!("{}\n\n{}", mails[1].subject, mails[1].text)
        );
        let told = world.mail.wait_for(PROVIDER, 2, PATIENCE).await;
        let hidden = told[1].text.replace(&placed.order_id, "[order]");
        insta::assert_snapshot!(
            "mail_cancelled_provider",
            format!("{}\n\n{hidden}", told[1].subject)
        );
        for personal in ["Anna", "Provsson", "9811", "Kungsgatan", "HAM-A-1"] {
            assert!(!told[1].text.contains(personal), "{personal}");
        }
        let events = world.events("orders.order.status_changed.v1", 1).await;
        let event: pb::events::OrderStatusChanged = events[0].decode().unwrap();
        assert_eq!((events.len(), event.status.as_str()), (1, "cancelled"));

        let seen = follow(&world, &placed.follow_token).await.unwrap();
        assert_eq!((seen.may_cancel, seen.withdraw_until.as_str()), (false, ""));
        let moved = &seen.log[1];
        assert_eq!(
            (moved.actor.as_str(), &moved.details[..]),
            ("customer", &["new".to_owned(), "cancelled".to_owned()][..])
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_has_received_is_withdrawn_from_and_only_in_time() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let placed = world.order(&offering).await;
        let token = &placed.follow_token;
        set(&world, &placed.order_id, OrderStatus::Received)
            .await
            .unwrap();
        let cancelled = end(&world, token, OrderStatus::Cancelled).await;
        assert_eq!(refused(cancelled), "TRANSITION_NOT_ALLOWED");
        assert_eq!(
            refused(end(&world, token, OrderStatus::Delivered).await),
            "REQUEST_INVALID"
        );
        set(&world, &placed.order_id, OrderStatus::Delivered)
            .await
            .unwrap();
        let late = world
            .order_of("Bo Provsson", "121212-1212", &offering)
            .await;

        // The last day counts whole: 6 December by Swedish clocks.
        world
            .clock
            .advance(Duration::days(14) + Duration::hours(10));
        assert_eq!(
            follow(&world, token).await.unwrap().withdraw_until,
            "2026-12-06"
        );
        assert_eq!(
            end(&world, token, OrderStatus::Withdrawn).await.unwrap(),
            OrderStatus::Withdrawn
        );
        let mails = world.mail.wait_for(CUSTOMER, 3, PATIENCE).await;
        let mail = mails
            .iter()
            .find(|mail| mail.subject.contains("ångrat"))
            .unwrap();
        insta::assert_snapshot!(
            "mail_withdrawn",
            format!("{}\n\n{}", mail.subject, mail.text)
        );

        world.clock.advance(Duration::hours(2));
        let over = end(&world, &late.follow_token, OrderStatus::Withdrawn).await;
        assert_eq!(refused(over), "WITHDRAWAL_OVER");
        assert_eq!(
            follow(&world, &late.follow_token)
                .await
                .unwrap()
                .withdraw_until,
            ""
        );
        world.clock.advance(Duration::days(90));
        assert_eq!(
            follow(&world, &late.follow_token).await.unwrap_err().code(),
            Code::NotFound
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_for_one_order_of_one_network_and_for_its_customer() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let placed = world.order(&offering).await;
        let token = &placed.follow_token;
        for wrong in ["", "x", &placed.order_id, &token[1..], &format!("{token}A")] {
            assert_eq!(
                follow(&world, wrong).await.unwrap_err().code(),
                Code::NotFound,
                "{wrong}"
            );
            let ended = end(&world, wrong, OrderStatus::Cancelled).await;
            assert_eq!(ended.unwrap_err().code(), Code::NotFound, "{wrong}");
        }
        let asked = FollowOrderRequest {
            network: "HAM".to_owned(),
            token: token.clone(),
        };
        let staff = world.admin().follow_order(asked.clone()).await.unwrap_err();
        assert_eq!(
            staff.code(),
            Code::PermissionDenied,
            "staff have a page of their own"
        );
        let elsewhere = FollowOrderRequest {
            network: "OTHER".to_owned(),
            ..asked
        };
        let other = world.visitor().follow_order(elsewhere).await.unwrap_err();
        assert_eq!(other.code(), Code::PermissionDenied);
        // Who types an order for a customer gets no link of the customer's.
        let mut typist = world.staff_of("HAM", &["customer_service"]);
        let typed = typist.place_order(request(&offering)).await.unwrap();
        assert_eq!(typed.into_inner().follow_token, "");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_customer_and_a_provider_at_once_one_is_first() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        for _ in 0..8 {
            let placed = world
                .order_of("Bo Provsson", "121212-1212", &offering)
                .await;
            let (ended, received) = join!(
                end(&world, &placed.follow_token, OrderStatus::Cancelled),
                set(&world, &placed.order_id, OrderStatus::Received),
            );
            assert_ne!(ended.is_ok(), received.is_ok(), "{ended:?} {received:?}");
            let now = follow(&world, &placed.follow_token)
                .await
                .unwrap()
                .order
                .unwrap();
            let first = if ended.is_ok() {
                OrderStatus::Cancelled
            } else {
                OrderStatus::Received
            };
            assert_eq!(now.status(), first);
        }
        world.stop().await;
    })
    .await;
}
