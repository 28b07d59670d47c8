use api as pb;
use pb::orders::OrderStatus;
use service_kit::error::reason_of;
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::world::World;

fn personal_data_of(order_id: &str) -> pb::orders::GetPersonalDataRequest {
    pb::orders::GetPersonalDataRequest {
        order_id: order_id.to_owned(),
        purpose: "to deliver the order to Anna".to_owned(),
    }
}

fn set(order_id: &str, status: OrderStatus, message: &str) -> pb::orders::SetStatusRequest {
    pb::orders::SetStatusRequest {
        order_id: order_id.to_owned(),
        status: status.into(),
        message: message.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_of_personal_data_is_recorded_as_a_disclosure() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let order = world.order(&offering).await;
        let mut provider = world.provider("nordbredband");
        let data = provider
            .get_personal_data(personal_data_of(&order.order_id))
            .await
            .unwrap()
            .into_inner();
        let customer = data.customer.unwrap();
        assert_eq!(customer.name, "Anna Provsson");
        assert_eq!(customer.identity_number, "199001189811");
        assert_eq!(customer.email, "Anna.Provsson@example.com");
        assert_eq!(customer.phone, "+46701740605");
        assert_eq!(data.address.unwrap().apartment_number, "1101");
        assert_eq!(
            data.acceptance_version,
            orders::domain::acceptance::CURRENT_VERSION
        );
        assert!(data.accepted_at.is_some());
        assert_eq!(
            (
                world.rows("disclosure").await,
                world.rows("access_log").await
            ),
            (1, 1)
        );

        let event = &world.events("orders.disclosure.recorded.v1", 1).await[0];
        let signed: pb::privacy::Signed = event.decode().unwrap();
        let now = kernel::Clock::now(&world.clock);
        let (recorded, signer) = world
            .anchor
            .open_event::<pb::privacy::DisclosureRecorded>(&event.event_type, &signed, now)
            .unwrap();
        assert_eq!(signer, "orders");
        let text = format!("{recorded:#?}")
            .replace(&order.order_id, "[order]")
            .replace(&data.disclosure_id, "[disclosure]");
        insta::assert_snapshot!("event_disclosure_recorded", text);
        assert!(!event.payload.windows(4).any(|bytes| bytes == b"Anna"));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_provider_and_another_network_see_nothing() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        world.offering_of("sydfiber").await;
        let order = world.order(&offering).await.order_id;
        for stranger in [
            world.provider("sydfiber"),
            world.provider_in("ALM", "nordbredband"),
        ] {
            let mut stranger = stranger;
            let refused: Vec<Status> = vec![
                stranger
                    .get_provider_order(pb::orders::GetProviderOrderRequest {
                        order_id: order.clone(),
                        ..Default::default()
                    })
                    .await
                    .unwrap_err(),
                stranger
                    .get_personal_data(personal_data_of(&order))
                    .await
                    .unwrap_err(),
                stranger
                    .acknowledge_order(pb::orders::AcknowledgeOrderRequest {
                        order_id: order.clone(),
                    })
                    .await
                    .unwrap_err(),
                stranger
                    .set_status(set(&order, OrderStatus::Cancelled, ""))
                    .await
                    .unwrap_err(),
            ];
            for status in refused {
                assert_eq!(status.code(), Code::NotFound);
                assert_eq!(reason_of(&status).as_deref(), Some("ORDER_NOT_FOUND"));
            }
            let mut feed = stranger
                .stream_orders(pb::orders::StreamOrdersRequest::default())
                .await
                .unwrap()
                .into_inner();
            assert!(feed.message().await.unwrap().is_none());
        }
        assert_eq!(
            (
                world.rows("disclosure").await,
                world.rows("access_log").await
            ),
            (0, 0)
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_moves_as_the_table_allows_and_tells_so() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let order = world.order(&offering).await.order_id;
        let mut provider = world.provider("nordbredband");
        let early = provider
            .set_status(set(&order, OrderStatus::Delivered, ""))
            .await
            .unwrap_err();
        assert_eq!(reason_of(&early).as_deref(), Some("TRANSITION_NOT_ALLOWED"));

        for _ in 0..2 {
            let acknowledge = pb::orders::AcknowledgeOrderRequest {
                order_id: order.clone(),
            };
            let answer = provider
                .acknowledge_order(acknowledge)
                .await
                .unwrap()
                .into_inner();
            assert_eq!(answer.order.unwrap().status(), OrderStatus::Received);
        }
        provider
            .set_status(set(&order, OrderStatus::Delivered, "Klart"))
            .await
            .unwrap();
        world.clock.advance(chrono::Duration::days(15));
        let late = world
            .provider("nordbredband")
            .set_status(set(&order, OrderStatus::Withdrawn, ""))
            .await;
        assert_eq!(
            reason_of(&late.unwrap_err()).as_deref(),
            Some("WITHDRAWAL_OVER")
        );

        let events = world.events("orders.order.status_changed.v1", 2).await;
        let told: Vec<pb::events::OrderStatusChanged> =
            events.iter().map(|e| e.decode().unwrap()).collect();
        insta::assert_snapshot!(
            "event_status_changed",
            format!("{told:#?}").replace(&order, "[order]")
        );
        world.stop().await;
    })
    .await;
}
