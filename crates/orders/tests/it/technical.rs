//! Technical orders and subscriptions, as providers' systems and the network's staff move them.

use std::collections::BTreeMap;

use api as pb;
use orders::domain::technical::service::{ServiceRule, TechnicalRules};
use pb::orders::create_technical_order_response::Outcome;
use pb::orders::provider_service_client::ProviderServiceClient;
use pb::orders::{
    OrderStatus, Subscription, TechnicalEvent, TechnicalEventKind, TechnicalOperation as Op,
    TechnicalOrder, TechnicalOrderInput, TechnicalOrderState as State,
};
use service_kit::error::reason_of;
use service_kit::grpc::ClientChannel;
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::world::{PATIENCE, World};

type System = ProviderServiceClient<ClientChannel>;

pub fn activate(service: &str) -> TechnicalOrderInput {
    TechnicalOrderInput {
        operation: Op::Activate.into(),
        access_id: "HAM-A-1".to_owned(),
        service: service.to_owned(),
        ..TechnicalOrderInput::default()
    }
}

fn of(operation: Op, subscription: &str) -> TechnicalOrderInput {
    TechnicalOrderInput {
        operation: operation.into(),
        subscription_id: subscription.to_owned(),
        ..TechnicalOrderInput::default()
    }
}

pub fn rules(by_staff: bool) -> TechnicalRules {
    let rule = |service_type: &str, forced_takeover| ServiceRule {
        service_type: service_type.to_owned(),
        forced_takeover,
    };
    TechnicalRules {
        by_staff,
        services: BTreeMap::from([
            ("BB-250-250".to_owned(), rule("Broadband", true)),
            ("IPTV".to_owned(), rule("TV", false)),
        ]),
    }
}

pub async fn ask(system: &mut System, asked: TechnicalOrderInput) -> Result<Outcome, Status> {
    let request = pb::orders::CreateTechnicalOrderRequest { asked: Some(asked) };
    let answer = system.create_technical_order(request).await?;
    Ok(answer.into_inner().outcome.unwrap())
}

pub async fn created(system: &mut System, asked: TechnicalOrderInput) -> TechnicalOrder {
    match ask(system, asked).await.unwrap() {
        Outcome::Created(order) => order,
        other => panic!("not created: {other:?}"),
    }
}

pub async fn reason(system: &mut System, asked: TechnicalOrderInput) -> String {
    reason_of(&ask(system, asked).await.unwrap_err()).unwrap()
}

pub async fn subscriptions(system: &mut System) -> Vec<Subscription> {
    let request = pb::orders::ListSubscriptionsRequest::default();
    let answer = system.list_subscriptions(request).await.unwrap();
    answer.into_inner().subscriptions
}

async fn events(system: &mut System) -> Vec<TechnicalEvent> {
    let request = pb::orders::ListTechnicalEventsRequest::default();
    let request = pb::orders::ListTechnicalEventsRequest {
        size: 100,
        ..request
    };
    let answer = system.list_technical_events(request).await.unwrap();
    answer.into_inner().events
}

fn told(events: &[TechnicalEvent]) -> Vec<(bool, TechnicalEventKind, State)> {
    let one = |event: &TechnicalEvent| (!event.order_id.is_empty(), event.kind(), event.state());
    events.iter().map(one).collect()
}

