use api::rights as pb;
use rights::certificate::verify;
use testkit::eventually;

use crate::test_holder::{BETA, GAMMA};
use crate::world::{EMAIL, NETWORK, NUMBER, PATIENCE, World, on_both};

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_holder_is_waited_for_by_name_and_delays_its_own_part_only() {
    on_both(|store| async move {
        let (world, alpha, beta) = World::with_holders(store).await;
        alpha.note(NETWORK, Some(NUMBER), EMAIL).await;
        beta.note(NETWORK, Some(NUMBER), EMAIL).await;
        let id = world.open(pb::RequestKind::Erasure).await;
        world.reaches(&id, pb::RequestState::AwaitingDecision).await;
        beta.stop().await;
        world.decide("kim", &id).await.unwrap();
        eventually!(
            PATIENCE,
            world.get(&id).await.request.unwrap().waiting_for == ["beta"]
        );
        assert_eq!(alpha.notes().await, 0, "alpha has done its part");
        assert_eq!(world.state(&id).await, pb::RequestState::Executing);
        let beta = world.holder(BETA).await;
        world.reaches(&id, pb::RequestState::Completed).await;
        assert_eq!(beta.notes().await, 0);
        alpha.stop().await;
        beta.stop().await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_latecomer_takes_part_before_and_after_the_decision() {
    on_both(|store| async move {
        let (world, alpha, beta) = World::with_holders(store).await;
        alpha.note(NETWORK, Some(NUMBER), EMAIL).await;
        let id = world.open(pb::RequestKind::Erasure).await;
        world.reaches(&id, pb::RequestState::AwaitingDecision).await;
        beta.stop().await;
        world.decide("kim", &id).await.unwrap();
        // Executing already, beta is awaited; a service that nobody knew comes up with the same person in it.
        let gamma = world.holder(GAMMA).await;
        gamma.note(NETWORK, Some(NUMBER), EMAIL).await;
        eventually!(
            PATIENCE,
            world
                .get(&id)
                .await
                .holders
                .iter()
                .any(|h| h.holder == "gamma" && h.state == "proven")
        );
        assert_eq!(world.state(&id).await, pb::RequestState::Executing);
        let beta = world.holder(BETA).await;
        world.reaches(&id, pb::RequestState::Completed).await;
        let verified = verify(&world.certificate(&id).await.document, &world.key()).unwrap();
        let names: Vec<_> = verified
            .body
            .holders
            .iter()
            .map(|h| h.holder.as_str())
            .collect();
        assert_eq!(names, ["alpha", "beta", "gamma", "rights"]);
        assert_eq!(
            verified.body.ledger.len(),
            3,
            "two orders and the completion"
        );
        for holder in [alpha, beta, gamma] {
            holder.stop().await;
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn retiring_a_holder_is_an_act_in_the_ledger() {
    on_both(|store| async move {
        let (world, alpha, beta) = World::with_holders(store).await;
        alpha.note(NETWORK, Some(NUMBER), EMAIL).await;
        beta.stop().await;
        let id = world.open(pb::RequestKind::Erasure).await;
        eventually!(
            PATIENCE,
            world.get(&id).await.request.unwrap().waiting_for == ["beta"]
        );
        let retire = |holder: &str, reason: &str| {
            let mut staff = world.staff("kim");
            let asked = pb::RetireHolderRequest {
                holder: holder.into(),
                reason: reason.into(),
            };
            async move {
                staff
                    .retire_holder(asked)
                    .await
                    .map(|r| r.into_inner().ledger_entry)
            }
        };
        assert!(retire("beta", "").await.is_err());
        assert!(retire("rights", "why not").await.is_err());
        assert!(retire("nobody", "gone").await.is_err());
        assert!(
            retire("beta", "taken out of use, its data was deleted")
                .await
                .unwrap()
                > 0
        );
        world.reaches(&id, pb::RequestState::AwaitingDecision).await;
        world.decide("kim", &id).await.unwrap();
        world.reaches(&id, pb::RequestState::Completed).await;
        let verified = verify(&world.certificate(&id).await.document, &world.key()).unwrap();
        assert_eq!(verified.body.retired[0].holder, "beta");
        let holders = world
            .staff("kim")
            .list_holders(pb::ListHoldersRequest {})
            .await
            .unwrap()
            .into_inner()
            .holders;
        assert!(holders.iter().any(|h| h.holder == "beta" && h.retired));
        alpha.stop().await;
        world.stop().await;
    })
    .await;
}
