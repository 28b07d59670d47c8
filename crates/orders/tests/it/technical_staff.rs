//! Technical orders in a network whose staff carry them out.

use api as pb;
use pb::orders::create_technical_order_response::Outcome;
use pb::orders::{TechnicalOrderInput, TechnicalOrderState as State};
use service_kit::error::reason_of;
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::technical::{activate, ask, created, reason, rules, subscriptions};
use crate::world::World;

async fn moved(world: &World, id: &str, to: State, message: &str) -> Result<(), Status> {
    let request = pb::orders::MoveTechnicalOrderRequest {
        network: "HAM".to_owned(),
        order_id: id.to_owned(),
        state: to.into(),
        message: message.to_owned(),
        version: 0,
    };
    world.admin().move_technical_order(request).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_network_with_staff_an_order_waits_and_may_be_changed() {
    for_each_store(|url| async {
        let world = World::start_with_rules(url, rules(true)).await;
        let mut system = world.provider("nordbredband");
        let order = created(&mut system, activate("BB-100-100")).await;
        assert_eq!(order.state(), State::Received);
        let Outcome::Existing(same) = ask(&mut system, activate("BB-100-100")).await.unwrap()
        else {
            panic!("not the same");
        };
        assert_eq!(same.order_id, order.order_id);
        // Ordered is taken, also for another.
        assert_eq!(
            reason(&mut world.provider("sydfiber"), activate("BB-100-100")).await,
            "SERVICE_TYPE_CLAIMED"
        );

        let change = |version| pb::orders::ChangeTechnicalOrderRequest {
            order_id: order.order_id.clone(),
            asked: Some(TechnicalOrderInput {
                external_note: "Ring först".to_owned(),
                ..activate("BB-100-100")
            }),
            version,
        };
        let changed = system.change_technical_order(change(order.version)).await;
        let changed = changed.unwrap().into_inner().order.unwrap();
        assert_eq!(changed.asked.unwrap().external_note, "Ring först");
        let stale = system.change_technical_order(change(order.version)).await;
        assert_eq!(
            reason_of(&stale.unwrap_err()).as_deref(),
            Some("VERSION_CHANGED")
        );

        let listed = pb::orders::ListNetworkTechnicalOrdersRequest {
            network: "HAM".to_owned(),
            ..Default::default()
        };
        let listed = world.admin().list_network_technical_orders(listed).await;
        let listed = listed.unwrap().into_inner().orders;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].asked.as_ref().unwrap().external_note, "");

        moved(&world, &order.order_id, State::InProgress, "")
            .await
            .unwrap();
        let late = system.change_technical_order(change(0)).await.unwrap_err();
        let delete = pb::orders::DeleteTechnicalOrderRequest {
            order_id: order.order_id.clone(),
        };
        let late_too = system.delete_technical_order(delete).await.unwrap_err();
        for refused in [late, late_too] {
            assert_eq!(
                reason_of(&refused).as_deref(),
                Some("TECHNICAL_ORDER_NOT_RECEIVED")
            );
        }
        let silent = moved(&world, &order.order_id, State::DoneFailed, "").await;
        assert_eq!(silent.unwrap_err().code(), Code::InvalidArgument);
        moved(&world, &order.order_id, State::DoneFailed, "Porten saknas")
            .await
            .unwrap();
        let back = moved(&world, &order.order_id, State::InProgress, "").await;
        assert_eq!(
            reason_of(&back.unwrap_err()).as_deref(),
            Some("TECHNICAL_TRANSITION_NOT_ALLOWED")
        );
        let get = pb::orders::GetTechnicalOrderRequest {
            order_id: order.order_id.clone(),
        };
        let failed = system.get_technical_order(get).await.unwrap().into_inner();
        assert_eq!(failed.order.unwrap().message, "Porten saknas");

        // The place is free again; what is taken back is gone.
        let again = created(&mut system, activate("BB-100-100")).await;
        let delete = pb::orders::DeleteTechnicalOrderRequest {
            order_id: again.order_id.clone(),
        };
        system.delete_technical_order(delete).await.unwrap();
        let get = pb::orders::GetTechnicalOrderRequest {
            order_id: again.order_id,
        };
        let gone = system.get_technical_order(get).await.unwrap_err();
        assert_eq!(gone.code(), Code::NotFound);
        let other = created(&mut world.provider("sydfiber"), activate("BB-100-100")).await;
        moved(&world, &other.order_id, State::DoneSuccess, "")
            .await
            .unwrap();
        assert_eq!(
            subscriptions(&mut world.provider("sydfiber")).await.len(),
            1
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_narrow_the_list_and_of_two_who_move_an_order_the_second_is_told() {
    for_each_store(|url| async {
        let world = World::start_with_rules(url, rules(true)).await;
        let first = created(&mut world.provider("nordbredband"), activate("BB-100-100")).await;
        let listed = async |provider: &str, access: &str, state: State| {
            let request = pb::orders::ListNetworkTechnicalOrdersRequest {
                network: "HAM".to_owned(),
                state: state.into(),
                page: None,
                access_id: access.to_owned(),
                provider_id: provider.to_owned(),
            };
            let mut admin = world.admin();
            let listed = admin.list_network_technical_orders(request).await;
            listed.map(|page| page.into_inner().orders.len())
        };
        let access = first.asked.clone().unwrap().access_id;
        for (provider, at, state, count) in [
            ("", "", State::Unspecified, 1),
            ("nordbredband", access.as_str(), State::Received, 1),
            ("sydfiber", "", State::Unspecified, 0),
            ("", "HAM-NOT-THERE", State::Unspecified, 0),
            ("", "", State::DoneFailed, 0),
        ] {
            assert_eq!(listed(provider, at, state).await.unwrap(), count);
        }
        let wrong = listed("NOT A PROVIDER", "", State::Unspecified).await;
        assert_eq!(wrong.unwrap_err().code(), Code::InvalidArgument);

        let get = async |network: &str, id: &str| {
            let request = pb::orders::GetNetworkTechnicalOrderRequest {
                network: network.to_owned(),
                order_id: id.to_owned(),
            };
            let got = world.admin().get_network_technical_order(request).await;
            got.map(|got| got.into_inner().order.unwrap())
        };
        let seen = get("HAM", &first.order_id).await.unwrap();
        assert_eq!(seen.asked.as_ref().unwrap().sp_reference, "");
        for unknown in ["0192b3c4-0000-7000-8000-000000000099", "x"] {
            let status = get("HAM", unknown).await.unwrap_err();
            assert_eq!(
                reason_of(&status).as_deref(),
                Some("TECHNICAL_ORDER_NOT_FOUND")
            );
        }
        let elsewhere = get("OTH", &first.order_id).await.unwrap_err();
        assert_eq!(reason_of(&elsewhere).as_deref(), Some("OTHER_NETWORK"));

        let take = async || {
            let request = pb::orders::MoveTechnicalOrderRequest {
                network: "HAM".to_owned(),
                order_id: first.order_id.clone(),
                state: State::InProgress.into(),
                message: String::new(),
                version: seen.version,
            };
            world.admin().move_technical_order(request).await
        };
        let taken = take().await.unwrap().into_inner().order.unwrap();
        assert_eq!(taken.state(), State::InProgress);
        let second = take().await.unwrap_err();
        assert_eq!(reason_of(&second).as_deref(), Some("VERSION_CHANGED"));
        world.stop().await;
    })
    .await;
}
