//! Technical orders of others, and of somebody who is erased.

use api as pb;
use pb::orders::{TechnicalOperation, TechnicalOrderInput};
use service_kit::error::reason_of;
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::technical::{activate, ask, created, reason, subscriptions};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn another_provider_and_another_network_see_nothing_and_may_do_nothing() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let mut own = world.provider("nordbredband");
        let order = created(&mut own, activate("BB-100-100")).await;
        let subscription = order.asked.unwrap().subscription_id;
        for stranger in [
            world.provider("sydfiber"),
            world.provider_in("ALM", "nordbredband"),
        ] {
            let mut stranger = stranger;
            let id = || order.order_id.clone();
            let change = pb::orders::ChangeTechnicalOrderRequest {
                order_id: id(),
                asked: Some(activate("BB-100-100")),
                version: 0,
            };
            let refused: Vec<Status> = vec![
                stranger
                    .get_technical_order(pb::orders::GetTechnicalOrderRequest { order_id: id() })
                    .await
                    .unwrap_err(),
                stranger.change_technical_order(change).await.unwrap_err(),
                stranger
                    .delete_technical_order(pb::orders::DeleteTechnicalOrderRequest {
                        order_id: id(),
                    })
                    .await
                    .unwrap_err(),
            ];
            for status in refused {
                assert_eq!(status.code(), Code::NotFound);
            }
            for operation in [
                TechnicalOperation::Deactivate,
                TechnicalOperation::Suspend,
                TechnicalOperation::Modify,
            ] {
                let asked = TechnicalOrderInput {
                    operation: operation.into(),
                    subscription_id: subscription.clone(),
                    ..TechnicalOrderInput::default()
                };
                assert_eq!(reason(&mut stranger, asked).await, "SUBSCRIPTION_NOT_FOUND");
            }
            assert!(subscriptions(&mut stranger).await.is_empty());
            world.clock.advance(chrono::Duration::seconds(2));
            let events = pb::orders::ListTechnicalEventsRequest {
                size: 100,
                ..Default::default()
            };
            let events = stranger.list_technical_events(events).await.unwrap();
            assert!(events.into_inner().events.is_empty());
            let all = pb::orders::ListTechnicalOrdersRequest {
                state: pb::orders::TechnicalOrderState::DoneSuccess.into(),
                ..Default::default()
            };
            let all = stranger.list_technical_orders(all).await.unwrap();
            assert!(all.into_inner().orders.is_empty());
        }
        let elsewhere = pb::orders::MoveTechnicalOrderRequest {
            network: "ALM".to_owned(),
            order_id: order.order_id,
            state: pb::orders::TechnicalOrderState::DoneFailed.into(),
            message: "nej".to_owned(),
            version: 0,
        };
        let mut staff = world.staff_of("ALM", &["admin"]);
        let refused = staff.move_technical_order(elsewhere).await.unwrap_err();
        assert_eq!(
            reason_of(&refused).as_deref(),
            Some("TECHNICAL_ORDER_NOT_FOUND")
        );
        assert_eq!(subscriptions(&mut own).await.len(), 1);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_ordered_for_a_customer_is_found_and_erased_with_the_customer() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let order = world.order(&offering).await;
        let mut system = world.provider("nordbredband");
        let asked = TechnicalOrderInput {
            sp_reference: order.order_number.clone(),
            sp_subscription_id: "S-1".to_owned(),
            external_note: "Anna har hund".to_owned(),
            equipment: vec![pb::orders::TechnicalEquipment {
                vendor_id: String::new(),
                mac_address: "01:23:45:67:89:AB".to_owned(),
            }],
            ..activate("BB-100-100")
        };
        let technical = created(&mut system, asked).await;
        crate::erasure::erase_anna(&world).await;

        let get = pb::orders::GetTechnicalOrderRequest {
            order_id: technical.order_id,
        };
        let left = system.get_technical_order(get).await.unwrap().into_inner();
        let left = left.order.unwrap().asked.unwrap();
        assert_eq!(
            [
                &left.access_id,
                &left.sp_reference,
                &left.sp_subscription_id,
                &left.external_note
            ],
            ["", "", "", ""]
        );
        assert!(left.equipment.is_empty());
        let found = subscriptions(&mut system).await;
        assert_eq!(found.len(), 1, "the service goes on");
        assert_eq!(
            [found[0].access_id.as_str(), &found[0].sp_reference],
            ["HAM-A-1", ""]
        );
        assert!(found[0].equipment.is_empty());
        // And it can be ended, and then nobody knows where it was.
        let end = TechnicalOrderInput {
            operation: TechnicalOperation::Deactivate.into(),
            subscription_id: found[0].subscription_id.clone(),
            ..TechnicalOrderInput::default()
        };
        ask(&mut system, end).await.unwrap();
        ask(&mut system, activate("BB-100-100")).await.unwrap();
        world.stop().await;
    })
    .await;
}
