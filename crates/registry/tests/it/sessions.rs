//! What is posted after `empty_database` takes effect together, or not at all.

use api::registry::{
    ApplyImportRequest, ImportMode, ImportReport, OpenStagedSessionRequest, PreviewImportRequest,
};
use chrono::Duration;
use service_kit::error::reason_of;
use testkit::store::for_each_store;

use crate::people::{erase, resident};
use crate::posts::{imports, insert, number, post};
use crate::world::{NETWORK, PATIENCE, World, access, lived_in};

const QUIET: i64 = 21;

pub async fn open(world: &World) -> u64 {
    let request = OpenStagedSessionRequest {
        network: NETWORK.to_owned(),
    };
    let answer = world
        .provisioning(NETWORK)
        .open_staged_session(request)
        .await;
    answer.unwrap().into_inner().dropped
}

/// Lets the quiet time pass; the session is gone afterwards.
pub async fn fall_silent(world: &World) {
    world.clock.advance(Duration::minutes(QUIET));
    testkit::eventually!(PATIENCE, world.count("staged_session").await == 0);
}

/// The newest import, when it has come so far.
async fn newest(world: &World, outcome: &str) -> ImportReport {
    testkit::eventually!(
        PATIENCE,
        imports(world)
            .await
            .first()
            .is_some_and(|import| import.outcome == outcome)
    );
    imports(world).await.remove(0)
}

