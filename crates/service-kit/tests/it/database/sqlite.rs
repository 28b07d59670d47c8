//! What is particular to SQLite.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use service_kit::database::{Database, DatabaseConfig, DatabaseError};

use super::{connect, insert, scalar, texts, write};

fn url(folder: &tempfile::TempDir) -> String {
    format!("sqlite:{}", folder.path().join("db/test.sqlite").display())
}

#[tokio::test]
async fn runs_with_the_settings_that_erasure_and_durability_need() {
    let folder = tempfile::tempdir().unwrap();
    let database = connect(&url(&folder)).await;
    for (pragma, value) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("secure_delete", "1"),
        ("foreign_keys", "1"),
        ("wal_autocheckpoint", "0"),
        ("busy_timeout", "10000"),
    ] {
        assert_eq!(
            scalar(&database, &format!("PRAGMA {pragma}")).await,
            value,
            "{pragma}"
        );
    }
    let mode = fs::metadata(database.path().unwrap())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let database = connect(&url(&folder)).await;
    let refused = insert(&database.reader(), 1, "without a transaction")
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("readonly"), "{refused}");
}

#[tokio::test]
async fn writers_take_turns_and_never_fail_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let database = connect(&url(&folder)).await;
    let writers = (0..40).map(|id| {
        let database = database.clone();
        tokio::spawn(async move { write(&database, id, "turn").await })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(texts(&database).await.len(), 40);
}

#[tokio::test]
async fn a_checkpoint_empties_the_log_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let database = connect(&url(&folder)).await;
    write(&database, 1, "canary-in-the-log").await;
    let log = folder.path().join("db/test.sqlite-wal");
    testkit::eventually!(
        Duration::from_secs(15),
        fs::metadata(&log).unwrap().len() == 0
    );
    assert!(!database.replaced().await.unwrap());
}

#[tokio::test]
async fn a_checkpoint_waits_for_no_reader_longer_than_a_moment() {
    use sea_orm::TransactionTrait as _;
    let folder = tempfile::tempdir().unwrap();
    let database = connect(&url(&folder)).await;
    write(&database, 1, "one").await;
    let reading = database.reader().begin().await.unwrap();
    let statement = sea_orm::Statement::from_string(database.backend(), "SELECT text FROM note");
    sea_orm::ConnectionTrait::query_all_raw(&reading, statement)
        .await
        .unwrap();
    write(&database, 2, "two").await;
    assert!(
        !database.checkpoint().await.unwrap(),
        "the reader holds the log"
    );
    drop(reading);
    let complete = || async { database.checkpoint().await.unwrap() };
    testkit::eventually!(Duration::from_secs(5), complete().await);
}

#[tokio::test]
async fn what_was_deleted_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let database = connect(&url(&folder)).await;
    write(&database, 1, "canary-9f3a").await;
    assert!(database.checkpoint().await.unwrap());
    let transaction = database.begin().await.unwrap();
    let delete = sea_orm::Statement::from_string(database.backend(), "DELETE FROM note");
    sea_orm::ConnectionTrait::execute_raw(&transaction, delete)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert!(database.checkpoint().await.unwrap());
    for file in fs::read_dir(folder.path().join("db")).unwrap() {
        let path = file.unwrap().path();
        let content = fs::read(&path).unwrap();
        assert!(
            !content.windows(11).any(|w| w == b"canary-9f3a"),
            "{}",
            path.display()
        );
    }
}

#[tokio::test]
async fn an_address_must_be_absolute_and_known() {
    for wrong in [
        "sqlite:test.sqlite",
        "sqlite::memory:",
        "mysql://localhost/x",
        "",
    ] {
        let refused = Database::connect(&DatabaseConfig::new(wrong))
            .await
            .unwrap_err();
        assert!(matches!(refused, DatabaseError::Url(_)), "{wrong}");
    }
}

#[tokio::test]
async fn whoever_ends_without_closing_leaves_the_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let database = connect(&url(&folder)).await;
    let path = database.path().unwrap();
    database.checkpoint().await.unwrap();
    let before = fs::read(&path).unwrap();
    write(&database, 1, "in the log").await;
    drop(database);
    let log = path.with_extension("sqlite-wal");
    assert!(fs::metadata(log).unwrap().len() > 0, "the log is gone");
    assert!(fs::read(&path).unwrap() == before, "the file has changed");
    let again = connect(&url(&folder)).await;
    assert_eq!(texts(&again).await, ["in the log"]);
}
