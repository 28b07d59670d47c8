//! Contracts of providers: the pages and the interface of programs. "Today" is 2026-09-21.

use gateway::users::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::browser::{Answer, Browser, answer};
use crate::harness::World;

const PAGE: &str = "/sv/staff/contracts";
const NEW: &str = "/sv/staff/contracts/new";
const FIRST: &str = "/sv/staff/contracts/0192b3c4-0000-7000-8000-000000000001";

async fn as_role(world: &World, role: Role) -> Browser {
    let email = format!("{}@example.se", role.name().replace('_', "-"));
    let secret = world.user(&email, &[role]).await;
    Browser::signed_in(world, &email, &secret).await
}

async fn enter(browser: &Browser, from: &str, until: &str) -> Answer {
    let fields = [
        ("provider_id", "nordbredband"),
        ("columns", "streetName"),
        ("columns", "city"),
        ("premises_types", "MDU_APARTMENT"),
        ("on_api", "yes"),
        ("valid_from", from),
        ("valid_until", until),
    ];
    browser.submit(NEW, PAGE, &fields).await
}

#[tokio::test]
async fn a_contract_is_entered_and_listed() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Admin).await;
    assert!(
        browser.get("/sv/staff").await.body.contains(PAGE),
        "the menu leads to it"
    );
    let form = browser.get(NEW).await;
    assert!(form.body.contains("value=\"2026-09-21\"") && form.body.contains("Nord Bredband"));
    let entered = enter(&browser, "2026-09-01", "").await;
    assert_eq!(
        entered.location, "/sv/staff/contracts?saved=true",
        "{}",
        entered.body
    );
    let kept = world
        .fakes
        .seen()
        .contracts
        .values()
        .next()
        .cloned()
        .unwrap();
    assert_eq!(kept.columns, ["streetName", "city"]);
    assert_eq!(kept.premises_types, ["MDU_APARTMENT"]);
    assert!(kept.on_api && kept.valid_until.is_empty());
    let caller = world.fakes.seen().callers["PutMarketContract"].clone();
    assert_eq!(caller.roles, ["admin"]);
    let list = browser.get(&entered.location).await.body;
    for shown in [
        "Sparat.",
        "Postort",
        "Lägenhet",
        "tills vidare",
        "Gäller",
        "/end\"",
    ] {
        assert!(list.contains(shown), "{shown} in {list}");
    }
    let english = browser.get("/en/staff/contracts").await.body;
    assert!(english.contains("until further notice") && english.contains("Post town"));
}

