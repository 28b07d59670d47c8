//! The people at an access, and those whose personal data is protected.

use api::registry::DisclosureState;
use gateway::users::{self, FirstSignIn, NewUser, Role};
use kernel::NetworkCode;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::fakes::protected::disclosure_id;
use crate::harness::{PASSWORD, World};

async fn as_user(world: &World, email: &str, role: Role) -> Browser {
    let secret = world.user(email, &[role]).await;
    Browser::signed_in(world, email, &secret).await
}

#[tokio::test]
async fn the_people_at_an_access_are_shown_with_a_purpose() {
    let world = World::ready().await;
    let browser = as_user(&world, "kund@example.se", Role::CustomerService).await;
    let page = "/sv/staff/accesses/A-1/people";
    assert!(!browser.get(page).await.body.contains("Provsson"));
    let without = browser.submit(page, page, &[("purpose", "")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.body.contains("id=\"purpose-error\""));
    let shown = browser
        .submit(page, page, &[("purpose", "felanmälan")])
        .await;
    assert!(shown.body.contains("Astrid Provsson") && shown.body.contains("Provbolaget AB"));
    assert_eq!(world.fakes.seen().purpose, "felanmälan");

    let page = "/sv/staff/accesses/A-2/people";
    let masked = browser
        .submit(page, page, &[("purpose", "felanmälan")])
        .await;
    assert!(masked.body.contains("skyddade personuppgifter"));
    assert!(!masked.body.contains("Provsson"));
    assert!(
        !masked.body.contains("/sv/staff/protected"),
        "who may not ask is not sent there"
    );
}

#[tokio::test]
async fn one_asks_another_approves_and_the_first_sees() {
    let world = World::ready().await;
    let asker = as_user(&world, "ada@example.se", Role::ProtectedData).await;
    let list = "/en/staff/protected";
    let first = format!("{list}/{}", disclosure_id(0));
    for (access, message) in [
        ("A-2", "can be shown on the page of the access"),
        ("A-3", "There is no access with that id."),
    ] {
        let fields = [("access", access), ("purpose", "fault report")];
        let refused = asker.submit(list, list, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text_of("access-error").contains(message));
    }
    let fields = [("access", "A-1"), ("purpose", "fault report")];
    let asked = asker.submit(list, list, &fields).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    let waiting = asker.get(list).await;
    assert!(waiting.body.contains("Waits for a colleague"));
    assert!(!waiting.body.contains("value=\"approve\""), "not one's own");
    let own = asker.submit(list, &first, &[("decision", "approve")]).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN);

    let other = as_user(&world, "bo@example.se", Role::ProtectedData).await;
    assert!(other.get(list).await.body.contains("value=\"approve\""));
    let approved = other.submit(list, &first, &[("decision", "approve")]).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER);
    let early = other.submit(list, &format!("{first}/people"), &[]).await;
    assert_eq!(early.status, StatusCode::FORBIDDEN, "of another");
    let seen = asker.submit(list, &format!("{first}/people"), &[]).await;
    assert!(seen.body.contains("Astrid Provsson"));

    let dpo = as_user(&world, "dpo@example.se", Role::Dpo).await;
    let looked = dpo.get(list).await;
    assert!(looked.body.contains("fault report") && !looked.body.contains("<h2>Ask to see"));
}

const ALL: &str = "/protected-disclosures";
const LIFT: &str = "/protected-marks/lift";

/// A program of a user.
struct Program<'a> {
    world: &'a World,
    token: String,
}

impl<'a> Program<'a> {
    async fn of(world: &'a World, email: &str, roles: &[Role]) -> Self {
        let secret = world.user(email, roles).await;
        let token = crate::api::session(world, email, &secret).await;
        Self { world, token }
    }

    /// The same in another network.
    async fn elsewhere(world: &'a World, email: &str, role: Role) -> Self {
        world.network("ADA").await;
        let new = NewUser {
            network: NetworkCode::parse("ADA").unwrap(),
            name: "Disa Provsson".to_owned(),
            email: email.to_owned(),
            roles: vec![role],
        };
        let first = FirstSignIn::Password(PASSWORD.into());
        let made = users::create(&world.gateway.directory, &new, first, None).await;
        let secret = made.unwrap().totp_secret.unwrap();
        let token = crate::api::session(world, email, &secret).await;
        Self { world, token }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let request = Browser::new(self.world)
            .request(method, &format!("/api/v1{path}"))
            .bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request.header("content-length", 0),
        };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        assert_eq!(answer.headers()["cache-control"], "no-store");
        if status.is_client_error() {
            let kind = answer.headers()["content-type"].to_str().unwrap();
            assert_eq!(kind, "application/problem+json", "{path}");
        }
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(Method::POST, path, Some(body)).await
    }

    async fn look(&self, id: &str) -> (StatusCode, Value) {
        let path = format!("{ALL}/{id}/people");
        self.send(Method::POST, &path, None).await
    }

    async fn decide(&self, id: &str, decision: &str) -> (StatusCode, Value) {
        let body = json!({ "decision": decision });
        self.post(&format!("{ALL}/{id}/decision"), body).await
    }
}

