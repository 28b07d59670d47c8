//! The people at an access, and those whose personal data is protected.

use gateway::users::Role;
use reqwest::StatusCode;

use crate::browser::Browser;
use crate::harness::World;

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
    let own = asker
        .submit(list, &format!("{list}/d0"), &[("decision", "approve")])
        .await;
    assert_eq!(own.status, StatusCode::FORBIDDEN);

    let other = as_user(&world, "bo@example.se", Role::ProtectedData).await;
    assert!(other.get(list).await.body.contains("value=\"approve\""));
    let approved = other
        .submit(list, &format!("{list}/d0"), &[("decision", "approve")])
        .await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER);
    let early = other.submit(list, &format!("{list}/d0/people"), &[]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    let seen = asker.submit(list, &format!("{list}/d0/people"), &[]).await;
    assert!(seen.body.contains("Astrid Provsson"));

    let dpo = as_user(&world, "dpo@example.se", Role::Dpo).await;
    let looked = dpo.get(list).await;
    assert!(looked.body.contains("fault report") && !looked.body.contains("<h2>Ask to see"));
}
