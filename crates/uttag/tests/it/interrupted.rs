//! The process is killed while an address file comes in, and while one is applied: what was there before stays, what came in
//! is seen, and can be dropped or applied.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, Database};

use crate::installation::{Installation, row, rows};

const SETTINGS: &str = "staging_silence_seconds = 10\nsweep_seconds = 1";
const MANY: u32 = 20_000;
const PATIENCE: Duration = Duration::from_mins(2);

fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "{what}: not in {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Ten accesses, and a file of many with two rows at its beginning that are rejected.
fn ten_and_many(at: &Installation) -> [std::path::PathBuf; 2] {
    let ten = at.file("ten.csv", rows(1..=10));
    let first = at.import(&["accesses", ten.to_str().unwrap(), "--mode", "full"]);
    assert_eq!(first.code, 0, "{first:?}");
    let wrong = [1, 2].map(|n| row(MANY + n, n, "Elvan Testsson").replace("72134", "none"));
    let many = at.file("many.csv", wrong.into_iter().chain(rows(1..=MANY)));
    [ten, many]
}

fn listed(at: &Installation, outcome: &str) -> Option<String> {
    let listed = at.import(&["list"]);
    assert_eq!(listed.code, 0, "{listed:?}");
    let mut lines = listed.text.lines().map(str::split_whitespace);
    lines.find_map(|mut line| {
        let id = line.next()?.to_owned();
        (line.nth(1)? == outcome).then_some(id)
    })
}

#[test]
fn a_file_that_was_killed_while_it_came_in_is_seen_and_goes_with_all_its_rows() {
    let mut at = Installation::start(SETTINGS);
    let [ten, many] = ten_and_many(&at);
    let send = ["accesses", many.to_str().unwrap()];
    let mut sender = at.import_beside(&send);
    eventually("rows come in", || at.count("staged_access") > 0);
    assert!(listed(&at, "staging").is_some());
    at.kill();
    assert_eq!(sender.wait().unwrap().code(), Some(1));
    let staged = at.count("staged_access");
    assert!(
        0 < staged && staged < i64::from(MANY),
        "{staged} rows came in"
    );
    assert_eq!(at.count("rejected_row"), 2);

    at.start_again();
    assert_eq!(
        at.beside(&ten),
        [0, 0, 10, 0],
        "what was there before stays"
    );
    eventually("it is seen", || listed(&at, "interrupted").is_some());
    let id = listed(&at, "interrupted").unwrap();
    let refused = at.import(&["apply", &id]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.text.contains("the import is interrupted"));
    assert_eq!(at.beside(&ten), [0, 0, 10, 0]);

    // It is in nobody's way.
    let again = at.import(&send);
    assert_eq!(again.code, 2, "{again:?}");
    assert_eq!(at.beside(&many), [0, 0, u64::from(MANY), 0]);

    let rejected = at.count("rejected_row");
    let dropped = at.import(&["drop", &id]);
    assert_eq!(dropped.code, 0, "{dropped:?}");
    assert!(dropped.text.starts_with("dropped: "), "{dropped:?}");
    assert_eq!(at.count("staged_access"), 0);
    assert_eq!(
        at.count("rejected_row"),
        rejected - 2,
        "those of the files that came in whole stay"
    );
    assert!(listed(&at, "interrupted").is_none());
    assert_eq!(at.import(&["drop", &id]).code, 1, "once");
}

#[test]
fn an_import_that_was_killed_while_it_was_applied_waits_as_before() {
    let mut at = Installation::start(SETTINGS);
    let [ten, many] = ten_and_many(&at);
    let held = at.import(&["accesses", many.to_str().unwrap(), "--hold"]);
    assert_eq!(held.code, 2, "{held:?}");
    let apply = ["apply", &held.import()];
    let mut applying = at.import_beside(&apply);
    let mut in_a_row = 0;
    eventually("it is being written", || {
        in_a_row = if is_written(&at) { in_a_row + 1 } else { 0 };
        in_a_row > 5
    });
    at.kill();
    assert_eq!(applying.wait().unwrap().code(), Some(1));

    at.start_again();
    assert_eq!(
        at.beside(&ten),
        [0, 0, 10, 0],
        "what was there before stays"
    );
    assert_eq!(at.count("resident"), 10);
    assert_eq!(listed(&at, "held"), Some(held.import()));
    let applied = at.import(&apply);
    assert_eq!(applied.code, 2, "{applied:?}");
    assert_eq!(at.beside(&many), [0, 0, u64::from(MANY), 0]);
    assert_eq!(at.count("resident"), i64::from(MANY));
}

/// Whether somebody has the right to write to the registry's database.
fn is_written(at: &Installation) -> bool {
    let url = format!("sqlite:{}", at.path().join("db/registry.sqlite").display());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let database = Database::connect(url).await.unwrap();
        let begin = "PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK";
        let begun = database.execute_unprepared(begin).await;
        database.close().await.unwrap();
        match begun {
            Ok(_) => false,
            Err(error) => {
                assert!(error.to_string().contains("locked"), "{error}");
                true
            }
        }
    })
}
