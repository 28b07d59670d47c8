//! Somebody is erased while an import that names them is applied: afterwards nothing of them is there, whichever came first. A
//! file is no basis to bring somebody back (decision 18), also when it was applied between the order and its execution.

use api::privacy::DiscoveryAnswered;
use api::registry::ImportMode;
use chrono::{DateTime, Duration, Utc};
use kernel::Clock as _;
use sea_orm::ConnectionTrait as _;
use testkit::store::for_each_store;

use crate::deciding::{apply, undo};
use crate::people::resident;
use crate::requests::{discover, erase, erase_late};
use crate::waiting::{owned, send};
use crate::world::{PATIENCE, World};

const DELTA: ImportMode = ImportMode::Delta;
const REQUEST: &str = "0199f3a0-0000-7000-8000-000000000001";
const LATER: &str = "0199f3a0-0000-7000-8000-000000000002";
const KEYS: [(&str, &str); 2] = [("Åsa Provsson", "1"), ("Åsa Provsson", "2")];

/// Those of today.
const OWNERS: &str = "resident WHERE role = 'owner' AND superseded_by IS NULL";

fn rows(remark: &str) -> [String; 3] {
    [
        owned("1", "Åsa Provsson", ""),
        owned("2", "Bo Provsson", "Åsa Provsson"),
        owned("3", "Cia Provsson", ""),
    ]
    .map(|row| row.replace("portkod", remark))
}

/// What was found, and the moment in which the order is given.
async fn ordered(world: &World) -> (DiscoveryAnswered, DateTime<Utc>) {
    world.clock.advance(Duration::minutes(1));
    let found = discover(world, REQUEST, &KEYS).await;
    let at = world.clock.now();
    world.clock.advance(Duration::minutes(1));
    (found, at)
}

/// Åsa is nowhere, neither by name nor by her tokens; the others are where they were, and she does not come back.
async fn she_is_gone(world: &World) {
    assert_eq!(resident(world, "1").await, "");
    assert_eq!(resident(world, "2").await, "Bo Provsson");
    assert_eq!(resident(world, "3").await, "Cia Provsson");
    assert_eq!(world.count(OWNERS).await, 0);
    let left = discover(world, LATER, &KEYS).await;
    let rows: Vec<_> = left
        .categories
        .iter()
        .map(|c| (&c.category, c.rows))
        .collect();
    assert!(rows.iter().all(|(_, rows)| *rows == 0), "{rows:?}");
    assert_eq!(world.count("access").await, 3);
    send(world, DELTA, false, &self::rows("en annan portkod")).await;
    assert_eq!(resident(world, "1").await, "");
    assert_eq!(world.count(OWNERS).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_erasure_first() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let held = send(&world, DELTA, true, &rows("portkod")).await;
        let (found, _) = ordered(&world).await;
        erase(&world, &found, 1).await;
        apply(&world, &held.import_id, 0).await.unwrap();
        she_is_gone(&world).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_import_first_although_the_order_was_given_before() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let held = send(&world, DELTA, true, &rows("portkod")).await;
        let (found, at) = ordered(&world).await;
        apply(&world, &held.import_id, 0).await.unwrap();
        assert_eq!(resident(&world, "1").await, "Åsa Provsson");
        world.clock.advance(Duration::minutes(1));
        erase_late(&world, &found, 1, at).await;
        she_is_gone(&world).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_import_first_of_somebody_who_was_known_before() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        send(&world, DELTA, false, &rows("nyckel")).await;
        assert_eq!(resident(&world, "1").await, "Åsa Provsson");
        let held = send(&world, DELTA, true, &rows("portkod")).await;
        let (found, at) = ordered(&world).await;
        apply(&world, &held.import_id, 0).await.unwrap();
        world.clock.advance(Duration::minutes(1));
        erase_late(&world, &found, 1, at).await;
        undo(&world, &held.import_id).await.unwrap();
        she_is_gone(&world).await;
        world.stop().await;
    })
    .await;
}

/// The import has taken everybody in and cannot end yet; the erasure is executed and proven beside it. SQLite has one writer:
/// there one of them waits for the other.
#[tokio::test(flavor = "multi_thread")]
async fn the_erasure_while_the_import_is_being_applied() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        if world.database.backend() != sea_orm::DbBackend::Postgres {
            return world.stop().await;
        }
        // Owners come after residents; whom the import replaces as one is in its way.
        let owned_before = [owned("3", "Cia Provsson", "Dan Provsson")];
        send(&world, DELTA, false, &owned_before).await;
        let held = send(&world, DELTA, true, &rows("portkod")).await;
        let (found, at) = ordered(&world).await;
        let in_the_way = world.database.begin().await.unwrap();
        let row = "SELECT 1 FROM resident WHERE access_id = '3' AND role = 'owner' FOR UPDATE";
        in_the_way.execute_unprepared(row).await.unwrap();
        let applying = apply(&world, &held.import_id, 0);
        let erasing = async {
            let waits = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE resident SET superseded_by%'";
            testkit::eventually!(PATIENCE, world.count(waits).await == 1);
            let hers = "resident WHERE access_id = '1'";
            assert_eq!(world.count(hers).await, 0, "nothing is committed");
            erase_late(&world, &found, 1, at).await;
            in_the_way.rollback().await.unwrap();
        };
        let (applied, ()) = tokio::join!(applying, erasing);
        applied.unwrap();
        she_is_gone(&world).await;
        world.stop().await;
    })
    .await;
}
