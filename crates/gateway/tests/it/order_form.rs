//! What network and provider ask in an order: on the page, and for programs.

use gateway::users::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::api::session;
use crate::browser::{Answer, Browser, answer};
use crate::fakes::forms;
use crate::harness::World;

const EMAIL: &str = "astrid@example.se";
const COMMAND: &str = "0192b3c4-0000-7000-8000-0000000000aa";

async fn asking() -> World {
    let world = World::ready().await;
    world.fakes.seen().forms.current = forms::asked();
    world
}

fn person<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("command_id", COMMAND),
        ("acceptance_version", "2026-11-01"),
        ("network_form_version", "3"),
        ("provider_form_version", "7"),
        ("name", "Astrid Provsson"),
        ("identity_number", "19900118-9811"),
        ("email", EMAIL),
        ("phone", "+46701740605"),
        ("accepted", "yes"),
    ];
    fields.extend(more);
    fields
}

fn has(page: &Answer, wanted: &[&str]) {
    for text in wanted {
        assert!(page.body.contains(text), "{text} in {}", page.body);
    }
}

#[tokio::test]
async fn the_order_page_asks_in_both_languages_and_says_when_an_answer_is_needed() {
    let world = asking().await;
    let browser = Browser::new(&world);
    let page = browser.get("/sv/order/h-1/o-1").await;
    has(
        &page,
        &[
            "<label for=\"network-door_code\">Portkod &#60;A&#62;</label>",
            "Till porten.",
            "id=\"network-visit\" name=\"network-visit\" type=\"date\"",
            "<select id=\"provider-router\"",
            "<option value=\"own\">Egen</option>",
            "Måste besvaras om du svarar ”Egen” på ”Router”.",
            "aria-describedby=\"provider-serial-hint",
        ],
    );
    assert_eq!(page.hidden("network_form_version"), "3");
    assert_eq!(page.hidden("provider_form_version"), "7");
    let english = browser.get("/en/order/h-1/o-1").await;
    has(
        &english,
        &[
            "Door code &#60;A&#62;",
            "My own",
            "Must be answered if you answer “My own” to “Router”.",
        ],
    );
}

