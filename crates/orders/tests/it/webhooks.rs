//! Webhooks, from the event to a provider's endpoint.

mod receiver;
mod trouble;

use api as pb;
use chrono::TimeDelta;
use pb::orders::{
    DisableWebhookEndpointRequest, EndOrderRequest, ListWebhookDeliveriesRequest,
    ListWebhookEndpointsRequest, OrderStatus, PingWebhookEndpointRequest,
    PutWebhookEndpointRequest, RemoveWebhookEndpointRequest, ResendWebhookDeliveryRequest,
    RotateWebhookSecretRequest, WebhookDelivery, WebhookEndpoint,
};
use service_kit::error::reason_of;
use testkit::store::for_each_store;
use tonic::Code;

use crate::technical::{activate, created};
use crate::webhooks::receiver::{Push, Receiver};
use crate::world::World;

const KINDS: [&str; 7] = [
    "order.placed",
    "order.changed",
    "order.cancelled",
    "order.withdrawn",
    "notice.waiting",
    "technical_order.changed",
    "subscription.changed",
];

fn endpoint(url: &str, kinds: &[&str]) -> WebhookEndpoint {
    WebhookEndpoint {
        name: "orders".to_owned(),
        url: url.to_owned(),
        kinds: kinds.iter().map(ToString::to_string).collect(),
        active: true,
        ..WebhookEndpoint::default()
    }
}

fn put(url: &str, kinds: &[&str]) -> PutWebhookEndpointRequest {
    PutWebhookEndpointRequest {
        endpoint: Some(endpoint(url, kinds)),
        ..PutWebhookEndpointRequest::default()
    }
}

/// Enters an endpoint of nordbredband; its secret.
async fn entered(world: &World, receiver: &Receiver, kinds: &[&str]) -> String {
    let put = put(&receiver.url(), kinds);
    let mut system = world.webhooks("nordbredband");
    let answer = system.put_webhook_endpoint(put).await;
    answer.unwrap().into_inner().secret
}

async fn endpoints(world: &World) -> Vec<WebhookEndpoint> {
    let request = ListWebhookEndpointsRequest::default();
    let mut system = world.webhooks("nordbredband");
    let listed = system.list_webhook_endpoints(request).await;
    listed.unwrap().into_inner().endpoints
}

async fn deliveries(world: &World) -> Vec<WebhookDelivery> {
    let request = ListWebhookDeliveriesRequest {
        name: "orders".to_owned(),
        ..ListWebhookDeliveriesRequest::default()
    };
    let mut system = world.webhooks("nordbredband");
    let listed = system.list_webhook_deliveries(request).await;
    listed.unwrap().into_inner().deliveries
}

