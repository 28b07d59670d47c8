use api::privacy as pp;
use api::rights as pb;
use messaging::Outgoing;
use testkit::eventually;

use crate::erasure::say;
use crate::test_holder::GAMMA;
use crate::world::{EMAIL, NETWORK, NUMBER, PATIENCE, World, on_both};

fn proof(holder: &str, request: &str, entry: u64) -> pp::ExecutionAnswered {
    let now = Some(prost_types::Timestamp {
        seconds: chrono::Utc::now().timestamp(),
        nanos: 0,
    });
    pp::ExecutionAnswered {
        request_id: request.into(),
        holder: holder.into(),
        ledger_entry: entry,
        executed_at: now,
        verified_at: now,
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_for_another_and_a_residual_is_no_proof() {
    on_both(|store| async move {
        let (world, alpha, beta) = World::with_holders(store).await;
        let gamma = world.holder(GAMMA).await;
        eventually!(PATIENCE, world.knows("gamma").await);
        alpha.note(NETWORK, Some(NUMBER), EMAIL).await;
        let id = world.open(pb::RequestKind::Erasure).await;
        world.reaches(&id, pb::RequestState::AwaitingDecision).await;
        beta.stop().await;
        world.decide("kim", &id).await.unwrap();
        eventually!(
            PATIENCE,
            world.get(&id).await.request.unwrap().waiting_for == ["beta"]
        );
        let entry = world.get(&id).await.ledger_entry;

        // Signed by gamma, said for beta; as beta's event; and not signed at all.
        say(
            &gamma,
            "gamma.execution.answered.v1",
            "x",
            &proof("beta", &id, entry),
        )
        .await;
        say(
            &gamma,
            "beta.execution.answered.v1",
            "x",
            &proof("beta", &id, entry),
        )
        .await;
        let mut work = gamma.chassis.outbox.begin().await.unwrap();
        let bare = pp::Signed {
            payload: prost::Message::encode_to_vec(&proof("beta", &id, entry)),
            ..Default::default()
        };
        work.record(Outgoing::new(
            "beta.execution.answered.v1",
            "x",
            NETWORK,
            &bare,
        ));
        work.commit().await.unwrap();
        // Gamma itself with another entry, or a residual, changes nothing either: it has given its proof.
        say(
            &gamma,
            "gamma.execution.answered.v1",
            "x",
            &proof("gamma", &id, entry + 1),
        )
        .await;
        let mut left = proof("gamma", &id, entry);
        left.keys_residual = 1;
        say(&gamma, "gamma.execution.answered.v1", "x", &left).await;
        eventually!(
            PATIENCE,
            world
                .answers_with(&["OTHER_HOLDER", "MISMATCH", "RESIDUAL_KEYS"])
                .await
                == 3
        );
        let seen = world.get(&id).await;
        assert_eq!(seen.request.unwrap().waiting_for, ["beta"]);
        let beta = world.holder(crate::test_holder::BETA).await;
        world.reaches(&id, pb::RequestState::Completed).await;
        // Late and again: recorded, without effect.
        say(
            &gamma,
            "gamma.execution.answered.v1",
            "x",
            &proof("gamma", &id, entry),
        )
        .await;
        eventually!(PATIENCE, world.answers_with(&["REPEATED"]).await >= 1);
        assert_eq!(world.state(&id).await, pb::RequestState::Completed);
        for holder in [alpha, beta, gamma] {
            holder.stop().await;
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_holder_proves_anew() {
    on_both(|store| async move {
        let (world, alpha, beta) = World::with_holders(store).await;
        alpha.note(NETWORK, Some(NUMBER), EMAIL).await;
        let id = world.open(pb::RequestKind::Erasure).await;
        world.reaches(&id, pb::RequestState::AwaitingDecision).await;
        beta.stop().await;
        world.decide("kim", &id).await.unwrap();
        eventually!(
            PATIENCE,
            world.get(&id).await.request.unwrap().waiting_for == ["beta"]
        );
        let announced = pp::HolderAnnounced {
            holder: "alpha".into(),
            version: "1".into(),
            data_map: "{}".into(),
            ledger_position: 0,
            restored: true,
        };
        say(&alpha, "alpha.holder.announced.v1", "alpha", &announced).await;
        // Alpha repeats its proof when it is ordered again, and that one counts.
        eventually!(PATIENCE, world.voided("alpha").await);
        eventually!(
            PATIENCE,
            world.get(&id).await.request.unwrap().waiting_for == ["beta"]
        );
        let beta = world.holder(crate::test_holder::BETA).await;
        world.reaches(&id, pb::RequestState::Completed).await;
        alpha.stop().await;
        beta.stop().await;
        world.stop().await;
    })
    .await;
}
