//! What the elected relay does besides: forget what is old, and measure what waits.

use std::time::Duration;

use sea_orm::DbErr;
use service_kit::database::Database;
use tokio_util::sync::CancellationToken;

use super::RelaySettings;
use crate::store::{backlog, dead_letter, inbox, local_queue, outbox, parked};
use crate::{due, observe};

/// Rows deleted by one transaction: small, so that no writer waits for it.
const BATCH: u64 = 500;
/// Between two measurements.
const MEASURE: Duration = Duration::from_secs(5);
/// Measurements between two sweeps.
const SWEEP_EVERY: u32 = 12;

/// Measures and sweeps until `shutdown`. Every instance may: deleting twice is deleting once.
pub(crate) async fn run(
    service: &str,
    database: Database,
    settings: RelaySettings,
    shutdown: CancellationToken,
) -> Result<(), DbErr> {
    let mut round = 0_u32;
    loop {
        if let Err(error) = measure(service, &database).await {
            tracing::debug!(service, %error, "the backlog could not be measured");
        }
        if round.is_multiple_of(SWEEP_EVERY)
            && let Err(error) = sweep(&database, settings).await
        {
            tracing::warn!(service, %error, "delivered messages could not be swept");
        }
        round = round.wrapping_add(1);
        tokio::select! {
            () = tokio::time::sleep(MEASURE) => {}
            () = shutdown.cancelled() => return Ok(()),
        }
    }
}

async fn measure(service: &str, database: &Database) -> Result<(), DbErr> {
    let reader = database.reader();
    let backlog = backlog::backlog(&reader).await?;
    observe::backlog(service, &backlog);
    observe::kept(service, local_queue::count(&reader).await?);
    observe::waiting(
        service,
        parked::count(&reader, service).await?,
        dead_letter::count_open(&reader, service).await?,
    );
    Ok(())
}

async fn sweep(database: &Database, settings: RelaySettings) -> Result<(), DbErr> {
    let before = |kept: Duration| {
        due::now() - chrono::Duration::from_std(kept).unwrap_or(chrono::Duration::days(400))
    };
    loop {
        let tx = database.begin().await?;
        let delivered =
            outbox::delete_delivered(&tx, before(settings.outbox_retention), BATCH).await?;
        let done = inbox::delete_done(&tx, before(settings.inbox_retention), BATCH).await?;
        tx.commit().await?;
        if delivered < BATCH && done < BATCH {
            return Ok(());
        }
    }
}
