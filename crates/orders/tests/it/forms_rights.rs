//! Answers of somebody who asks for them, who is erased, and whose order is over.

use api as pb;
use pb::orders::OrderStatus;
use service_kit::error::reason_of;
use testkit::store::for_each_store;

use crate::erasure::{erase_anna, export_anna};
use crate::forms::{answered, asking, fetch, said, seen_by_staff};
use crate::world::{PATIENCE, World};

#[tokio::test(flavor = "multi_thread")]
async fn an_extract_tells_the_answers_in_the_persons_language() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = asking(&world).await;
        let english = pb::orders::PlaceOrderRequest {
            acceptance_language: "en".to_owned(),
            ..answered(&offering)
        };
        world.visitor().place_order(english).await.unwrap();
        let document = export_anna(&world).await;
        let records = document["categories"][0]["records"].as_array().unwrap();
        let mut told: Vec<_> = records
            .iter()
            .filter(|record| {
                record["record"]
                    .as_str()
                    .unwrap()
                    .starts_with("order_answer:")
            })
            .map(|record| &record["fields"])
            .map(|fields| {
                (
                    fields["question"].as_str().unwrap(),
                    fields["answer"].as_str().unwrap(),
                )
            })
            .collect();
        told.sort_unstable();
        assert_eq!(
            told,
            [
                ("Portkod (en)", "4711"),
                ("Router (en)", "own (en)"),
                ("serial (en)", "SN-99")
            ]
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_takes_every_answer() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = asking(&world).await;
        let placed = world
            .visitor()
            .place_order(answered(&offering))
            .await
            .unwrap();
        let id = placed.into_inner().order_id;
        assert_eq!(world.rows("order_answer").await, 3);
        erase_anna(&world).await;
        assert_eq!(world.rows("order_answer").await, 0);
        assert!(seen_by_staff(&world, &id).await.is_empty());
        let gone = fetch(&world, &id).await.unwrap_err();
        assert_eq!(reason_of(&gone).as_deref(), Some("CUSTOMER_ERASED"));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_who_is_restricted_wait() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = asking(&world).await;
        let annas = world
            .visitor()
            .place_order(answered(&offering))
            .await
            .unwrap()
            .into_inner();
        world.clock.advance(chrono::Duration::minutes(1));
        let mut bos = answered(&offering);
        let bo = bos.customer.as_mut().unwrap();
        bo.name = "Bo Provsson".to_owned();
        bo.identity_number = "121212-1212".to_owned();
        bo.email = "bo.provsson@example.com".to_owned();
        bo.phone = "070-174 06 06".to_owned();
        let bos = world.visitor().place_order(bos).await.unwrap().into_inner();
        for order in [&annas, &bos] {
            move_to(&world, &order.order_id, OrderStatus::Cancelled).await;
        }
        let now = kernel::Clock::now(&world.clock);
        world.restrict_first(Some(now)).await;
        world.clock.advance(chrono::Duration::days(31));
        testkit::eventually!(PATIENCE, world.rows("order_answer").await == 5);
        assert_eq!(fetch(&world, &bos.order_id).await.unwrap().len(), 2);
        assert!(seen_by_staff(&world, &annas.order_id).await.is_empty());

        world.restrict_first(None).await;
        assert_eq!(fetch(&world, &annas.order_id).await.unwrap().len(), 3);
        world.clock.advance(chrono::Duration::days(2));
        testkit::eventually!(PATIENCE, world.rows("order_answer").await == 4);
        world.stop().await;
    })
    .await;
}

async fn move_to(world: &World, order_id: &str, status: OrderStatus) {
    let asked = pb::orders::SetStatusRequest {
        order_id: order_id.to_owned(),
        status: status.into(),
        message: String::new(),
    };
    world
        .provider("nordbredband")
        .set_status(asked)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_goes_so_many_days_after_the_end_of_its_order() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = asking(&world).await;
        let asked = answered(&offering);
        let placed = world
            .visitor()
            .place_order(asked.clone())
            .await
            .unwrap()
            .into_inner();
        let open = world
            .visitor()
            .place_order(answered(&offering))
            .await
            .unwrap()
            .into_inner();
        let later = world
            .visitor()
            .place_order(answered(&offering))
            .await
            .unwrap()
            .into_inner();
        move_to(&world, &placed.order_id, OrderStatus::Received).await;
        move_to(&world, &placed.order_id, OrderStatus::Delivered).await;
        world.clock.advance(chrono::Duration::days(10));
        // The days of the first count from its delivery, those of the other from now.
        move_to(&world, &placed.order_id, OrderStatus::Withdrawn).await;
        move_to(&world, &later.order_id, OrderStatus::Cancelled).await;
        world.clock.advance(chrono::Duration::days(21));
        testkit::eventually!(PATIENCE, world.rows("order_answer").await < 9);
        assert_eq!(world.rows("order_answer").await, 8);

        let waiting = fetch(&world, &later.order_id).await.unwrap();
        assert_eq!(waiting.len(), 3, "its time is not over");
        let left = fetch(&world, &placed.order_id).await.unwrap();
        assert_eq!(said(&left), [("router", "own"), ("serial", "SN-99")]);
        let others = fetch(&world, &open.order_id).await.unwrap();
        assert_eq!(
            others.len(),
            3,
            "an order that is under way keeps its answers"
        );
        // The request as it was sent is forgotten with the answer; its repetition is still the same order.
        let again = world
            .visitor()
            .place_order(asked)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(again, placed);
        world.stop().await;
    })
    .await;
}
