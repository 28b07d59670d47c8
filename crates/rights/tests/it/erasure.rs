use std::sync::atomic::Ordering;

use api::privacy as pp;
use api::rights as pb;
use messaging::Outgoing;
use rights::certificate::{CountClass, verify, verify_amendment};
use rights::domain::commitment::{Nonce, commit};
use testkit::eventually;

use crate::world::{EMAIL, NETWORK, NUMBER, OTHER_EMAIL, PATIENCE, World, on_both};

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_reaches_everybody_and_is_certified() {
    on_both(|store| async move {
        let (world, alpha, beta) = World::with_holders(store).await;
        // Beta knows the person by e-mail alone, which only alpha can connect with the identity number.
        alpha.note(NETWORK, Some(NUMBER), EMAIL).await;
        alpha.note(NETWORK, None, "other@example.com").await;
        beta.note(NETWORK, None, EMAIL).await;
        let id = world.open(pb::RequestKind::Erasure).await;
        let preview = world.reaches(&id, pb::RequestState::AwaitingDecision).await;
        assert_eq!(preview.identity_number_masked, "19900118-****");
        for holder in ["alpha", "beta"] {
            let view = preview.holders.iter().find(|h| h.holder == holder).unwrap();
            let note = view
                .categories
                .iter()
                .find(|c| c.category == "note")
                .unwrap();
            assert_eq!((note.rows, note.action.as_str()), (1, "erase"), "{holder}");
        }
        let of_rights = preview
            .holders
            .iter()
            .find(|h| h.holder == "rights")
            .unwrap();
        assert!(
            of_rights.categories.iter().any(|c| c.rows > 0),
            "the case itself is personal data"
        );

        world.decide("kim", &id).await.unwrap();
        let done = world.reaches(&id, pb::RequestState::Completed).await;
        assert!(
            done.holders
                .iter()
                .all(|h| h.state == "proven" && h.residual == 0)
        );
        assert!(
            done.identity_number_masked.is_empty(),
            "the case keeps nothing of the person"
        );
        assert!(done.ledger_entry > 0);
        assert_eq!((alpha.notes().await, beta.notes().await), (1, 0));

        let handed = world.certificate(&id).await;
        let verified = verify(&handed.document, &world.key()).unwrap();
        let names: Vec<_> = verified
            .body
            .holders
            .iter()
            .map(|h| h.holder.as_str())
            .collect();
        assert_eq!(names, ["alpha", "beta", "rights"]);
        assert_eq!(
            verified.body.holders[0].categories[0].erased,
            CountClass::One
        );
        let nonce = Nonce::parse(&handed.commitment_nonce).unwrap();
        assert_eq!(
            verified.body.person.commitment,
            commit(nonce, "199001189811")
        );
        let text = String::from_utf8(handed.document.clone()).unwrap();
        assert!(
            !text.contains("9811") || !text.contains("19900118"),
            "no identifier of the person"
        );
        for at in (0..handed.document.len()).step_by(97) {
            let mut changed = handed.document.clone();
            changed[at] ^= 1;
            assert!(verify(&changed, &world.key()).is_err());
        }
        // The person may come back, and be erased again.
        let again = world.open(pb::RequestKind::Erasure).await;
        assert_ne!(again, id);
        world
            .reaches(&again, pb::RequestState::AwaitingDecision)
            .await;
        world.decide("kim", &again).await.unwrap();
        world.reaches(&again, pb::RequestState::Completed).await;
        alpha.stop().await;
        beta.stop().await;
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_retained_is_said_and_recipients_are_told() {
    on_both(|store| async move {
        let (world, alpha, beta) = World::with_holders(store).await;
        alpha.note(NETWORK, Some(NUMBER), EMAIL).await;
        beta.voucher(NETWORK, Some(NUMBER), OTHER_EMAIL).await;
        alpha.hooks.0.store(true, Ordering::SeqCst);
        // The register remembers a recipient that alpha itself has forgotten.
        let disclosed = pp::DisclosureRecorded {
            disclosure_id: uuid::Uuid::now_v7().to_string(),
            network: NETWORK.into(),
            holder: "alpha".into(),
            recipient: "provider:forgotten".into(),
            record_id: "note:1".into(),
            at: None,
            purpose: "delivery".into(),
        };
        say(&alpha, "alpha.disclosure.recorded.v1", "note:1", &disclosed).await;
        let id = world.open(pb::RequestKind::Erasure).await;
        world.reaches(&id, pb::RequestState::AwaitingDecision).await;
        world.decide("kim", &id).await.unwrap();
        let done = world
            .reaches(&id, pb::RequestState::PartiallyRetained)
            .await;
        let told: Vec<_> = done
            .recipients
            .iter()
            .map(|r| r.recipient.as_str())
            .collect();
        assert_eq!(told, ["provider:forgotten", "provider:nordbredband"]);

        let handed = world.certificate(&id).await;
        let verified = verify(&handed.document, &world.key()).unwrap();
        let kept = verified.body.holders[1]
            .categories
            .iter()
            .find(|c| c.category == "voucher")
            .unwrap();
        assert_eq!(
            (kept.retained, kept.legal_basis.as_str()),
            (CountClass::One, "bokföringslagen 7:2")
        );
        assert!(!kept.retain_until.is_empty());
        assert_eq!(verified.body.recipients.len(), 2);
        assert!(handed.amendments.is_empty());

        let notice = notice_of(&world, "provider:nordbredband").await;
        let acknowledged = pp::NoticeAcknowledged {
            notice_id: notice,
            request_id: id.clone(),
            recipient: "provider:nordbredband".into(),
            acknowledged_at: None,
        };
        say(
            &alpha,
            "alpha.notice.acknowledged.v1",
            "notice",
            &acknowledged,
        )
        .await;
        say(
            &alpha,
            "alpha.notice.acknowledged.v1",
            "notice",
            &acknowledged,
        )
        .await;
        eventually!(
            PATIENCE,
            !world.certificate(&id).await.amendments.is_empty()
        );
        let handed = world.certificate(&id).await;
        assert_eq!(handed.amendments.len(), 1);
        let amended =
            verify_amendment(&handed.amendments[0], &verified, &world.authority.anchor()).unwrap();
        assert_eq!(amended.amendment.recipient, "provider:nordbredband");
        alpha.stop().await;
        beta.stop().await;
        world.stop().await;
    })
    .await;
}

/// The notice's id, from the register of notices.
async fn notice_of(world: &World, recipient: &str) -> String {
    use sea_orm::{ConnectionTrait as _, Statement};
    let reader = world.reader().await;
    let sql = "SELECT id FROM recipient_notice WHERE recipient = $1";
    let statement =
        Statement::from_sql_and_values(reader.get_database_backend(), sql, [recipient.into()]);
    let row = reader.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get::<uuid::Uuid>("", "id").unwrap().to_string()
}

/// A holder says something, signed.
pub async fn say(
    holder: &crate::test_holder::TestHolder,
    event: &str,
    key: &str,
    message: &impl prost::Message,
) {
    let mut work = holder.chassis.outbox.begin().await.unwrap();
    let signed = holder.chassis.identity.sign_event(event, message);
    work.record(Outgoing::new(event, key, NETWORK, &signed));
    work.commit().await.unwrap();
}
