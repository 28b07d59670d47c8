//! The network's own page: its name, language and host name.

use gateway::users::Role;
use reqwest::StatusCode;

use crate::browser::{Answer, Browser};
use crate::harness::World;

const PAGE: &str = "/sv/staff/network";

async fn admin(world: &World) -> Browser {
    let secret = world.user("admin@example.se", &[Role::Admin]).await;
    Browser::signed_in(world, "admin@example.se", &secret).await
}

async fn change(browser: &Browser, name: &str, host: &str) -> Answer {
    let fields = [("network_name", name), ("language", "en"), ("host", host)];
    browser.submit(PAGE, PAGE, &fields).await
}

#[tokio::test]
async fn an_administrator_changes_what_visitors_meet() {
    let world = World::ready().await;
    let browser = admin(&world).await;
    let changed = change(&browser, "Hamnäs Fiber", "Fiber.Example.se").await;
    assert_eq!(
        changed.location, "/sv/staff/network?saved=true",
        "{}",
        changed.body
    );
    let page = browser.get(&changed.location).await.body;
    for shown in [
        "Hamnäs Fiber",
        "fiber.example.se",
        "value=\"en\" selected",
        "Sparat.",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    let visitor = browser.get("/en/").await.body;
    assert!(visitor.contains("Hamnäs Fiber"), "{visitor}");
    let noted = ("network.changed".to_owned(), "network:HAM".to_owned());
    assert_eq!(world.audited("network").await, [noted]);
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_changes_nothing() {
    let world = World::ready().await;
    world.network("VIK").await;
    let browser = admin(&world).await;
    assert_eq!(
        change(&browser, "Hamnäs", "ham.example.se").await.status,
        StatusCode::SEE_OTHER
    );
    for (name, host, said) in [
        ("", "ham.example.se", "network_name-error"),
        ("Hamnäs", "två ord", "host-error"),
    ] {
        let refused = change(&browser, name, host).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(said), "{said} in {}", refused.body);
    }
    let vik = kernel::NetworkCode::parse("VIK").unwrap();
    let directory = &world.gateway.directory;
    let mut other = gateway::networks::find(directory, &vik)
        .await
        .unwrap()
        .unwrap();
    other.host = "vik.example.se".to_owned();
    gateway::networks::put(directory, &other).await.unwrap();
    let taken = change(&browser, "Hamnäs", "VIK.example.se").await;
    assert!(taken.body.contains("Ett annat nät"), "{}", taken.body);
    let page = browser.get(PAGE).await.body;
    assert!(page.contains("ham.example.se") && !page.contains("vik.example.se"));
}
