//! A file that somebody else puts in place of ours, or writes into, while we have it open.

use std::fs;
use std::path::PathBuf;

use service_kit::database::{Database, DatabaseError};

use super::{connect, scalar, texts, write};

struct Running {
    _folder: tempfile::TempDir,
    database: Database,
    file: PathBuf,
    backup: PathBuf,
}

/// A database with a backup of its first row; its second row is in the log only.
async fn running() -> Running {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db/test.sqlite");
    let database = connect(&format!("sqlite:{}", file.display())).await;
    write(&database, 1, "first").await;
    assert!(database.checkpoint().await.unwrap());
    let backup = folder.path().join("backup.sqlite");
    // VACUUM INTO, from the outside: reading the live file would drop its locks, as POSIX wants it.
    let connection = sea_orm::Database::connect(format!("sqlite:{}?mode=ro", file.display()))
        .await
        .unwrap();
    let vacuum = format!("VACUUM INTO '{}'", backup.display());
    sea_orm::ConnectionTrait::execute_unprepared(&connection, &vacuum)
        .await
        .unwrap();
    connection.close().await.unwrap();
    write(&database, 2, "second").await;
    Running {
        _folder: folder,
        database,
        file,
        backup,
    }
}

impl Running {
    async fn assert_restored(&self) {
        assert!(self.database.replaced().await.unwrap());
        assert!(
            matches!(
                self.database.checkpoint().await,
                Err(DatabaseError::Replaced)
            ),
            "no byte of ours in it"
        );
        self.database.reopen().await.unwrap();
        assert_eq!(texts(&self.database).await, ["first"]);
        assert_eq!(scalar(&self.database, "PRAGMA integrity_check").await, "ok");
        assert!(!self.database.replaced().await.unwrap());
        write(&self.database, 3, "third").await;
        assert!(self.database.checkpoint().await.unwrap());
        assert_eq!(texts(&self.database).await, ["first", "third"]);
        assert!(!self.database.replaced().await.unwrap());
    }
}

#[tokio::test]
async fn nothing_happened() {
    let running = running().await;
    assert!(!running.database.replaced().await.unwrap());
}

#[tokio::test]
async fn own_writes_and_checkpoints_are_not_it() {
    let running = running().await;
    for id in 10..60 {
        write(&running.database, id, &"x".repeat(3000)).await;
        assert!(!running.database.replaced().await.unwrap(), "after a write");
        if id % 7 == 0 {
            assert!(running.database.checkpoint().await.unwrap());
            assert!(
                !running.database.replaced().await.unwrap(),
                "after a checkpoint"
            );
        }
    }
    let connecting = connect(&format!("sqlite:{}", running.file.display())).await;
    assert!(
        !running.database.replaced().await.unwrap(),
        "after somebody connected"
    );
    drop(connecting);
}

#[tokio::test]
async fn copied_over() {
    let running = running().await;
    fs::copy(&running.backup, &running.file).unwrap();
    running.assert_restored().await;
}

#[tokio::test]
async fn moved_over() {
    let running = running().await;
    fs::rename(&running.backup, &running.file).unwrap();
    running.assert_restored().await;
}

#[tokio::test]
async fn removed_and_copied() {
    let running = running().await;
    fs::remove_file(&running.file).unwrap();
    assert!(running.database.replaced().await.unwrap());
    let refused = running.database.reopen().await.unwrap_err();
    assert!(
        matches!(refused, DatabaseError::File { .. }),
        "an empty database must not take its place: {refused}"
    );
    fs::copy(&running.backup, &running.file).unwrap();
    running.assert_restored().await;
}

#[tokio::test]
async fn written_by_somebody_else() {
    let running = running().await;
    let other = sea_orm::Database::connect(format!("sqlite:{}", running.file.display()))
        .await
        .unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(
        &other,
        "INSERT INTO note (id, text) VALUES (9, 'other')",
    )
    .await
    .unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&other, "PRAGMA wal_checkpoint(TRUNCATE)")
        .await
        .unwrap();
    assert!(running.database.replaced().await.unwrap());
    other.close().await.unwrap();
    running.database.reopen().await.unwrap();
    assert_eq!(texts(&running.database).await, ["first", "second", "other"]);
    assert!(!running.database.replaced().await.unwrap());
}