async fn status_of(system: &mut System, order_id: &str) -> OrderStatus {
    let request = pb::orders::GetProviderOrderRequest {
        order_id: order_id.to_owned(),
        ..Default::default()
    };
    let answer = system.get_provider_order(request).await.unwrap();
    answer.into_inner().order.unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_activation_delivers_the_customers_order_and_asked_twice_is_once() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let order = world.order(&offering).await;
        let mut system = world.provider("nordbredband");
        let asked = TechnicalOrderInput {
            sp_reference: order.order_number.clone(),
            sp_subscription_id: "S-1".to_owned(),
            ..activate("BB-100-100")
        };
        let technical = created(&mut system, asked.clone()).await;
        assert_eq!(technical.state(), State::DoneSuccess);
        assert_eq!(technical.customer_order_id, order.order_id);
        assert_eq!(
            status_of(&mut system, &order.order_id).await,
            OrderStatus::Delivered
        );
        let Outcome::NothingToDo(nothing) = ask(&mut system, asked).await.unwrap() else {
            panic!("done twice");
        };
        assert_eq!(
            (nothing.access_id.as_str(), nothing.service.as_str()),
            ("HAM-A-1", "BB-100-100")
        );

        let found = subscriptions(&mut system).await;
        assert_eq!(found.len(), 1);
        let one = &found[0];
        assert_eq!(
            [
                one.access_id.as_str(),
                &one.service_type,
                &one.connection_date,
                &one.sp_reference
            ],
            ["HAM-A-1", "Broadband", "2026-11-22", &order.order_number]
        );
        assert_eq!(
            one.subscription_id,
            technical.asked.unwrap().subscription_id
        );

        let log = world.events("orders.order.status_changed.v1", 2).await;
        let states: Vec<_> = log
            .iter()
            .map(|e| e.decode::<pb::events::OrderStatusChanged>().unwrap().status)
            .collect();
        assert_eq!(states, ["received", "delivered"]);

        assert!(
            events(&mut system).await.is_empty(),
            "the second is not over"
        );
        world.clock.advance(chrono::Duration::seconds(1));
        let seen = events(&mut system).await;
        assert_eq!(
            told(&seen),
            [
                (true, TechnicalEventKind::Created, State::Received),
                (false, TechnicalEventKind::Created, State::Unspecified),
                (true, TechnicalEventKind::Updated, State::DoneSuccess),
            ]
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_lives_by_its_operations() {
    for_each_store(|url| async {
        let world = Box::pin(World::start_with_rules(url, rules(false))).await;
        let mut system = world.provider("nordbredband");
        let one = created(&mut system, activate("BB-100-100")).await;
        let id = one.asked.unwrap().subscription_id;

        for _ in 0..2 {
            ask(&mut system, of(Op::Suspend, &id)).await.unwrap();
            assert!(subscriptions(&mut system).await[0].suspended);
        }
        for _ in 0..2 {
            ask(&mut system, of(Op::Resume, &id)).await.unwrap();
            assert!(!subscriptions(&mut system).await[0].suspended);
        }
        let modify = TechnicalOrderInput {
            sp_reference: "KUND-7".to_owned(),
            equipment: vec![pb::orders::TechnicalEquipment {
                vendor_id: "CPE".to_owned(),
                mac_address: "ab:cd:ef:01:23:45".to_owned(),
            }],
            ..of(Op::Modify, &id)
        };
        created(&mut system, modify).await;
        let found = subscriptions(&mut system).await;
        assert_eq!(found[0].sp_reference, "KUND-7");
        assert_eq!(found[0].equipment[0].mac_address, "AB:CD:EF:01:23:45");
        assert_eq!(world.rows("access_log").await, 1, "a reading is logged");

        let change = TechnicalOrderInput {
            service: "BB-250-250".to_owned(),
            ..of(Op::Change, &id)
        };
        created(&mut system, change.clone()).await;
        let again = ask(&mut system, change).await.unwrap();
        assert!(matches!(again, Outcome::NothingToDo(_)), "{again:?}");
        assert_eq!(subscriptions(&mut system).await[0].service, "BB-250-250");
        // The type is taken by the changed one, and TV is another type.
        assert_eq!(
            reason(&mut system, activate("BB-100-100")).await,
            "SERVICE_TYPE_ACTIVE"
        );
        let television = created(&mut system, activate("IPTV")).await;
        let television = television.asked.unwrap().subscription_id;
        let onto_taken = TechnicalOrderInput {
            service: "BB-100-100".to_owned(),
            ..of(Op::Change, &television)
        };
        assert_eq!(reason(&mut system, onto_taken).await, "SERVICE_TYPE_ACTIVE");

        let deactivate = of(Op::Deactivate, &id);
        created(&mut system, deactivate.clone()).await;
        let again = ask(&mut system, deactivate).await.unwrap();
        assert!(matches!(again, Outcome::NothingToDo(_)), "{again:?}");
        assert_eq!(
            reason(&mut system, of(Op::Suspend, &id)).await,
            "SUBSCRIPTION_ENDED"
        );
        assert_eq!(subscriptions(&mut system).await.len(), 1, "the television");
        // As in 2.4: by access and service; also when there is none.
        let by_place = TechnicalOrderInput {
            operation: Op::Deactivate.into(),
            ..activate("IPTV")
        };
        created(&mut system, by_place.clone()).await;
        let again = ask(&mut system, by_place).await.unwrap();
        assert!(matches!(again, Outcome::NothingToDo(_)), "{again:?}");
        let since = pb::orders::ListSubscriptionsRequest {
            changed_since: Some(prost_types::Timestamp::default()),
            ..Default::default()
        };
        let all = system.list_subscriptions(since).await.unwrap().into_inner();
        assert_eq!(all.subscriptions.len(), 2);
        let ended = |one: &Subscription| one.disconnection_date == "2026-11-22";
        assert!(all.subscriptions.iter().all(ended));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_had_is_refused_and_changes_nothing() {
    for_each_store(|url| async {
        let world = World::start_with_rules(url, rules(false)).await;
        let mut system = world.provider("nordbredband");
        let at = |access: &str| TechnicalOrderInput {
            access_id: access.to_owned(),
            ..activate("BB-100-100")
        };
        for (asked, why) in [
            (at("HAM-A-9"), "ACCESS_UNKNOWN"),
            // Not connected.
            (at("HAM-A-2"), "SERVICE_UNKNOWN"),
            (activate("BB-1000"), "SERVICE_UNKNOWN"),
            (activate(""), "REQUEST_INVALID"),
            (
                TechnicalOrderInput {
                    forced_takeover: true,
                    ..activate("BB-100-100")
                },
                "REQUEST_INVALID",
            ),
            (
                TechnicalOrderInput {
                    sp_reference: "199001189811".to_owned(),
                    ..activate("BB-100-100")
                },
                "REQUEST_INVALID",
            ),
            (
                of(Op::Suspend, "0199f3a0-0000-7000-8000-000000000001"),
                "SUBSCRIPTION_NOT_FOUND",
            ),
        ] {
            assert_eq!(reason(&mut system, asked).await, why);
        }
        let typed = TechnicalOrderInput {
            service: "900118-9811".to_owned(),
            ..activate("")
        };
        let refused = ask(&mut system, typed).await.unwrap_err();
        assert_eq!(
            refused.message(),
            "Unknown service: ''",
            "nothing is repeated"
        );
        let mut without = world.provider("utanavtal");
        let refused = ask(&mut without, activate("BB-100-100")).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
        assert_eq!(
            (
                world.rows("technical_order").await,
                world.rows("subscription").await,
                world.rows("technical_event").await
            ),
            (0, 0, 0)
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_at_once_one_gets_the_place() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let calls = ["nordbredband", "sydfiber", "nordbredband", "sydfiber"].map(|provider| {
            let mut system = world.provider(provider);
            tokio::spawn(async move { ask(&mut system, activate("BB-100-100")).await })
        });
        let (mut made, mut same, mut claimed) = (0, 0, 0);
        for call in calls {
            match call.await.unwrap() {
                Ok(Outcome::Created(_)) => made += 1,
                Ok(_) => same += 1,
                Err(refused) => {
                    assert_eq!(reason_of(&refused).as_deref(), Some("SERVICE_TYPE_CLAIMED"));
                    claimed += 1;
                }
            }
        }
        assert_eq!((made, same, claimed), (1, 1, 2));
        assert_eq!(
            (
                world.rows("subscription").await,
                world.rows("technical_order").await
            ),
            (1, 1)
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_takeover_ends_the_other_providers_subscription_and_tells_it() {
    for_each_store(|url| async {
        let world = World::start_with_rules(url, rules(false)).await;
        let (mut first, mut second) = (world.provider("nordbredband"), world.provider("sydfiber"));
        created(&mut first, activate("BB-250-250")).await;
        assert_eq!(
            reason(&mut second, activate("BB-250-250")).await,
            "SERVICE_TYPE_CLAIMED"
        );
        let takeover = TechnicalOrderInput {
            forced_takeover: true,
            ..activate("BB-250-250")
        };
        created(&mut second, takeover).await;
        assert!(subscriptions(&mut first).await.is_empty());
        assert_eq!(subscriptions(&mut second).await.len(), 1);
        world.clock.advance(chrono::Duration::seconds(1));
        let seen = events(&mut first).await;
        assert_eq!(
            told(&seen).last(),
            Some(&(false, TechnicalEventKind::Deleted, State::Unspecified))
        );
        assert_eq!(
            reason(&mut first, activate("BB-100-100")).await,
            "SERVICE_TYPE_CLAIMED"
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_for_later_is_carried_out_when_its_time_has_come() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let mut system = world.provider("nordbredband");
        let now = kernel::Clock::now(&world.clock).timestamp();
        let later = TechnicalOrderInput {
            requested_at: Some(prost_types::Timestamp {
                seconds: now + 60,
                nanos: 0,
            }),
            ..activate("BB-100-100")
        };
        let order = created(&mut system, later).await;
        assert_eq!(order.state(), State::Received);
        assert!(subscriptions(&mut system).await.is_empty());
        world.clock.advance(chrono::Duration::seconds(61));
        testkit::eventually!(PATIENCE, world.rows("subscription").await == 1);
        let get = pb::orders::GetTechnicalOrderRequest {
            order_id: order.order_id,
        };
        let done = system.get_technical_order(get).await.unwrap().into_inner();
        assert_eq!(done.order.unwrap().state(), State::DoneSuccess);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_the_port_is_too_slow_for_is_not_activated_nor_changed_to() {
    for_each_store(|url| async {
        let world = World::start_with_rules(url, rules(false)).await;
        world.provider_of("nordbredband").await;
        let mut system = world.provider("nordbredband");
        created(&mut system, activate("BB-100-100")).await;
        let subscription = subscriptions(&mut system).await.remove(0);
        world.ports(Some(100_000), &[("BB-250-250", 250)]);
        let change = TechnicalOrderInput {
            service: "BB-250-250".to_owned(),
            ..of(Op::Change, &subscription.subscription_id)
        };
        for asked in [activate("BB-250-250"), change] {
            let refused = ask(&mut system, asked).await.unwrap_err();
            assert_eq!(reason_of(&refused).as_deref(), Some("CAPACITY_EXCEEDED"));
            assert_eq!(
                refused.message(),
                "it needs 250 Mbit/s, and the port can do 100 Mbit/s at most"
            );
        }
        assert_eq!(subscriptions(&mut system).await[0].service, "BB-100-100");
        world.stop().await;
    })
    .await;
}
