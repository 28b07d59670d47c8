//! `uttag import accesses --hold`, `apply`, `undo` and `drop`: exit codes, what is said, what the registry holds afterwards.

use std::path::Path;

use crate::installation::{Installation, NETWORK, Said, row, rows};

const UNKNOWN: &str = "0192b3c4-0000-7000-8000-000000000001";

fn send(at: &Installation, file: &Path, more: &[&str]) -> Said {
    at.import(&[&["accesses", file.to_str().unwrap()], more].concat())
}

/// Ten accesses, and the file that says so.
fn ten(settings: &str) -> (Installation, std::path::PathBuf) {
    let at = Installation::start(settings);
    let ten = at.file("ten.csv", rows(1..=10));
    let first = send(&at, &ten, &["--mode", "full"]);
    assert_eq!(first.code, 0, "{first:?}");
    (at, ten)
}

fn refused(said: &Said, why: &str) {
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.text.contains(why), "{said:?}");
    assert!(!said.text.contains("Testsson"), "{said:?}");
}

#[test]
fn a_held_import_changes_nothing_until_it_is_applied_and_can_be_taken_back() {
    let (at, ten) = ten("");
    let next = at.file(
        "next.csv",
        [
            row(1, 101, "Tolvan Testsson 1"),
            row(11, 11, "Elvan Testsson"),
            row(12, 12, "Nian Testsson").replace("72134", "none"),
        ],
    );
    let held = send(&at, &next, &["--hold"]);
    assert_eq!(held.code, 2, "{held:?}");
    assert!(
        held.text.starts_with("held: 3 rows")
            && held
                .text
                .contains("added 1  changed 1  unchanged 0  ended 0  rejected 1"),
        "{held:?}"
    );
    assert_eq!(at.beside(&ten), [0, 0, 10, 0], "nothing is changed yet");
    assert_eq!(at.count("staged_access"), 2);
    let id = held.import();

    let applied = at.import(&["apply", &id]);
    assert_eq!(applied.code, 2, "some rows were rejected: {applied:?}");
    assert!(applied.text.starts_with("applied: 3 rows"), "{applied:?}");
    assert!(applied.text.contains("added 1  changed 1"), "{applied:?}");
    assert_eq!(applied.import(), id);
    assert_eq!(at.beside(&ten), [0, 1, 9, 1]);
    assert_eq!(at.count("staged_access"), 0);

    refused(&at.import(&["apply", &id]), "the import is applied");
    refused(&at.import(&["drop", &id]), "the import is applied");
    assert_eq!(at.beside(&ten), [0, 1, 9, 1]);

    refused(
        &at.import_in("ADANET", &["undo", &id]),
        "there is no such import",
    );
    let undone = at.import(&["undo", &id]);
    assert_eq!(undone.code, 0, "{undone:?}");
    assert!(undone.text.starts_with("undone: 3 rows"), "{undone:?}");
    assert_eq!(at.beside(&ten), [0, 0, 10, 0]);
    refused(&at.import(&["undo", &id]), "the import is undone");
    refused(&at.import(&["apply", &id]), "the import is undone");
    assert_eq!(at.beside(&ten), [0, 0, 10, 0]);

    let listed = at.import(&["list"]);
    assert_eq!(listed.code, 0);
    let line = listed.text.lines().find(|line| line.starts_with(&id));
    assert!(line.unwrap().contains("undone"), "{listed:?}");
    assert!(!at.import_in("ADANET", &["list"]).text.contains(&id));
}

#[test]
fn an_import_that_was_never_held_is_not_decided_about() {
    let (at, ten) = ten("");
    for verb in ["apply", "undo", "drop"] {
        refused(&at.import(&[verb, "T-1"]), "an import id is a uuid");
        refused(&at.import(&[verb, UNKNOWN]), "there is no such import");
        let nothing = at.import(&[verb]);
        assert_eq!(
            nothing.code, 2,
            "the command line cannot be read: {nothing:?}"
        );
    }
    let both = send(&at, &ten, &["--hold", "--dry-run"]);
    assert_eq!(both.code, 2, "{both:?}");

    let asked = send(&at, &ten, &["--dry-run"]);
    assert_eq!(asked.code, 0, "{asked:?}");
    refused(
        &at.import(&["apply", &asked.import()]),
        "the import is dry_run",
    );
    refused(
        &at.import(&["drop", &asked.import()]),
        "the import is dry_run",
    );
    let useless = at.path().join("useless.csv");
    std::fs::write(&useless, "what;is;this\n1;2;3\n").unwrap();
    let useless = send(&at, &useless, &["--hold"]);
    assert_eq!(useless.code, 1, "{useless:?}");
    refused(
        &at.import(&["apply", &useless.import()]),
        "the import is refused",
    );
    assert_eq!(at.beside(&ten), [0, 0, 10, 0]);
}

