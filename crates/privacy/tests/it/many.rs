//! Many erasures at once share their work, and none is lost or done twice.

use std::time::Instant;

use api::privacy::{DiscoveryAnswered, DiscoveryRequested, ExecutionAnswered, SearchKeys};
use futures::{StreamExt, stream};
use privacy::{Known, Origin};
use testkit::eventually;

use crate::diary::{self, email, network};
use crate::world::{Ground, PATIENCE, World};

const PERSONS: usize = 200;
/// As the consumer does: several lanes at once.
const LANES: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_at_once() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let world = ground.started().await;
        stay(&world).await;
        let started = Instant::now();
        stream::iter(0..PERSONS)
            .for_each_concurrent(LANES, |i| ask(&world, i))
            .await;
        let found = async || {
            world
                .answers::<DiscoveryAnswered>("diary.discovery.answered.v1")
                .await
        };
        eventually!(
            PATIENCE,
            world.recorded("diary.discovery.answered.v1").await == PERSONS
        );
        let discovered = started.elapsed();

        let found = found().await;
        assert!(found.iter().all(|f| f.categories[0].rows == 1));
        let orders: Vec<_> = found
            .iter()
            .zip(1..)
            .map(|(f, entry)| world.erasure(entry, f))
            .collect();
        let started = Instant::now();
        let world_ref = &world;
        let give = async |order| {
            world_ref
                .order("rights.execution.ordered.v1.diary", order)
                .await
                .unwrap();
        };
        stream::iter(&orders).for_each_concurrent(LANES, give).await;
        let done = async || {
            world
                .answers::<ExecutionAnswered>("diary.execution.answered.v1")
                .await
        };
        eventually!(
            PATIENCE,
            world.recorded("diary.execution.answered.v1").await == PERSONS
        );
        tracing::info!(?discovered, erased = ?started.elapsed(), persons = PERSONS, "at once");
        assert!(
            done()
                .await
                .iter()
                .all(|a| (a.keys_destroyed, a.categories[0].erased) == (1, 1))
        );
        assert_eq!(world.count("guest").await, 0);
        world.stop().await;
    }
}

fn address(i: usize) -> String {
    format!("guest{i}@example.se")
}

async fn stay(world: &World) {
    let work = world.outbox.begin().await.unwrap();
    for i in 0..PERSONS {
        let known = [Known::verified(email(&address(i)))];
        let admitted = world
            .privacy
            .subject(work.tx(), &network(), &known, Origin::OwnAct)
            .await
            .unwrap();
        diary::add_guest(&world.privacy, work.tx(), admitted.subject().unwrap()).await;
    }
    work.commit().await.unwrap();
}

async fn ask(world: &World, i: usize) {
    let request_id = format!("r-{i}");
    let keys = SearchKeys {
        emails: vec![address(i)],
        ..Default::default()
    };
    world
        .rights
        .with(|s| s.keys.insert(request_id.clone(), keys));
    let network = network().as_str().to_owned();
    let ask = DiscoveryRequested {
        request_id,
        network,
        kind: "erasure".to_owned(),
        round: 1,
        holder: String::new(),
    };
    world
        .order("rights.discovery.requested.v1", &ask)
        .await
        .unwrap();
}
