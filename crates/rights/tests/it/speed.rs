use std::time::Instant;

use api::rights as pb;
use futures::StreamExt as _;

use crate::world::{NETWORK, Store, World, asking};

/// Not a bench, a first look: `cargo test -p rights --test it speed -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures, does not judge"]
#[expect(clippy::print_stdout, reason = "the figure is what it is for")]
async fn decisions_to_certificates() {
    service_kit::install_crypto();
    for store in [Store::Postgres, Store::Sqlite] {
        let (world, alpha, beta) = World::with_holders(store).await;
        let count = 200;
        let emails: Vec<String> = (0..count)
            .map(|n| format!("person{n}@example.com"))
            .collect();
        let mut ids = Vec::new();
        for email in &emails {
            alpha.note(NETWORK, None, email).await;
            let opened = world
                .staff("kim")
                .open_request(asking(pb::RequestKind::Erasure, &[], &[email]))
                .await
                .unwrap();
            ids.push(opened.into_inner().request_id);
        }
        for id in &ids {
            world.reaches(id, pb::RequestState::AwaitingDecision).await;
        }
        let started = Instant::now();
        let decided = futures::stream::iter(&ids).for_each_concurrent(32, |id| {
            let world = &world;
            async move {
                world.decide("kim", id).await.unwrap();
            }
        });
        decided.await;
        for id in ids.iter().rev() {
            world.reaches(id, pb::RequestState::Completed).await;
        }
        let rate = f64::from(count) / started.elapsed().as_secs_f64();
        println!("{store:?}: {count} erasures over three holders, {rate:.0} per second");
        alpha.stop().await;
        beta.stop().await;
        world.stop().await;
    }
}
