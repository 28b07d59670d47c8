//! The interface for programs.

use std::sync::Arc;

use gateway::credentials;
use gateway::users::Role;
use kernel::{NetworkCode, ProviderId};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use service_kit::caller::{CallerKind, TokenVerifier};

use crate::browser::{Browser, answer};
use crate::harness::{PASSWORD, World};

const EMAIL: &str = "astrid@example.se";

/// Signs in; gives the bearer token.
pub async fn session(world: &World, email: &str, secret: &str) -> String {
    let body = json!({"user": email, "password": PASSWORD, "totp": world.code(secret)});
    let request = Browser::new(world)
        .request(Method::POST, "/api/v1/session")
        .json(&body);
    let session: Value = request.send().await.unwrap().json().await.unwrap();
    world.next_code();
    session["token"]
        .as_str()
        .unwrap_or_else(|| panic!("{session}"))
        .to_owned()
}

fn order(command: &str) -> Value {
    json!({
        "commandId": command, "placeHandle": "h-1", "offeringId": "o-1",
        "customer": {"name": "Astrid Provsson", "identityNumber": "19900118-9811", "email": EMAIL, "phone": "+46701740605"},
        "acceptanceVersion": "2026-11-01", "acceptanceLanguage": "sv", "accepted": true
    })
}

#[tokio::test]
async fn it_says_what_it_is_and_documents_every_route() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let info: Value = serde_json::from_str(&browser.get("/api/v1/api-info").await.body).unwrap();
    assert_eq!(
        (info["apiName"].as_str(), info["apiStatus"].as_str()),
        (Some("Uttag"), Some("beta"))
    );
    let document: Value =
        serde_json::from_str(&browser.get("/api/v1/openapi.json").await.body).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let path = path
                .replace("{id}", "0192b3c4-0000-7000-8000-000000000004")
                .replace("{handle}", "h-1");
            let request = browser
                .request(method.clone(), &path)
                .header("content-length", 0);
            let status = request.send().await.unwrap().status();
            let there = ![StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_FOUND].contains(&status);
            assert!(there, "{method} {path} is documented but answers {status}");
        }
    }
}

#[tokio::test]
async fn problems_are_problem_details() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let missing = browser.get("/api/v1/nothing").await;
    assert_eq!(
        (missing.status, &missing.headers["content-type"]),
        (
            StatusCode::NOT_FOUND,
            &"application/problem+json".parse().unwrap()
        )
    );
    for (method, path, status) in [
        (Method::GET, "/api/v1/orders", StatusCode::UNAUTHORIZED),
        (
            Method::DELETE,
            "/api/v1/orders",
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (
            Method::POST,
            "/api/v1/orders",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (Method::GET, "/api/v1/places/other", StatusCode::NOT_FOUND),
        (Method::GET, "/api/v1/places", StatusCode::BAD_REQUEST),
    ] {
        let sent = browser
            .request(method, path)
            .header("content-length", 0)
            .send()
            .await
            .unwrap();
        let got = answer(sent).await;
        assert_eq!(got.status, status, "{path}");
        let problem: Value =
            serde_json::from_str(&got.body).unwrap_or_else(|_| panic!("{path}: {}", got.body));
        assert_eq!(problem["status"], status.as_u16());
        assert!(
            problem["type"]
                .as_str()
                .unwrap()
                .starts_with("urn:uttag:error:")
        );
    }
    let failed: Value =
        serde_json::from_str(&browser.get("/api/v1/places/boom").await.body).unwrap();
    assert!(failed["errorId"].is_string() && !failed.to_string().contains("swordfish"));
}

#[tokio::test]
async fn places_and_orders_are_open_and_orders_are_idempotent() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let places: Value =
        serde_json::from_str(&browser.get("/api/v1/places?q=Kungs").await.body).unwrap();
    assert_eq!(places["places"][0]["state"], "CONNECTED");
    let offers: Value =
        serde_json::from_str(&browser.get("/api/v1/places/h-1/offers").await.body).unwrap();
    assert_eq!(offers["offers"][0]["monthlyPriceOre"], 34_900);
    assert_eq!(offers["distinguisher"], "2 tr");
    assert_eq!(offers["directActivation"], true);
    let command = "0192b3c4-0000-7000-8000-0000000000bb";
    for _ in 0..2 {
        let request = browser
            .request(Method::POST, "/api/v1/orders")
            .json(&order(command));
        let placed = answer(request.send().await.unwrap()).await;
        assert_eq!(placed.status, StatusCode::CREATED, "{}", placed.body);
    }
    assert_eq!(world.fakes.seen().orders.len(), 1);
    let mut checkout = order("0192b3c4-0000-7000-8000-0000000000bc");
    checkout["items"] =
        serde_json::json!([{"offeringId": "o-1"}, {"offeringId": "o-2", "priceMark": "plain"}]);
    let request = browser.request(Method::POST, "/api/v1/checkouts");
    let placed = answer(request.json(&checkout).send().await.unwrap()).await;
    assert_eq!(placed.status, StatusCode::CREATED, "{}", placed.body);
    let placed: Value = serde_json::from_str(&placed.body).unwrap();
    assert_eq!(placed["orders"][1]["orderNumber"], "HAM-000002");
    assert_eq!(world.fakes.seen().orders.len(), 3);
    checkout["items"][1]["campaignCode"] = "OVER".into();
    let request = browser.request(Method::POST, "/api/v1/checkouts");
    let refused = answer(request.json(&checkout).send().await.unwrap()).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);
    assert!(
        refused.body.contains("items[1].campaign_code"),
        "{}",
        refused.body
    );
    let mut outdated = order(command);
    outdated["acceptanceVersion"] = "2020-01-01".into();
    let refused = browser
        .request(Method::POST, "/api/v1/orders")
        .json(&outdated)
        .send()
        .await
        .unwrap();
    let problem: Value = serde_json::from_str(&answer(refused).await.body).unwrap();
    assert_eq!(
        (&problem["code"], &problem["status"]),
        (&json!("ACCEPTANCE_OUTDATED"), &json!(409))
    );
}

