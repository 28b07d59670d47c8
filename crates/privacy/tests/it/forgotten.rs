//! Persons whom the service itself forgets: their keys go too, also when the service dies right after its commit.

use privacy::SubjectId;
use testkit::eventually;

use crate::world::{Ground, PATIENCE, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_follow_the_rows_by_themselves() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let world = ground.started().await;
        let subject = world.stay().await;
        assert!(keys(&world, subject).await > 0);
        forget(&world, subject).await;
        eventually!(PATIENCE, keys(&world, subject).await == 0);
        world.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_starts_again_finishes_it() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        // Fenced for want of a started holder: as if the process had ended with the commit.
        let world = ground.start().await;
        let subject = world.stay().await;
        forget(&world, subject).await;
        world.stop().await;
        let world = ground.started().await;
        eventually!(PATIENCE, keys(&world, subject).await == 0);
        world.stop().await;
    }
}

async fn forget(world: &World, subject: SubjectId) {
    let work = world.outbox.begin().await.unwrap();
    world.privacy.forget(work.tx(), &[subject]).await.unwrap();
    work.commit().await.unwrap();
}

async fn keys(world: &World, subject: SubjectId) -> u64 {
    let map = world.privacy.data_map();
    let categories: Vec<_> = map
        .categories
        .iter()
        .map(|category| category.name)
        .collect();
    world
        .privacy
        .vault()
        .keys_left(&[subject], &categories)
        .await
        .unwrap()
}
