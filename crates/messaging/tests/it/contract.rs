//! What every transport promises on every store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use messaging::HandlerError;
use messaging::dead_letters::{self, By, Filter, Rehearsal, Selection, State};
use testkit::eventually;
use tokio::sync::Notify;

pub use crate::works::*;
use crate::world::{NETWORK, PATIENCE, Recorder, TOPIC, World};

/// Long enough for a message that should not come to come.
const A_WHILE: Duration = Duration::from_millis(900);

fn later() -> HandlerError {
    HandlerError::Retry(anyhow::anyhow!("not now"))
}

fn never() -> HandlerError {
    HandlerError::Fail(anyhow::anyhow!("not ever"))
}

pub async fn keeps_the_order_of_each_key(world: World) {
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    let shop = world.start("shop", vec![]).await;
    for number in 0..40 {
        for key in ["a", "b", "c", "d", "e"] {
            shop.send(key, [number]).await;
        }
    }
    eventually!(PATIENCE, counter.effects().await.len() >= 200);
    for key in ["a", "b", "c", "d", "e"] {
        assert_eq!(
            counter.effects_of(key).await,
            (0..40).collect::<Vec<_>>(),
            "{key}"
        );
    }
    eventually!(PATIENCE, shop.undelivered().await == 0);
}

pub async fn takes_effect_once_however_often_it_comes(world: World) {
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    let shop = world.start("shop", vec![]).await;
    shop.send("a", 0..10).await;
    eventually!(
        PATIENCE,
        counter.effects().await.len() == 10 && shop.undelivered().await == 0
    );
    for _ in 0..3 {
        shop.execute("UPDATE outbox SET delivered_at = NULL").await;
        eventually!(PATIENCE, shop.undelivered().await == 0);
    }
    shop.send("a", [10]).await;
    eventually!(PATIENCE, counter.effects().await.len() > 10);
    assert_eq!(counter.effects_of("a").await, (0..=10).collect::<Vec<_>>());
}

