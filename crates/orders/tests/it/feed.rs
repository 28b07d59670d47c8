use api as pb;
use futures::future::join_all;
use service_kit::error::reason_of;
use testkit::store::for_each_store;
use tokio::time::timeout;

use crate::world::{PATIENCE, World};

fn from(cursor: &str, follow: bool) -> pb::orders::StreamOrdersRequest {
    pb::orders::StreamOrdersRequest {
        cursor: cursor.to_owned(),
        follow,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_goes_on_where_its_cursor_ended() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let (first, second) = (world.order(&offering).await, world.order(&offering).await);
        let mut provider = world.provider("nordbredband");
        let read = |cursor: String| {
            let mut provider = world.provider("nordbredband");
            async move {
                let mut feed = provider
                    .stream_orders(from(&cursor, false))
                    .await
                    .unwrap()
                    .into_inner();
                let mut found = Vec::new();
                while let Some(change) = feed.message().await.unwrap() {
                    found.push((change.order.unwrap().order_id, change.cursor));
                }
                found
            }
        };
        let all = read(String::new()).await;
        let ids: Vec<_> = all.iter().map(|(id, _)| id.clone()).collect();
        assert_eq!(ids, [first.order_id.clone(), second.order_id.clone()]);
        assert_eq!(read(all[0].1.clone()).await, all[1..]);
        assert_eq!(read(all[1].1.clone()).await, []);

        let acknowledge = pb::orders::AcknowledgeOrderRequest {
            order_id: first.order_id.clone(),
        };
        provider.acknowledge_order(acknowledge).await.unwrap();
        let news = read(all[1].1.clone()).await;
        assert_eq!(
            news.iter().map(|(id, _)| id).collect::<Vec<_>>(),
            [&first.order_id]
        );

        for (cursor, reason) in [
            ("nonsense", "CURSOR_INVALID"),
            ("9.1", "CURSOR_EXPIRED"),
            ("1.999", "CURSOR_EXPIRED"),
        ] {
            let refused = provider
                .stream_orders(from(cursor, false))
                .await
                .unwrap_err();
            assert_eq!(reason_of(&refused).as_deref(), Some(reason));
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_followed_feed_misses_nothing_that_commits_at_once() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = world.offering_of("nordbredband").await;
        let mut feed = world
            .provider("nordbredband")
            .stream_orders(from("", true))
            .await
            .unwrap()
            .into_inner();
        let mut placed: Vec<_> = join_all((0..24).map(|_| world.order(&offering)))
            .await
            .into_iter()
            .map(|o| o.order_id)
            .collect();
        let mut seen = Vec::new();
        while seen.len() < placed.len() {
            let change = timeout(PATIENCE, feed.message())
                .await
                .expect("the feed goes on")
                .unwrap()
                .unwrap();
            seen.push(change.order.unwrap().order_id);
        }
        placed.sort();
        seen.sort();
        assert_eq!(seen, placed);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_keeps_only_so_many_streams_open() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let mut open = Vec::new();
        for _ in 0..chassis::feed::STREAMS_PER_READER_MAX {
            open.push(
                world
                    .provider("nordbredband")
                    .stream_orders(from("", true))
                    .await
                    .unwrap()
                    .into_inner(),
            );
        }
        let refused = world
            .provider("nordbredband")
            .stream_orders(from("", true))
            .await
            .unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("TOO_MANY_STREAMS"));
        world
            .provider("sydfiber")
            .stream_orders(from("", true))
            .await
            .unwrap();
        world.stop().await;
    })
    .await;
}
