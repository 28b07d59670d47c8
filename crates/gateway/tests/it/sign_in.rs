//! First start, sign-in, sessions, invitations.

use chrono::Duration;
use gateway::users::Role;
use reqwest::{Method, StatusCode};

use crate::browser::Browser;
use crate::harness::{PASSWORD, World, rates};

const EMAIL: &str = "astrid@example.se";

#[tokio::test]
async fn the_first_start_makes_an_administrator_once() {
    let world = World::new().await;
    let secret = world
        .gateway
        .setup
        .begin(&world.gateway.directory)
        .await
        .unwrap()
        .unwrap();
    let browser = Browser::new(&world);
    assert_eq!(
        browser.get("/sv/").await.location,
        "/sv/setup",
        "nothing to see before"
    );
    assert_eq!(browser.get("/setup").await.location, "/sv/setup");

    let mut fields = vec![
        ("secret", "guess"),
        ("network", "HAM"),
        ("network_name", "Hamnäs stadsnät"),
        ("name", "Astrid Provsson"),
        ("email", EMAIL),
        ("password", PASSWORD),
    ];
    assert!(
        browser
            .submit("/sv/setup", "/sv/setup", &fields)
            .await
            .body
            .contains("Engångskoden stämmer inte")
    );
    fields[0].1 = &secret;
    fields[5].1 = "password1234";
    let poor = browser.submit("/sv/setup", "/sv/setup", &fields).await;
    assert!(poor.body.contains("id=\"password-error\""), "{}", poor.body);
    fields[5].1 = PASSWORD;
    let enrol = browser.submit("/sv/setup", "/sv/setup", &fields).await;
    assert!(enrol.body.contains("<svg"));

    let (totp, sealed, csrf) = (
        enrol.text_of("totp-secret"),
        enrol.hidden("enrolment"),
        enrol.hidden("csrf"),
    );
    let code = |c: &str| {
        vec![
            ("csrf", csrf.clone()),
            ("enrolment", sealed.clone()),
            ("totp", c.to_owned()),
        ]
    };
    let send = |fields: Vec<(&'static str, String)>| {
        browser
            .request(Method::POST, "/sv/staff/enrol")
            .form(&fields)
            .send()
    };
    assert_eq!(
        send(code("000000")).await.unwrap().status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let right = world.code(&totp);
    let done = crate::browser::answer(send(code(&right)).await.unwrap()).await;
    assert_eq!(
        (done.status, done.location.as_str()),
        (StatusCode::SEE_OTHER, "/sv/staff"),
        "{}",
        done.body
    );
    assert_eq!(browser.get("/sv/staff/users").await.status, StatusCode::OK);

    assert_eq!(
        browser.get("/sv/setup").await.status,
        StatusCode::FORBIDDEN,
        "it is done"
    );
    let again = send(code(&right)).await.unwrap().status();
    assert_eq!(again, StatusCode::CONFLICT, "the form cannot be sent twice");
    assert!(
        world
            .gateway
            .setup
            .begin(&world.gateway.directory)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn sign_in_needs_all_three_and_a_code_works_once() {
    let world = World::ready().await;
    let secret = world.user(EMAIL, &[Role::Admin]).await;
    let browser = Browser::new(&world);
    assert_eq!(browser.get("/sv/staff").await.location, "/sv/staff/login");
    let code = world.code(&secret);
    for (user, password, code) in [
        ("nobody@example.se", PASSWORD, code.as_str()),
        (EMAIL, "fel lösenord här", code.as_str()),
        (EMAIL, PASSWORD, "000000"),
        ("not an address", PASSWORD, code.as_str()),
    ] {
        let refused = browser.sign_in(user, password, code).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(
            refused.body.contains("Uppgifterna stämmer inte"),
            "one answer for all"
        );
    }
    let signed_in = browser.sign_in("ASTRID@example.se", PASSWORD, &code).await;
    assert_eq!(signed_in.location, "/sv/staff");
    let cookie = signed_in.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Strict")
            && !cookie.contains("Secure")
    );
    assert_eq!(browser.get("/sv/staff").await.status, StatusCode::OK);
    let replay = Browser::new(&world).sign_in(EMAIL, PASSWORD, &code).await;
    assert_eq!(
        replay.status,
        StatusCode::UNAUTHORIZED,
        "the code has been used"
    );
}

#[tokio::test]
async fn with_tls_the_cookie_is_bound_to_the_host_and_secure() {
    let world = World::with(rates(), "https://guide.example.se").await;
    let login = Browser::new(&world).get("/sv/staff/login").await;
    let cookie = login.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-") && cookie.contains("Secure") && cookie.contains("Path=/")
    );
    assert!(login.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn guessing_locks_the_account_for_a_while() {
    let world = World::ready().await;
    let secret = world.user(EMAIL, &[Role::Admin]).await;
    let browser = Browser::new(&world);
    for _ in 0..5 {
        browser.sign_in(EMAIL, "fel lösenord här", "000000").await;
    }
    let code = world.code(&secret);
    assert_eq!(
        browser.sign_in(EMAIL, PASSWORD, &code).await.status,
        StatusCode::UNAUTHORIZED,
        "it rests"
    );
    world.clock.advance(Duration::seconds(10));
    let code = world.code(&secret);
    assert_eq!(
        browser.sign_in(EMAIL, PASSWORD, &code).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn guessing_from_one_address_is_limited() {
    let mut few = rates();
    few.sign_in_per_minute = 6;
    let world = World::with(few, "http://127.0.0.1").await;
    world.network("HAM").await;
    let browser = Browser::new(&world);
    for _ in 0..2 {
        assert_eq!(
            browser.sign_in(EMAIL, "x", "0").await.status,
            StatusCode::UNAUTHORIZED
        );
    }
    assert_eq!(
        browser.sign_in(EMAIL, "x", "0").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
}

#[tokio::test]
async fn a_session_ends_by_silence_by_age_and_by_signing_out() {
    let world = World::ready().await;
    let secret = world.user(EMAIL, &[Role::Admin]).await;
    let browser = Browser::signed_in(&world, EMAIL, &secret).await;
    for _ in 0..23 {
        world.clock.advance(Duration::minutes(29));
        assert_eq!(browser.get("/sv/staff").await.status, StatusCode::OK);
    }
    assert!(browser.get("/sv/staff").await.location.is_empty());
    world.clock.advance(Duration::minutes(60));
    assert_eq!(
        browser.get("/sv/staff").await.location,
        "/sv/staff/login",
        "twelve hours or an hour of silence"
    );

    let browser = Browser::signed_in(&world, EMAIL, &secret).await;
    let stolen = browser.get("/sv/staff").await;
    let out = browser
        .post("/sv/staff/logout", &[("csrf", &stolen.hidden("csrf"))])
        .await;
    assert_eq!(out.location, "/sv/staff/login");
    assert_eq!(browser.get("/sv/staff").await.location, "/sv/staff/login");
    assert_eq!(
        gateway::app::session::sweep(&world.gateway.directory)
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn a_staff_form_without_its_token_is_refused() {
    let world = World::ready().await;
    let secret = world.user(EMAIL, &[Role::Admin]).await;
    let browser = Browser::signed_in(&world, EMAIL, &secret).await;
    let other = Browser::new(&world)
        .get("/sv/staff/login")
        .await
        .hidden("csrf");
    for token in ["", "guess", other.as_str()] {
        let fields = [
            ("csrf", token),
            ("name", "X"),
            ("email", "x@example.se"),
            ("roles", "admin"),
        ];
        assert_eq!(
            browser.post("/sv/staff/users", &fields).await.status,
            StatusCode::FORBIDDEN
        );
    }
}

#[tokio::test]
async fn an_invitation_makes_a_user_once() {
    let world = World::ready().await;
    let secret = world.user(EMAIL, &[Role::Admin]).await;
    let admin = Browser::signed_in(&world, EMAIL, &secret).await;
    let fields = [
        ("name", "Bo Provsson"),
        ("email", "bo@example.se"),
        ("roles", "compliance"),
        ("roles", "dpo"),
    ];
    let created = admin
        .submit("/sv/staff/users", "/sv/staff/users", &fields)
        .await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    let link = created.text_of("invitation");
    let path = link.strip_prefix("http://127.0.0.1").unwrap();
    assert!(path.starts_with("/sv/staff/invitation/"));
    let taken = admin
        .submit("/sv/staff/users", "/sv/staff/users", &fields)
        .await;
    assert!(taken.body.contains("Adressen används redan"));

    let bo = Browser::new(&world);
    let enrol = bo
        .submit(path, path, &[("password", "fyra små uttag i rad")])
        .await;
    let code = world.code(&enrol.text_of("totp-secret"));
    let fields = [
        ("csrf", enrol.hidden("csrf")),
        ("enrolment", enrol.hidden("enrolment")),
        ("totp", code),
    ];
    let fields: Vec<_> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
    assert_eq!(
        bo.post("/sv/staff/enrol", &fields).await.location,
        "/sv/staff"
    );
    assert_eq!(bo.get("/sv/staff/requests").await.status, StatusCode::OK);
    assert_eq!(
        bo.get("/sv/staff/users").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        Browser::new(&world).get(path).await.status,
        StatusCode::GONE,
        "used"
    );

    let users = admin.get("/sv/staff/users").await;
    let row = users.body.split("bo@example.se").nth(1).unwrap();
    let action = row
        .split("action=\"")
        .find(|part| part.contains("/disable\""))
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let token = users.hidden("csrf");
    assert_eq!(
        admin.post(action, &[("csrf", &token)]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        bo.get("/sv/staff/requests").await.location,
        "/sv/staff/login",
        "the session ended at once"
    );
}

#[tokio::test]
async fn an_invitation_does_not_wait_for_ever() {
    let world = World::ready().await;
    let secret = world.user(EMAIL, &[Role::Admin]).await;
    let admin = Browser::signed_in(&world, EMAIL, &secret).await;
    let fields = [
        ("name", "Bo Provsson"),
        ("email", "bo@example.se"),
        ("roles", "dpo"),
    ];
    let link = admin
        .submit("/sv/staff/users", "/sv/staff/users", &fields)
        .await
        .text_of("invitation");
    world.clock.advance(Duration::hours(73));
    let path = link.strip_prefix("http://127.0.0.1").unwrap();
    assert_eq!(
        Browser::new(&world).get(path).await.status,
        StatusCode::GONE
    );
}