#[tokio::test]
async fn every_broken_rule_stands_at_its_field_and_nothing_is_kept() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Admin).await;
    let nothing = [
        ("provider_id", "nordbredband"),
        ("valid_from", "2026-09-21"),
        ("valid_until", "2026-09-20"),
    ];
    let refused = browser.submit(NEW, PAGE, &nothing).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["columns", "valid_until"] {
        assert!(
            refused.body.contains(&format!("href=\"#{field}\"")),
            "{field}"
        );
        assert!(refused.body.contains(&format!("id=\"{field}-error\"")));
    }
    assert!(
        refused.body.contains("value=\"2026-09-20\""),
        "what was written stays"
    );
    let stranger = [("provider_id", "someoneelse"), ("columns", "city")];
    let refused = browser.submit(NEW, PAGE, &stranger).await;
    assert!(refused.body.contains("id=\"provider_id-error\""));
    assert!(world.fakes.seen().contracts.is_empty());
    enter(&browser, "2026-09-01", "").await;
    let second = enter(&browser, "2026-10-01", "").await;
    assert!(second.body.contains("id=\"valid_from-error\""));
    assert!(
        second
            .body
            .contains("id=\"column-city\" value=\"city\" checked"),
        "what was ticked stays: {}",
        second.body
    );
    assert_eq!(world.fakes.seen().contracts.len(), 1);
    let forged = [("csrf", "x"), ("provider_id", "nordbredband")];
    assert_eq!(
        browser.post(PAGE, &forged).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_contract_is_changed_unless_somebody_else_did() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Admin).await;
    enter(&browser, "2026-09-01", "").await;
    let opened = browser.get(FIRST).await;
    let send = async |version: &str| {
        let fields = [
            ("version", version),
            ("provider_id", "someoneelse"),
            ("columns", "capacity"),
            ("valid_from", "2026-09-01"),
            ("valid_until", "2026-12-31"),
        ];
        browser.submit(FIRST, FIRST, &fields).await
    };
    assert_eq!(
        send("v0").await.status,
        StatusCode::CONFLICT,
        "not what was seen"
    );
    assert_eq!(
        send(&opened.hidden("version")).await.status,
        StatusCode::SEE_OTHER
    );
    let late = send(&opened.hidden("version")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("Någon annan har ändrat avtalet"));
    let insisted = send(&late.hidden("version")).await;
    assert_eq!(
        insisted.status,
        StatusCode::CONFLICT,
        "whoever presses the button again has still not read it"
    );
    let kept = world
        .fakes
        .seen()
        .contracts
        .values()
        .next()
        .cloned()
        .unwrap();
    assert_eq!(
        kept.provider_id, "nordbredband",
        "whose contract it is stays"
    );
    assert_eq!(
        (kept.columns, kept.valid_until.as_str(), kept.on_api),
        (vec!["capacity".to_owned()], "2026-12-31", false)
    );
    let unknown = FIRST.replace("0001", "0009");
    assert_eq!(browser.get(&unknown).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_contract_is_ended_after_a_question_and_that_is_undone() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Admin).await;
    enter(&browser, "2026-09-01", "").await;
    let end = format!("{FIRST}/end");
    let question = browser.get(&end).await;
    assert!(question.body.contains("till och med i dag"));
    let until = || {
        world
            .fakes
            .seen()
            .contracts
            .values()
            .next()
            .unwrap()
            .valid_until
            .clone()
    };
    assert_eq!(until(), "", "a question changes nothing");
    let other = browser.submit(&end, &end, &[("version", "other")]).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    let seen = question.hidden("version");
    let ended = browser.submit(&end, &end, &[("version", &seen)]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    assert_eq!(until(), "2026-09-21");
    assert_eq!(
        browser.get(&end).await.status,
        StatusCode::CONFLICT,
        "it is ended"
    );
    assert!(!browser.get(PAGE).await.body.contains("/end\""));
    let seen = browser.get(FIRST).await.hidden("version");
    let open = [
        ("version", seen.as_str()),
        ("columns", "city"),
        ("valid_from", "2026-09-01"),
    ];
    browser.submit(FIRST, FIRST, &open).await;
    assert_eq!(until(), "", "undone");
}

#[tokio::test]
async fn compliance_looks_and_is_offered_no_change() {
    let world = World::ready().await;
    let admin = as_role(&world, Role::Admin).await;
    enter(&admin, "2026-09-01", "").await;
    for role in [Role::Compliance, Role::Dpo] {
        let browser = as_role(&world, role).await;
        let list = browser.get(PAGE).await.body;
        assert!(list.contains("nordbredband"), "{role}");
        assert!(
            !list.contains("/end\"") && !list.contains("contracts/new") && !list.contains(FIRST)
        );
    }
}

#[tokio::test]
async fn extracts_are_listed_page_by_page() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Dpo).await;
    let first = browser.get("/sv/staff/extracts").await.body;
    for shown in [
        "nordbredband-1",
        "4711",
        "13",
        "Marknadsutdrag",
        "2026-09-21 16:13",
        "Pågår eller avbröts",
    ] {
        assert!(first.contains(shown), "{shown} in {first}");
    }
    assert!(first.contains("page=two"));
    let second = browser
        .get("/sv/staff/extracts?provider=nordbredband&page=two")
        .await
        .body;
    assert!(second.contains("ON-API") && second.contains("16:14") && !second.contains("page="));
    let none = browser.get("/sv/staff/extracts?provider=sydnet").await.body;
    assert!(none.contains("Inget att visa.") && none.contains("Vad sydnet har fått"));
}

