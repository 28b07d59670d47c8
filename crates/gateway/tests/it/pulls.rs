//! The address file that is fetched every night, for staff and for programs.

use api::registry::Pull;
use gateway::users::Role;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::browser::Browser;
use crate::harness::World;

fn failed() -> Pull {
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    Pull {
        outcome: "failed".into(),
        failure: "credential_refused".into(),
        http_status: Some(401),
        import_id: crate::fakes::registry::IMPORT.into(),
        attempts: 1,
        ended_at: at(1_795_396_500),
        planned_at: at(1_795_482_900),
        alarm_failed: true,
        ..Pull::default()
    }
}

async fn importer(world: &World) -> Browser {
    let email = "importer@example.se";
    let secret = world.user(email, &[Role::Importer]).await;
    Browser::signed_in(world, email, &secret).await
}

#[tokio::test]
async fn the_page_says_how_it_went_and_fetches_now() {
    let world = World::ready().await;
    let browser = importer(&world).await;
    let page = browser.get("/sv/staff/imports").await;
    assert!(!page.body.contains("Hämtas varje natt"), "none is fetched");

    world.fakes.seen().pull = Some(failed());
    let page = browser.get("/sv/staff/imports").await;
    for text in [
        "Hämtas varje natt",
        "Misslyckades",
        "inloggningen (svar 401)",
        "Nattens försök har misslyckats.",
        "2026-11-23 02:15",
        "2026-11-24 02:15",
        crate::fakes::registry::IMPORT,
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(
        browser
            .get("/en/staff/imports")
            .await
            .body
            .contains("The other system refuses")
    );
    let fields = [("csrf", page.hidden("csrf")), ("again", "yes".to_owned())];
    let press = || {
        browser
            .request(Method::POST, "/sv/staff/imports/pull")
            .form(&fields)
            .send()
    };
    assert_eq!(press().await.unwrap().status(), StatusCode::SEE_OTHER);
    assert_eq!(world.fakes.seen().pulled_again, [true]);
    let page = browser.get("/sv/staff/imports").await;
    assert!(page.body.contains("Filen hämtas just nu") && !page.body.contains("Hämta nu"));
    assert_eq!(press().await.unwrap().status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_program_asks_and_begins_it() {
    let world = World::ready().await;
    let email = "importer@example.se";
    let secret = world.user(email, &[Role::Importer]).await;
    let browser = Browser::new(&world);
    let token = crate::api::session(&world, email, &secret).await;
    let ask = |method: Method| {
        browser
            .request(method, "/api/v1/imports/pull")
            .bearer_auth(&token)
            .send()
    };
    for method in [Method::GET, Method::POST] {
        assert_eq!(ask(method).await.unwrap().status(), StatusCode::NOT_FOUND);
    }
    world.fakes.seen().pull = Some(failed());
    let pull: Value = ask(Method::GET).await.unwrap().json().await.unwrap();
    assert_eq!(
        (&pull["failure"], &pull["httpStatus"], &pull["plannedAt"]),
        (
            &"credential_refused".into(),
            &401.into(),
            &"2026-11-24T01:15:00Z".into()
        )
    );
    assert_eq!(
        ask(Method::POST).await.unwrap().status(),
        StatusCode::ACCEPTED
    );
    assert_eq!(world.fakes.seen().pulled_again, [false]);
    assert_eq!(
        ask(Method::POST).await.unwrap().status(),
        StatusCode::CONFLICT
    );
}
