//! Databases that are put back: the person does not come with them.

use privacy::{FENCE, LEDGER_BEHIND};
use testkit::eventually;

use crate::diary;
use crate::world::{Ground, PATIENCE, by_number};

#[tokio::test]
async fn an_older_file_under_a_stopped_service_is_replayed_before_it_serves() {
    let ground = Ground::sqlite();
    let world = ground.started().await;
    world.stay().await;
    let found = world.discover("r-1", by_number()).await;
    world.privacy.database().checkpoint().await.unwrap();
    let backup = std::fs::read(ground.file()).unwrap();
    let first = world.erase(&world.erasure(3, &found)).await;
    world.stop().await;

    std::fs::write(ground.file(), backup).unwrap();
    ground.rights.with(|s| s.away = true);
    let world = ground.start().await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(
        world.lifecycle.readiness.is_held(FENCE),
        "closed while the ledger is out of reach"
    );
    assert_eq!(world.count("guest").await, 1, "the backup holds the person");
    ground.rights.with(|s| s.away = false);
    world.unfenced().await;

    assert_eq!(world.count("guest").await, 0);
    assert_eq!(world.count("subject_token").await, 0);
    let replayed = world.executed("r-1").await;
    assert!(replayed.replayed);
    assert_eq!(
        (replayed.categories, replayed.keys_destroyed),
        (first.categories, first.keys_destroyed)
    );
    assert!(world.announced().await.last().unwrap().restored);
    assert_eq!(world.privacy.epoch("ledger.last_entry").await.unwrap(), 2);
    world.stop().await;
}

#[tokio::test]
async fn an_older_file_under_a_running_service_is_noticed() {
    let ground = Ground::sqlite();
    let world = ground.started().await;
    world.stay().await;
    let found = world.discover("r-1", by_number()).await;
    world.privacy.database().checkpoint().await.unwrap();
    let backup = std::fs::read(ground.file()).unwrap();
    world.erase(&world.erasure(3, &found)).await;

    std::fs::write(ground.file(), backup).unwrap();
    eventually!(PATIENCE, world.announced().await.iter().any(|a| a.restored));
    world.unfenced().await;
    assert_eq!(world.count("guest").await, 0);
    assert!(world.executed("r-1").await.replayed);
    world.stop().await;
}

#[tokio::test]
async fn rows_put_back_into_a_running_postgres_are_noticed() {
    use sea_orm::ConnectionTrait;
    let ground = Ground::postgres().await;
    let world = ground.started().await;
    world.stay().await;
    let found = world.discover("r-1", by_number()).await;
    world.erase(&world.erasure(3, &found)).await;

    // What pg_restore of a dump from before the erasure would leave.
    let tx = world.privacy.database().begin().await.unwrap();
    tx.execute_unprepared("DELETE FROM ledger_applied; DELETE FROM suppressed_token; DELETE FROM holder_task; UPDATE subject SET restricted_at = NULL").await.unwrap();
    diary::add_guest_unsealed(&tx).await;
    tx.commit().await.unwrap();
    eventually!(PATIENCE, world.announced().await.iter().any(|a| a.restored));
    world.unfenced().await;
    assert_eq!(world.count("guest").await, 0);
    assert_eq!(
        world
            .count("ledger_applied WHERE proven_at IS NOT NULL")
            .await,
        1
    );
    world.stop().await;
}

/// `pg_restore` without a transaction: the ledger is there again before the persons are.
#[tokio::test]
async fn a_postgres_that_is_filled_table_by_table_stays_fenced_until_it_is_whole() {
    use sea_orm::ConnectionTrait;
    let ground = Ground::postgres().await;
    let world = ground.started().await;
    world.stay().await;
    let found = world.discover("r-1", by_number()).await;
    world.erase(&world.erasure(3, &found)).await;
    let run = async |sql: &str| {
        let tx = world.privacy.database().begin().await.unwrap();
        tx.execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
    };

    run("ALTER TABLE guest DROP CONSTRAINT guest_pkey; DELETE FROM ledger_applied").await;
    eventually!(PATIENCE, world.lifecycle.readiness.is_held(FENCE));
    run("DELETE FROM suppressed_token; DELETE FROM holder_task; UPDATE subject SET restricted_at = NULL").await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert!(world.lifecycle.readiness.is_held(FENCE), "half a database");
    assert_eq!(world.count("ledger_applied").await, 0, "replayed too early");

    let tx = world.privacy.database().begin().await.unwrap();
    diary::add_guest_unsealed(&tx).await;
    tx.commit().await.unwrap();
    run("ALTER TABLE guest ADD PRIMARY KEY (id)").await;
    world.unfenced().await;
    assert_eq!(world.count("guest").await, 0);
    world.stop().await;
}

#[tokio::test]
async fn a_ledger_that_lacks_what_was_applied_is_refused() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let world = ground.started().await;
        world.stay().await;
        let found = world.discover("r-1", by_number()).await;
        world.erase(&world.erasure(9, &found)).await;
        world.stop().await;

        ground.rights.with(|s| s.head = 8);
        let world = ground.start().await;
        eventually!(PATIENCE, world.lifecycle.readiness.is_held(LEDGER_BEHIND));
        assert!(world.lifecycle.readiness.is_held(FENCE));
        ground.rights.with(|s| s.head = 9);
        world.unfenced().await;
        assert!(!world.lifecycle.readiness.is_held(LEDGER_BEHIND));
        world.stop().await;
    }
}

#[tokio::test]
async fn keys_put_back_are_destroyed_again() {
    let ground = Ground::sqlite();
    let world = ground.started().await;
    let subject = world.stay().await;
    let found = world.discover("r-1", by_number()).await;
    world.privacy.vault().database().checkpoint().await.unwrap();
    let file = ground.directory.path().join("keys/diary.sqlite");
    let backup = std::fs::read(&file).unwrap();
    world.erase(&world.erasure(3, &found)).await;
    world.stop().await;

    std::fs::write(&file, backup).unwrap();
    let world = ground.started().await;
    assert_eq!(
        world
            .privacy
            .vault()
            .keys_left(&[subject], &["contact", "residence"])
            .await
            .unwrap(),
        0
    );
    world.stop().await;
}