fn refused((status, problem): (StatusCode, Value)) -> (u16, String) {
    let code = problem["code"].as_str().unwrap_or_default().to_owned();
    assert!(!problem.to_string().contains("Provsson"), "{problem}");
    (status.as_u16(), code)
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn a_program_asks_another_approves_and_the_first_looks() {
    let world = World::ready().await;
    let asker = Program::of(&world, "ada@example.se", &[Role::ProtectedData]).await;
    let other = Program::of(&world, "bo@example.se", &[Role::ProtectedData]).await;
    let wish = |access: &str| json!({"accessId": access, "purpose": "fault report"});

    assert_eq!(
        refused(asker.post(ALL, wish("A-2")).await),
        is(409, "NOBODY_PROTECTED")
    );
    assert_eq!(
        refused(asker.post(ALL, wish("A-3")).await),
        is(404, "ACCESS_NOT_FOUND")
    );
    assert_eq!(
        refused(asker.post(ALL, json!({"accessId": "A-1"})).await).0,
        422
    );
    let (status, asked) = asker.post(ALL, wish("A-1")).await;
    assert_eq!(
        (status, &asked["state"]),
        (StatusCode::CREATED, &json!("PENDING"))
    );
    let id = asked["disclosureId"].as_str().unwrap();

    assert_eq!(refused(asker.look(id).await), is(409, "DISCLOSURE_STATE"));
    assert_eq!(
        refused(asker.decide(id, "approve").await),
        is(403, "SECOND_PERSON_NEEDED")
    );
    assert_eq!(refused(other.decide(id, "yes").await), is(400, "INVALID"));
    let (status, approved) = other.decide(id, "approve").await;
    assert_eq!(
        (status, &approved["state"]),
        (StatusCode::OK, &json!("APPROVED"))
    );
    assert_eq!(
        refused(other.look(id).await),
        is(403, "DISCLOSURE_OF_ANOTHER")
    );
    let (status, seen) = asker.look(id).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(seen["residentName"], "Astrid Provsson");

    let (_, list) = asker.send(Method::GET, ALL, None).await;
    assert_eq!(list["disclosures"][0]["mayLook"], true);
    assert!(!list.to_string().contains("Provsson"), "{list}");

    // The hour is over.
    world.fakes.seen().disclosures[0]
        .1
        .set_state(DisclosureState::Lapsed);
    assert_eq!(refused(asker.look(id).await), is(409, "DISCLOSURE_STATE"));

    let (_, again) = asker.post(ALL, wish("A-1")).await;
    let id = again["disclosureId"].as_str().unwrap();
    let (_, declined) = other.decide(id, "decline").await;
    assert_eq!(declined["state"], "DECLINED");
    assert_eq!(refused(asker.look(id).await), is(409, "DISCLOSURE_STATE"));
}

#[tokio::test]
async fn a_program_without_the_role_or_of_another_network_sees_nothing() {
    let world = World::ready().await;
    let asker = Program::of(&world, "ada@example.se", &[Role::ProtectedData]).await;
    let wish = json!({"accessId": "A-1", "purpose": "fault report"});
    let (_, asked) = asker.post(ALL, wish.clone()).await;
    let id = asked["disclosureId"].as_str().unwrap();

    let dpo = Program::of(&world, "dpo@example.se", &[Role::Dpo]).await;
    let (status, seen) = dpo.send(Method::GET, ALL, None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(seen["disclosures"].as_array().unwrap().len(), 1);
    assert_eq!(
        refused(dpo.decide(id, "approve").await),
        is(403, "FORBIDDEN")
    );
    let admin = Program::of(&world, "admin@example.se", &[Role::Admin]).await;
    assert_eq!(
        refused(admin.send(Method::GET, ALL, None).await),
        is(403, "FORBIDDEN")
    );
    assert_eq!(refused(admin.post(ALL, wish).await), is(403, "FORBIDDEN"));
    assert_eq!(refused(admin.look(id).await), is(403, "FORBIDDEN"));

    let foreign = Program::elsewhere(&world, "disa@example.se", Role::ProtectedData).await;
    let (_, seen) = foreign.send(Method::GET, ALL, None).await;
    assert_eq!(seen["disclosures"], json!([]));
    for refusal in [foreign.decide(id, "approve").await, foreign.look(id).await] {
        assert_eq!(refused(refusal), is(404, "DISCLOSURE_NOT_FOUND"));
    }
    let unknown = asker.look(&disclosure_id(9)).await;
    assert_eq!(refused(unknown), is(404, "DISCLOSURE_NOT_FOUND"));
}

#[tokio::test]
async fn the_mark_is_lifted_by_whoever_may_look() {
    let world = World::ready().await;
    let roles = [Role::ProtectedData, Role::CustomerService];
    let asker = Program::of(&world, "ada@example.se", &roles).await;
    let other = Program::of(&world, "bo@example.se", &[Role::ProtectedData]).await;
    let wish = json!({"accessId": "A-1", "reason": "the tax agency has ended it"});
    assert_eq!(
        refused(asker.post(LIFT, wish.clone()).await),
        is(403, "PROTECTED_MARK")
    );
    let question = json!({"accessId": "A-1", "purpose": "the mark has ended"});
    let (_, asked) = asker.post(ALL, question).await;
    let id = asked["disclosureId"].as_str().unwrap();
    assert_eq!(
        refused(asker.post(LIFT, wish.clone()).await),
        is(403, "PROTECTED_MARK")
    );
    other.decide(id, "approve").await;
    assert_eq!(
        refused(other.post(LIFT, wish.clone()).await),
        is(403, "FORBIDDEN"),
        "who approves has no access to edit"
    );
    let unknown = json!({"accessId": "A-9", "reason": "the tax agency has ended it"});
    assert_eq!(
        refused(asker.post(LIFT, unknown).await),
        is(404, "NOT_FOUND")
    );
    let (status, _) = asker.post(LIFT, wish).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let seen = world.fakes.seen();
    assert!(seen.lifted, "the mark is taken away");
    let edited = seen.edited.clone().unwrap();
    assert_eq!(edited.access_id, "A-1");
    assert!(edited.resident_name.is_empty(), "nobody was read for it");
}
