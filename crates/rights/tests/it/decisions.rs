use api::rights as pb;
use service_kit::error::reason_of;

use crate::test_holder::{ALPHA, BETA};
use crate::world::{EMAIL, NETWORK, NUMBER, World, on_both};

#[tokio::test(flavor = "multi_thread")]
async fn two_persons_where_two_are_configured() {
    on_both(|store| async move {
        let world = World::start_with(store, |settings| settings.two_person = true).await;
        let (alpha, beta) = (world.holder(ALPHA).await, world.holder(BETA).await);
        alpha.note(NETWORK, Some(NUMBER), EMAIL).await;
        let id = world.open(pb::RequestKind::Erasure).await;
        let approve = |staff: &str| {
            let mut staff = world.staff(staff);
            let asked = pb::ApproveRequestRequest {
                network: NETWORK.into(),
                request_id: id.clone(),
            };
            async move {
                staff
                    .approve_request(asked)
                    .await
                    .map(|a| a.into_inner().state())
            }
        };
        world.reaches(&id, pb::RequestState::AwaitingDecision).await;
        assert_eq!(
            reason_of(&approve("lo").await.unwrap_err()).as_deref(),
            Some("WRONG_STATE")
        );
        assert_eq!(
            world.decide("kim", &id).await.unwrap(),
            pb::RequestState::AwaitingApproval
        );
        assert_eq!(
            reason_of(&approve("kim").await.unwrap_err()).as_deref(),
            Some("SAME_PERSON")
        );
        assert_eq!(
            alpha.notes().await,
            1,
            "nothing is done before the second person approves"
        );
        approve("lo").await.unwrap();
        let done = world.reaches(&id, pb::RequestState::Completed).await;
        assert_eq!(
            (done.decided_by.as_str(), done.approved_by.as_str()),
            ("kim", "lo")
        );
        assert_eq!(alpha.notes().await, 0);
        alpha.stop().await;
        beta.stop().await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_needs_its_reason_and_carries_nothing_out() {
    on_both(|store| async move {
        let (world, alpha, beta) = World::with_holders(store).await;
        alpha.note(NETWORK, Some(NUMBER), EMAIL).await;
        let id = world.open(pb::RequestKind::Erasure).await;
        world.reaches(&id, pb::RequestState::AwaitingDecision).await;
        let decide = |reason: &str| {
            let mut staff = world.staff("kim");
            let decision = pb::DecideRequestRequest {
                network: NETWORK.into(),
                request_id: id.clone(),
                decision: "refuse".into(),
                reason: reason.into(),
            };
            async move {
                staff
                    .decide_request(decision)
                    .await
                    .map(|d| d.into_inner().state())
            }
        };
        assert_eq!(
            reason_of(&decide(" ").await.unwrap_err()).as_deref(),
            Some("REQUEST_INVALID")
        );
        assert_eq!(
            decide("identity could not be shown").await.unwrap(),
            pb::RequestState::Refused
        );
        assert_eq!(
            reason_of(&world.decide("kim", &id).await.unwrap_err()).as_deref(),
            Some("WRONG_STATE")
        );
        assert_eq!(alpha.notes().await, 1);
        alpha.stop().await;
        beta.stop().await;
        world.stop().await;
    })
    .await;
}