#[tokio::test]
async fn of_two_programs_that_change_a_contract_one_is_told_of_the_other() {
    let world = World::ready().await;
    let secret = world.user("admin@example.se", &[Role::Admin]).await;
    let token = crate::api::session(&world, "admin@example.se", &secret).await;
    let browser = Browser::new(&world);
    let put = async |body: Value| {
        let request = browser.request(Method::PUT, "/api/v1/contracts");
        let sent = request.bearer_auth(&token).json(&body).send().await;
        let got = answer(sent.unwrap()).await;
        let body: Value = serde_json::from_str(&got.body).unwrap();
        (got.status, body)
    };
    let contract = |columns: &str| json!({"providerId": "nordbredband", "columns": [columns], "validFrom": "2026-09-01"});
    let (_, read) = put(contract("city")).await;
    let changed = |columns: &str| {
        let mut wanted = contract(columns);
        wanted["contractId"] = read["contractId"].clone();
        wanted["version"] = read["version"].clone();
        wanted
    };
    let (status, first) = put(changed("capacity")).await;
    assert_eq!(status, StatusCode::OK, "{first}");
    assert_ne!(first["version"], read["version"]);
    let (status, second) = put(changed("outlet")).await;
    assert_eq!(
        (status, second["code"].as_str()),
        (StatusCode::CONFLICT, Some("CONTRACT_EDITED"))
    );
    let kept = world.fakes.seen().contracts.values().next().cloned();
    assert_eq!(kept.unwrap().columns, ["capacity"]);
}

#[tokio::test]
async fn programs_enter_contracts_and_read_extracts() {
    let world = World::ready().await;
    let secret = world.user("admin@example.se", &[Role::Admin]).await;
    let token = crate::api::session(&world, "admin@example.se", &secret).await;
    let browser = Browser::new(&world);
    let send = async |method: Method, path: &str, body: Value| {
        let request = browser
            .request(method, path)
            .bearer_auth(&token)
            .json(&body);
        let got = answer(request.send().await.unwrap()).await;
        (
            got.status,
            serde_json::from_str::<Value>(&got.body).unwrap(),
        )
    };
    let mut wanted =
        json!({"providerId": "nordbredband", "columns": ["city"], "validFrom": "2026-09-01"});
    let (status, entered) = send(Method::PUT, "/api/v1/contracts", wanted.clone()).await;
    assert_eq!(status, StatusCode::OK, "{entered}");
    wanted["contractId"] = entered["contractId"].clone();
    wanted["version"] = entered["version"].clone();
    wanted["columns"] = json!([]);
    let (status, refused) = send(Method::PUT, "/api/v1/contracts", wanted.clone()).await;
    assert_eq!(
        (status, refused["violations"][0]["field"].as_str()),
        (StatusCode::BAD_REQUEST, Some("columns"))
    );
    wanted["contractId"] = "0192b3c4-0000-7000-8000-000000000009".into();
    wanted["columns"] = json!(["city"]);
    wanted["providerId"] = "sydnet".into();
    let (status, missing) = send(Method::PUT, "/api/v1/contracts", wanted.clone()).await;
    assert_eq!(
        (status, missing["code"].as_str()),
        (StatusCode::NOT_FOUND, Some("CONTRACT_NOT_FOUND"))
    );
    wanted["contractId"] = "".into();
    let (status, stranger) = send(Method::PUT, "/api/v1/contracts", wanted).await;
    assert_eq!(
        (status, stranger["violations"][0]["field"].as_str()),
        (StatusCode::BAD_REQUEST, Some("provider_id"))
    );
    let path = "/api/v1/contracts?providerId=nordbredband";
    let (_, list) = send(Method::GET, path, Value::Null).await;
    assert_eq!(list["contracts"][0]["validFrom"], "2026-09-01");
    let path = "/api/v1/extracts?pageSize=10&pageToken=two";
    let (_, list) = send(Method::GET, path, Value::Null).await;
    let extract = &list["extracts"][0];
    assert_eq!(
        (
            &extract["interface"],
            &extract["put"],
            &list["nextPageToken"]
        ),
        (&json!("on-api"), &json!(4_711), &json!(""))
    );
}
