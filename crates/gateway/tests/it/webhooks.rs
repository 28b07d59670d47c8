//! Endpoints of providers' systems on the staff's pages.

use api::orders::{WebhookDelivery, WebhookDeliveryState, WebhookEndpoint};
use gateway::users::Role;
use reqwest::StatusCode;

use crate::browser::Browser;
use crate::harness::World;

const OF_NORD: &str = "/sv/staff/webhooks?provider=nordbredband";
const DELIVERIES: &str = "/sv/staff/webhooks/deliveries";

/// An endpoint of nordbredband, and a delivery that was given up.
async fn world() -> World {
    let world = World::ready().await;
    world.fakes.seen().webhooks.endpoints = vec![WebhookEndpoint {
        name: "orders".into(),
        url: "https://nordbredband.example.se/<hook>".into(),
        kinds: vec!["order.placed".into()],
        active: true,
        ..WebhookEndpoint::default()
    }];
    world.fakes.seen().webhooks.deliveries = vec![WebhookDelivery {
        webhook_id: "msg_1".into(),
        kind: "order.placed".into(),
        object_id: "0192b3c4-0000-7000-8000-000000000002".into(),
        state: WebhookDeliveryState::GivenUp.into(),
        attempts: 9,
        last_status: 503,
        last_failure: "status".into(),
        ..WebhookDelivery::default()
    }];
    world
}

async fn admin(world: &World) -> Browser {
    let secret = world.user("admin@example.se", &[Role::Admin]).await;
    Browser::signed_in(world, "admin@example.se", &secret).await
}

#[tokio::test]
async fn endpoints_are_seen_provider_by_provider() {
    let world = world().await;
    let browser = admin(&world).await;
    let home = browser.get("/sv/staff").await.body;
    assert!(home.contains("/sv/staff/webhooks\""));
    let choose = browser.get("/sv/staff/webhooks").await.body;
    assert!(choose.contains("Nord Bredband") && !choose.contains("orders</td>"));
    let list = browser.get(OF_NORD).await.body;
    for shown in ["orders", "/&#60;hook&#62;", "order.placed", "Används"] {
        assert!(list.contains(shown), "{shown} in {list}");
    }
    let caller = world.fakes.seen().callers["ListWebhookEndpoints"].clone();
    assert_eq!(caller.roles, ["admin"]);
    let other = "/en/staff/webhooks?provider=sydfiber";
    let none = browser.get(other).await.body;
    assert!(none.contains("The provider has no endpoint."));
}

#[tokio::test]
async fn an_endpoint_is_turned_off_after_a_question() {
    let world = world().await;
    let browser = admin(&world).await;
    let ask = "/sv/staff/webhooks/disable?provider=nordbredband&name=orders";
    let post = "/sv/staff/webhooks/disable";
    let question = browser.get(ask).await;
    assert!(question.body.contains("Stäng av mottagaren?"));
    let is_on = || world.fakes.seen().webhooks.endpoints[0].active;
    assert!(is_on(), "a question changes nothing");
    let unknown = [("provider", "nordbredband"), ("name", "others")];
    let refused = browser.submit(ask, post, &unknown).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let which = [("provider", "nordbredband"), ("name", "orders")];
    let off = browser.submit(ask, post, &which).await;
    assert_eq!(off.location, format!("{OF_NORD}&disabled=true"));
    assert!(!is_on());
    let list = browser.get(&off.location).await.body;
    assert!(list.contains("Avstängd av nätet") && !list.contains("/disable?"));
    assert_eq!(browser.get(ask).await.status, StatusCode::CONFLICT);
    let gone = "/sv/staff/webhooks/disable?provider=nordbredband&name=others";
    assert_eq!(browser.get(gone).await.status, StatusCode::NOT_FOUND);
    let forged = [("csrf", "x"), which[0], which[1]];
    let refused = browser.post(post, &forged).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn deliveries_are_narrowed_paged_and_sent_again() {
    let world = world().await;
    let browser = admin(&world).await;
    let of = format!("{DELIVERIES}?provider=nordbredband&name=orders");
    let list = browser.get(&format!("{of}&state=3")).await.body;
    for shown in ["Uppgiven", "503 Svarade med fel", ">9<", "page=two"] {
        assert!(list.contains(shown), "{shown} in {list}");
    }
    let asked = world.fakes.seen().webhooks.listed.clone().unwrap();
    assert_eq!(
        (&*asked.provider_id, asked.state()),
        ("nordbredband", WebhookDeliveryState::GivenUp)
    );
    let last = browser.get(&format!("{of}&page=two")).await.body;
    assert!(!last.contains("page=two"));
    let send = async |id: &str| {
        let fields = [
            ("provider", "nordbredband"),
            ("name", "orders"),
            ("webhook_id", id),
        ];
        browser.submit(&of, DELIVERIES, &fields).await
    };
    assert_eq!(send("msg_9").await.status, StatusCode::NOT_FOUND);
    let again = send("msg_1").await;
    assert_eq!(again.location, format!("{of}&resent=true"));
    assert_eq!(world.fakes.seen().webhooks.resent.len(), 1);
    let shown = browser.get(&again.location).await.body;
    assert!(shown.contains("med samma id"));
    let unknown = format!("{DELIVERIES}?provider=nordbredband&name=others");
    assert_eq!(browser.get(&unknown).await.status, StatusCode::NOT_FOUND);
}