async fn ping(world: &World) -> String {
    let request = PingWebhookEndpointRequest {
        name: "orders".to_owned(),
        ..PingWebhookEndpointRequest::default()
    };
    let mut system = world.webhooks("nordbredband");
    let answer = system.ping_webhook_endpoint(request).await;
    answer.unwrap().into_inner().webhook_id
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_signed_and_names_nobody() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (receiver, offering) = (
            Receiver::serve().await,
            world.offering_of("nordbredband").await,
        );
        let secret = entered(&world, &receiver, &KINDS).await;
        let placed = world.order(&offering).await;
        receiver.pushes(1).await;
        let end = EndOrderRequest {
            network: "HAM".to_owned(),
            token: placed.follow_token,
            status: OrderStatus::Cancelled.into(),
            language: "sv".to_owned(),
        };
        world.visitor().end_order(end).await.unwrap();
        receiver.pushes(2).await;
        let second = world.order(&offering).await;
        receiver.pushes(3).await;
        let acknowledge = pb::orders::AcknowledgeOrderRequest {
            order_id: second.order_id.clone(),
        };
        let mut system = world.provider("nordbredband");
        system.acknowledge_order(acknowledge).await.unwrap();
        receiver.pushes(4).await;
        let notice_id = uuid::Uuid::now_v7().to_string();
        let notice = pb::privacy::RecipientNotified {
            request_id: uuid::Uuid::now_v7().to_string(),
            network: "HAM".to_owned(),
            recipient: "provider:nordbredband".to_owned(),
            record_ids: vec![second.order_id.clone()],
            kind: "erasure".to_owned(),
            notice_id: notice_id.clone(),
        };
        world
            .rights_say("rights.recipient.notified.v1", &notice_id, &notice)
            .await;
        receiver.pushes(5).await;
        let technical = created(&mut system, activate("BB-100-100")).await;
        let pushes = receiver.pushes(8).await;

        let told: Vec<_> = pushes
            .iter()
            .take(5)
            .map(|push| (push.kind(), push.json()["data"].to_string()))
            .collect();
        let data = |field: &str, id: &str| format!("{{\"{field}\":\"{id}\"}}");
        let first = data("order_id", &placed.order_id);
        let other = data("order_id", &second.order_id);
        assert_eq!(
            told,
            [
                ("order.placed".to_owned(), first.clone()),
                ("order.cancelled".to_owned(), first),
                ("order.placed".to_owned(), other.clone()),
                ("order.changed".to_owned(), other),
                ("notice.waiting".to_owned(), data("notice_id", &notice_id)),
            ]
        );
        let of_technical = &technical.order_id;
        let rest: Vec<_> = pushes.iter().skip(5).map(Push::kind).collect();
        for kind in ["technical_order.changed", "subscription.changed"] {
            assert!(rest.contains(&kind.to_owned()), "{kind}: {rest:?}");
        }
        assert!(
            pushes
                .iter()
                .any(|p| p.json()["data"]["technical_order_id"] == *of_technical)
        );
        for push in &pushes {
            assert_eq!(push.signed(&secret), (1, true));
            assert_eq!(push.header("content-type"), "application/json");
            assert!(push.header("user-agent").starts_with("uttag-orders/"));
            let body = push.json();
            assert_eq!(body["network"], "HAM");
            assert_eq!(
                body.as_object().unwrap().len(),
                4,
                "type, timestamp, network, data"
            );
            let text = push.text().to_lowercase();
            for word in [
                "anna",
                "provsson",
                "9001189811",
                "900118-9811",
                "1740605",
                "kungsgatan",
                "ham-a-1",
            ] {
                assert!(!text.contains(word), "{word}: {text}");
            }
        }
        let is_over = |row: &WebhookDelivery| row.finished_at.is_some() && row.last_status == 204;
        testkit::eventually!(
            crate::world::PATIENCE,
            deliveries(&world).await.iter().all(is_over)
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_secret_and_the_one_before_are_valid_for_a_day() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.offering_of("nordbredband").await;
        let receiver = Receiver::serve().await;
        let old = entered(&world, &receiver, &["order.placed"]).await;
        assert_eq!(
            entered(&world, &receiver, &["order.placed"]).await,
            "",
            "shown once"
        );
        assert!(!format!("{:?}", endpoints(&world).await).contains("whsec_"));
        let rotate = RotateWebhookSecretRequest {
            name: "orders".to_owned(),
            ..RotateWebhookSecretRequest::default()
        };
        let mut system = world.webhooks("nordbredband");
        let answer = system.rotate_webhook_secret(rotate).await;
        let new = answer.unwrap().into_inner().secret;
        assert_ne!(old, new);
        let id = ping(&world).await;
        let push = receiver.pushes(1).await.remove(0);
        assert_eq!(
            (push.id(), push.kind().as_str()),
            (id.as_str(), "endpoint.ping")
        );
        assert_eq!(
            (push.signed(&old), push.signed(&new)),
            ((2, true), (2, true))
        );
        world.clock.advance(TimeDelta::hours(24));
        ping(&world).await;
        let push = receiver.pushes(2).await.remove(1);
        assert_eq!(
            (push.signed(&old), push.signed(&new)),
            ((1, false), (1, true))
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_has_its_own_endpoints_and_no_others() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        for provider in ["nordbredband", "sydfiber"] {
            world.offering_of(provider).await;
        }
        let receiver = Receiver::serve().await;
        entered(&world, &receiver, &["order.placed"]).await;
        let delivery = ping(&world).await;
        receiver.pushes(1).await;

        let mut stranger = world.webhooks("sydfiber");
        let (provider_id, name) = ("nordbredband".to_owned(), "orders".to_owned());
        let list = ListWebhookEndpointsRequest {
            provider_id: provider_id.clone(),
            ..ListWebhookEndpointsRequest::default()
        };
        let refused = stranger
            .list_webhook_endpoints(list.clone())
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);
        let own = stranger
            .list_webhook_endpoints(ListWebhookEndpointsRequest::default())
            .await;
        assert_eq!(own.unwrap().into_inner().endpoints, []);
        let remove = RemoveWebhookEndpointRequest {
            name: name.clone(),
            ..RemoveWebhookEndpointRequest::default()
        };
        let rotate = RotateWebhookSecretRequest {
            name: name.clone(),
            ..RotateWebhookSecretRequest::default()
        };
        let resend = ResendWebhookDeliveryRequest {
            webhook_id: delivery,
            ..ResendWebhookDeliveryRequest::default()
        };
        let reasons = [
            stranger
                .remove_webhook_endpoint(remove.clone())
                .await
                .unwrap_err(),
            stranger.rotate_webhook_secret(rotate).await.unwrap_err(),
            stranger.resend_webhook_delivery(resend).await.unwrap_err(),
        ]
        .map(|status| reason_of(&status).unwrap());
        assert_eq!(
            reasons,
            [
                "WEBHOOK_ENDPOINT_NOT_FOUND",
                "WEBHOOK_ENDPOINT_NOT_FOUND",
                "WEBHOOK_DELIVERY_NOT_FOUND"
            ]
        );
        // The same name is another endpoint.
        stranger
            .put_webhook_endpoint(put("https://sydfiber.example.se/", &["order.placed"]))
            .await
            .unwrap();
        assert_eq!(endpoints(&world).await[0].url, receiver.url());

        let mut elsewhere = world.webhooks_by_staff("BRF");
        let theirs = elsewhere.list_webhook_endpoints(list.clone()).await;
        assert_eq!(theirs.unwrap().into_inner().endpoints, []);
        let mut staff = world.webhooks_by_staff("HAM");
        let ours = staff
            .list_webhook_endpoints(list)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(ours.endpoints.len(), 1);
        let by_staff = RemoveWebhookEndpointRequest {
            provider_id,
            ..remove
        };
        staff.remove_webhook_endpoint(by_staff).await.unwrap();
        assert_eq!(endpoints(&world).await, []);
        assert_eq!(world.rows("webhook_delivery").await, 0);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_turn_an_endpoint_off_and_its_provider_on_again() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.offering_of("nordbredband").await;
        let receiver = Receiver::serve().await;
        entered(&world, &receiver, &["order.placed"]).await;
        let disable = async |network: &str, name: &str| {
            let asked = DisableWebhookEndpointRequest {
                network: network.to_owned(),
                provider_id: "nordbredband".to_owned(),
                name: name.to_owned(),
            };
            let mut staff = world.webhooks_by_staff(network);
            let off = staff.disable_webhook_endpoint(asked).await;
            off.map(|off| off.into_inner().endpoint.unwrap())
        };
        for (network, name) in [("BRF", "orders"), ("HAM", "others")] {
            let unknown = disable(network, name).await.unwrap_err();
            assert_eq!(
                reason_of(&unknown).as_deref(),
                Some("WEBHOOK_ENDPOINT_NOT_FOUND")
            );
        }
        let off = disable("HAM", "orders").await.unwrap();
        assert_eq!((off.active, &*off.disabled_reason), (false, "network"));
        assert!(off.disabled_at.is_some());
        assert_eq!(disable("HAM", "orders").await.unwrap(), off);
        assert_eq!(endpoints(&world).await, [off]);

        let mut own = world.webhooks("nordbredband");
        let on = put(&receiver.url(), &["order.placed"]);
        own.put_webhook_endpoint(on).await.unwrap();
        let on = &endpoints(&world).await[0];
        assert!(on.active && on.disabled_reason.is_empty() && on.disabled_at.is_none());
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_by_field_and_changes_nothing() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let mut system = world.webhooks("nordbredband");
        let unknown = system
            .put_webhook_endpoint(put("https://sp.example.se/", &["order.placed"]))
            .await;
        assert_eq!(
            reason_of(&unknown.unwrap_err()).as_deref(),
            Some("PROVIDER_NOT_FOUND")
        );
        world.offering_of("nordbredband").await;
        for (url, kind) in [
            ("http://10.0.0.1/s3cret", "order.placed"),
            ("https://[::ffff:169.254.169.254]/s3cret", "order.placed"),
            ("https://[fd00:ec2::254]/s3cret", "order.placed"),
            ("ftp://sp.example.se/s3cret", "order.placed"),
            ("https://sp.example.se/s3cret", "endpoint.ping"),
            ("https://sp.example.se/s3cret", "order.eaten"),
        ] {
            let refused = system
                .put_webhook_endpoint(put(url, &[kind]))
                .await
                .unwrap_err();
            assert_eq!(refused.code(), Code::InvalidArgument, "{url}");
            assert!(!format!("{refused:?}").contains("s3cret"), "{refused:?}");
        }
        assert_eq!(world.rows("webhook_endpoint").await, 0);
        for n in 0..=orders::domain::webhook::ENDPOINTS_MAX {
            let mut asked = put("https://sp.example.se/", &["order.placed"]);
            asked.endpoint.as_mut().unwrap().name = format!("n-{n}");
            let answer = system.put_webhook_endpoint(asked).await;
            let is_full = n == orders::domain::webhook::ENDPOINTS_MAX;
            assert_eq!(answer.is_err(), is_full, "{n}");
        }
        world.stop().await;
    })
    .await;
}
