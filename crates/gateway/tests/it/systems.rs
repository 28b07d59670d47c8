//! Providers' systems that are called, and orders that are handed over to them, on the staff's pages.

use api::orders::{
    GetProductPullResponse, Handover, HandoverState, ProductFinding, ProviderSystem,
    TryProviderSystemResponse,
};
use gateway::users::Role;
use reqwest::StatusCode;

use crate::browser::Browser;
use crate::harness::World;

const PAGE: &str = "/sv/staff/systems";
const OF_NORD: &str = "/sv/staff/systems?provider=nordbredband";
const HANDOVERS: &str = "/sv/staff/handovers";

async fn world() -> World {
    let world = World::ready().await;
    let mut seen = world.fakes.seen();
    seen.systems.entered = vec![ProviderSystem {
        provider_id: "nordbredband".into(),
        base_url: "https://nordbredband.example.se/<onapi>".into(),
        api_version: "2.5".into(),
        functions: vec!["products".into(), "order".into()],
        version: 3,
        has_credential: true,
        ..ProviderSystem::default()
    }];
    seen.systems.pull = GetProductPullResponse {
        taken: 7,
        refused: 1,
        last_failure: "not_json".into(),
        last_status: 200,
        failing_since: Some(prost_types::Timestamp::default()),
        findings: vec![ProductFinding {
            product_id: "p-1".into(),
            offering_id: "<o-1>".into(),
            field: "price".into(),
            rule: "kronor with at most two decimals".into(),
            refused: true,
        }],
        ..GetProductPullResponse::default()
    };
    seen.systems.handovers = vec![Handover {
        handover_id: "0192b3c4-0000-7000-8000-000000000001".into(),
        provider_id: "nordbredband".into(),
        kind: "order".into(),
        order_id: "0192b3c4-0000-7000-8000-000000000002".into(),
        state: HandoverState::Uncertain.into(),
        attempts: 1,
        last_status: 500,
        last_failure: "status".into(),
        ..Handover::default()
    }];
    drop(seen);
    world
}

async fn staff(world: &World, role: Role) -> Browser {
    let secret = world.user("ada@example.se", &[role]).await;
    Browser::signed_in(world, "ada@example.se", &secret).await
}

#[tokio::test]
async fn systems_are_listed_with_what_was_fetched() {
    let world = world().await;
    let browser = staff(&world, Role::Admin).await;
    let home = browser.get("/sv/staff").await.body;
    assert!(home.contains("/sv/staff/systems\"") && home.contains("/sv/staff/handovers\""));
    let list = browser.get(OF_NORD).await.body;
    for shown in [
        "/&#60;onapi&#62;",
        "products, order",
        "p-1 &#60;o-1&#62;",
        "Avvisat",
        "200 svaret går inte att läsa",
        "name=\"version\" value=\"3\"",
    ] {
        assert!(list.contains(shown), "{shown} in {list}");
    }
    let other = browser.get("/en/staff/systems").await.body;
    assert!(other.contains("Enter a system") && !other.contains("Fetch now"));
}

#[tokio::test]
async fn a_system_is_entered_and_wrong_fields_are_named_each() {
    let world = world().await;
    let browser = staff(&world, Role::Admin).await;
    let fields = |url: &'static str, version: &'static str| {
        [
            ("provider_id", "nordbredband"),
            ("base_url", url),
            ("api_version", "2.6"),
            ("function_order", "yes"),
            ("user_name", "ham"),
            ("system_password", "s3cret"),
            ("portal_key", "s3cret-key"),
            ("version", version),
        ]
    };
    let wrong = browser
        .submit(OF_NORD, PAGE, &fields("http://x", "3"))
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["base_url", "user_name", "system_password"] {
        assert!(
            wrong.body.contains(&format!("href=\"#{field}\"")),
            "{field}"
        );
    }
    assert!(!wrong.body.contains("s3cret"), "no secret is shown again");
    let url = "https://nordbredband.example.se/onapi";
    let stale = browser.submit(OF_NORD, PAGE, &fields(url, "2")).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.body.contains("Någon annan har ändrat"));
    let saved = browser.submit(OF_NORD, PAGE, &fields(url, "3")).await;
    assert_eq!(saved.location, format!("{OF_NORD}&saved=true"));
    let put = world.fakes.seen().systems.put.remove(0);
    assert_eq!(
        (&*put.user_name, &*put.password, &*put.portal_key),
        ("ham", "s3cret", "s3cret-key")
    );
    assert_eq!(put.system.unwrap().functions, ["order"]);
}

#[tokio::test]
async fn a_system_is_tried_fetched_and_removed_after_a_question() {
    let world = world().await;
    let browser = staff(&world, Role::Admin).await;
    let which = [("provider_id", "nordbredband")];
    for (tried, words) in [
        (
            TryProviderSystemResponse {
                works: true,
                status: 200,
                failure: String::new(),
            },
            "Systemet svarar",
        ),
        (
            TryProviderSystemResponse {
                works: false,
                status: 401,
                failure: "credential".into(),
            },
            "Systemet fungerar inte: 401 tar inte emot inloggningen",
        ),
    ] {
        world.fakes.seen().systems.tried = tried;
        let answer = browser
            .submit(OF_NORD, "/sv/staff/systems/try", &which)
            .await;
        let shown = browser.get(&answer.location).await.body;
        assert!(shown.contains(words), "{words} in {shown}");
    }
    browser
        .submit(OF_NORD, "/sv/staff/systems/pull", &which)
        .await;
    assert_eq!(world.fakes.seen().systems.pulled, 1);
    let ask = "/sv/staff/systems/remove?provider=nordbredband";
    assert!(browser.get(ask).await.body.contains("Ta bort systemet?"));
    let removing = [which[0], ("version", "3")];
    let removed = browser
        .submit(ask, "/sv/staff/systems/remove", &removing)
        .await;
    assert_eq!(removed.location, "/sv/staff/systems?removed=true");
    assert!(world.fakes.seen().systems.entered.is_empty());
    assert_eq!(browser.get(ask).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_handover_is_decided_as_it_was_seen() {
    let world = world().await;
    let browser = staff(&world, Role::CustomerService).await;
    let list = browser.get(HANDOVERS).await.body;
    for shown in ["Ovisst", "500 Svarade med fel", "Skicka igen", "page=two"] {
        assert!(list.contains(shown), "{shown} in {list}");
    }
    assert!(
        world
            .fakes
            .seen()
            .systems
            .listed
            .as_ref()
            .unwrap()
            .needs_staff
    );
    browser.get(&format!("{HANDOVERS}?all=true")).await;
    assert!(
        !world
            .fakes
            .seen()
            .systems
            .listed
            .as_ref()
            .unwrap()
            .needs_staff
    );
    let fields = |state: &'static str| {
        [
            ("handover_id", "0192b3c4-0000-7000-8000-000000000001"),
            ("state", state),
        ]
    };
    let confirm = format!("{HANDOVERS}/confirm");
    let moved = browser.submit(HANDOVERS, &confirm, &fields("7")).await;
    assert_eq!(moved.status, StatusCode::CONFLICT);
    let noted = browser.submit(HANDOVERS, &confirm, &fields("6")).await;
    assert_eq!(noted.location, format!("{HANDOVERS}?decided=true"));
    let resend = format!("{HANDOVERS}/resend");
    browser.submit(HANDOVERS, &resend, &fields("6")).await;
    let seen = world.fakes.seen();
    assert_eq!(
        (seen.systems.confirmed.len(), seen.systems.resent.len()),
        (1, 1)
    );
    assert_eq!(seen.systems.resent[0].expected(), HandoverState::Uncertain);
}
