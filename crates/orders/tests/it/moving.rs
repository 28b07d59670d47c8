//! Staff of the network cancel an order and withdraw from it.

use api as pb;
use chrono::Duration;
use futures::join;
use pb::orders::{GetOrderRequest, GetOrderResponse, MoveOrderRequest, OrderStatus};
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;
use tonic::Status;

use crate::world::{PATIENCE, World, request};

const CUSTOMER: &str = "anna.provsson@example.com";
const PROVIDER: &str = "order@nordbredband.example.se";
const REASON: &str = "Anna ringde och har flyttat";

fn asked(order_id: &str, (expected, to): (OrderStatus, OrderStatus)) -> MoveOrderRequest {
    MoveOrderRequest {
        network: "HAM".to_owned(),
        order_id: order_id.to_owned(),
        expected: expected.into(),
        status: to.into(),
        reason: REASON.to_owned(),
    }
}

async fn moved(
    world: &World,
    order_id: &str,
    way: (OrderStatus, OrderStatus),
) -> Result<OrderStatus, Status> {
    let mut staff = world.staff_of("HAM", &["customer_service"]);
    let answer = staff.move_order(asked(order_id, way)).await?;
    Ok(answer.into_inner().order.unwrap().status())
}

async fn seen(world: &World, order_id: &str) -> GetOrderResponse {
    let asked = GetOrderRequest {
        network: "HAM".to_owned(),
        order_id: order_id.to_owned(),
    };
    world.admin().get_order(asked).await.unwrap().into_inner()
}

async fn receive(world: &World, order_id: &str) -> Result<(), Status> {
    let asked = pb::orders::AcknowledgeOrderRequest {
        order_id: order_id.to_owned(),
    };
    let mut provider = world.provider("nordbredband");
    provider.acknowledge_order(asked).await.map(drop)
}

