use api::rights as pb;
use kernel::NetworkCode;
use service_kit::caller::{Caller, CallerKind};
use service_kit::error::{reason_of, violations_of};
use tonic::Code;

use crate::world::{EMAIL, NETWORK, NUMBER, World, asking, on_both};

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_joins_and_a_command_is_done_once() {
    on_both(|store| async move {
        let world = World::start(store).await;
        let mut kim = world.staff("kim");
        let command = asking(pb::RequestKind::Erasure, &[NUMBER], &[EMAIL]);
        let first = kim
            .open_request(command.clone())
            .await
            .unwrap()
            .into_inner();
        assert!(!first.joined);
        assert_eq!(kim.open_request(command).await.unwrap().into_inner(), first);
        // Another spelling of the same person.
        let again = kim
            .open_request(asking(pb::RequestKind::Erasure, &["900118-9811"], &[]))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            (again.request_id, again.joined),
            (first.request_id.clone(), true)
        );
        let access = kim
            .open_request(asking(pb::RequestKind::Access, &[NUMBER], &[]))
            .await
            .unwrap()
            .into_inner();
        assert!(!access.joined);
        let other = kim
            .open_request(asking(pb::RequestKind::Erasure, &[], &["bo@example.com"]))
            .await
            .unwrap()
            .into_inner();
        assert!(!other.joined);
        let list = pb::ListRequestsRequest {
            network: NETWORK.into(),
            state: 0,
            page: Some(api::common::PageRequest {
                page_size: 2,
                page_token: String::new(),
            }),
        };
        // Rights, a holder itself, answers at once; the others are not there.
        testkit::eventually!(crate::world::PATIENCE, {
            let page = kim.list_requests(list.clone()).await.unwrap().into_inner();
            page.requests
                .iter()
                .all(|request| request.waiting_for == ["alpha", "beta"])
        });
        let page = kim.list_requests(list.clone()).await.unwrap().into_inner();
        assert_eq!(page.requests.len(), 2);
        assert_eq!(page.requests[0].waiting_for, ["alpha", "beta"]);
        let mut rest = list;
        rest.page.as_mut().unwrap().page_token = page.next_page_token;
        let rest = kim.list_requests(rest).await.unwrap().into_inner();
        assert_eq!(
            (rest.requests.len(), rest.next_page_token.as_str()),
            (1, "")
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_open_one_request() {
    on_both(|store| async move {
        let world = World::start(store).await;
        let open = (0..12).map(|_| async {
            let asked = asking(pb::RequestKind::Erasure, &[NUMBER], &[]);
            world
                .staff("kim")
                .open_request(asked)
                .await
                .unwrap()
                .into_inner()
        });
        let opened = futures::future::join_all(open).await;
        assert_eq!(opened.iter().filter(|o| !o.joined).count(), 1, "{opened:?}");
        assert!(opened.iter().all(|o| o.request_id == opened[0].request_id));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_is_said_at_once_and_without_the_value() {
    on_both(|store| async move {
        let world = World::start(store).await;
        let mut asked = asking(
            pb::RequestKind::Unspecified,
            &["19900118-9812"],
            &["nobody"],
        );
        asked.identity_proof = String::new();
        asked.language = "no".into();
        asked.command_id = "x".into();
        let refused = world.staff("kim").open_request(asked).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let fields: Vec<_> = violations_of(&refused)
            .into_iter()
            .map(|v| v.field)
            .collect();
        assert_eq!(
            fields,
            [
                "identity_proof",
                "language",
                "kind",
                "command_id",
                "keys.identity_numbers[0]",
                "keys.emails[0]"
            ]
        );
        assert!(!format!("{refused:?}").contains("9812"));
        let empty = world
            .staff("kim")
            .open_request(asking(pb::RequestKind::Erasure, &[], &[]))
            .await
            .unwrap_err();
        assert_eq!(violations_of(&empty)[0].field, "keys");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_network_sees_nothing() {
    on_both(|store| async move {
        let world = World::start(store).await;
        let id = world.open(pb::RequestKind::Erasure).await;
        let mut stranger = world.client(&Caller {
            kind: CallerKind::Staff,
            id: "eve".into(),
            roles: vec!["compliance".into()],
            network: Some(NetworkCode::parse("OTHER").unwrap()),
            provider: None,
            purpose: None,
        });
        let get = |network: &str| pb::GetRequestRequest {
            network: network.into(),
            request_id: id.clone(),
        };
        let refused = stranger.get_request(get("OTHER")).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("REQUEST_NOT_FOUND"));
        let refused = stranger.get_request(get(NETWORK)).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("OTHER_NETWORK"));
        let list = pb::ListRequestsRequest {
            network: String::new(),
            state: 0,
            page: None,
        };
        assert!(
            stranger
                .list_requests(list)
                .await
                .unwrap()
                .into_inner()
                .requests
                .is_empty()
        );
        world.stop().await;
    })
    .await;
}