#[tokio::test]
async fn answers_go_with_the_order() {
    let world = asking().await;
    let browser = Browser::new(&world);
    let answers = [
        ("network-door_code", " 4711 "),
        ("network-visit", ""),
        ("provider-router", "rent"),
    ];
    let placed = browser.post("/sv/order/h-1/o-1", &person(&answers)).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.body);
    assert!(!placed.location.contains("4711"));
    let order = world.fakes.seen().orders[COMMAND].clone();
    assert_eq!(
        (order.network_form_version, order.provider_form_version),
        (3, 7)
    );
    let mut said: Vec<_> = order
        .answers
        .iter()
        .map(|a| (a.scope().as_str_name(), a.key.as_str(), a.value.as_str()))
        .collect();
    said.sort_unstable();
    assert_eq!(
        said,
        [
            ("FORM_SCOPE_NETWORK", "door_code", "4711"),
            ("FORM_SCOPE_PROVIDER", "router", "rent")
        ]
    );
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_question_and_what_was_typed_is_kept() {
    let world = asking().await;
    world.fakes.seen().forms.wrong = vec![
        ("answers.network.door_code", "at most 10 characters"),
        ("answers.provider.serial", "required"),
    ];
    let browser = Browser::new(&world);
    let answers = [
        ("network-door_code", "12345678901"),
        ("provider-router", "own"),
    ];
    let refused = browser.post("/sv/order/h-1/o-1", &person(&answers)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    has(
        &refused,
        &[
            "href=\"#network-door_code\"",
            "id=\"network-door_code-error\"",
            "Portkod &#60;A&#62;: skriv högst 10 tecken",
            "value=\"12345678901\"",
            "<option value=\"own\" selected>",
            "id=\"provider-serial-error\"",
            "Besvara ”Serienummer”.",
        ],
    );

    // Something else is wrong, too: the missing answers are told with it.
    let mut more = person(&[("provider-router", "own")]);
    more.retain(|(name, _)| *name != "name");
    let refused = browser.post("/en/order/h-1/o-1", &more).await;
    has(
        &refused,
        &[
            "id=\"name-error\"",
            "Answer “Door code &#60;A&#62;”.",
            "Answer “Serial number”.",
        ],
    );
    assert!(world.fakes.seen().orders.is_empty());
}

#[tokio::test]
async fn what_is_asked_for_each_of_several_offers_is_answered_for_each() {
    let world = asking().await;
    let browser = Browser::new(&world);
    let page = browser.get("/sv/order/h-1/o-2,o-1").await;
    has(
        &page,
        &[
            "Beställ flera tjänster",
            "id=\"network-door_code\"",
            "id=\"provider2-router\"",
            "Tillsammans",
            "Minsta totala kostnad 698 kr",
            "/sv/order/h-1/o-1\">Ta bort</a>",
        ],
    );
    assert!(
        !page.body.contains("id=\"provider-router\""),
        "nothing is asked for the first"
    );
    assert_eq!(page.hidden("provider_form_version2"), "7");
    let mut fields = person(&[
        ("network-door_code", "4711"),
        ("provider2-router", "rent"),
        ("provider_form_version2", "7"),
    ]);
    fields.retain(|(name, _)| *name != "provider_form_version");
    let placed = browser.post("/sv/order/h-1/o-2,o-1", &fields).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.body);
    let second = world.fakes.seen().orders[&format!("{COMMAND}#2")].clone();
    assert_eq!(second.offering_id, "o-1");
    let said: Vec<_> = second
        .answers
        .iter()
        .map(|a| (a.scope().as_str_name(), a.key.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("FORM_SCOPE_NETWORK", "door_code"),
            ("FORM_SCOPE_PROVIDER", "router")
        ]
    );
    let receipt = browser.get(&placed.location).await;
    has(
        &receipt,
        &[
            "HAM-000001",
            "HAM-000002",
            "/sv/follow/f-1",
            "/sv/follow/f-2",
        ],
    );

    world.fakes.seen().forms.wrong = vec![("answers.provider.serial", "required")];
    fields.retain(|(name, _)| *name != "command_id");
    fields.push(("command_id", "0192b3c4-0000-7000-8000-0000000000ab"));
    let refused = browser.post("/sv/order/h-1/o-1,o-2", &fields).await;
    assert_eq!(
        refused.status,
        StatusCode::CONFLICT,
        "the versions are of another order of offers"
    );
    let refused = browser.post("/sv/order/h-1/o-2,o-1", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn changed_questions_are_shown_and_what_was_typed_is_kept() {
    let world = asking().await;
    let browser = Browser::new(&world);
    world.fakes.seen().forms.current[0].version = 4;
    let answers = [("network-door_code", "4711")];
    let refused = browser.post("/sv/order/h-1/o-1", &person(&answers)).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    has(
        &refused,
        &[
            "Frågorna har ändrats",
            "value=\"4711\"",
            "value=\"Astrid Provsson\"",
        ],
    );
    assert_eq!(refused.hidden("network_form_version"), "4");
    assert_eq!(refused.hidden("command_id"), COMMAND);
}

#[tokio::test]
async fn programs_put_and_read_forms_and_answer_them() {
    let world = asking().await;
    let secret = world.user(EMAIL, &[Role::Admin]).await;
    let browser = Browser::new(&world);
    let token = session(&world, EMAIL, &secret).await;
    let form = json!({
        "expectedVersion": 3,
        "fields": [{
            "key": "floor", "type": "NUMBER", "label": {"sv": "Våning", "en": "Floor"},
            "min": 0, "max": 40, "notPersonal": true, "purgeDays": 30
        }]
    });
    let put = async |form: &Value| {
        let request = browser
            .request(Method::PUT, "/api/v1/order-form")
            .bearer_auth(&token)
            .json(form);
        let got = answer(request.send().await.unwrap()).await;
        let body: Value = serde_json::from_str(&got.body).unwrap();
        (got.status, body)
    };
    let (status, body) = put(&form).await;
    assert_eq!(
        (status, &body["version"]),
        (StatusCode::OK, &json!(4)),
        "{body}"
    );
    let (status, body) = put(&form).await;
    assert_eq!(
        (status, &body["code"]),
        (StatusCode::CONFLICT, &json!("FORM_VERSION_CHANGED"))
    );
    let offers = browser.get("/api/v1/places/h-1/offers").await;
    let offers: Value = serde_json::from_str(&offers.body).unwrap();
    let own = offers["forms"].as_array().unwrap().iter();
    let own = own
        .filter(|form| form["providerId"] == "")
        .collect::<Vec<_>>();
    assert_eq!(own[0]["fields"][0]["type"], "NUMBER");
    assert_eq!(own[0]["fields"][0]["max"], 40);

    let order = json!({
        "commandId": COMMAND, "placeHandle": "h-1", "offeringId": "o-1",
        "customer": {"name": "Astrid Provsson", "identityNumber": "19900118-9811", "email": EMAIL, "phone": "+46701740605"},
        "acceptanceVersion": "2026-11-01", "acceptanceLanguage": "sv", "accepted": true,
        "networkFormVersion": 4, "providerFormVersion": 7,
        "answers": [{"scope": "NETWORK", "key": "floor", "value": "3"}]
    });
    let request = browser.request(Method::POST, "/api/v1/orders").json(&order);
    let placed = answer(request.send().await.unwrap()).await;
    assert_eq!(placed.status, StatusCode::CREATED, "{}", placed.body);
    let stored = world.fakes.seen().orders[COMMAND].clone();
    assert_eq!(
        (stored.answers[0].scope(), stored.answers[0].value.as_str()),
        (api::orders::FormScope::Network, "3")
    );
}
