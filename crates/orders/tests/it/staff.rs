use api as pb;
use pb::common::PageRequest;
use service_kit::error::reason_of;
use testkit::store::for_each_store;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn staff_page_through_orders_and_see_the_customer_masked() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let mut placed = Vec::new();
        for _ in 0..5 {
            placed.push(world.order(&offering).await);
        }
        let (mut numbers, mut page_token) = (Vec::new(), String::new());
        loop {
            let page = pb::orders::ListOrdersRequest {
                network: "HAM".to_owned(),
                page: Some(PageRequest {
                    page_size: 2,
                    page_token,
                }),
                ..Default::default()
            };
            let page = world.admin().list_orders(page).await.unwrap().into_inner();
            numbers.extend(page.orders.into_iter().map(|order| order.order_number));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(
            numbers,
            [
                "HAM-000005",
                "HAM-000004",
                "HAM-000003",
                "HAM-000002",
                "HAM-000001"
            ]
        );

        let none = pb::orders::ListOrdersRequest {
            network: "HAM".to_owned(),
            status: pb::orders::OrderStatus::Delivered.into(),
            ..Default::default()
        };
        assert!(
            world
                .admin()
                .list_orders(none)
                .await
                .unwrap()
                .into_inner()
                .orders
                .is_empty()
        );

        let asked = |network: &str| pb::orders::GetOrderRequest {
            network: network.to_owned(),
            order_id: placed[0].order_id.clone(),
        };
        world.clock.advance(chrono::Duration::minutes(1));
        let mut provider = world.provider("nordbredband");
        provider
            .acknowledge_order(pb::orders::AcknowledgeOrderRequest {
                order_id: placed[0].order_id.clone(),
            })
            .await
            .unwrap();
        let view = world
            .admin()
            .get_order(asked("HAM"))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(world.rows("access_log").await, 1, "masked is read, too");
        assert_eq!(view.customer_name_masked, "A*** P***");
        assert_eq!(view.identity_number_masked, "19900118-****");
        let log: Vec<String> = view
            .log
            .iter()
            .map(|line| format!("{} · {} · {}", line.kind, line.actor, line.text))
            .collect();
        insta::assert_snapshot!("order_log", log.join("\n"));

        let other = world
            .staff_of("ALM", &["admin"])
            .get_order(asked("ALM"))
            .await
            .unwrap_err();
        assert_eq!(reason_of(&other).as_deref(), Some("ORDER_NOT_FOUND"));
        world.stop().await;
    })
    .await;
}
