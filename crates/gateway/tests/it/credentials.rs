//! Credentials of systems on the staff's page: made, shown once, two at a time, revoked after a question, by administrators
//! alone.

use gateway::users::Role;
use reqwest::{Method, StatusCode};

use crate::browser::{Answer, Browser};
use crate::harness::World;

const PAGE: &str = "/sv/staff/credentials";

async fn as_role(world: &World, role: Role) -> Browser {
    let email = format!("{}@example.se", role.name().replace('_', "-"));
    let secret = world.user(&email, &[role]).await;
    Browser::signed_in(world, &email, &secret).await
}

async fn make(browser: &Browser, of: &str, provider: &str) -> Answer {
    let fields = [("of", of), ("provider", provider)];
    browser.submit(PAGE, PAGE, &fields).await
}

async fn token_status(browser: &Browser, id: &str, secret: &str) -> StatusCode {
    let asked = browser
        .request(Method::POST, "/oauth2/token")
        .basic_auth(id, Some(secret))
        .form(&[("grant_type", "client_credentials")]);
    asked.send().await.unwrap().status()
}

#[tokio::test]
async fn a_providers_credential_is_shown_once_and_ends_when_it_is_revoked() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Admin).await;
    let menu = browser.get("/sv/staff").await.body;
    assert!(menu.contains(PAGE), "the menu leads to it");

    let made = make(&browser, "provider", "nordbredband").await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let (id, secret) = (made.text_of("client-id"), made.text_of("client-secret"));
    assert_eq!(token_status(&browser, &id, &secret).await, StatusCode::OK);
    let list = browser.get(PAGE).await.body;
    assert!(list.contains(&id) && !list.contains(&secret), "{list}");

    assert_eq!(
        make(&browser, "provider", "nordbredband").await.status,
        StatusCode::CREATED
    );
    let full = make(&browser, "provider", "nordbredband").await;
    assert_eq!(full.status, StatusCode::CONFLICT);
    assert!(full.body.contains("har redan två"), "{}", full.body);

    let revoke = format!("{PAGE}/provider/{id}/revoke");
    let asked = browser.get(&revoke).await;
    assert!(
        asked.body.contains(&id) && asked.body.contains("nordbredband"),
        "{}",
        asked.body
    );
    assert_eq!(token_status(&browser, &id, &secret).await, StatusCode::OK);
    let revoked = browser.submit(&revoke, &revoke, &[]).await;
    assert_eq!(revoked.location, PAGE, "{}", revoked.body);
    assert_eq!(
        token_status(&browser, &id, &secret).await,
        StatusCode::UNAUTHORIZED
    );
    let list = browser.get("/en/staff/credentials").await.body;
    assert!(list.contains("Revoked 2026-"), "{list}");
    let again = browser.get(&revoke).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "it is revoked already");

    let notes = world.audited("credential").await;
    let object = format!("credential:{id}");
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(notes.contains(&("credential.created".to_owned(), object.clone())));
    assert!(notes.contains(&("credential.revoked".to_owned(), object)));
}

#[tokio::test]
async fn a_credential_of_the_networks_own_system_is_made_and_revoked() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Admin).await;
    let made = make(&browser, "network", "").await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let (user, key) = (made.text_of("client-id"), made.text_of("client-secret"));
    let login = format!("/legacy/mdb2?method=api_login&api_user={user}&api_key={key}");
    assert_eq!(browser.get(&login).await.status, StatusCode::OK);
    let revoke = format!("{PAGE}/network/{user}/revoke");
    let revoked = browser.submit(&revoke, &revoke, &[]).await;
    assert_eq!(revoked.location, PAGE, "{}", revoked.body);
    assert_eq!(browser.get(&login).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.audited("credential").await.len(), 2);
}

#[tokio::test]
async fn nothing_is_made_or_revoked_for_others() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Admin).await;
    let nobody = make(&browser, "provider", "nobody-here").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    let made = make(&browser, "provider", "nordbredband").await;
    let id = made.text_of("client-id");
    for path in [
        format!("{PAGE}/provider/{id}x/revoke"),
        format!("{PAGE}/network/{id}/revoke"),
        format!("{PAGE}/other/{id}/revoke"),
    ] {
        assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
        let posted = browser.submit(PAGE, &path, &[]).await;
        assert_eq!(posted.status, StatusCode::NOT_FOUND, "{path}");
    }
    let importer = as_role(&world, Role::Importer).await;
    assert_eq!(importer.get(PAGE).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.audited("credential").await.len(), 1);
}