fn refused(answer: Result<OrderStatus, Status>) -> String {
    reason_of(&answer.unwrap_err()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_cancel_an_order_and_everybody_learns_of_it() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let placed = world.order(&offering).await;
        receive(&world, &placed.order_id).await.unwrap();
        let view = seen(&world, &placed.order_id).await;
        assert_eq!(
            view.staff_may().collect::<Vec<_>>(),
            [OrderStatus::Cancelled, OrderStatus::Withdrawn]
        );
        world.clock.advance(Duration::minutes(1));
        let way = (OrderStatus::Received, OrderStatus::Cancelled);
        assert_eq!(
            moved(&world, &placed.order_id, way).await.unwrap(),
            OrderStatus::Cancelled
        );

        let mails = world.mail.wait_for(CUSTOMER, 2, PATIENCE).await;
        let text = format!("{}\n\n{}", mails[1].subject, mails[1].text);
        insta::assert_snapshot!("mail_cancelled_by_network", text);
        let told = world.mail.wait_for(PROVIDER, 2, PATIENCE).await;
        let text = told[1].text.replace(&placed.order_id, "[order]");
        let text = format!("{}\n\n{text}", told[1].subject);
        insta::assert_snapshot!("mail_cancelled_by_network_provider", text);
        for personal in ["Anna", "flyttat", "9811", "Kungsgatan", "HAM-A-1"] {
            assert!(!text.contains(personal), "{personal}");
        }
        let events = world.events("orders.order.status_changed.v1", 2).await;
        let event: pb::events::OrderStatusChanged = events[1].decode().unwrap();
        assert_eq!(event.status, "cancelled");

        let view = seen(&world, &placed.order_id).await;
        assert_eq!(view.staff_may().count(), 0);
        let last: Vec<String> = view.log[view.log.len() - 2..]
            .iter()
            .map(|line| format!("{} · {} · {}", line.kind, line.actor, line.text))
            .collect();
        assert_eq!(
            last,
            [
                "status · staff:user-1 · received → cancelled".to_owned(),
                format!("message · staff:user-1 · {REASON}")
            ]
        );
        // The provider sees that it is over, and neither who did it nor why.
        let log = pb::orders::ListOrderLogRequest {
            order_id: placed.order_id.clone(),
            page: None,
        };
        let log = world.provider("nordbredband").list_order_log(log).await;
        let log = log.unwrap().into_inner().log;
        let last = &log[log.len() - 1];
        assert_eq!((last.actor.as_str(), last.text.as_str()), ("network", ""));
        let sealed = world.texts("order_log", "text").await.join("\n");
        assert!(!sealed.contains("flyttat"), "the reason lies sealed");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_withdraw_in_the_language_of_the_order_and_only_in_time() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let mut english = request(&offering);
        "en".clone_into(&mut english.acceptance_language);
        let placed = world.visitor().place_order(english).await.unwrap();
        let placed = placed.into_inner();
        let way = (OrderStatus::New, OrderStatus::Withdrawn);
        moved(&world, &placed.order_id, way).await.unwrap();
        let mails = world.mail.wait_for(CUSTOMER, 2, PATIENCE).await;
        let text = format!("{}\n\n{}", mails[1].subject, mails[1].text);
        insta::assert_snapshot!("mail_withdrawn_by_network_en", text);

        let late = world.order(&offering).await;
        world.clock.advance(Duration::days(15));
        assert_eq!(
            refused(moved(&world, &late.order_id, way).await),
            "WITHDRAWAL_OVER"
        );
        let view = seen(&world, &late.order_id).await;
        let may: Vec<_> = view.staff_may().collect();
        assert_eq!(may, [OrderStatus::Cancelled], "withdrawal is over");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_ask_wrongly_is_refused() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let placed = world.order(&offering).await;
        let id = placed.order_id.as_str();
        let cancel = (OrderStatus::New, OrderStatus::Cancelled);
        for (change, field) in [
            (
                MoveOrderRequest {
                    reason: "  ".to_owned(),
                    ..asked(id, cancel)
                },
                "reason",
            ),
            (
                MoveOrderRequest {
                    reason: "x".repeat(1_001),
                    ..asked(id, cancel)
                },
                "reason",
            ),
            (
                asked(id, (OrderStatus::New, OrderStatus::Received)),
                "status",
            ),
            (
                asked(id, (OrderStatus::Unspecified, OrderStatus::Cancelled)),
                "expected",
            ),
        ] {
            let wrong = world.admin().move_order(change).await.unwrap_err();
            assert_eq!(violations_of(&wrong)[0].field, field);
        }
        let elsewhere = MoveOrderRequest {
            network: "ALM".to_owned(),
            ..asked(id, cancel)
        };
        let mut other = world.staff_of("ALM", &["admin"]);
        let elsewhere = other.move_order(elsewhere).await.unwrap_err();
        assert_eq!(reason_of(&elsewhere).as_deref(), Some("ORDER_NOT_FOUND"));

        moved(&world, id, cancel).await.unwrap();
        assert_eq!(refused(moved(&world, id, cancel).await), "ORDER_MOVED");
        for to in [OrderStatus::Cancelled, OrderStatus::Withdrawn] {
            let over = moved(&world, id, (OrderStatus::Cancelled, to)).await;
            assert_eq!(refused(over), "TRANSITION_NOT_ALLOWED", "{to:?}");
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_at_once_one_moves_the_order_and_the_customer_is_told_once() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let way = (OrderStatus::New, OrderStatus::Cancelled);
        for round in 1..=6 {
            let placed = world.order(&offering).await;
            let id = placed.order_id.as_str();
            let (first, second) = join!(moved(&world, id, way), moved(&world, id, way));
            assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
            assert_eq!(refused(first.and(second)), "ORDER_MOVED");
            let mails = world.mail.wait_for(CUSTOMER, 2 * round, PATIENCE).await;
            assert_eq!(
                mails.len(),
                2 * round,
                "one for each order, one for its end"
            );
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_who_saw_a_new_order_do_not_cancel_one_that_was_received_meanwhile() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let way = (OrderStatus::New, OrderStatus::Cancelled);
        for _ in 0..6 {
            let placed = world
                .order_of("Bo Provsson", "121212-1212", &offering)
                .await;
            let id = placed.order_id.as_str();
            let (staff, provider) = join!(moved(&world, id, way), receive(&world, id));
            // Acknowledging late is no error; a move from an earlier state is.
            provider.unwrap();
            let now = seen(&world, id).await.order.unwrap().status();
            let expected = if staff.is_ok() {
                OrderStatus::Cancelled
            } else {
                assert_eq!(refused(staff), "ORDER_MOVED");
                OrderStatus::Received
            };
            assert_eq!(now, expected);
        }
        world.stop().await;
    })
    .await;
}
