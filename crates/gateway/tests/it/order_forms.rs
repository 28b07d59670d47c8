//! The editor of order forms: without script, one request a button, the draft in the pages.

use api::orders::{FormFieldType, OrderForm};
use gateway::users::Role;
use reqwest::StatusCode;

use crate::browser::{Answer, Browser};
use crate::fakes::forms;
use crate::harness::World;

const EDIT: &str = "/sv/staff/order-forms/edit";
const NORD: &str = "/sv/staff/order-forms/edit?provider=nordbredband";

async fn as_role(world: &World, role: Role) -> Browser {
    let email = format!("{}@example.se", role.name().replace('_', "-"));
    let secret = world.user(&email, &[role]).await;
    Browser::signed_in(world, &email, &secret).await
}

async fn world() -> World {
    let world = World::ready().await;
    world.fakes.seen().forms.current = forms::asked();
    world
}

/// Presses a button of a page.
async fn press(browser: &Browser, page: &Answer, action: &str, more: &[(&str, &str)]) -> Answer {
    let (csrf, draft) = (page.hidden("csrf"), page.hidden("draft"));
    let mut fields = vec![("csrf", &*csrf), ("draft", &*draft), ("action", action)];
    fields.extend_from_slice(more);
    browser.post(EDIT, &fields).await
}

fn current(world: &World, provider: &str) -> OrderForm {
    world.fakes.seen().forms.find(provider, 0).unwrap()
}

fn keys(form: &OrderForm) -> Vec<&str> {
    form.fields.iter().map(|field| field.key.as_str()).collect()
}

#[tokio::test]
async fn a_form_is_edited_without_being_stored_and_then_saved() {
    let world = world().await;
    let browser = as_role(&world, Role::Admin).await;
    let before = current(&world, "");
    let opened = browser.get(EDIT).await;
    assert!(opened.body.contains("Du ändrar version 3.") && opened.body.contains("door_code"));
    let moved = press(&browser, &opened, "up:1", &[]).await;
    assert!(moved.body.contains("Inget är sparat än"));
    let number = i32::from(FormFieldType::Choice).to_string();
    let kind = [("kind", number.as_str())];
    let asked = press(&browser, &moved, "add", &kind).await;
    assert!(asked.body.contains("Ny fråga") && asked.body.contains("id=\"choices\""));
    let typed = [
        ("kind", number.as_str()),
        ("key", "floor"),
        ("label_sv", "Våning <1>"),
        ("label_en", "Floor"),
        ("need", "if"),
        ("if_key", "visit"),
        ("choices", "low | Låg | Low\nhigh | Hög | High"),
        ("not_personal", "yes"),
        ("purge_days", "30"),
    ];
    let added = press(&browser, &asked, "apply:2", &typed).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    for shown in [
        "Våning &#60;1&#62;",
        "Raderas efter 30 dagar",
        "Krävs om Besök",
    ] {
        assert!(added.body.contains(shown), "{shown} in {}", added.body);
    }
    assert_eq!(current(&world, ""), before, "nothing is stored");
    let seen = press(&browser, &added, "preview:en", &[]).await.body;
    for shown in ["lang=\"en\"", "id=\"network-floor\"", ">High</option>"] {
        assert!(seen.contains(shown), "{shown} in {seen}");
    }
    let saved = press(&browser, &added, "save", &[]).await;
    assert_eq!(saved.location, "/sv/staff/order-forms?saved=true");
    let now = current(&world, "");
    assert_eq!(keys(&now), ["visit", "door_code", "floor"]);
    assert_eq!(now.version, 4);
    let floor = &now.fields[2];
    assert!(floor.not_personal && !floor.required && floor.choices.len() == 2);
    assert_eq!(floor.required_if.as_ref().unwrap().key, "visit");
    assert_eq!(now.fields[1], before.fields[0], "nothing else is lost");
    let caller = world.fakes.seen().callers["PutOrderForm"].clone();
    assert_eq!(caller.roles, ["admin"]);
}

#[tokio::test]
async fn a_question_is_changed_with_what_depends_on_it_and_removed() {
    let world = world().await;
    let browser = as_role(&world, Role::Admin).await;
    let opened = browser.get(NORD).await;
    let question = press(&browser, &opened, "change:0", &[]).await;
    assert!(question.body.contains("own | Egen | My own"));
    let number = i32::from(FormFieldType::Choice).to_string();
    let typed = [
        ("kind", number.as_str()),
        ("key", "device"),
        ("label_sv", "Router"),
        ("label_en", "Router"),
        ("need", "always"),
        ("choices", "own | Egen | My own"),
    ];
    let changed = press(&browser, &question, "apply:0", &typed).await;
    press(&browser, &changed, "save", &[]).await;
    let now = current(&world, "nordbredband");
    assert_eq!(keys(&now), ["device", "serial"]);
    assert!(now.fields[0].required);
    let condition = now.fields[1].required_if.clone().unwrap();
    assert_eq!((&*condition.key, &*condition.value), ("device", "own"));
    let opened = browser.get(NORD).await;
    let back = press(&browser, &opened, "remove:1", &[]).await;
    let question = press(&browser, &back, "change:0", &[]).await;
    let back = press(&browser, &question, "back", &[]).await;
    press(&browser, &back, "save", &[]).await;
    assert_eq!(keys(&current(&world, "nordbredband")), ["device"]);
    assert_eq!(current(&world, "").version, 3, "another form is untouched");
}