/// So many accesses of a network in the database, and nothing staged.
async fn with_accesses(url: String, count: u32) -> World {
    let world = World::start(url).await;
    let rows: Vec<String> = (1..=count).map(|n| access(&n.to_string(), n)).collect();
    let refs: Vec<&str> = rows.iter().map(String::as_str).collect();
    world.rows(ImportMode::Full, &refs).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn three_calls_take_effect_together_after_the_quiet_time() {
    for_each_store(|url| async {
        let world = with_accesses(url, 260).await;
        let turns = || world.count("network_turn");
        let before = turns().await;
        assert_eq!(open(&world).await, 0);
        for first in [1, 101, 201] {
            let last = (first + 99).min(250);
            let mut posts: Vec<_> = (first..=last)
                .map(|n| post(&n.to_string(), n + 1_000, &[]))
                .collect();
            if first == 201 {
                // Access 201 is posted damaged.
                posts[0] = post("201", 1, &[("premisesType", "CASTLE")]);
            }
            let answer = insert(&world, posts).await.unwrap();
            assert!(answer.staged);
            assert_eq!(answer.rejected.len(), usize::from(first == 201));
            world.clock.advance(Duration::minutes(QUIET - 5));
        }
        assert_eq!(
            number(&world, "1").await,
            "1",
            "until then everybody sees the old state"
        );
        assert_eq!(
            (turns().await, world.count("session_post").await),
            (before, 250)
        );

        fall_silent(&world).await;
        let import = newest(&world, "applied").await;
        assert_eq!(
            (import.changed, import.ended, import.rejected),
            (249, 10, 1)
        );
        assert_eq!(turns().await, before + 1, "it changed once");
        assert_eq!(number(&world, "250").await, "1250");
        assert_eq!(
            number(&world, "251").await,
            "",
            "what was not posted has ended"
        );
        assert_eq!(
            number(&world, "201").await,
            "201",
            "a damaged post keeps its access as it is"
        );
        let left = ["session_post", "staged_access", "staged_session"];
        for table in left {
            assert_eq!(world.count(table).await, 0, "{table}");
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_too_many_waits_for_staff() {
    for_each_store(|url| async {
        let world = with_accesses(url, 10).await;
        open(&world).await;
        insert(&world, vec![post("1", 11, &[])]).await.unwrap();
        fall_silent(&world).await;
        let held = newest(&world, "held").await;
        assert_eq!(number(&world, "1").await, "1");
        let mut staff = world.staff(&["importer"]);
        let look = PreviewImportRequest {
            network: NETWORK.to_owned(),
            import_id: held.import_id.clone(),
        };
        let preview = staff.preview_import(look).await.unwrap().into_inner();
        assert!(preview.needs_confirmation);
        assert_eq!(preview.report.unwrap().ended, 9);
        let apply = ApplyImportRequest {
            network: NETWORK.to_owned(),
            import_id: held.import_id,
            confirmed_ending: 9,
        };
        let mut steps = staff.apply_import(apply).await.unwrap().into_inner();
        while let Some(step) = steps.message().await.unwrap() {
            drop(step);
        }
        assert_eq!(
            (number(&world, "1").await, number(&world, "2").await),
            ("11".into(), String::new())
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_without_posts_changes_nothing_and_a_second_one_begins_from_nothing() {
    for_each_store(|url| async {
        let world = with_accesses(url, 5).await;
        open(&world).await;
        fall_silent(&world).await;
        assert_eq!(imports(&world).await.len(), 1);

        open(&world).await;
        let posts = (1..=4)
            .map(|n| post(&n.to_string(), 100 + n, &[]))
            .collect();
        insert(&world, posts).await.unwrap();
        assert_eq!(
            open(&world).await,
            4,
            "the posts of the session before are dropped"
        );
        let posts = (1..=5)
            .map(|n| post(&n.to_string(), 200 + n, &[]))
            .collect();
        insert(&world, posts).await.unwrap();
        fall_silent(&world).await;
        let import = newest(&world, "applied").await;
        assert_eq!((import.changed, import.ended), (5, 0));
        assert_eq!(number(&world, "4").await, "204");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_outlives_the_process_and_closes_however_much_is_posted() {
    for_each_store(|url| async {
        let mut world = with_accesses(url, 2).await;
        open(&world).await;
        insert(&world, vec![post("1", 11, &[])]).await.unwrap();
        world.restart().await;
        for _ in 0..30 {
            // Somebody who sends every change as it happens.
            world.clock.advance(Duration::minutes(QUIET - 5));
            let posted = insert(&world, vec![post("2", 22, &[])]).await;
            if posted.is_ok_and(|answer| !answer.staged) {
                break;
            }
        }
        testkit::eventually!(PATIENCE, world.count("staged_session").await == 0);
        let import = newest(&world, "applied").await;
        assert_eq!((import.changed, import.ended), (2, 0));
        assert_eq!(
            number(&world, "1").await,
            "11",
            "posted before the process ended"
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_session_becomes_an_import_nothing_is_posted_beside_it() {
    for_each_store(|url| async {
        let world = with_accesses(url, 2).await;
        open(&world).await;
        insert(&world, vec![post("1", 11, &[]), post("2", 22, &[])])
            .await
            .unwrap();
        // As a process leaves it that was killed while it closed the session.
        let until = world.clock_text(Duration::minutes(25));
        world
            .execute(&format!(
                "UPDATE staged_session SET closing_until = '{until}'"
            ))
            .await;
        let status = insert(&world, vec![post("1", 12, &[])]).await.unwrap_err();
        assert_eq!(reason_of(&status).as_deref(), Some("SESSION_CLOSING"));
        let request = OpenStagedSessionRequest {
            network: NETWORK.to_owned(),
        };
        let status = world
            .provisioning(NETWORK)
            .open_staged_session(request)
            .await
            .unwrap_err();
        assert_eq!(reason_of(&status).as_deref(), Some("SESSION_CLOSING"));
        world.clock.advance(Duration::minutes(QUIET));
        assert_eq!(
            world.count("staged_session").await,
            1,
            "it is somebody else's to close"
        );
        fall_silent(&world).await;
        newest(&world, "applied").await;
        assert_eq!(number(&world, "1").await, "11");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_right_post_about_an_access_counts_and_a_damaged_one_does_not() {
    for_each_store(|url| async {
        let world = with_accesses(url, 5).await;
        open(&world).await;
        let all: Vec<_> = (1..=3)
            .map(|n| post(&n.to_string(), 100 + n, &[]))
            .collect();
        insert(&world, all).await.unwrap();
        let damaged = [
            post("1", 7, &[("city", "")]),
            post("4", 7, &[("city", "St\u{c3}\u{a5}l\u{fffd}")]),
        ];
        let answer = insert(&world, damaged.into()).await.unwrap();
        assert_eq!(answer.rejected.len(), 2);
        insert(&world, vec![post("2", 222, &[])]).await.unwrap();
        insert(&world, vec![post("5", 7, &[("city", "")])])
            .await
            .unwrap();
        insert(&world, vec![post("5", 555, &[])]).await.unwrap();
        fall_silent(&world).await;
        let import = newest(&world, "applied").await;
        assert_eq!((import.changed, import.ended, import.rejected), (4, 0, 1));
        let numbers = [
            number(&world, "1").await,
            number(&world, "2").await,
            number(&world, "4").await,
            number(&world, "5").await,
        ];
        assert_eq!(numbers, ["101", "222", "4", "555"]);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_whose_access_cannot_be_read_may_be_any_so_nothing_ends() {
    for_each_store(|url| async {
        let world = with_accesses(url, 10).await;
        open(&world).await;
        let mut posts: Vec<_> = (1..=9)
            .map(|n| post(&n.to_string(), 100 + n, &[]))
            .collect();
        posts.push(post("10", 10, &[("accessId", "")]));
        insert(&world, posts).await.unwrap();
        fall_silent(&world).await;
        let import = newest(&world, "applied").await;
        assert_eq!((import.changed, import.ended, import.rejected), (9, 0, 1));
        assert_eq!(number(&world, "10").await, "10");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_wait_sealed_and_who_was_erased_meanwhile_does_not_come_back() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world
            .rows(ImportMode::Full, &[&lived_in("1", 1, "Åsa Provsson")])
            .await;
        open(&world).await;
        let named = [
            post("1", 11, &[("residentName", "Åsa Provsson")]),
            post("2", 22, &[("residentName", "Bo Provsson")]),
        ];
        insert(&world, named.into()).await.unwrap();
        let plain = [("fields", "Götgatan"), ("people", "Provsson")]
            .map(|(column, text)| world.holds("session_post", column, text));
        for held in plain {
            assert!(
                !held.await,
                "what is posted is not to be read in the database"
            );
        }
        erase(&world, "Åsa Provsson", "1").await;
        let named = "session_post WHERE people IS NOT NULL";
        assert_eq!(world.count(named).await, 1, "she is in none any more");
        fall_silent(&world).await;
        newest(&world, "applied").await;
        assert_eq!(
            (resident(&world, "1").await, resident(&world, "2").await),
            (String::new(), "Bo Provsson".to_owned())
        );
        assert_eq!(number(&world, "1").await, "11");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_two_networks_know_nothing_of_each_other() {
    for_each_store(|url| async {
        let world = with_accesses(url, 3).await;
        let other = OpenStagedSessionRequest {
            network: "OTHER".to_owned(),
        };
        world
            .provisioning("OTHER")
            .open_staged_session(other)
            .await
            .unwrap();
        let answer = insert(&world, vec![post("1", 11, &[])]).await.unwrap();
        assert!(
            !answer.staged,
            "the other network's session takes none of ours"
        );
        let foreign = api::registry::InsertPostsRequest {
            network: "OTHER".to_owned(),
            posts: vec![post("9", 9, &[("coId", "OTHER")])],
        };
        let answer = world
            .provisioning("OTHER")
            .insert_posts(foreign)
            .await
            .unwrap()
            .into_inner();
        assert!(answer.staged);
        fall_silent(&world).await;
        assert_eq!(
            world
                .count("access WHERE ended_at IS NULL AND network = 'SNFDMO'")
                .await,
            3
        );
        testkit::eventually!(
            PATIENCE,
            world.count("access WHERE network = 'OTHER'").await == 1
        );
        world.stop().await;
    })
    .await;
}
