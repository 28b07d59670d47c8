//! What staff do with orders: end one, look after those that nobody fetched, read the log of all, count.

use api::orders::OrderStatus;
use gateway::users::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::World;

const ORDER: &str = "/sv/staff/orders/0192b3c4-0000-7000-8000-000000000002";

async fn as_role(world: &World, role: Role) -> Browser {
    let email = format!("{}@example.se", role.name().replace('_', "-"));
    let secret = world.user(&email, &[role]).await;
    Browser::signed_in(world, &email, &secret).await
}

#[tokio::test]
async fn staff_are_asked_before_an_order_ends_and_the_second_learns_how_it_stands() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::CustomerService).await;
    let shown = browser.get(ORDER).await;
    for word in ["cancel", "withdraw"] {
        assert!(
            shown.body.contains(&format!("{ORDER}/end/{word}")),
            "{word}"
        );
    }
    let cancel = format!("{ORDER}/end/cancel");
    let asked = browser.get(&cancel).await;
    assert!(asked.body.contains("HAM-000001") && asked.body.contains("Mottagen"));
    assert!(world.fakes.seen().moved.is_none(), "asking changes nothing");
    let expected = asked.hidden("expected");

    let fields = [("expected", expected.as_str()), ("reason", "")];
    let silent = browser.submit(&cancel, &cancel, &fields).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.body.contains("id=\"reason-error\""));

    let fields = [
        ("expected", expected.as_str()),
        ("reason", "Kunden <ringde>"),
    ];
    // Both have the page open.
    let csrf = browser.get(&cancel).await.hidden("csrf");
    let ended = browser.submit(&cancel, &cancel, &fields).await;
    assert_eq!(
        (ended.status, ended.location.as_str()),
        (StatusCode::SEE_OTHER, ORDER)
    );
    let moved = world.fakes.seen().moved.clone().unwrap();
    assert_eq!(
        (moved.expected(), moved.status(), moved.reason.as_str()),
        (
            OrderStatus::Received,
            OrderStatus::Cancelled,
            "Kunden <ringde>"
        )
    );
    let mut late = fields.to_vec();
    late.push(("csrf", &csrf));
    let late = browser.request(Method::POST, &cancel).form(&late).send();
    let late = late.await.unwrap();
    assert_eq!(late.status(), StatusCode::CONFLICT);
    let late = late.text().await.unwrap();
    assert!(
        late.contains("Nu är den: Avbruten") && !late.contains("name=\"expected\""),
        "{late}"
    );
    assert!(!browser.get(ORDER).await.body.contains("/end/"));
    let asked = browser.get(&cancel).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert_eq!(
        browser.get(&format!("{ORDER}/end/deliver")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_program_of_the_staff_ends_an_order() {
    let world = World::ready().await;
    let secret = world.user("moves@example.se", &[Role::Admin]).await;
    let token = crate::api::session(&world, "moves@example.se", &secret).await;
    let browser = Browser::new(&world);
    let send = async |body: Value| {
        let path = "/api/v1/orders/0192b3c4-0000-7000-8000-000000000002/move";
        let request = browser.request(Method::POST, path).bearer_auth(&token);
        let answer = request.json(&body).send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let wanted = json!({"expected": "RECEIVED", "status": "WITHDRAWN", "reason": "x"});
    let wrong = json!({"expected": "SOON", "status": "WITHDRAWN", "reason": "x"});
    assert_eq!(send(wrong).await.0, StatusCode::BAD_REQUEST);
    let (status, order) = send(wanted.clone()).await;
    assert_eq!(
        (status, &order["status"]),
        (StatusCode::OK, &json!("WITHDRAWN"))
    );
    let (status, problem) = send(wanted).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("ORDER_MOVED"))
    );
}

#[tokio::test]
async fn staff_see_which_orders_nobody_fetches() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::CustomerService).await;
    let badge = |words: &str| format!("<span class=\"badge\">{words}</span>");
    let (reminded, told) = (
        badge("Inte hämtad, påmind"),
        badge("Inte hämtad, nätet underrättat"),
    );
    for (query, shown) in [
        ("", [false, false]),
        ("?unfetched=1", [true, false]),
        ("?unfetched=2", [false, true]),
    ] {
        let list = browser.get(&format!("/sv/staff/orders{query}")).await;
        let seen = [&reminded, &told].map(|badge| list.body.contains(badge));
        assert_eq!(seen, shown, "{query}");
    }
    let list = browser.get("/api/v1/orders?unfetched=ESCALATED").await;
    let list: Value = serde_json::from_str(&list.body).unwrap();
    let order = &list["orders"][0];
    assert_eq!(
        (&order["reminders"], &order["escalatedAt"]),
        (&json!(2), &json!("1970-01-01T00:00:00Z"))
    );
    let wrong = browser.get("/api/v1/orders?unfetched=SOON").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}
