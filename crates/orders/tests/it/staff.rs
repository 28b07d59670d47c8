use api as pb;
use pb::common::PageRequest;
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;

use crate::world::{World, request};

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

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_found_by_the_telephone_they_were_placed_with_and_logged() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let first = world.order(&offering).await;
        let mut with_another = request(&offering);
        "+46 70 174 06 06".clone_into(&mut with_another.customer.as_mut().unwrap().phone);
        let second = world.visitor().place_order(with_another).await.unwrap();
        let find = async |network: &str, phone: &str, purpose: &str| {
            let asked = pb::orders::FindOrdersRequest {
                network: network.to_owned(),
                phone: phone.to_owned(),
                purpose: purpose.to_owned(),
            };
            let mut staff = world.staff_of(network, &["customer_service"]);
            let found = staff.find_orders(asked).await?.into_inner();
            let numbers = found
                .orders
                .into_iter()
                .map(|o| (o.order_number, o.access_id));
            Ok::<_, tonic::Status>((numbers.collect::<Vec<_>>(), found.more))
        };
        for spelling in ["0701740605", "+46 70-174 06 05"] {
            let (orders, more) = find("HAM", spelling, "fault report").await.unwrap();
            assert_eq!(
                (orders.len(), more),
                (1, false),
                "the other one has another number"
            );
            assert_eq!(orders[0].0, first.order_number);
            assert!(!orders[0].1.is_empty(), "where the access is");
        }
        assert_eq!(world.rows("access_log").await, 2);
        let other = find("HAM", "+46701740606", "fault report").await.unwrap();
        assert_eq!(other.0[0].0, second.into_inner().order_number);
        for (network, phone) in [("HAM", "0701740607"), ("ALM", "0701740605")] {
            assert!(
                find(network, phone, "x").await.unwrap().0.is_empty(),
                "{network} {phone}"
            );
        }
        assert_eq!(
            world.rows("access_log").await,
            3,
            "who finds nobody reads nobody"
        );
        for (phone, purpose, field) in [("0701740605", " ", "purpose"), ("x", "x", "phone")] {
            let refused = find("HAM", phone, purpose).await.unwrap_err();
            assert_eq!(violations_of(&refused)[0].field, field);
        }
        let asked = pb::orders::FindOrdersRequest {
            network: "HAM".to_owned(),
            phone: "0701740605".to_owned(),
            purpose: "x".to_owned(),
        };
        let refused = world.visitor().find_orders(asked).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::PermissionDenied);
        world.stop().await;
    })
    .await;
}
