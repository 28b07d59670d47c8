//! The retry worker: finds what waits and is due, and brings it back into the lane of its key.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;

use super::Consumer;
use super::lanes::Lanes;
use crate::store::parked;

/// How often the inbox is looked at when nobody rings; also how long a replay from the command line takes to begin.
const POLL: Duration = Duration::from_millis(250);
/// Waiting messages that are taken at a time.
const BATCH: i64 = 128;

/// Runs until `shutdown`; a message under way is then finished by its lane.
pub(crate) async fn run(consumer: Arc<Consumer>, lanes: Arc<Lanes>, shutdown: CancellationToken) {
    let work = async {
        loop {
            consumer.open().await;
            if let Err(error) = bring_back(&consumer, &lanes).await {
                consumer.database_away(&error);
            }
            tokio::select! {
                () = consumer.parked.notified() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = shutdown.cancelled() => {}
    }
}

async fn bring_back(consumer: &Consumer, lanes: &Lanes) -> Result<(), DbErr> {
    let heads = parked::due_heads(
        &consumer.outbox.database().reader(),
        &consumer.service,
        BATCH,
    )
    .await?;
    for head in heads {
        let seq = head.seq;
        if consumer.schedule(seq) && !lanes.offer_parked(head).await {
            consumer.unschedule(seq);
        }
    }
    Ok(())
}
