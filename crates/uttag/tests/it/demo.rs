//! The demo ends well only when every step was verified; each step, broken on purpose, is noticed.

use std::process::Stdio;

use crate::uttag::{command, run, text};

#[test]
fn the_whole_story_is_verified_from_outside() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&["demo", "--exit", "--data", folder.path().to_str().unwrap()]);
    assert!(output.status.success(), "{}", text(&output));
    assert!(
        !text(&output).contains("setup"),
        "the demo makes its own users: {}",
        text(&output)
    );

    let certificate = folder.path().join("demo/certificate.json");
    let anchor = folder.path().join("secrets/anchor.pub");
    let verify = |file: &std::path::Path, key: &std::path::Path| {
        run(&[
            "certificate",
            "verify",
            file.to_str().unwrap(),
            "--key",
            key.to_str().unwrap(),
        ])
        .status
        .success()
    };
    assert!(verify(&certificate, &anchor));
    let mut verifying = command(&[
        "certificate",
        "verify",
        certificate.to_str().unwrap(),
        "--key",
        anchor.to_str().unwrap(),
    ])
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    drop(verifying.stdout.take());
    assert!(
        verifying.wait().unwrap().success(),
        "nobody reads what it says, and that is no failure"
    );

    let document = std::fs::read(&certificate).unwrap();
    let changed = folder.path().join("changed.json");
    let mut appended = document.clone();
    appended.push(b'\n');
    let mut inserted = document.clone();
    inserted.insert(1, b' ');
    let mut flipped = document.clone();
    flipped[document.len() / 3] ^= 1;
    for bytes in [appended, inserted, flipped, document[1..].to_vec()] {
        std::fs::write(&changed, bytes).unwrap();
        assert!(!verify(&changed, &anchor));
    }
    let other = tempfile::tempdir().unwrap();
    let foreign = service_kit::identity::Authority::create(other.path())
        .unwrap()
        .anchor()
        .to_text();
    let key = folder.path().join("foreign.pub");
    std::fs::write(&key, foreign).unwrap();
    assert!(
        !verify(&certificate, &key),
        "another authority's key passes"
    );
}

macro_rules! sabotaged {
    ($($name:ident: $step:literal fails $at:literal,)*) => {$(
        #[test]
        fn $name() {
            let folder = tempfile::tempdir().unwrap();
            let data = folder.path().to_str().unwrap();
            let output = run(&["demo", "--exit", "--data", data, "--sabotage", $step]);
            assert!(!output.status.success(), "broken {} is not noticed: {}", $step, text(&output));
            let said = text(&output);
            assert!(said.contains(concat!("FAILED: step ", $at)), "broken {} fails elsewhere: {said}", $step);
        }
    )*};
}

sabotaged! {
    a_garbled_file_is_noticed: "import" fails "1 import",
    a_mail_that_does_not_arrive_is_noticed: "order" fails "2 order",
    a_revoked_credential_is_noticed: "provider" fails "3 provider",
    a_question_that_does_not_arrive_is_noticed: "contact" fails "4 contact",
    a_holder_that_is_away_is_noticed: "access" fails "7 access",
    a_service_that_stays_away_is_noticed: "waiting" fails "6 waiting",
    a_decision_that_nobody_takes_is_noticed: "erasure" fails "5 erasure",
    a_notice_that_nobody_acknowledges_is_noticed: "notice" fails "5 erasure",
    a_flipped_bit_is_noticed: "certificate" fails "5 erasure",
}
