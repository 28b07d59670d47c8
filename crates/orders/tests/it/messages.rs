//! What a provider writes about its orders, the log in which it stands, and orders by time.

use api as pb;
use chrono::{DateTime, Duration, Utc};
use kernel::Clock as _;
use pb::common::PageRequest;
use pb::orders::provider_service_client::ProviderServiceClient;
use pb::orders::{MessageType, OrderLogEntry, OrderStatus};
use service_kit::error::{reason_of, violations_of};
use service_kit::grpc::ClientChannel;
use testkit::store::for_each_store;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::world::World;

type Provider = ProviderServiceClient<ClientChannel>;

pub fn message(order_id: &str, kind: MessageType, text: &str) -> pb::orders::AddMessageRequest {
    pb::orders::AddMessageRequest {
        command_id: Uuid::new_v4().to_string(),
        order_id: order_id.to_owned(),
        r#type: kind.into(),
        message: text.to_owned(),
    }
}

pub fn log_of(order_id: &str, page_size: u32, page_token: &str) -> pb::orders::ListOrderLogRequest {
    pb::orders::ListOrderLogRequest {
        order_id: order_id.to_owned(),
        page: Some(PageRequest {
            page_size,
            page_token: page_token.to_owned(),
        }),
    }
}

fn by_number(number: &str) -> pb::orders::GetProviderOrderRequest {
    pb::orders::GetProviderOrderRequest {
        order_number: number.to_owned(),
        ..Default::default()
    }
}

fn since(at: DateTime<Utc>, page_token: &str) -> pb::orders::ListProviderOrdersRequest {
    pb::orders::ListProviderOrdersRequest {
        placed_since: Some(prost_types::Timestamp {
            seconds: at.timestamp(),
            nanos: 0,
        }),
        page: Some(PageRequest {
            page_size: 2,
            page_token: page_token.to_owned(),
        }),
    }
}

/// All lines, page by page.
async fn whole_log(provider: &mut Provider, order: &str) -> Vec<String> {
    let (mut lines, mut token) = (Vec::new(), String::new());
    loop {
        let page = provider
            .list_order_log(log_of(order, 2, &token))
            .await
            .unwrap()
            .into_inner();
        assert!(page.log.len() <= 2);
        lines.extend(page.log.iter().map(in_words));
        token = page.next_page_token;
        if token.is_empty() {
            return lines;
        }
    }
}

