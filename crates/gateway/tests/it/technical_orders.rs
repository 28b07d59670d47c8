//! Providers' technical orders on the staff's pages.

use api::orders::{TechnicalOperation, TechnicalOrderInput, TechnicalOrderState};
use gateway::users::Role;
use reqwest::StatusCode;

use crate::browser::Browser;
use crate::fakes::technical::order;
use crate::harness::World;

const ID: &str = "0192b3c4-0000-7000-8000-000000000007";
const LIST: &str = "/sv/staff/technical-orders";

/// One that was received: a service for HAM-1001.
async fn world() -> World {
    let world = World::ready().await;
    let asked = TechnicalOrderInput {
        operation: TechnicalOperation::Activate.into(),
        access_id: "HAM-1001".into(),
        service: "BB-100-100".into(),
        ..TechnicalOrderInput::default()
    };
    world.fakes.seen().technical.orders = vec![order(ID, asked)];
    world
}

async fn as_role(world: &World, role: Role) -> Browser {
    let email = format!("{}@example.se", role.name().replace('_', "-"));
    let secret = world.user(&email, &[role]).await;
    Browser::signed_in(world, &email, &secret).await
}

fn state(world: &World) -> TechnicalOrderState {
    world.fakes.seen().technical.orders[0].state()
}

#[tokio::test]
async fn technical_orders_are_listed_narrowed_and_paged() {
    let world = world().await;
    let browser = as_role(&world, Role::CustomerService).await;
    let home = browser.get("/sv/staff").await.body;
    assert!(home.contains("/sv/staff/technical-orders\""));
    let narrowed = format!("{LIST}?state=1&provider=nordbredband&access=HAM-1001");
    let list = browser.get(&narrowed).await.body;
    for shown in ["Aktivera", "HAM-1001", "BB-100-100", "Mottagen", "page=two"] {
        assert!(list.contains(shown), "{shown} in {list}");
    }
    assert!(list.contains("&amp;provider=nordbredband&amp;access=HAM-1001&amp;page=two"));
    let asked = world.fakes.seen().technical.listed.clone().unwrap();
    assert_eq!(
        (asked.state, &*asked.provider_id, &*asked.access_id),
        (1, "nordbredband", "HAM-1001")
    );
    let last = browser.get(&format!("{LIST}?page=two")).await.body;
    assert!(!last.contains("page=two"));
    let wrong = browser.get(&format!("{LIST}?access=%20HAM%2F%0A1")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("id=\"access-error\""));
    let english = browser.get("/en/staff/technical-orders").await.body;
    assert!(english.contains("Received") && english.contains("Activate"));
    let one = browser.get(&format!("{LIST}/{ID}")).await.body;
    assert!(one.contains("HAM-1001") && !one.contains("/move/"));
}

#[tokio::test]
async fn an_order_is_taken_in_hand_and_ended_after_a_question() {
    let world = world().await;
    let browser = as_role(&world, Role::Admin).await;
    let one = format!("{LIST}/{ID}");
    let begin = format!("{one}/move/in-progress");
    let version = browser.get(&one).await.hidden("version");
    let begun = browser.submit(&one, &begin, &[("version", &version)]).await;
    assert_eq!(begun.location, format!("{one}?moved=true"));
    assert_eq!(state(&world), TechnicalOrderState::InProgress);
    let caller = world.fakes.seen().callers["MoveTechnicalOrder"].clone();
    assert_eq!(caller.roles, ["admin"]);
    let shown = browser.get(&begun.location).await.body;
    assert!(shown.contains("Ordern är flyttad.") && !shown.contains("move/in-progress"));

    let done = format!("{one}/move/done");
    let question = browser.get(&done).await;
    assert!(question.body.contains("Är ordern utförd?"));
    assert_eq!(
        state(&world),
        TechnicalOrderState::InProgress,
        "a question changes nothing"
    );
    let version = question.hidden("version");
    let ended = browser.submit(&done, &done, &[("version", &version)]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.body);
    assert_eq!(state(&world), TechnicalOrderState::DoneSuccess);
    assert!(!browser.get(&one).await.body.contains("/move/"));
    let forged = [("csrf", "x"), ("version", "2")];
    assert_eq!(
        browser.post(&done, &forged).await.status,
        StatusCode::FORBIDDEN
    );
    for unknown in ["in-progress", "received"] {
        let asked = browser.get(&format!("{one}/move/{unknown}")).await;
        assert_eq!(asked.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_failure_needs_its_reason() {
    let world = world().await;
    let browser = as_role(&world, Role::Admin).await;
    let failed = format!("{LIST}/{ID}/move/failed");
    let send = async |message: &str| {
        let fields = [("version", "1"), ("message", message)];
        browser.submit(&failed, &failed, &fields).await
    };
    let silent = send("").await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.body.contains("id=\"message-error\""));
    assert_eq!(state(&world), TechnicalOrderState::Received);
    assert_eq!(send("Porten saknas").await.status, StatusCode::SEE_OTHER);
    let shown = browser.get(&format!("{LIST}/{ID}")).await.body;
    assert!(shown.contains("Porten saknas") && shown.contains("Misslyckad"));
}

#[tokio::test]
async fn who_answers_about_an_order_that_somebody_else_has_changed_is_told() {
    let world = world().await;
    let browser = as_role(&world, Role::Admin).await;
    let done = format!("{LIST}/{ID}/move/done");
    let seen = browser.get(&done).await.hidden("version");
    world.fakes.seen().technical.orders[0].version += 1;
    let late = browser.submit(&done, &done, &[("version", &seen)]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("Någon annan har ändrat ordern"));
    assert_eq!(state(&world), TechnicalOrderState::Received);
    world.fakes.seen().technical.is_so = true;
    let seen = browser.get(&done).await.hidden("version");
    let claimed = browser.submit(&done, &done, &[("version", &seen)]).await;
    assert_eq!(claimed.status, StatusCode::CONFLICT);
    assert!(claimed.body.contains("Det går inte att utföra den"));
    let nothing = browser.submit(&done, &done, &[]).await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
}
