//! Arguments, exit codes, and commands that work on the folder alone.

use std::path::Path;

use crate::uttag::{Served, run, text};

const HEADER: &str =
    "coId;accessId;streetName;streetNumber;postalCode;city;premisesType;residentName\n";

#[test]
fn nothing_said_is_answered_with_help() {
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(2));
    for word in [
        "serve",
        "demo",
        "import",
        "certificate",
        "dead-letters",
        "provider",
        "backup",
        "doctor",
    ] {
        assert!(
            text(&output).contains(word),
            "the help does not name {word}"
        );
    }
}

#[test]
fn a_folder_that_is_no_installation_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&["doctor", "--data", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("is no installation of Uttag"));
}

#[test]
fn an_operator_imports_inspects_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let served = Served::start(folder.path());

    let good = file(
        folder.path(),
        "good.csv",
        "TSTNET;T-1;Storgatan;1;72134;Västerås;OTHER;Tolvan Testsson\n",
    );
    let import = |file: &str, more: &[&str]| {
        let mut arguments = vec![
            "import",
            "accesses",
            "--data",
            data,
            "--network",
            "TSTNET",
            file,
        ];
        arguments.extend(more);
        run(&arguments)
    };
    let first = import(&good, &[]);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first));
    assert!(text(&first).contains("applied"));
    let said = text(&first);
    assert!(
        said.contains("no network TSTNET has been entered yet"),
        "{said}"
    );
    assert!(text(&import(&good, &[])).contains("nothing_changed"));

    let rejected = folder.path().join("rejected.csv");
    let mixed = file(
        folder.path(),
        "mixed.csv",
        "TSTNET;T-2;Storgatan;2;72134;Västerås;OTHER;Elvan Testsson\nTSTNET;T-3;;3;abc;;OTHER;\n",
    );
    let some = import(&mixed, &["--rejected", rejected.to_str().unwrap()]);
    assert_eq!(some.status.code(), Some(2), "{}", text(&some));
    assert!(std::fs::read_to_string(&rejected).unwrap().contains("T-3"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&rejected).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "it names residents");
    }
    // Of an import that has rejected nothing there is no such file, not the one of yesterday.
    let none = import(&good, &["--rejected", rejected.to_str().unwrap()]);
    assert_eq!(none.status.code(), Some(0), "{}", text(&none));
    assert!(!rejected.exists());

    let useless = file(folder.path(), "useless.csv", "");
    std::fs::write(&useless, "what;is;this\n1;2;3\n").unwrap();
    assert_eq!(import(&useless, &[]).status.code(), Some(1));

    let doctor = run(&["doctor", "--data", data]);
    assert!(doctor.status.success(), "{}", text(&doctor));
    let letters = run(&[
        "dead-letters",
        "list",
        "--data",
        data,
        "--service",
        "orders",
    ]);
    assert!(text(&letters).contains("0 shown"), "{}", text(&letters));
    assert!(served.stop(), "SIGTERM does not stop it in order");

    let secrets = folder.path().join("secrets");
    std::fs::copy(
        secrets.join("crm/master.key"),
        secrets.join("registry/master.key"),
    )
    .unwrap();
    let doctor = run(&["doctor", "--data", data]);
    assert_eq!(doctor.status.code(), Some(1), "{}", text(&doctor));
    assert!(
        text(&doctor).contains("WRONG  keys in the store of registry"),
        "{}",
        text(&doctor)
    );
}

#[test]
fn a_credential_is_made_rotated_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert!(Served::start(folder.path()).stop());
    assert!(
        run(&["network", "put", "--data", data, "TSTNET", "Testnätet"])
            .status
            .success()
    );
    let credential = |verb: &str, more: &[&str]| {
        let mut arguments = vec![
            "provider",
            "credential",
            verb,
            "--data",
            data,
            "--network",
            "TSTNET",
            "--provider",
            "testtv",
        ];
        arguments.extend(more);
        run(&arguments)
    };
    let made = text(&credential("create", &[]));
    let client = made.split_whitespace().nth(1).unwrap().to_owned();
    assert!(made.contains("client_secret"));
    assert!(
        credential("rotate", &[]).status.success(),
        "the next one cannot be made"
    );
    assert_eq!(
        text(&credential("list", &[])).matches("valid").count(),
        2,
        "the two do not overlap"
    );
    assert!(credential("revoke", &[&client]).status.success());
    assert_eq!(text(&credential("list", &[])).matches("valid").count(), 1);
    assert!(
        !text(&credential("list", &[])).contains("client_secret"),
        "a secret is shown again"
    );
}

#[test]
fn an_import_credential_is_made_listed_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert!(Served::start(folder.path()).stop());
    let credential = |verb: &str, more: &[&str]| {
        let of = [
            "network",
            "credential",
            verb,
            "--data",
            data,
            "--network",
            "TSTNET",
        ];
        run(&[of.as_slice(), more].concat())
    };
    let nowhere = credential("create", &[]);
    assert!(
        !nowhere.status.success() && text(&nowhere).contains("there is no network"),
        "{}",
        text(&nowhere)
    );
    assert!(
        run(&["network", "put", "--data", data, "TSTNET", "Testnätet"])
            .status
            .success()
    );
    let made = text(&credential("create", &[]));
    let words: Vec<_> = made.split_whitespace().collect();
    assert_eq!(
        (words[0], words[1], words[2], words[3].len()),
        ("api_user", "1001", "api_key", 43)
    );
    assert!(text(&credential("create", &[])).contains("1002"));
    assert!(credential("revoke", &["1001"]).status.success());
    assert!(!credential("revoke", &["1001"]).status.success());
    let listed = text(&credential("list", &[]));
    assert_eq!(listed.matches("valid").count(), 1, "{listed}");
    assert!(!listed.contains(words[3]), "a key is shown again");
}

fn file(folder: &Path, name: &str, rows: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, format!("{HEADER}{rows}")).unwrap();
    path.to_str().unwrap().to_owned()
}
