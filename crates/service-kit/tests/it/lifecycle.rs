//! Starting, failing and stopping.

use std::time::Duration;

use service_kit::lifecycle::{Lifecycle, Readiness, STARTING, STOPPING};

const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn ready_is_the_absence_of_reasons() {
    let readiness = Readiness::new();
    assert_eq!(readiness.reasons(), [STARTING]);
    readiness.hold("fence");
    readiness.hold("fence");
    let waiting = tokio::spawn({
        let readiness = readiness.clone();
        async move { readiness.wait_for("fence").await }
    });
    readiness.release(STARTING);
    assert!(!readiness.is_ready() && !waiting.is_finished());
    readiness.release("fence");
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .unwrap()
        .unwrap();
    assert!(readiness.is_ready());
    tokio::time::timeout(PATIENCE, readiness.wait_ready())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_task_that_fails_stops_the_process() {
    let lifecycle = Lifecycle::new();
    lifecycle.spawn("relay", async { Err(std::io::Error::other("no broker")) });
    let failed = lifecycle.drained(PATIENCE).await.unwrap_err();
    assert_eq!(failed.to_string(), "the task relay failed");
    assert!(lifecycle.readiness.is_held(STOPPING));
}

#[tokio::test]
async fn a_task_that_panics_stops_the_process() {
    let lifecycle = Lifecycle::new();
    lifecycle.spawn("relay", async {
        if true {
            panic!("broken invariant")
        } else {
            anyhow::Ok(())
        }
    });
    assert!(lifecycle.drained(PATIENCE).await.is_err());
}

#[tokio::test]
async fn a_task_that_ends_stops_nothing() {
    let lifecycle = Lifecycle::new();
    lifecycle.spawn("once", async { anyhow::Ok(()) });
    lifecycle.tasks.close();
    lifecycle.tasks.wait().await;
    assert!(!lifecycle.shutdown.is_cancelled());
}

#[tokio::test]
async fn a_task_that_does_not_stop_is_reported() {
    let lifecycle = Lifecycle::new();
    lifecycle.spawn("stubborn", std::future::pending::<anyhow::Result<()>>());
    lifecycle.stop();
    let late = lifecycle
        .drained(Duration::from_millis(50))
        .await
        .unwrap_err();
    assert!(late.to_string().contains("1 tasks did not stop"), "{late}");
}

#[tokio::test]
async fn sigterm_stops_it_not_ready_first() {
    let lifecycle = Lifecycle::new();
    lifecycle.readiness.release(STARTING);
    lifecycle.on_terminate();
    let (shutdown, readiness) = (lifecycle.shutdown.clone(), lifecycle.readiness.clone());
    lifecycle.spawn("worker", async move {
        shutdown.cancelled().await;
        anyhow::ensure!(!readiness.is_ready(), "still ready");
        Ok(())
    });
    // The handler is in place once the task has run; until then the signal would end the test binary.
    let _ours = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let ourselves = std::process::id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-TERM", &ourselves])
            .status()
            .unwrap()
            .success()
    );
    tokio::time::timeout(PATIENCE, lifecycle.drained(PATIENCE))
        .await
        .unwrap()
        .unwrap();
}