#[tokio::test]
async fn places_say_why_they_were_found_and_an_address_is_matched() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let get = async |path: &str| {
        let answer = browser.get(path).await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(!answer.body.contains("A-1"), "no access id: {body}");
        (answer.status, body)
    };
    let (_, found) = get("/api/v1/places?q=Kungsgtan+v.").await;
    let place = &found["places"][0];
    assert_eq!(place["handle"], "h-1");
    assert_eq!(
        place["reasons"][0],
        json!({"typed": "kungsgtan", "part": "street", "how": "typos", "typos": 1})
    );
    let (status, short) = get("/api/v1/places?q=K").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        short["violations"][0]["field"], "q",
        "as it is spelled here"
    );
    let (_, near) =
        get("/api/v1/places/match?streetName=Kungsgtan&streetNumber=10&city=V%C3%A4ster%C3%A5s")
            .await;
    assert_eq!(
        (&near["result"], &near["candidates"][0]["handle"]),
        (&json!("probable"), &json!("h-1"))
    );
    assert_eq!(
        near["candidates"][0]["differences"][0]["found"],
        "Kungsgatan"
    );
    let (_, none) = get("/api/v1/places/match?streetName=Storgatan").await;
    assert_eq!(
        (&none["result"], &none["missing"]),
        (&json!("none"), &json!("street"))
    );
    let (_, flats) = get("/api/v1/places?q=Flat").await;
    assert_eq!(flats["places"][0]["distinguisher"], "2 tr <vä>");
    let (_, flat) = get("/api/v1/places/match?streetName=Flat&distinguisher=3+tr").await;
    assert_eq!(flat["candidates"][0]["differences"][0]["given"], "3 tr");
    let (status, _) = get("/api/v1/places/match?streetName=").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let caller = world.fakes.seen().callers["MatchAddress"].clone();
    assert_eq!(caller.kind.as_str(), "public");
}

