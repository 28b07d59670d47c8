//! The process dies between the steps of an erasure; the next one finishes it, once.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    dead_code,
    missing_docs,
    reason = "tests"
)]

#[path = "../it/diary.rs"]
mod diary;
#[path = "../it/rights.rs"]
mod rights;
#[path = "../it/world.rs"]
mod world;

use api::privacy::ExecutionAnswered;
use testkit::eventually;

use crate::world::{Ground, PATIENCE, by_number};

/// Where it dies, and whether transaction 1 has happened then.
const POINTS: [(&str, bool); 4] = [
    ("holder.before_execute_commit", false),
    ("holder.after_execute_commit", true),
    ("holder.after_keys_destroyed", true),
    ("holder.before_answer_commit", true),
];

/// Crash points are the process's: one test at a time.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_point_is_finished_by_the_next_process() {
    let _turn = TURN.lock().await;
    for (point, committed) in POINTS {
        for ground in [Ground::sqlite(), Ground::postgres().await] {
            crash_at(point, committed, &ground).await;
        }
    }
}

async fn crash_at(point: &'static str, committed: bool, ground: &Ground) {
    let world = ground.started().await;
    let subject = world.stay().await;
    let found = world.discover("r-1", by_number()).await;
    let order = world.erasure(5, &found);

    fail::cfg(point, "panic").unwrap();
    let event = "rights.execution.ordered.v1.diary";
    let world = std::sync::Arc::new(world);
    let dying = world.clone();
    let asked = order.clone();
    let died = tokio::spawn(async move { dying.order(event, &asked).await.unwrap() }).await;
    assert_eq!(died.is_err(), !committed, "{point}");
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let guests = world.count("guest").await;
    assert_eq!(guests, i64::from(!committed), "{point}");
    assert!(
        world
            .answers::<ExecutionAnswered>("diary.execution.answered.v1")
            .await
            .is_empty(),
        "{point}"
    );
    std::sync::Arc::into_inner(world).unwrap().stop().await;
    fail::remove(point);

    // The next process replays it from the ledger or proves what is left, and the broker brings the order again.
    let world = ground.started().await;
    world.order(event, &order).await.unwrap();
    let wanted = async || {
        world
            .answers::<ExecutionAnswered>("diary.execution.answered.v1")
            .await
    };
    eventually!(PATIENCE, !wanted().await.is_empty());
    let answers = wanted().await;
    assert!(
        answers.iter().all(|a| *a == answers[0]),
        "{point}: one answer, however often it is sent"
    );
    let counts: Vec<_> = answers[0]
        .categories
        .iter()
        .map(|c| (c.erased, c.retained, c.residual))
        .collect();
    assert_eq!(counts, [(1, 0, 0), (1, 0, 0), (0, 1, 0)], "{point}");
    assert_eq!(
        (answers[0].keys_destroyed, answers[0].keys_residual),
        (2, 0),
        "{point}"
    );
    assert_eq!(world.count("guest").await, 0, "{point}");
    assert_eq!(world.count("ledger_applied").await, 1, "{point}");
    let left = world
        .privacy
        .vault()
        .keys_left(&[subject], &["contact", "residence"])
        .await
        .unwrap();
    assert_eq!(left, 0, "{point}");
    world.stop().await;
}

/// Between taking a number and the commit: the lines are sealed by the next process, once, and no number is given twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_while_sealing_loses_no_line_and_repeats_no_number() {
    let _turn = TURN.lock().await;
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let world = ground.started().await;
        let subject = world.stay().await;
        fail::cfg("holder.before_batch_commit", "1*panic").unwrap();
        world.read(subject, 3).await;
        world.lifecycle.shutdown.cancelled().await;
        assert_eq!(world.count("access_batch").await, 0);
        assert!(world.batches().await.is_empty());
        fail::remove("holder.before_batch_commit");
        drop(world.lifecycle.drained(PATIENCE).await);
        world.privacy.vault().database().close().await.unwrap();
        world.privacy.database().close().await.unwrap();

        let world = ground.started().await;
        eventually!(PATIENCE, world.batches().await.len() == 1);
        let batch = world.batches().await.remove(0).0;
        assert_eq!((batch.epoch, batch.number, batch.lines), (2, 1, 3));
        assert_eq!(world.count("access_log WHERE batch_number = 1").await, 3);
        world.stop().await;
    }
}
