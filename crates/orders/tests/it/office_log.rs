//! The log across orders: the network's, and a provider's own.

use api as pb;
use chrono::Duration;
use pb::common::PageRequest;
use pb::orders::{FoundLogEntry, ListNetworkLogRequest, ListOwnLogRequest, OrderStatus};
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;
use tonic::Status;

use crate::world::World;

async fn network(
    world: &World,
    asked: ListNetworkLogRequest,
) -> Result<(Vec<FoundLogEntry>, String), Status> {
    let asked = ListNetworkLogRequest {
        network: "HAM".to_owned(),
        ..asked
    };
    let page = world.admin().list_network_log(asked).await?.into_inner();
    Ok((page.lines, page.next_page_token))
}

async fn found(world: &World, asked: ListNetworkLogRequest) -> Vec<String> {
    told(network(world, asked).await.unwrap().0)
}

fn told(lines: Vec<FoundLogEntry>) -> Vec<String> {
    let line = |found: FoundLogEntry| {
        let entry = found.entry.unwrap();
        format!(
            "{} {} {} {} {}",
            found.order_number, found.provider_id, entry.kind, entry.actor, entry.text
        )
    };
    lines.into_iter().map(line).collect()
}

/// One order of each of two providers; the first is received with a message, and then cancelled by staff.
async fn furnish(world: &World) -> [String; 2] {
    let (north, south) = (
        world.offering_of("nordbredband").await,
        world.offering_of("sydfiber").await,
    );
    let first = world.order(&north).await.order_id;
    world.clock.advance(Duration::minutes(1));
    let second = world.order(&south).await.order_id;
    world.clock.advance(Duration::minutes(1));
    let received = pb::orders::SetStatusRequest {
        order_id: first.clone(),
        status: OrderStatus::Received.into(),
        message: "Anna Provsson ringde".to_owned(),
    };
    let mut provider = world.provider("nordbredband");
    provider.set_status(received).await.unwrap();
    world.clock.advance(Duration::minutes(1));
    let cancelled = pb::orders::MoveOrderRequest {
        network: "HAM".to_owned(),
        order_id: first.clone(),
        expected: OrderStatus::Received.into(),
        status: OrderStatus::Cancelled.into(),
        reason: "Anna flyttar".to_owned(),
    };
    world.admin().move_order(cancelled).await.unwrap();
    [first, second]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_finds_what_happened_across_orders_and_opens_nothing() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        furnish(&world).await;
        let all = found(&world, ListNetworkLogRequest::default()).await;
        insta::assert_snapshot!("network_log", all.join("\n"));
        let is = |asked| found(&world, asked);
        let by_kind = is(ListNetworkLogRequest {
            kind: "status".to_owned(),
            ..Default::default()
        });
        assert_eq!(
            by_kind.await,
            [
                "HAM-000001 nordbredband status staff:user-1 received → cancelled",
                "HAM-000001 nordbredband status provider:nordbredband new → received"
            ]
        );
        let by_actor = is(ListNetworkLogRequest {
            actor: "customer".to_owned(),
            order_number: "HAM-000002".to_owned(),
            ..Default::default()
        });
        assert_eq!(
            by_actor.await,
            ["HAM-000002 sydfiber placed customer order placed"]
        );
        let by_provider = is(ListNetworkLogRequest {
            provider_id: "sydfiber".to_owned(),
            ..Default::default()
        });
        assert_eq!(by_provider.await.len(), 3);
        // 12:01 is when the second order was placed; the end is not included.
        let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let noon = 1_795_348_800;
        let by_time = is(ListNetworkLogRequest {
            from: at(noon + 60),
            until: at(noon + 120),
            ..Default::default()
        });
        assert_eq!(by_time.await.len(), 3);
        assert_eq!(world.rows("access_log").await, 0, "nobody was read");

        let unknown = network(
            &world,
            ListNetworkLogRequest {
                order_number: "HAM-000009".to_owned(),
                ..Default::default()
            },
        );
        let unknown = unknown.await.unwrap_err();
        assert_eq!(reason_of(&unknown).as_deref(), Some("ORDER_NOT_FOUND"));
        let other = ListNetworkLogRequest {
            network: "ALM".to_owned(),
            ..Default::default()
        };
        let mut staff = world.staff_of("ALM", &["admin"]);
        let other = staff.list_network_log(other).await;
        assert!(other.unwrap().into_inner().lines.is_empty());
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_and_a_page_of_another_is_none() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        furnish(&world).await;
        let all = found(&world, ListNetworkLogRequest::default()).await;
        let (mut paged, mut page_token) = (Vec::new(), String::new());
        loop {
            let asked = ListNetworkLogRequest {
                page: Some(PageRequest {
                    page_size: 2,
                    page_token,
                }),
                ..Default::default()
            };
            let (lines, next) = network(&world, asked).await.unwrap();
            assert!(lines.len() <= 2);
            paged.extend(told(lines));
            page_token = next;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(paged, all, "nothing twice, nothing left out");

        let first = ListOwnLogRequest {
            page: Some(PageRequest {
                page_size: 2,
                page_token: String::new(),
            }),
            ..Default::default()
        };
        let mut north = world.provider("nordbredband");
        let page = north
            .list_own_log(first.clone())
            .await
            .unwrap()
            .into_inner();
        let next = ListOwnLogRequest {
            page: Some(PageRequest {
                page_size: 2,
                page_token: page.next_page_token,
            }),
            ..first
        };
        assert_eq!(
            north
                .list_own_log(next.clone())
                .await
                .unwrap()
                .into_inner()
                .lines
                .len(),
            2
        );
        let foreign = world.provider("sydfiber").list_own_log(next).await;
        let foreign = foreign.unwrap_err();
        assert_eq!(violations_of(&foreign)[0].field, "page.page_token");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_finds_its_own_and_not_who_of_the_staff_did_what() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        furnish(&world).await;
        let all = ListOwnLogRequest::default();
        let mut north = world.provider("nordbredband");
        let lines = north.list_own_log(all.clone()).await;
        let lines = told(lines.unwrap().into_inner().lines);
        insta::assert_snapshot!("own_log", lines.join("\n"));
        let south = world.provider("sydfiber").list_own_log(all.clone()).await;
        let south = told(south.unwrap().into_inner().lines);
        assert!(
            south.iter().all(|line| line.starts_with("HAM-000002 ")),
            "{south:?}"
        );
        let anothers = ListOwnLogRequest {
            order_number: "HAM-000001".to_owned(),
            ..all
        };
        let refused = world.provider("sydfiber").list_own_log(anothers).await;
        let refused = refused.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("ORDER_NOT_FOUND"));
        world.stop().await;
    })
    .await;
}
