use api as pb;
use service_kit::error::reason_of;
use testkit::store::for_each_store;

use crate::world::{PATIENCE, World};

const NOTIFIED: &str = "rights.recipient.notified.v1";

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_told_and_its_acknowledgement_goes_back_once() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.offering_of("nordbredband").await;
        let (notice_id, order) = (
            uuid::Uuid::now_v7().to_string(),
            uuid::Uuid::now_v7().to_string(),
        );
        let message = pb::privacy::RecipientNotified {
            request_id: uuid::Uuid::now_v7().to_string(),
            network: "HAM".to_owned(),
            recipient: "provider:nordbredband".to_owned(),
            record_ids: vec![order.clone()],
            kind: "erasure".to_owned(),
            notice_id: notice_id.clone(),
        };
        world.rights_say(NOTIFIED, &notice_id, &message).await;
        world.rights_say(NOTIFIED, &notice_id, &message).await;
        let mail = world
            .mail
            .wait_for("order@nordbredband.example.se", 1, PATIENCE)
            .await;
        let text =
            format!("{}\n\n{}", mail[0].subject, mail[0].text).replace(&notice_id, "[notice]");
        insta::assert_snapshot!("mail_notice", text);

        let all = pb::orders::ListNoticesRequest {
            include_acknowledged: false,
        };
        let mut provider = world.provider("nordbredband");
        let notices = provider
            .list_notices(all)
            .await
            .unwrap()
            .into_inner()
            .notices;
        assert_eq!((notices.len(), &notices[0].order_ids), (1, &vec![order]));
        let acknowledge = pb::orders::AcknowledgeNoticeRequest {
            notice_id: notice_id.clone(),
        };
        let stranger = world
            .provider("sydfiber")
            .acknowledge_notice(acknowledge.clone())
            .await
            .unwrap_err();
        assert_eq!(reason_of(&stranger).as_deref(), Some("NOTICE_NOT_FOUND"));
        let first = provider
            .acknowledge_notice(acknowledge.clone())
            .await
            .unwrap()
            .into_inner();
        world.clock.advance(chrono::Duration::minutes(5));
        let again = world
            .provider("nordbredband")
            .acknowledge_notice(acknowledge)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(first, again);
        assert!(
            provider
                .list_notices(all)
                .await
                .unwrap()
                .into_inner()
                .notices
                .is_empty()
        );

        let events = world.events("orders.notice.acknowledged.v1", 1).await;
        let signed: pb::privacy::Signed = events[0].decode().unwrap();
        let now = kernel::Clock::now(&world.clock);
        let (told, _) = world
            .anchor
            .open_event::<pb::privacy::NoticeAcknowledged>(&events[0].event_type, &signed, now)
            .unwrap();
        assert_eq!(
            (told.notice_id, told.recipient.as_str()),
            (notice_id, "provider:nordbredband")
        );
        assert_eq!((events.len(), world.mail.mails().len()), (1, 1));
        world.stop().await;
    })
    .await;
}