#[tokio::test]
async fn what_is_wrong_stands_at_the_question_and_its_input() {
    let world = world().await;
    let browser = as_role(&world, Role::Admin).await;
    let opened = browser.get(EDIT).await;
    let number = i32::from(FormFieldType::Number).to_string();
    let unread = [("kind", number.as_str()), ("key", "n"), ("max", "many")];
    let refused = press(&browser, &opened, "apply:2", &unread).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("id=\"max-error\"") && refused.body.contains("value=\"many\""));
    world.fakes.seen().forms.wrong_form = vec![
        ("fields[2].label.en", "1 to 120 characters"),
        ("fields[1].required_if.key", "no circle"),
    ];
    let short = [("kind", number.as_str()), ("key", "n"), ("label_sv", "N")];
    let refused = press(&browser, &opened, "apply:2", &short).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("href=\"#label_en\""));
    assert!(!refused.body.contains("if_key-error"), "another question's");
    let refused = press(&browser, &opened, "save", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Rätta frågorna som är markerade."));
    assert!(refused.body.contains("Välj en annan fråga i formuläret"));
    assert_eq!(current(&world, "").version, 3);
    let damaged = [
        ("csrf", &*opened.hidden("csrf")),
        ("draft", "AAAA"),
        ("action", "save"),
    ];
    let refused = browser.post(EDIT, &damaged).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    for action in ["up:x", "change:9", "drop", "preview:fi"] {
        let refused = press(&browser, &opened, action, &[]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{action}");
    }
    let forged = [("csrf", "x"), ("draft", ""), ("action", "save")];
    let refused = browser.post(EDIT, &forged).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn of_two_who_edit_a_form_the_second_is_told_and_keeps_the_draft() {
    let world = world().await;
    let browser = as_role(&world, Role::Admin).await;
    let mine = browser.get(EDIT).await;
    let theirs = browser.get(EDIT).await;
    press(&browser, &theirs, "save", &[]).await;
    let changed = press(&browser, &mine, "remove:1", &[]).await;
    let late = press(&browser, &changed, "save", &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("Någon annan har sparat en version"));
    assert!(!late.body.contains("visit") && late.body.contains("door_code"));
    let insisted = press(&browser, &late, "save", &[]).await;
    assert_eq!(insisted.status, StatusCode::CONFLICT);
    assert_eq!(keys(&current(&world, "")), ["door_code", "visit"]);
}

#[tokio::test]
async fn versions_are_read_also_by_who_may_not_edit() {
    let world = world().await;
    let admin = as_role(&world, Role::Admin).await;
    let opened = admin.get(EDIT).await;
    let fewer = press(&admin, &opened, "remove:0", &[]).await;
    press(&admin, &fewer, "save", &[]).await;
    let browser = as_role(&world, Role::CustomerService).await;
    let owners = browser.get("/sv/staff/order-forms").await.body;
    assert!(owners.contains("Nord Bredband") && !owners.contains("/edit"));
    let versions = browser.get("/sv/staff/order-forms/versions").await.body;
    assert!(versions.contains("version=4") && versions.contains("version=3"));
    let of = |version: u32| format!("/en/staff/order-forms/version?version={version}");
    let old = browser.get(&of(3)).await.body;
    assert!(old.contains("Version 3") && old.contains("door_code") && old.contains("visit"));
    assert!(!browser.get(&of(4)).await.body.contains("door_code"));
}

#[tokio::test]
async fn the_largest_form_goes_through_the_editor() {
    let world = world().await;
    let long = |chars: usize| "å".repeat(chars);
    let both = |chars: usize| {
        Some(api::orders::LocalText {
            sv: long(chars),
            en: long(chars),
        })
    };
    let field = |index: usize| api::orders::FormField {
        key: format!("{index:02}{}", "k".repeat(38)),
        r#type: FormFieldType::Choice.into(),
        label: both(120),
        help: both(1_000),
        choices: (0..60)
            .map(|choice| api::orders::FormChoice {
                value: format!("{choice:02}{}", "v".repeat(38)),
                label: both(120),
            })
            .collect(),
        ..Default::default()
    };
    world.fakes.seen().forms.current[0].fields = (0..40).map(field).collect();
    let browser = as_role(&world, Role::Admin).await;
    let opened = browser.get(EDIT).await;
    let moved = press(&browser, &opened, "down:0", &[]).await;
    assert_eq!(moved.status, StatusCode::OK);
    let saved = press(&browser, &moved, "save", &[]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(current(&world, "").fields.len(), 40);
}
