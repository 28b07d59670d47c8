//! A crash between ledger and database, and before the last commit: the sweep brings every request to its end, nothing
//! twice. A binary of its own: the crash points are the process's.
#![recursion_limit = "512"]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs,
    dead_code,
    reason = "tests"
)]

#[path = "../it/test_holder.rs"]
mod test_holder;
#[path = "../it/world.rs"]
mod world;

use api::rights as pb;
use rights::certificate::verify;
use rights::domain::ledger::EntryKind;

use crate::world::{EMAIL, NETWORK, NUMBER, PATIENCE, World, on_both};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_undone_is_done_once() {
    for point in [
        "rights.after_ledger_append",
        "rights.before_complete_commit",
    ] {
        on_both(|store| async move {
            let (world, alpha, beta) = World::with_holders(store).await;
            alpha.note(NETWORK, Some(NUMBER), EMAIL).await;
            let id = world.open(pb::RequestKind::Erasure).await;
            world.reaches(&id, pb::RequestState::AwaitingDecision).await;
            fail::cfg(point, "1*panic").unwrap();
            // Where the panic comes while deciding, the caller hears nothing; the decision stands.
            drop(world.decide("kim", &id).await);
            if point == "rights.before_complete_commit" {
                // There the panic ends the service, as a crash does.
                let crashed = world.lifecycle();
                crashed.shutdown.cancelled().await;
                drop(crashed.drained(PATIENCE).await);
                world.restart().await;
            }
            world.reaches(&id, pb::RequestState::Completed).await;
            fail::remove(point);
            let verified = verify(&world.certificate(&id).await.document, &world.key()).unwrap();
            let kinds: Vec<_> = verified
                .body
                .ledger
                .iter()
                .map(|line| line.head.kind.as_str())
                .collect();
            assert_eq!(
                kinds,
                [
                    EntryKind::ErasureOrdered.as_str(),
                    EntryKind::Completed.as_str()
                ],
                "{point}"
            );
            assert_eq!(alpha.notes().await, 0);
            alpha.stop().await;
            beta.stop().await;
            world.stop().await;
        })
        .await;
    }
}