#[test]
fn a_dropped_import_leaves_nothing_behind() {
    let (at, ten) = ten("");
    let next = at.file("next.csv", [row(11, 11, "Elvan Testsson")]);
    let held = send(&at, &next, &["--hold"]);
    assert_eq!(held.code, 0, "{held:?}");
    refused(
        &at.import_in("ADANET", &["drop", &held.import()]),
        "there is no such import",
    );
    assert_eq!(at.count("staged_access"), 1);
    let dropped = at.import(&["drop", &held.import()]);
    assert_eq!(dropped.code, 0, "{dropped:?}");
    assert!(dropped.text.starts_with("dropped: 1 rows"), "{dropped:?}");
    assert_eq!(at.count("staged_access"), 0);
    refused(
        &at.import(&["drop", &held.import()]),
        "the import is dropped",
    );
    refused(
        &at.import(&["apply", &held.import()]),
        "the import is dropped",
    );
    assert_eq!(at.beside(&ten), [0, 0, 10, 0]);
}

#[test]
fn a_complete_file_that_would_end_too_many_waits_for_the_number() {
    let (at, ten) = ten("");
    let seven = at.file("seven.csv", rows(1..=7));
    let full = ["--mode", "full"];
    let refusal = send(&at, &seven, &full);
    refused(&refusal, "would end 3 of 10");
    refused(
        &send(
            &at,
            &seven,
            &[&full[..], &["--confirm-ending", "2"]].concat(),
        ),
        "would end 3 of 10",
    );
    assert_eq!(at.beside(&ten), [0, 0, 10, 0]);

    let held = send(&at, &seven, &[&full[..], &["--hold"]].concat());
    assert_eq!(held.code, 0, "{held:?}");
    assert!(held.text.contains("ended 3"), "{held:?}");
    let id = held.import();
    refused(&at.import(&["apply", &id]), "would end 3 of 10");
    refused(
        &at.import(&["apply", &id, "--confirm-ending", "2"]),
        "would end 3 of 10",
    );
    assert_eq!(at.beside(&ten), [0, 0, 10, 0], "it waits as before");
    let applied = at.import(&["apply", &id, "--confirm-ending", "3"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    assert_eq!(at.beside(&seven), [0, 0, 7, 0]);

    // Without waiting, too.
    let three = at.file("three.csv", rows(1..=3));
    let sent = send(
        &at,
        &three,
        &[&full[..], &["--confirm-ending", "4"]].concat(),
    );
    assert_eq!(sent.code, 0, "{sent:?}");
    assert_eq!(at.beside(&three), [0, 0, 3, 0]);
}

#[test]
fn what_was_applied_too_long_ago_or_is_not_the_latest_stays() {
    let (at, ten) = ten("undo_hours = 0");
    let over = at.import(&["list"]);
    let id = over.text.split_whitespace().next().unwrap().to_owned();
    refused(&at.import(&["undo", &id]), "could be taken back is over");
    assert_eq!(at.beside(&ten), [0, 0, 10, 0]);
    drop(at);

    let at = Installation::start("");
    let ids = [1..=2, 3..=3].map(|ids| {
        let sent = send(&at, &at.file("rows.csv", rows(ids)), &[]);
        assert_eq!(sent.code, 0, "{sent:?}");
        sent.import()
    });
    let three = at.file("three.csv", rows(1..=3));
    refused(&at.import(&["undo", &ids[0]]), "a later import was applied");
    assert_eq!(at.beside(&three), [0, 0, 3, 0]);
    for id in ids.iter().rev() {
        assert_eq!(at.import(&["undo", id]).code, 0);
    }
    assert_eq!(at.beside(&three), [3, 0, 0, 0]);
    assert_eq!(at.count("resident"), 0, "{NETWORK} knows nobody");
}