#[tokio::test]
async fn staff_sign_in_and_out() {
    let world = World::ready().await;
    let secret = world.user(EMAIL, &[Role::Admin]).await;
    let browser = Browser::new(&world);
    let token = session(&world, EMAIL, &secret).await;
    let list = |token: String| {
        browser
            .request(Method::GET, "/api/v1/orders")
            .bearer_auth(token)
            .send()
    };
    assert_eq!(list(token.clone()).await.unwrap().status(), StatusCode::OK);
    let upload = browser
        .request(Method::POST, "/api/v1/imports?mode=full&dryRun=true")
        .bearer_auth(&token);
    let report: Value = upload
        .body("a;b")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        (&report["added"], world.fakes.seen().file.as_slice()),
        (&json!(2), &b"a;b"[..])
    );
    assert_eq!(report["rejections"][0]["reason"], "POSTAL_CODE_INVALID");
    assert_eq!(report["rejectedLeftOut"], 1);
    let rejected = format!(
        "/api/v1/imports/{}/rejected",
        report["importId"].as_str().unwrap()
    );
    let file = browser
        .request(Method::GET, &rejected)
        .bearer_auth(&token)
        .send();
    let file = file.await.unwrap();
    assert_eq!(file.headers()["uttag-rows-left-out"], "1");
    assert_eq!(file.text().await.unwrap(), "line;why");
    let holders = browser
        .request(Method::GET, "/api/v1/holders")
        .bearer_auth(&token);
    let holders: Value = holders.send().await.unwrap().json().await.unwrap();
    let log = &holders["holders"][0]["accessLog"];
    assert_eq!(
        (
            &log["lines"],
            &log["openFindings"],
            &log["findings"][0]["reason"]
        ),
        (&json!(3), &json!(1), &json!("gap"))
    );
    let out = browser
        .request(Method::DELETE, "/api/v1/session")
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        list(token).await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    let body = json!({"user": EMAIL, "password": PASSWORD, "totp": "000000"});
    let wrong = browser
        .request(Method::POST, "/api/v1/session")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_browsers_session_changes_nothing_without_the_header() {
    let world = World::ready().await;
    let secret = world.user(EMAIL, &[Role::Admin]).await;
    let browser = Browser::signed_in(&world, EMAIL, &secret).await;
    assert_eq!(browser.get("/api/v1/orders").await.status, StatusCode::OK);
    let upload = || {
        browser
            .request(Method::POST, "/api/v1/imports?mode=delta")
            .body("a;b")
    };
    assert_eq!(
        upload().send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    let token = browser.get("/sv/staff").await.hidden("csrf");
    assert_eq!(
        upload()
            .header("x-csrf-token", token)
            .send()
            .await
            .unwrap()
            .status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_providers_credential_gives_a_token_for_orders_alone() {
    let world = World::ready().await;
    let (ham, nord) = (
        NetworkCode::parse("HAM").unwrap(),
        ProviderId::parse("nordbredband").unwrap(),
    );
    let made = credentials::create(&world.gateway.directory, &ham, &nord)
        .await
        .unwrap();
    let browser = Browser::new(&world);
    let ask = |id: String, secret: String| {
        let fields = [("grant_type", "client_credentials")];
        browser
            .request(Method::POST, "/oauth2/token")
            .basic_auth(id, Some(secret))
            .form(&fields)
            .send()
    };
    let secret = made.secret.expose_secret().to_owned();
    let given: Value = ask(made.client_id.clone(), secret.clone())
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        (&given["token_type"], &given["expires_in"]),
        (&json!("Bearer"), &json!(300))
    );
    let token = given["access_token"].as_str().unwrap();
    let verify = |audience| {
        let anchor = world.identities.authority.anchor();
        TokenVerifier::new(anchor, audience, Arc::new(world.clock.clone())).verify(token)
    };
    let caller = verify("orders").unwrap();
    assert_eq!(
        (
            caller.kind,
            caller.provider.as_ref().unwrap(),
            caller.network.as_ref().unwrap()
        ),
        (CallerKind::Provider, &nord, &ham)
    );
    assert!(verify("registry").is_err());
    let in_the_form = [
        ("grant_type", "client_credentials"),
        ("client_id", &made.client_id),
        ("client_secret", &secret),
    ];
    assert_eq!(
        browser.post("/oauth2/token", &in_the_form).await.status,
        StatusCode::OK
    );

    for (id, secret) in [
        (made.client_id.as_str(), "guess"),
        ("nobody", secret.as_str()),
        ("", ""),
    ] {
        let refused = answer(ask(id.to_owned(), secret.to_owned()).await.unwrap()).await;
        assert_eq!(
            (refused.status, refused.body.as_str()),
            (StatusCode::UNAUTHORIZED, "{\"error\":\"invalid_client\"}")
        );
    }
    let other = browser
        .post("/oauth2/token", &[("grant_type", "password")])
        .await;
    assert!(
        other.status == StatusCode::BAD_REQUEST && other.body.contains("unsupported_grant_type")
    );
    credentials::revoke(&world.gateway.directory, &ham, &made.client_id)
        .await
        .unwrap();
    assert_eq!(
        ask(made.client_id, secret).await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
}