pub async fn keeps_a_poisoned_message_as_dead_letter_until_it_is_replayed(world: World) {
    let mended = Arc::new(AtomicBool::new(false));
    let poisoned = Arc::clone(&mended);
    let judge = move |_: &str, number| {
        if number == 1 && !poisoned.load(Ordering::SeqCst) {
            Err(never())
        } else {
            Ok(())
        }
    };
    let counter = world.start("counter", vec![Recorder::judging(judge)]).await;
    let shop = world.start("shop", vec![]).await;
    shop.send("a", 0..3).await;
    eventually!(PATIENCE, counter.effects_of("a").await == [0, 2]);

    let open = Filter {
        state: Some(State::Open),
        event_type: Some(TOPIC.to_owned()),
        ..Filter::default()
    };
    let page = dead_letters::list(&counter.database, &open, None, 10)
        .await
        .unwrap();
    assert_eq!(page.items.len(), 1);
    let letter = &page.items[0];
    assert_eq!(
        (
            letter.reason.as_str(),
            letter.error.as_str(),
            letter.attempts
        ),
        ("failed", "not ever", 1)
    );
    assert_eq!(
        (
            letter.source.as_str(),
            letter.partition_key.as_str(),
            letter.network.as_str()
        ),
        ("shop", "a", NETWORK)
    );
    assert!(letter.payload_bytes > 0);

    let by = By::new("staff:anna", "the rule was wrong").unwrap();
    let group = Selection::Group(open);
    let rehearsed = dead_letters::replay(&counter.database, &group, &by, Rehearsal::DryRun)
        .await
        .unwrap();
    assert_eq!((rehearsed.matched, rehearsed.resolved), (1, 0));
    mended.store(true, Ordering::SeqCst);
    let replayed = dead_letters::replay(&counter.database, &group, &by, Rehearsal::ForReal)
        .await
        .unwrap();
    assert_eq!((replayed.matched, replayed.resolved), (1, 1));
    eventually!(PATIENCE, counter.effects_of("a").await == [0, 2, 1]);

    let again = Selection::Ids(vec![letter.id]);
    let nothing = dead_letters::replay(&counter.database, &again, &by, Rehearsal::ForReal)
        .await
        .unwrap();
    assert_eq!(nothing.matched, 0);
    let shown = dead_letters::show(&counter.database, letter.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(shown.state, State::Replayed);
    assert_eq!(shown.resolution.unwrap().by, "staff:anna");
}

pub async fn drops_a_dead_letter_with_a_reason(world: World) {
    let counter = world
        .start("counter", vec![Recorder::judging(|_, _| Err(never()))])
        .await;
    let shop = world.start("shop", vec![]).await;
    shop.send("a", 0..5).await;
    let all = Filter::default();
    eventually!(
        PATIENCE,
        dead_letters::list(&counter.database, &all, None, 10)
            .await
            .unwrap()
            .items
            .len()
            == 5
    );

    let first = dead_letters::list(&counter.database, &all, None, 3)
        .await
        .unwrap();
    let second = dead_letters::list(&counter.database, &all, first.next, 3)
        .await
        .unwrap();
    assert_eq!(
        (first.items.len(), second.items.len(), second.next),
        (3, 2, None)
    );

    assert!(By::new("staff:anna", " ").is_err());
    let by = By::new("staff:anna", "the shop has sent them anew").unwrap();
    let dropped = dead_letters::drop(
        &counter.database,
        &Selection::Ids(vec![first.items[0].id]),
        &by,
        Rehearsal::ForReal,
    )
    .await
    .unwrap();
    assert_eq!(dropped.resolved, 1);
    let shown = dead_letters::show(&counter.database, first.items[0].id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((shown.state, shown.payload_bytes), (State::Dropped, 0));
    assert_eq!(shown.resolution.unwrap().why, "the shop has sent them anew");
    assert!(counter.effects().await.is_empty());
}

pub async fn tries_again_until_it_goes_well(world: World) {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let judge = move |_: &str, _| {
        if counted.fetch_add(1, Ordering::SeqCst) < 3 {
            Err(later())
        } else {
            Ok(())
        }
    };
    let counter = world.start("counter", vec![Recorder::judging(judge)]).await;
    let shop = world.start("shop", vec![]).await;
    shop.send("a", [7]).await;
    eventually!(PATIENCE, counter.effects_of("a").await == [7]);
    assert_eq!(calls.load(Ordering::SeqCst), 4);
    assert_eq!(counter.waiting().await, 0);
    assert_eq!(
        counter
            .count("SELECT count(*) AS n FROM inbox WHERE length(payload) > 0")
            .await,
        0,
        "a payload is not kept"
    );
}

pub async fn gives_up_after_the_last_attempt(world: World) {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let judge = move |_: &str, number| {
        if number > 0 {
            return Ok(());
        }
        counted.fetch_add(1, Ordering::SeqCst);
        Err(later())
    };
    let counter = world.start("counter", vec![Recorder::judging(judge)]).await;
    let shop = world.start("shop", vec![]).await;
    shop.send("a", 0..3).await;
    eventually!(PATIENCE, counter.effects_of("a").await == [1, 2]);
    let page = dead_letters::list(&counter.database, &Filter::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(
        (page.items[0].reason.as_str(), page.items[0].attempts),
        ("exhausted", 6)
    );
    // Messages that had gathered are handled together first; the one that fails is then called alone, as its first attempt.
    let calls = calls.load(Ordering::SeqCst);
    assert!((6..=7).contains(&calls), "{calls}");
}

pub async fn survives_a_handler_that_panics(world: World) {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let judge = move |_: &str, _| {
        assert!(
            counted.fetch_add(1, Ordering::SeqCst) > 0,
            "the first call panics"
        );
        Ok(())
    };
    let counter = world.start("counter", vec![Recorder::judging(judge)]).await;
    let shop = world.start("shop", vec![]).await;
    shop.send("a", 0..2).await;
    eventually!(PATIENCE, counter.effects_of("a").await == [0, 1]);
}

pub async fn holds_back_the_key_of_a_failing_message_only(world: World) {
    let mended = Arc::new(AtomicBool::new(false));
    let failing = Arc::clone(&mended);
    let judge = move |key: &str, number| {
        if key == "a" && number == 0 && !failing.load(Ordering::SeqCst) {
            Err(later())
        } else {
            Ok(())
        }
    };
    let mut world = world;
    world.settings.first_wait = Duration::from_millis(50);
    // However slow the machine is, it is mended before it is given up.
    world.retries.attempts = 1_000;
    let counter = world.start("counter", vec![Recorder::judging(judge)]).await;
    let shop = world.start("shop", vec![]).await;
    // The first of "a" fails until it is mended; what comes behind it must wait, "b" must not.
    shop.send("a", 0..1).await;
    eventually!(PATIENCE, counter.waiting().await == 1);
    shop.send("a", 1..4).await;
    shop.send("b", 0..4).await;
    eventually!(
        PATIENCE,
        counter.effects_of("b").await == [0, 1, 2, 3] && counter.waiting().await == 4
    );
    assert!(counter.effects_of("a").await.is_empty());
    mended.store(true, Ordering::SeqCst);
    eventually!(PATIENCE, counter.effects_of("a").await == [0, 1, 2, 3]);
}

pub async fn keeps_a_message_that_nobody_subscribes_to(world: World) {
    let shop = world.start("shop", vec![]).await;
    shop.send("a", [0]).await;
    eventually!(
        PATIENCE,
        shop.count(
            "SELECT count(*) AS n FROM outbox WHERE state = 'unroutable' AND delivered_at IS NULL"
        )
        .await
            == 1
    );
    // It comes when somebody does; and until then holds back nobody.
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    eventually!(
        PATIENCE,
        counter.effects_of("a").await == [0] && shop.undelivered().await == 0
    );
}

pub async fn is_done_with_a_fact_that_nobody_has_to_follow(world: World) {
    let shop = world.start("shop", vec![]).await;
    shop.announce("a", 7).await;
    eventually!(PATIENCE, shop.undelivered().await == 0);
    // Who comes later gets what is said later.
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    shop.announce("a", 8).await;
    eventually!(PATIENCE, counter.effects_of("a").await == [8]);
}

pub async fn waits_for_a_subscriber_that_is_not_running(world: World) {
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    let shop = world.start("shop", vec![]).await;
    shop.send("a", [0]).await;
    eventually!(PATIENCE, counter.effects().await.len() == 1);
    let database = counter.stop().await;
    shop.send("a", 1..4).await;
    tokio::time::sleep(A_WHILE).await;
    let counter = world
        .start_on(database, "counter", vec![Recorder::plain()])
        .await;
    eventually!(
        PATIENCE,
        counter.effects_of("a").await == [0, 1, 2, 3] && shop.undelivered().await == 0
    );
}

pub async fn is_patient_with_a_slow_consumer(world: World) {
    let mut world = world;
    // Shorter than what the lanes have in front of them: the relay gives up waiting and sends again.
    world.settings.publish_deadline = Duration::from_millis(400);
    let counter = world
        .start("counter", vec![Recorder::slow(Duration::from_millis(25))])
        .await;
    let shop = world.start("shop", vec![]).await;
    for number in 0..10 {
        for key in ["a", "b", "c", "d", "e", "f"] {
            shop.send(key, [number]).await;
        }
    }
    eventually!(
        PATIENCE,
        counter.effects().await.len() >= 60 && shop.undelivered().await == 0
    );
    for key in ["a", "b", "c", "d", "e", "f"] {
        assert_eq!(
            counter.effects_of(key).await,
            (0..10).collect::<Vec<_>>(),
            "{key}"
        );
    }
}

pub async fn reaches_every_subscriber(world: World) {
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    let auditor = world.start("auditor", vec![Recorder::plain()]).await;
    let shop = world.start("shop", vec![]).await;
    shop.send("a", 0..5).await;
    eventually!(
        PATIENCE,
        counter.effects_of("a").await == [0, 1, 2, 3, 4]
            && auditor.effects_of("a").await == [0, 1, 2, 3, 4]
    );
    let auditors = auditor.stop().await;
    shop.send("b", [9]).await;
    eventually!(PATIENCE, counter.effects_of("b").await == [9]);
    let auditor = world
        .start_on(auditors, "auditor", vec![Recorder::plain()])
        .await;
    eventually!(
        PATIENCE,
        auditor.effects_of("b").await == [9] && shop.undelivered().await == 0
    );
    assert_eq!(counter.effects().await.len(), 6);
}

pub async fn delays_nobody_while_one_is_away(world: World) {
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    let auditor = world.start("auditor", vec![Recorder::plain()]).await;
    let shop = world.start("shop", vec![]).await;
    shop.send("a", [0]).await;
    eventually!(PATIENCE, auditor.effects_of("a").await == [0]);
    let auditors = auditor.stop().await;
    // Later messages of the same key, each of which the auditor misses.
    shop.send("a", 1..5).await;
    eventually!(
        PATIENCE,
        counter.effects_of("a").await == [0, 1, 2, 3, 4] && shop.undelivered().await == 0
    );
    // The sender's process ends too; nothing of it was in memory only.
    let shops = shop.stop().await;
    let auditor = world
        .start_on(auditors, "auditor", vec![Recorder::plain()])
        .await;
    let shop = world.start_on(shops, "shop", vec![]).await;
    shop.send("a", 5..9).await;
    // Neither waits for the other: the one that was never away may be the later one.
    for reader in [&auditor, &counter] {
        eventually!(
            PATIENCE,
            reader.effects_of("a").await == [0, 1, 2, 3, 4, 5, 6, 7, 8]
        );
    }
    eventually!(
        PATIENCE,
        shop.count("SELECT count(*) AS n FROM local_queue").await == 0
    );
}

pub async fn takes_nothing_while_fenced(world: World) {
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    let shop = world.start("shop", vec![]).await;
    shop.send("a", [0]).await;
    eventually!(PATIENCE, counter.effects_of("a").await == [0]);
    counter.lifecycle.readiness.hold("fence");
    tokio::time::sleep(Duration::from_millis(100)).await;
    shop.send("a", 1..4).await;
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(counter.effects_of("a").await, [0]);
    counter.lifecycle.readiness.release("fence");
    eventually!(PATIENCE, counter.effects_of("a").await == [0, 1, 2, 3]);
}

pub async fn waits_for_the_gate(world: World) {
    let gate = Arc::new(Notify::new());
    let opened = Arc::clone(&gate);
    let database = world.database("counter").await;
    let counter = world
        .start_behind(database, "counter", vec![Recorder::plain()], async move {
            opened.notified().await;
        })
        .await;
    let shop = world.start("shop", vec![]).await;
    shop.send("a", 0..3).await;
    tokio::time::sleep(A_WHILE).await;
    assert!(counter.effects().await.is_empty());
    gate.notify_one();
    eventually!(PATIENCE, counter.effects_of("a").await == [0, 1, 2]);
}

pub async fn passes_to_the_other_instance(world: World) {
    let database = world.database("counter").await;
    let slowly = || Recorder::slow(Duration::from_millis(4));
    let first = world
        .start_on(database.clone(), "counter", vec![slowly()])
        .await;
    let second = world
        .start_on(database.clone(), "counter", vec![slowly()])
        .await;
    let shop_database = world.database("shop").await;
    let shop = world.start_on(shop_database.clone(), "shop", vec![]).await;
    let other_shop = world.start_on(shop_database, "shop", vec![]).await;
    for number in 0..30 {
        let sender = if number % 2 == 0 { &shop } else { &other_shop };
        for key in ["a", "b", "c", "d"] {
            sender.send(key, [number]).await;
        }
    }
    eventually!(PATIENCE, second.effects().await.len() > 20);
    first.stop().await;
    shop.stop().await;
    eventually!(
        PATIENCE,
        second.effects().await.len() >= 120 && other_shop.undelivered().await == 0
    );
    for key in ["a", "b", "c", "d"] {
        assert_eq!(
            second.effects_of(key).await,
            (0..30).collect::<Vec<_>>(),
            "{key}"
        );
    }
}
