//! Sealing the access log: what leaves the service, once, in order; and what a restored database gets back.

use std::sync::Arc;

use privacy::{AccessBatch, SubjectId};
use testkit::eventually;

use crate::world::{Ground, PATIENCE, World};

const UNSEALED: &str = "access_log WHERE batch_number IS NULL";

#[tokio::test(flavor = "multi_thread")]
async fn every_line_leaves_once_in_a_chain_that_names_nobody() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let world = ground.started().await;
        let subject = world.stay().await;
        read_and_sealed(&world, subject, 300).await;
        read_and_sealed(&world, subject, 1).await;

        let batches = world.batches().await;
        assert_chained(&batches.iter().map(|(b, _)| b.clone()).collect::<Vec<_>>());
        let lines: Vec<_> = batches.iter().map(|(b, _)| b.lines).collect();
        assert_eq!(lines, [256, 44, 1]);
        assert_eq!(world.count("access_log").await, 301);
        assert_eq!(world.count("access_batch").await, 3);
        let told = [
            subject.as_uuid().as_bytes().to_vec(),
            subject.to_string().into_bytes(),
            b"customer_service_call".to_vec(),
            b"guest:".to_vec(),
            b"crm".to_vec(),
        ];
        for (_, copy) in &batches {
            let bytes = prost::Message::encode_to_vec(copy);
            for one in &told {
                assert!(
                    !bytes.windows(one.len()).any(|at| at == one),
                    "{}",
                    String::from_utf8_lossy(one)
                );
            }
        }
        world.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_seal_each_line_once_in_one_chain() {
    let ground = Ground::postgres().await;
    let (one, other) = (ground.started().await, ground.started().await);
    let subject = one.stay().await;
    for _ in 0..6 {
        tokio::join!(one.read(subject, 130), other.read(subject, 170));
    }
    sealed(&one).await;
    let heads: Vec<_> = one.batches().await.into_iter().map(|(b, _)| b).collect();
    assert_chained(&heads);
    assert_eq!(heads.iter().map(|b| b.lines).sum::<u32>(), 1_800);
    assert_eq!(
        heads.last().unwrap().epoch,
        1,
        "nobody was taken for restored"
    );
    other.stop().await;
    one.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_database_gets_back_what_it_had_forgotten() {
    let ground = Ground::sqlite();
    let world = ground.started().await;
    let subject = world.stay().await;
    read_and_sealed(&world, subject, 2).await;
    world.privacy.database().checkpoint().await.unwrap();
    let backup = std::fs::read(ground.file()).unwrap();
    read_and_sealed(&world, subject, 3).await;
    let before = replicated(&world).await;
    world.stop().await;

    std::fs::write(ground.file(), backup).unwrap();
    let world = ground.started().await;
    assert_eq!(world.count("access_log").await, 5);
    assert_eq!(world.count(UNSEALED).await, 0);
    assert!(world.announced().await.last().unwrap().restored);
    goes_on_after(&world, subject, &before).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_lost_from_a_postgres_come_back() {
    use sea_orm::ConnectionTrait as _;
    let ground = Ground::postgres().await;
    let world = ground.started().await;
    let subject = world.stay().await;
    read_and_sealed(&world, subject, 2).await;
    read_and_sealed(&world, subject, 3).await;
    let before = replicated(&world).await;
    world.stop().await;
    // What pg_restore of a dump would leave: from after the second batch's lines, before they were sealed.
    let privacy = ground.privacy().await;
    let tx = privacy.database().begin().await.unwrap();
    tx.execute_unprepared(
        "DELETE FROM access_batch WHERE number = 2; UPDATE access_chain SET number = 1, hash = (SELECT hash FROM \
         access_batch WHERE number = 1), compared = 0; DELETE FROM outbox; \
         UPDATE access_log SET batch_epoch = NULL, batch_number = NULL WHERE batch_number = 2",
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    privacy.database().close().await.unwrap();
    privacy.vault().database().close().await.unwrap();
    let world = ground.started().await;
    assert_eq!(world.count("access_log").await, 5);
    goes_on_after(&world, subject, &before).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_number_is_not_given_again_without_the_copies() {
    let ground = Ground::sqlite();
    let world = ground.started().await;
    let subject = world.stay().await;
    read_and_sealed(&world, subject, 1).await;
    world.privacy.database().checkpoint().await.unwrap();
    let backup = std::fs::read(ground.file()).unwrap();
    read_and_sealed(&world, subject, 1).await;
    let lost = world.batches().await.pop().unwrap().0;
    world.stop().await;

    // The copies are still on their way: the rights service has none.
    std::fs::write(ground.file(), backup).unwrap();
    let world = ground.started().await;
    read_and_sealed(&world, subject, 1).await;
    let next = world.batches().await.pop().unwrap().0;
    assert_eq!((lost.epoch, lost.number), (1, 2));
    assert_eq!((next.epoch, next.number), (2, 2));
    assert_eq!(next.previous, lost.previous);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_not_ours_is_passed_over() {
    let ground = Ground::sqlite();
    let world = ground.started().await;
    let subject = world.stay().await;
    world.privacy.database().checkpoint().await.unwrap();
    let backup = std::fs::read(ground.file()).unwrap();
    read_and_sealed(&world, subject, 1).await;
    read_and_sealed(&world, subject, 1).await;
    let mut copies: Vec<_> = world.batches().await.into_iter().map(|(_, c)| c).collect();
    copies[0].batch.as_mut().unwrap().payload[3] ^= 1;
    copies[1].lines[20] ^= 1;
    ground.rights.with(|s| s.copies = copies);
    world.stop().await;

    std::fs::write(ground.file(), backup).unwrap();
    let world = ground.started().await;
    assert_eq!(world.count("access_batch WHERE number = 2").await, 1);
    assert_eq!(world.count("access_batch").await, 1, "the other is forged");
    assert_eq!(world.count("access_log").await, 0, "altered lines are none");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_never_arrived_is_sent_again_unless_it_was_altered() {
    for mut ground in [Ground::sqlite(), Ground::postgres().await] {
        let an_hour_ago = chrono::Utc::now() - chrono::Duration::hours(1);
        ground.clock = Arc::new(kernel::FixedClock::new(an_hour_ago));
        let world = ground.started().await;
        let subject = world.stay().await;
        read_and_sealed(&world, subject, 2).await;
        read_and_sealed(&world, subject, 1).await;
        world.stop().await;

        ground.clock = Arc::new(kernel::SystemClock);
        let privacy = ground.privacy().await;
        let tx = privacy.database().begin().await.unwrap();
        let alter = "UPDATE access_log SET purpose = 'none' WHERE batch_number = 2";
        sea_orm::ConnectionTrait::execute_unprepared(&tx, alter)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        privacy.database().close().await.unwrap();
        privacy.vault().database().close().await.unwrap();
        let world = ground.started().await;
        eventually!(PATIENCE, world.batches().await.len() == 3);
        let batches = world.batches().await;
        assert_eq!(batches[2].0, batches[0].0, "the same batch, sealed anew");
        world.stop().await;

        // Now it has arrived, and is not sent a third time.
        ground
            .rights
            .with(|s| s.copies = vec![batches[2].1.clone()]);
        let world = ground.started().await;
        assert_eq!(world.count(REPLICATED).await, 1);
        read_and_sealed(&world, subject, 1).await;
        assert_eq!(world.batches().await.len(), 4);
        world.stop().await;
    }
}

const REPLICATED: &str = "access_batch WHERE replicated_at IS NOT NULL";

/// The next batch follows the last one before the restore, under a number of its own and in a new epoch.
async fn goes_on_after(world: &World, subject: SubjectId, before: &AccessBatch) {
    read_and_sealed(world, subject, 1).await;
    let next = world.batches().await.pop().unwrap().0;
    assert_eq!(
        (next.epoch, next.number, next.previous),
        (before.epoch + 1, before.number + 1, before.hash())
    );
}

/// So many lines about the person, all of them in batches.
async fn read_and_sealed(world: &World, subject: SubjectId, lines: usize) {
    world.read(subject, lines).await;
    sealed(world).await;
}

async fn sealed(world: &World) {
    eventually!(PATIENCE, world.count(UNSEALED).await == 0);
}

/// Hands every batch to the rights service; answers the last.
async fn replicated(world: &World) -> AccessBatch {
    let batches = world.batches().await;
    let copies = batches.iter().map(|(_, copy)| copy.clone()).collect();
    world.rights.with(|s| s.copies = copies);
    batches.last().unwrap().0.clone()
}

fn assert_chained(batches: &[AccessBatch]) {
    let mut previous = AccessBatch::FIRST;
    for (batch, number) in batches.iter().zip(1..) {
        assert_eq!((batch.number, batch.previous), (number, previous));
        previous = batch.hash();
    }
}