fn in_words(line: &OrderLogEntry) -> String {
    let OrderLogEntry {
        kind,
        actor,
        text,
        details,
        ..
    } = line;
    format!("{kind} · {actor} · {text} · {}", details.join(","))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_written_once_and_read_by_both_sides() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let order = world.order(&offering).await.order_id;
        let mut provider = world.provider("nordbredband");
        world.clock.advance(Duration::minutes(1));
        let told = message(&order, MessageType::Error, "  Port finns ej hos Anna ");
        for repeated in [false, true] {
            let answer = provider.add_message(told.clone()).await.unwrap();
            assert_eq!(answer.into_inner().repeated, repeated);
        }
        world.clock.advance(Duration::minutes(1));
        let set = pb::orders::SetStatusRequest {
            order_id: order.clone(),
            status: OrderStatus::Received.into(),
            message: "alert".to_owned(),
        };
        provider.set_status(set).await.unwrap();
        assert_eq!(world.rows("access_log").await, 0, "writing is not reading");

        let log = whole_log(&mut provider, &order).await;
        insta::assert_snapshot!("order_log_of_the_provider", log.join("\n"));
        let pages_with_messages = 2;
        assert_eq!(world.rows("access_log").await, pages_with_messages);
        assert_eq!(world.rows("disclosure").await, 0);

        let asked = pb::orders::GetOrderRequest {
            network: "HAM".to_owned(),
            order_id: order.clone(),
        };
        let staff = world.admin().get_order(asked).await.unwrap().into_inner();
        let seen: Vec<String> = staff.log.iter().map(in_words).collect();
        assert_eq!(seen, log, "they share it");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_neither_write_nor_read_nor_find() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        world.offering_of("sydfiber").await;
        let order = world.order(&offering).await;
        let lines = world.rows("order_log").await;
        let long_ago = world.clock.now() - Duration::days(1);
        for mut stranger in [
            world.provider("sydfiber"),
            world.provider_in("ALM", "nordbredband"),
        ] {
            let told = message(&order.order_id, MessageType::Log, "who is it?");
            let unknown = stranger.get_provider_order(by_number("HAM-000999")).await;
            let unknown = unknown.unwrap_err();
            let refused: [Status; 3] = [
                stranger.add_message(told).await.unwrap_err(),
                stranger
                    .list_order_log(log_of(&order.order_id, 0, ""))
                    .await
                    .unwrap_err(),
                stranger
                    .get_provider_order(by_number(&order.order_number))
                    .await
                    .unwrap_err(),
            ];
            for status in refused {
                assert_eq!(
                    (status.code(), status.message()),
                    (Code::NotFound, unknown.message())
                );
                assert_eq!(reason_of(&status).as_deref(), Some("ORDER_NOT_FOUND"));
            }
            let found = stranger.list_provider_orders(since(long_ago, "")).await;
            assert!(found.unwrap().into_inner().orders.is_empty());
            let from_it = since(long_ago, &order.order_id);
            let refused = stranger.list_provider_orders(from_it).await.unwrap_err();
            assert_eq!(reason_of(&refused).as_deref(), Some("REQUEST_INVALID"));
        }
        assert_eq!(world.rows("order_log").await, lines);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_listed_from_a_time_and_found_by_number() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let begin = world.clock.now();
        let mut numbers = Vec::new();
        // Two at each moment: pages end among orders of one time, too.
        for _ in 0..3 {
            for _ in 0..2 {
                numbers.push(world.order(&offering).await.order_number);
            }
            world.clock.advance(Duration::hours(1));
        }
        let mut provider = world.provider("nordbredband");
        for (from, wanted) in [
            (begin, &numbers[..]),
            (begin + Duration::hours(1), &numbers[2..]),
            (begin + Duration::seconds(3_601), &numbers[4..]),
            (begin + Duration::hours(3), &[]),
        ] {
            let (mut found, mut token) = (Vec::new(), String::new());
            loop {
                let page = provider.list_provider_orders(since(from, &token)).await;
                let page = page.unwrap().into_inner();
                assert!(page.orders.len() <= 2);
                found.extend(page.orders.into_iter().map(|order| order.order_number));
                token = page.next_page_token;
                if token.is_empty() {
                    break;
                }
            }
            found.sort();
            assert_eq!(found, wanted);
        }
        let found = provider.get_provider_order(by_number(&numbers[3])).await;
        let found = found.unwrap().into_inner().order.unwrap();
        assert_eq!(
            (found.order_number, found.access_id.as_str()),
            (numbers[3].clone(), "HAM-A-1")
        );
        assert_eq!(
            (
                world.rows("access_log").await,
                world.rows("disclosure").await
            ),
            (0, 0)
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_and_writes_nothing() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let order = world.order(&offering).await.order_id;
        let lines = world.rows("order_log").await;
        let mut provider = world.provider("nordbredband");
        let right = message(&order, MessageType::Log, "x");
        let wrong = [
            (
                "command_id",
                pb::orders::AddMessageRequest {
                    command_id: "1".to_owned(),
                    ..right.clone()
                },
            ),
            ("type", message(&order, MessageType::Unspecified, "x")),
            (
                "type",
                pb::orders::AddMessageRequest {
                    r#type: 99,
                    ..right.clone()
                },
            ),
            ("message", message(&order, MessageType::Log, "  ")),
            (
                "message",
                message(&order, MessageType::Log, &"å".repeat(1_001)),
            ),
        ];
        for (field, request) in wrong {
            let refused = provider.add_message(request).await.unwrap_err();
            assert_eq!(violations_of(&refused)[0].field, field);
        }
        assert_eq!(world.rows("order_log").await, lines);
        provider
            .add_message(message(&order, MessageType::Log, &"å".repeat(1_000)))
            .await
            .unwrap();
        for token in ["x", &Uuid::new_v4().to_string()] {
            let refused = provider
                .list_order_log(log_of(&order, 0, token))
                .await
                .unwrap_err();
            assert_eq!(violations_of(&refused)[0].field, "page.page_token");
            let refused = provider
                .list_provider_orders(since(world.clock.now(), token))
                .await
                .unwrap_err();
            assert_eq!(violations_of(&refused)[0].field, "page.page_token");
        }
        let refused = provider
            .list_provider_orders(pb::orders::ListProviderOrdersRequest::default())
            .await
            .unwrap_err();
        assert_eq!(violations_of(&refused)[0].field, "placed_since");
        world.stop().await;
    })
    .await;
}
