//! Address files that are fetched from another system at night.

mod answers;

use std::time::Duration;

use api::registry::{GetPullRequest, ImportMode, ListImportsRequest, Pull, StartPullRequest};
use axum::http::header;
use axum::response::IntoResponse as _;
use chrono::{DateTime, Utc};
use kernel::{Clock as _, NetworkCode};
use registry::store::address_pull::{self, Claim, When};
use service_kit::error::reason_of;
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::provisioning::{Site, cut, file, file_unless_known, slow, status};
use crate::world::{HEADER, NETWORK, PATIENCE, World, access};

/// The first night: 02:15 in Stockholm. The world begins at noon before.
const NIGHT: &str = "2026-11-23T01:15:00Z";

fn text(accesses: std::ops::RangeInclusive<u32>) -> String {
    let rows: Vec<_> = accesses.map(|n| access(&n.to_string(), n)).collect();
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// A world whose network's file is fetched from this address.
async fn world(url: String, site: &str, more: &str) -> World {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.toml");
    let lines = format!(
        "[settings.pulls.{NETWORK}]\nurl = '{site}'\nmode = 'full'\nat = '02:15'\n\
         username = 'uttag'\npassword = 'hemligt'\n{more}"
    );
    std::fs::write(&path, lines).unwrap();
    let config: registry::Config =
        service_kit::config::load_with(registry::DEFAULTS, Some(&path), []).unwrap();
    let world = World::with(url, |settings| {
        settings.pulls = config.settings.pulls;
        settings.pull_seconds = 1;
    });
    let world = Box::pin(world).await;
    // The plan is made when the service sees the setting; what was planned before is not made up for.
    testkit::eventually!(PATIENCE, world.count("address_pull").await == 1);
    world
}

async fn pull(world: &World) -> Pull {
    let request = GetPullRequest {
        network: NETWORK.to_owned(),
    };
    let answer = world.pulls(&["importer"]).get_pull(request).await.unwrap();
    answer.into_inner().pull.unwrap()
}

async fn start(world: &World, again: bool) -> Result<Pull, Status> {
    let request = StartPullRequest {
        network: NETWORK.to_owned(),
        again,
    };
    let answer = world.pulls(&["importer"]).start_pull(request).await?;
    Ok(answer.into_inner().pull.unwrap())
}

/// Fetches now and waits for the end.
async fn pull_now(world: &World, again: bool) -> Pull {
    assert!(start(world, again).await.unwrap().running);
    testkit::eventually!(PATIENCE, !pull(world).await.running);
    pull(world).await
}

/// Outcomes of imports, the first one first.
async fn imports(world: &World) -> Vec<String> {
    let request = ListImportsRequest {
        network: NETWORK.to_owned(),
        page: None,
    };
    let answer = world.staff(&["importer"]).list_imports(request).await;
    let imports = answer.unwrap().into_inner().imports;
    imports.into_iter().rev().map(|i| i.outcome).collect()
}

fn go_to(world: &World, time: &str) {
    world.clock.set(time.parse().unwrap());
}

/// Waits until an attempt has ended at the clock's time.
async fn attempt(world: &World) -> Pull {
    let now = world.clock.now();
    let ended = |pull: &Pull| {
        let at = pull.ended_at.as_ref().map(|at| (at.seconds, pull.running));
        at == Some((now.timestamp(), false))
    };
    testkit::eventually!(PATIENCE, ended(&pull(world).await));
    pull(world).await
}

fn time(at: Option<&prost_types::Timestamp>) -> Option<String> {
    let at = at.and_then(|at| DateTime::<Utc>::from_timestamp(at.seconds, 0))?;
    Some(at.format("%d %H:%M").to_string())
}

/// So many turns of the task pass; for what must not happen.
async fn some_turns() {
    tokio::time::sleep(Duration::from_secs(3)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_fetched_every_night_and_imported_when_it_has_changed() {
    for_each_store(|url| async {
        let site = Site::serve().await;
        let world = world(url, &site.url(), "").await;
        let first = text(1..=3);
        site.answers(move |_, asked| file_unless_known(&first, "\"one\"", asked));
        some_turns().await;
        assert_eq!(site.asked().len(), 0, "it is noon");
        assert_eq!(
            time(pull(&world).await.planned_at.as_ref()).unwrap(),
            "23 01:15"
        );

        go_to(&world, NIGHT);
        let done = attempt(&world).await;
        assert_eq!((done.outcome.as_str(), done.attempts), ("imported", 1));
        assert_eq!(world.count("access").await, 3);
        let asked = site.asked();
        assert_eq!(
            asked[0][header::AUTHORIZATION],
            "Basic dXR0YWc6aGVtbGlndA=="
        );
        assert!(!asked[0].contains_key(header::IF_NONE_MATCH));
        some_turns().await;
        assert_eq!(site.asked().len(), 1, "once a night");

        go_to(&world, "2026-11-24T01:15:00Z");
        assert_eq!(attempt(&world).await.outcome, "unchanged");
        assert_eq!(site.asked()[1][header::IF_NONE_MATCH], "\"one\"");
        assert_eq!(imports(&world).await, ["applied"]);

        let second = text(1..=4);
        site.answers(move |_, asked| file_unless_known(&second, "\"two\"", asked));
        go_to(&world, "2026-11-25T01:15:00Z");
        assert_eq!(attempt(&world).await.outcome, "imported");
        assert_eq!(world.count("access").await, 4);
        assert_eq!(imports(&world).await, ["applied", "applied"]);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_tried_again_within_the_night_and_raises_no_alarm_when_it_passes() {
    for_each_store(|url| async {
        let site = Site::serve().await;
        let world = world(url, &site.url(), "").await;
        let mut answers = vec![status(500), cut(&text(1..=9), Some(text(1..=9).len()))];
        answers.push(cut(&text(1..=9), None));
        answers.push("<!DOCTYPE html><title>Sign in</title>".into_response());
        answers.push(file(&text(1..=2), "\"one\""));
        answers.reverse();
        site.answers(move |_, _| answers.pop().unwrap());
        go_to(&world, NIGHT);
        for (failure, next) in [
            ("status", "23 01:16"),
            ("cut_short", "23 01:18"),
            ("cut_short", "23 01:22"),
            ("not_an_address_file", "23 01:30"),
        ] {
            let failed = attempt(&world).await;
            assert_eq!(
                (failed.outcome.as_str(), failed.failure.as_str()),
                ("failed", failure)
            );
            assert_eq!(failed.http_status, (failure == "status").then_some(500));
            assert_eq!(time(failed.next_attempt_at.as_ref()).unwrap(), next);
            assert!(!failed.alarm_failed, "it may pass");
            assert_eq!(
                (world.count("access").await, imports(&world).await.len()),
                (0, 0)
            );
            let before = site.asked().len();
            some_turns().await;
            assert_eq!(site.asked().len(), before, "not before its time");
            go_to(&world, &format!("2026-11-{}:00Z", next.replace(' ', "T")));
        }
        let done = attempt(&world).await;
        assert_eq!((done.outcome.as_str(), done.attempts), ("imported", 5));
        assert_eq!((done.failure.as_str(), done.http_status), ("", None));
        assert_eq!(world.count("access").await, 2);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_credential_is_not_repeated_and_is_an_alarm_until_the_next_file() {
    for_each_store(|url| async {
        let site = Site::serve().await;
        let world = world(url, &site.url(), "expected_hours = 30").await;
        site.answers(|_, _| status(401));
        go_to(&world, NIGHT);
        let failed = attempt(&world).await;
        assert_eq!(
            (failed.failure.as_str(), failed.http_status),
            ("credential_refused", Some(401))
        );
        assert!(failed.alarm_failed && !failed.alarm_late && failed.next_attempt_at.is_none());
        go_to(&world, "2026-11-23T03:00:00Z");
        some_turns().await;
        assert_eq!(site.asked().len(), 1);
        // The setting was seen at noon before.
        go_to(&world, "2026-11-23T18:01:00Z");
        assert!(pull(&world).await.alarm_late);
        site.answers(|_, _| file(&text(1..=1), "\"one\""));
        let done = pull_now(&world, false).await;
        assert_eq!(done.outcome, "imported");
        assert!(!done.alarm_failed && !done.alarm_late);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_every_attempt_of_a_night_fails_it_is_an_alarm() {
    for_each_store(|url| async {
        let site = Site::serve().await;
        let world = world(url, &site.url(), "").await;
        site.answers(|_, _| status(503));
        go_to(&world, NIGHT);
        let mut failed = attempt(&world).await;
        while let Some(next) = failed.next_attempt_at {
            assert!(!failed.alarm_failed);
            world
                .clock
                .set(DateTime::from_timestamp(next.seconds, 0).unwrap());
            failed = attempt(&world).await;
        }
        assert_eq!((failed.attempts, site.asked().len()), (8, 8));
        assert!(failed.alarm_failed);
        go_to(&world, "2026-11-23T09:00:00Z");
        some_turns().await;
        assert_eq!(site.asked().len(), 8);
        site.answers(|_, _| file(&text(1..=1), "\"one\""));
        go_to(&world, "2026-11-24T01:15:00Z");
        let done = attempt(&world).await;
        assert_eq!((done.outcome.as_str(), done.attempts), ("imported", 1));
        assert!(!done.alarm_failed);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_would_end_too_much_is_refused_and_asked_for_again_the_next_night() {
    for_each_store(|url| async {
        let site = Site::serve().await;
        let world = world(url, &site.url(), "").await;
        let rows: Vec<_> = (1..=10).map(|n| access(&n.to_string(), n)).collect();
        let rows: Vec<_> = rows.iter().map(String::as_str).collect();
        world.rows(ImportMode::Full, &rows).await;
        let short = text(1..=5);
        site.answers(move |_, asked| file_unless_known(&short, "\"short\"", asked));
        for (night, refused) in [(NIGHT, 1), ("2026-11-24T01:15:00Z", 2)] {
            go_to(&world, night);
            let failed = attempt(&world).await;
            assert_eq!(failed.failure, "refused");
            assert!(failed.alarm_failed && !failed.import_id.is_empty());
            assert_eq!(imports(&world).await[1..], vec!["refused"; refused]);
        }
        assert_eq!(world.count("access WHERE ended_at IS NULL").await, 10);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_known_is_imported_again_when_somebody_says_so() {
    for_each_store(|url| async {
        let site = Site::serve().await;
        let world = world(url, &site.url(), "").await;
        let whole = text(1..=2);
        site.answers(move |_, asked| file_unless_known(&whole, "\"one\"", asked));
        let done = pull_now(&world, false).await;
        assert_eq!(done.outcome, "imported");
        crate::deciding::undo(&world, &done.import_id)
            .await
            .unwrap();
        let live = "access WHERE ended_at IS NULL";
        assert_eq!(world.count(live).await, 0);
        assert_eq!(pull_now(&world, false).await.outcome, "unchanged");
        assert_eq!(world.count(live).await, 0, "what was taken back stays so");
        assert_eq!(pull_now(&world, true).await.outcome, "imported");
        assert_eq!(world.count(live).await, 2);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_would_fetch_at_once_one_does() {
    for_each_store(|url| async {
        let site = Site::serve().await;
        let is_sqlite = url.starts_with("sqlite");
        let mut world = world(url, &site.url(), "").await;
        if !is_sqlite {
            world.start_another().await;
        }
        site.answers(|_, _| slow(&text(1..=3), Duration::from_millis(700)));
        go_to(&world, NIGHT);
        testkit::eventually!(PATIENCE, pull(&world).await.running);
        let refused = start(&world, false).await.unwrap_err();
        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert_eq!(reason_of(&refused).as_deref(), Some("PULL_RUNS"));
        assert_eq!(attempt(&world).await.outcome, "imported");
        some_turns().await;
        assert_eq!(site.asked().len(), 1);
        assert_eq!(imports(&world).await, ["applied"]);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_has_begun_is_begun_anew_when_its_claim_is_over() {
    for_each_store(|url| async {
        let site = Site::serve().await;
        let world = world(url, &site.url(), "").await;
        site.answers(|_, _| file(&text(1..=3), "\"one\""));
        // An instance that has crashed in the middle of its first attempt.
        let night: DateTime<Utc> = NIGHT.parse().unwrap();
        let crashed = Claim {
            network: NetworkCode::parse(NETWORK).unwrap(),
            by: kernel::new_id(&world.clock),
            planned: night,
            at: night,
        };
        let tx = world.database.begin().await.unwrap();
        let claimed = address_pull::claim(&tx, &crashed, When::Due).await.unwrap();
        assert_eq!(claimed.unwrap().attempts, 1);
        tx.commit().await.unwrap();
        go_to(&world, "2026-11-23T01:19:00Z");
        some_turns().await;
        assert_eq!(site.asked().len(), 0, "it may be alive");
        assert!(pull(&world).await.running);
        go_to(&world, "2026-11-23T01:20:00Z");
        let done = attempt(&world).await;
        assert_eq!((done.outcome.as_str(), done.attempts), ("imported", 2));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stops_gives_the_attempt_back() {
    for_each_store(|url| async {
        let site = Site::serve().await;
        let world = world(url, &site.url(), "").await;
        site.answers(|_, _| slow(&text(1..=3), Duration::from_mins(5)));
        go_to(&world, NIGHT);
        testkit::eventually!(PATIENCE, site.asked().len() == 1);
        let database = world.database.clone();
        let begun = std::time::Instant::now();
        world.stop_service().await;
        assert!(begun.elapsed() < PATIENCE);
        let network = NetworkCode::parse(NETWORK).unwrap();
        let row = address_pull::find(&database.reader(), &network).await;
        let row = row.unwrap().unwrap();
        assert_eq!(
            (row.attempts, row.claimed_until, row.outcome.as_str()),
            (0, None, "")
        );
        assert!(row.settled < row.planned, "it is due as before");
        database.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_where_a_file_is_fetched_and_only_for_those_who_import() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let refused = start(&world, false).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);
        assert_eq!(reason_of(&refused).as_deref(), Some("PULL_NOT_CONFIGURED"));
        let request = GetPullRequest {
            network: NETWORK.to_owned(),
        };
        let refused = world.pulls(&["customer_service"]).get_pull(request).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
        let elsewhere = GetPullRequest {
            network: "OTHER".to_owned(),
        };
        let refused = world.pulls(&["importer"]).get_pull(elsewhere).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
        world.stop().await;
    })
    .await;
}
