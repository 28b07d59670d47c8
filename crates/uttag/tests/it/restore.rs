//! A backup from before is put back: the folder is whole again, and a damaged backup changes nothing.

use crate::uttag::{Served, run, text};

#[test]
fn a_backup_is_made_of_a_running_installation_and_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let served = Served::start(folder.path());
    let to = folder.path().join("saved");
    let made = run(&[
        "backup",
        "create",
        "--data",
        data,
        "--to",
        to.to_str().unwrap(),
    ]);
    assert!(made.status.success(), "{}", text(&made));
    assert!(served.stop());

    let names: Vec<_> = std::fs::read_dir(&to)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(
        names.len(),
        6,
        "{names:?}: five databases and a manifest, no keys, no ledger, no secrets"
    );

    let restore = || {
        run(&[
            "backup",
            "restore",
            "--data",
            data,
            "--service",
            "orders",
            to.to_str().unwrap(),
        ])
    };
    assert!(restore().status.success());
    assert!(
        Served::start(folder.path()).stop(),
        "the restored installation does not become ready"
    );

    let copy = to.join("orders.sqlite");
    let mut bytes = std::fs::read(&copy).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&copy, bytes).unwrap();
    let before = std::fs::read(folder.path().join("db/orders.sqlite")).unwrap();
    let damaged = restore();
    assert!(!damaged.status.success());
    assert!(text(&damaged).contains("damaged"));
    assert_eq!(
        std::fs::read(folder.path().join("db/orders.sqlite")).unwrap(),
        before,
        "a damaged backup was put back"
    );
}