#[tokio::test]
async fn closing_writes_nothing_into_a_file_that_is_not_ours() {
    let running = running().await;
    fs::copy(&running.backup, &running.file).unwrap();
    let restored = fs::read(&running.backup).unwrap();
    running.database.close().await.unwrap();
    assert!(
        fs::read(&running.file).unwrap() == restored,
        "the file is the backup, byte for byte"
    );
}

#[tokio::test]
async fn is_answered_within_a_transaction_while_a_checkpoint_waits_for_it() {
    let running = running().await;
    let open = running.database.begin().await.unwrap();
    let waiting = tokio::spawn({
        let database = running.database.clone();
        async move { database.checkpoint().await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let answer = tokio::time::timeout(
        std::time::Duration::from_secs(2),
        running.database.replaced(),
    );
    assert!(!answer.await.unwrap().unwrap());
    open.commit().await.unwrap();
    assert!(waiting.await.unwrap().unwrap());
}

#[tokio::test]
async fn a_transaction_that_is_open_ends_before_the_file_is_reopened() {
    let running = running().await;
    let open = running.database.begin().await.unwrap();
    fs::copy(&running.backup, &running.file).unwrap();
    let reopening = tokio::spawn({
        let database = running.database.clone();
        async move { database.reopen().await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(!reopening.is_finished());
    open.rollback().await.unwrap();
    reopening.await.unwrap().unwrap();
    assert_eq!(texts(&running.database).await, ["first"]);
}

/// The files as a crash leaves them: taken while the service runs.
fn crashed(running: &Running, into: &std::path::Path) {
    fs::create_dir_all(into).unwrap();
    for name in ["test.sqlite", "test.sqlite-wal", "test.sqlite-owner"] {
        // `cp`, not `fs::copy`: a file that this process closes loses its locks, as POSIX wants it.
        let from = running.file.with_file_name(name);
        assert!(
            std::process::Command::new("cp")
                .arg(from)
                .arg(into)
                .status()
                .unwrap()
                .success()
        );
    }
}

#[tokio::test]
async fn a_crash_loses_nothing() {
    let running = running().await;
    let folder = tempfile::tempdir().unwrap();
    crashed(&running, folder.path());
    let after = connect(&format!(
        "sqlite:{}",
        folder.path().join("test.sqlite").display()
    ))
    .await;
    assert_eq!(texts(&after).await, ["first", "second"]);
}

#[tokio::test]
async fn a_backup_copied_over_a_crashed_file_is_what_opens() {
    let running = running().await;
    let folder = tempfile::tempdir().unwrap();
    crashed(&running, folder.path());
    let file = folder.path().join("test.sqlite");
    assert!(
        fs::metadata(folder.path().join("test.sqlite-wal"))
            .unwrap()
            .len()
            > 0
    );
    fs::copy(&running.backup, &file).unwrap();
    let after = connect(&format!("sqlite:{}", file.display())).await;
    assert_eq!(texts(&after).await, ["first"]);
    assert_eq!(scalar(&after, "PRAGMA integrity_check").await, "ok");
}

#[tokio::test]
async fn a_plain_copy_of_an_earlier_state_copied_over_a_crashed_file_is_what_opens() {
    let running = running().await;
    let earlier = running.file.with_file_name("earlier.sqlite");
    assert!(running.database.checkpoint().await.unwrap());
    assert!(
        std::process::Command::new("cp")
            .args([&running.file, &earlier])
            .status()
            .unwrap()
            .success()
    );
    write(&running.database, 3, "third").await;
    assert!(running.database.checkpoint().await.unwrap());
    write(&running.database, 4, "fourth").await;
    let folder = tempfile::tempdir().unwrap();
    crashed(&running, folder.path());
    let file = folder.path().join("test.sqlite");
    fs::copy(&earlier, &file).unwrap();
    let after = connect(&format!("sqlite:{}", file.display())).await;
    assert_eq!(texts(&after).await, ["first", "second"]);
}

#[tokio::test]
async fn a_second_instance_takes_over_the_checkpoints_when_the_first_has_gone() {
    let running = running().await;
    let second = connect(&format!("sqlite:{}", running.file.display())).await;
    assert!(
        !second.checkpoint().await.unwrap(),
        "they are the first one's"
    );
    running.database.close().await.unwrap();
    write(&second, 3, "third").await;
    let done = || async { second.checkpoint().await.unwrap() };
    testkit::eventually!(std::time::Duration::from_secs(15), done().await);
    assert!(!second.replaced().await.unwrap());
    fs::copy(&running.backup, &running.file).unwrap();
    assert!(second.replaced().await.unwrap());
}
