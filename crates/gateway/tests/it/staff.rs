//! The staff's pages.

use gateway::users::Role;
use reqwest::{Method, StatusCode, multipart};

use crate::browser::{Browser, answer};
use crate::fakes::registry::{INTERRUPTED, REFUSED};
use crate::harness::World;

const EMAIL: &str = "astrid@example.se";
const REQUEST: &str = "/sv/staff/requests/0192b3c4-0000-7000-8000-000000000004";

async fn as_role(world: &World, role: Role) -> Browser {
    let email = format!("{}@example.se", role.name().replace('_', "-"));
    let secret = world.user(&email, &[role]).await;
    Browser::signed_in(world, &email, &secret).await
}

#[tokio::test]
async fn an_import_is_sent_in_pieces_and_reported() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Importer).await;
    let page = browser.get("/sv/staff/imports").await;
    let file = "å".repeat(400_000).into_bytes();
    let form = multipart::Form::new()
        .text("csrf", page.hidden("csrf"))
        .text("mode", "full")
        .part(
            "file",
            multipart::Part::bytes(file.clone()).file_name("x.csv"),
        );
    let sent = browser
        .request(Method::POST, "/sv/staff/imports")
        .multipart(form)
        .send()
        .await
        .unwrap();
    let sent = answer(sent).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    assert_eq!(world.fakes.seen().file, file);
    let report = browser.get(&sent.location).await;
    assert_eq!(
        (
            report.text_of("added").as_str(),
            report.text_of("rejected").as_str()
        ),
        ("2", "1")
    );
    assert!(
        report.body.contains("postalCode") && report.body.contains("Ett svenskt är fem siffror")
    );
    assert_eq!(report.text_of("left_out"), "1");
    assert!(
        report
            .body
            .contains("eftersom någon som nämns i dem har raderats")
    );
    let english = browser.get(&sent.location.replace("/sv/", "/en/")).await;
    assert!(
        english
            .body
            .contains("because somebody whom they name was erased")
    );
    let rejected = browser.get(&format!("{}/rejected", sent.location)).await;
    assert_eq!(rejected.body, "line;why");
    assert!(
        rejected.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    let caller = world.fakes.seen().callers["ImportAddressFile"].clone();
    assert_eq!(
        (caller.kind.as_str(), caller.roles.as_slice()),
        ("staff", &["importer".to_owned()][..])
    );
}

#[tokio::test]
async fn a_held_import_is_shown_and_decided_about() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Importer).await;
    let held = "/sv/staff/imports/0192b3c4-0000-7000-8000-000000000002";
    let page = browser.get(held).await;
    assert!(page.body.contains("Kungsgatan 12") && page.body.contains("10 → 12"));
    assert!(page.body.contains("confirmed_ending"), "{}", page.body);
    let decide = |fields: &[(&str, &str)]| {
        let fields: Vec<(String, String)> = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .chain([("csrf".to_owned(), page.hidden("csrf"))])
            .collect();
        browser
            .request(Method::POST, &format!("{held}/decision"))
            .form(&fields)
            .send()
    };
    let unconfirmed = decide(&[("decision", "apply")]).await.unwrap();
    assert_eq!(unconfirmed.status(), StatusCode::CONFLICT);
    let applied = decide(&[("decision", "apply"), ("confirmed_ending", "7")]).await;
    assert_eq!(applied.unwrap().status(), StatusCode::SEE_OTHER);
    for decision in ["drop", "undo"] {
        let decided = decide(&[("decision", decision)]).await.unwrap();
        assert_eq!(decided.status(), StatusCode::SEE_OTHER);
    }
    let callers = &world.fakes.seen().callers;
    assert!(callers.contains_key("DropImport") && callers.contains_key("UndoImport"));
}

#[tokio::test]
async fn why_a_file_was_refused_and_what_is_remarked_is_said_in_the_readers_language() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Importer).await;
    let swedish = browser.get(&format!("/sv/staff/imports/{REFUSED}")).await;
    for said in [
        "<span lang=\"sv\">Rad 2 är inte utf-8. Filen är troligen cp850 (DOS).",
        "<dd id=\"remarked\">7</dd>",
        "12½",
        "Numret behålls.",
    ] {
        assert!(swedish.body.contains(said), "{said} in {}", swedish.body);
    }
    let english = browser.get(&format!("/en/staff/imports/{REFUSED}")).await;
    assert!(
        english
            .body
            .contains("Line 2 is not utf-8. The file is likely cp850 (DOS).")
    );
    let rest = browser.get(&format!("/api/v1/imports/{REFUSED}")).await;
    let rest: serde_json::Value = serde_json::from_str(&rest.body).unwrap();
    assert_eq!(rest["refusalReason"], "CHARSET_OTHER");
    assert_eq!(rest["refusalArguments"][0], "2");
    assert_eq!(rest["remarks"][0]["reason"], "STREET_NUMBER_UNSAID");
}

#[tokio::test]
async fn an_interrupted_import_is_shown_and_forgotten() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Importer).await;
    let english = format!("/en/staff/imports/{INTERRUPTED}");
    let said = browser.get(&english).await.text_of("outcome");
    assert!(said.starts_with("Interrupted while it came in"), "{said}");
    let page = format!("/sv/staff/imports/{INTERRUPTED}");
    let shown = browser.get(&page).await;
    let said = shown.text_of("outcome");
    assert!(said.starts_with("Avbruten medan den kom in"), "{said}");
    assert!(
        !shown.body.contains("value=\"apply\""),
        "there is only a part"
    );
    let decision = format!("{page}/decision");
    let forgotten = browser
        .submit(&page, &decision, &[("decision", "drop")])
        .await;
    assert_eq!(forgotten.status, StatusCode::SEE_OTHER);
    assert!(world.fakes.seen().callers.contains_key("DropImport"));
}

#[tokio::test]
async fn an_access_is_found_and_put_right() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::CustomerService).await;
    let list = browser.get("/sv/staff/accesses?q=kungsgatan").await;
    assert!(
        list.body
            .contains("Kungsgatan 10G lgh 1101, 72134 Västerås")
    );
    let page = browser.get("/sv/staff/accesses/A-1").await;
    let send = async |version: &str, capacity: &str| {
        let fields = [
            ("csrf", page.hidden("csrf").as_str().to_owned()),
            ("version", version.to_owned()),
            ("streetName", "Storgatan".to_owned()),
            ("postalCode", "721 34".to_owned()),
            ("city", "Västerås".to_owned()),
            ("premisesType", "OTHER".to_owned()),
            ("accessState", "PLANNED".to_owned()),
            ("capacity", capacity.to_owned()),
            ("reason", "ny gata".to_owned()),
        ];
        let request = browser.request(Method::POST, "/sv/staff/accesses/A-1");
        answer(request.form(&fields).send().await.unwrap()).await
    };
    assert_eq!(
        send("v1", "fast").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert!(world.fakes.seen().edited.is_none());
    assert_eq!(send("v0", "").await.status, StatusCode::CONFLICT);
    assert_eq!(send("v1", "1000").await.status, StatusCode::SEE_OTHER);
    let edited = world.fakes.seen().edited.clone().unwrap();
    assert_eq!(
        (edited.capacity_kbps, edited.premises_type.as_str()),
        (Some(1_000), "OTHER")
    );
    assert_eq!(edited.address.unwrap().street_name, "Storgatan");
    assert_eq!(
        browser.get("/sv/staff/accesses/A-2").await.status,
        StatusCode::NOT_FOUND
    );
    let importer = as_role(&world, Role::Importer).await;
    assert_eq!(
        importer.get("/sv/staff/accesses").await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_resident_is_found_by_name_with_a_purpose_and_never_by_an_address() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::CustomerService).await;
    let form = browser.get("/sv/staff/residents").await;
    let find_by = async |key: &'static str, value: &str, purpose: &str| {
        let fields = [
            ("csrf", form.hidden("csrf")),
            (key, value.to_owned()),
            ("purpose", purpose.to_owned()),
        ];
        let request = browser.request(Method::POST, "/sv/staff/residents");
        answer(request.form(&fields).send().await.unwrap()).await
    };
    let find = async |name: &str, purpose: &str| find_by("name", name, purpose).await;
    for (name, purpose, field) in [
        ("?", "felanmälan", "name"),
        ("Astrid Provsson", " ", "purpose"),
    ] {
        let refused = find(name, purpose).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.body.contains(&format!("href=\"#{field}\"")),
            "{field}"
        );
    }
    assert!(!world.fakes.seen().callers.contains_key("FindResidents"));
    let found = find("Astrid Provsson", "felanmälan").await;
    assert!(found.body.contains("/sv/staff/accesses/A-1") && found.body.contains("fler träffar"));
    assert_eq!(world.fakes.seen().purpose, "felanmälan");
    assert!(
        find("Bo Provsson", "felanmälan")
            .await
            .body
            .contains("Ingen hittades")
    );
    let by_phone = find_by("phone", "070-174 06 05", "felanmälan").await;
    assert!(
        by_phone.body.contains("HAM-000001") && by_phone.body.contains("/sv/staff/accesses/A-1")
    );
    let nobody = find_by("phone", "0701740606", "x").await;
    assert!(nobody.body.contains("Ingen hittades"));
    for (key, value, field) in [("phone", "x", "phone"), ("other", "", "name")] {
        let refused = find_by(key, value, "x").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.body.contains(&format!("href=\"#{field}\"")),
            "{field}"
        );
    }
    let by_address = browser
        .get("/sv/staff/residents?name=Astrid+Provsson&purpose=x")
        .await;
    assert!(!by_address.body.contains("A-1"));
}

#[tokio::test]
async fn an_import_without_a_file_or_token_is_refused() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Importer).await;
    let token = browser.get("/sv/staff/imports").await.hidden("csrf");
    let send = |form| {
        browser
            .request(Method::POST, "/sv/staff/imports")
            .multipart(form)
            .send()
    };
    let empty = send(multipart::Form::new().text("csrf", token.clone()))
        .await
        .unwrap();
    assert_eq!(empty.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let part = multipart::Part::bytes(b"x".to_vec()).file_name("x.csv");
    let foreign = send(multipart::Form::new().part("file", part))
        .await
        .unwrap();
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    // What is to be done with the file is not guessed.
    for (name, word) in [("then", "preview"), ("mode", "everything")] {
        let part = multipart::Part::bytes(b"x".to_vec()).file_name("x.csv");
        let form = multipart::Form::new().text("csrf", token.clone());
        let unknown = send(form.text(name, word).part("file", part))
            .await
            .unwrap();
        assert_eq!(unknown.status(), StatusCode::BAD_REQUEST, "{name}");
    }
    assert!(world.fakes.seen().file.is_empty());
}

#[tokio::test]
async fn orders_are_listed_and_the_person_is_masked() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::CustomerService).await;
    let list = browser.get("/sv/staff/orders?status=2").await;
    assert!(list.body.contains("HAM-000001") && list.body.contains("Mottagen"));
    let one = browser
        .get("/en/staff/orders/0192b3c4-0000-7000-8000-000000000002")
        .await;
    assert!(one.body.contains("19900118-****") && one.body.contains("Received"));
    for answered in [
        "<dt>Door code</dt><dd>***</dd>",
        "<dt>Router</dt><dd>My own</dd>",
    ] {
        assert!(one.body.contains(answered), "{answered} in {}", one.body);
    }
}

#[tokio::test]
async fn a_contact_is_entered_and_looked_at_with_a_purpose() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::CustomerService).await;
    let page = "/sv/staff/contacts/new";
    let command = browser.get(page).await.hidden("command_id");
    let mut fields = vec![
        ("command_id", command.as_str()),
        ("name", "Bo Provsson"),
        ("email", "bo"),
        ("source", "1"),
    ];
    let refused = browser.submit(page, "/sv/staff/contacts", &fields).await;
    assert!(refused.body.contains("id=\"email-error\"") && refused.hidden("command_id") == command);
    fields[2].1 = "bo@example.se";
    let created = browser.submit(page, "/sv/staff/contacts", &fields).await;
    assert_eq!(created.location, "/sv/staff/contacts?state=quarantined");
    assert_eq!(
        world.fakes.seen().contact.as_ref().unwrap().command_id,
        command
    );
    let quarantined = browser.get(&created.location).await;
    assert!(
        quarantined.body.contains("Personen visas inte") && !quarantined.body.contains("Astrid")
    );
    let list = "/sv/staff/contacts?state=confirmed";
    let path = "/sv/staff/contacts/0192b3c4-0000-7000-8000-000000000003";
    assert_eq!(
        browser.submit(list, path, &[]).await.status,
        StatusCode::BAD_REQUEST,
        "why?"
    );
    let shown = browser
        .submit(list, path, &[("purpose", "återkoppling")])
        .await;
    assert!(shown.body.contains("Astrid Provsson"));
    assert_eq!(world.fakes.seen().purpose, "återkoppling");
}

#[tokio::test]
async fn prices_are_entered_in_kronor() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Admin).await;
    let mut fields = vec![
        ("offering_provider", "nordbredband"),
        ("service", "BB-100-100"),
        ("offering_name", "Bredband 100"),
        ("monthly_price", "dyrt"),
        ("commitment_months", "12"),
    ];
    let page = "/sv/staff/providers";
    let refused = browser.submit(page, "/sv/staff/offerings", &fields).await;
    assert!(refused.body.contains("id=\"monthly_price-error\""));
    fields[3].1 = "349,50";
    let saved = browser.submit(page, "/sv/staff/offerings", &fields).await;
    assert_eq!(saved.location, "/sv/staff/providers?saved=true");
    let offering = world.fakes.seen().offering.clone().unwrap();
    assert_eq!(
        (offering.monthly_price_ore, offering.commitment_months),
        (34_950, 12)
    );
}

#[tokio::test]
async fn an_offering_is_entered_with_campaigns_and_comes_back_into_its_form_whole() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Admin).await;
    let mut fields = vec![
        ("offering_id", "o-1"),
        ("offering_provider", "nordbredband"),
        ("service", "BB-100-100"),
        ("product_name", "Bredband"),
        ("offering_name", "Bredband 100"),
        ("monthly_price", "349,50"),
        ("notice_months", "1"),
        ("price_period_months", "3"),
        ("category_internet", "yes"),
        ("consumer_student", "yes"),
        ("down_mbps", "100"),
        ("price_groups", "1, 3"),
        ("terms_url", "https://example.se/villkor"),
        ("external_product_id", "p-1"),
        ("external_offering_id", "o-1"),
        ("offer_from", "2026-12-01"),
        ("draft", "yes"),
        ("campaign_0_kind", "percentage"),
        ("campaign_0_value", "20"),
        ("campaign_0_months", "3"),
        ("campaign_1_kind", "fixedPrice"),
        ("campaign_1_value", "billigt"),
        ("campaign_1_months", "6"),
        ("campaign_1_code", "JUL-26"),
    ];
    let page = "/sv/staff/providers";
    let refused = browser.submit(page, "/sv/staff/offerings", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("id=\"campaign_1_value-error\""),
        "{}",
        refused.body
    );
    assert!(
        refused
            .body
            .contains("value=\"https://example.se/villkor\""),
        "what was typed is kept"
    );
    fields[21].1 = "99";
    let saved = browser.submit(page, "/sv/staff/offerings", &fields).await;
    assert_eq!(saved.location, "/sv/staff/providers?saved=true");
    let entered = world.fakes.seen().offering.clone().unwrap();
    assert_eq!(
        (&entered.price_groups, entered.price_period_months),
        (&vec![1, 3], 3)
    );
    let campaigns: Vec<_> = entered
        .campaigns
        .iter()
        .map(|c| (c.kind.as_str(), c.value))
        .collect();
    assert_eq!(campaigns, [("percentage", 20), ("fixedPrice", 9_900)]);

    // As it came back, unchanged.
    let edit = browser.get("/sv/staff/providers?offering=o-1").await;
    for (field, value) in &fields {
        let shown = match *field {
            "offering_provider" | "draft" => continue,
            field if field.ends_with("_kind") => format!("<option value=\"{value}\" selected>"),
            field if *value == "yes" => format!("name=\"{field}\" value=\"yes\" checked>"),
            field => {
                let start = format!("name=\"{field}\" type=\"");
                let rest = edit
                    .body
                    .split_once(&start)
                    .unwrap_or_else(|| panic!("{field}"))
                    .1;
                let rest = rest.split_once('>').unwrap().0;
                assert!(
                    rest.contains(&format!("value=\"{value}\"")),
                    "{field}: {rest}"
                );
                continue;
            }
        };
        assert!(edit.body.contains(&shown), "{field}: {shown}");
    }
    assert!(
        edit.body
            .contains("id=\"draft\" name=\"draft\" value=\"yes\" checked")
    );
    assert!(edit.body.contains("Utkast"));
}

#[tokio::test]
async fn a_request_by_address_lets_staff_choose_the_accesses_of_now_and_then() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Compliance).await;
    let new = "/sv/staff/requests/new";
    let command = browser.get(new).await.hidden("command_id");
    let person = [
        ("command_id", command.as_str()),
        ("kind", "access"),
        ("identity_proof", "in_person"),
        ("name", "Astrid Provsson"),
    ];
    for (address, said) in [
        (
            &[("street", "Kungsgatan 10")][..],
            "både gata och postnummer",
        ),
        (
            &[("street", "Storgatan 1"), ("postal_code", "721 34")],
            "har eller har haft adressen",
        ),
    ] {
        let refused = browser
            .submit(new, "/sv/staff/requests", &[&person[..], address].concat())
            .await;
        assert!(refused.body.contains(said), "{said} in {}", refused.body);
    }
    let address = [("street", "Kungsgatan 10"), ("postal_code", "721 34")];
    let nobody = [&person[..3], &address[..]].concat();
    let refused = browser.submit(new, "/sv/staff/requests", &nobody).await;
    assert!(refused.location.is_empty(), "an address alone is nobody");
    let mut fields = [&person[..], &address[..]].concat();
    let choice = browser.submit(new, "/sv/staff/requests", &fields).await;
    for shown in ["Välj minst ett uttag", "A-1, har adressen", "A-7, upphört"] {
        assert!(choice.body.contains(shown), "{shown} in {}", choice.body);
    }
    assert!(world.fakes.seen().opened.is_none());
    // An access that is not at the address is not searched at.
    fields.extend([("access_ids", "A-7"), ("access_ids", "B-1")]);
    let opened = browser.submit(new, "/sv/staff/requests", &fields).await;
    assert_eq!(opened.location, REQUEST, "{}", opened.body);
    let keys = world.fakes.seen().opened.clone().unwrap().keys.unwrap();
    let names: Vec<_> = keys
        .names_at_access
        .iter()
        .map(|at| (at.name.as_str(), at.access_id.as_str()))
        .collect();
    assert_eq!(names, [("Astrid Provsson", "A-7")]);
}

#[tokio::test]
async fn a_request_is_opened_decided_approved_and_certified() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Compliance).await;
    let new = "/sv/staff/requests/new";
    let command = browser.get(new).await.hidden("command_id");
    let nothing = [
        ("command_id", command.as_str()),
        ("kind", "erasure"),
        ("identity_proof", "in_person"),
    ];
    let refused = browser.submit(new, "/sv/staff/requests", &nothing).await;
    assert!(refused.body.contains("minst en uppgift"));
    let mut fields = nothing.to_vec();
    fields.extend([("identity_number", "19900118-9811"), ("email", EMAIL)]);
    let opened = browser.submit(new, "/sv/staff/requests", &fields).await;
    assert_eq!(opened.location, REQUEST, "{}", opened.body);
    let keys = world.fakes.seen().opened.clone().unwrap().keys.unwrap();
    assert_eq!(
        (
            keys.identity_numbers.len(),
            keys.emails.len(),
            keys.phones.len()
        ),
        (1, 1, 0)
    );

    let preview = browser.get(REQUEST).await;
    for shown in [
        "Personalkonton",
        "17",
        "Inget hittades",
        "Väntar på orders",
        "3 dagar kvar",
        "19900118-****",
        "andra person",
    ] {
        assert!(preview.body.contains(shown), "{shown} in {}", preview.body);
    }
    assert!(
        !preview.body.contains("Ändringslogg"),
        "there is nothing of it: {}",
        preview.body
    );
    let english = browser.get(&REQUEST.replace("/sv/", "/en/")).await;
    assert!(english.body.contains("Staff accounts"), "{}", english.body);
    let decide = format!("{REQUEST}/decide");
    let silent = browser
        .submit(REQUEST, &decide, &[("decision", "refuse")])
        .await;
    assert_eq!(
        silent.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a refusal has a reason"
    );
    assert_eq!(
        browser
            .submit(REQUEST, &decide, &[("decision", "proceed")])
            .await
            .location,
        REQUEST
    );
    let late = browser
        .submit(REQUEST, &decide, &[("decision", "proceed")])
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_eq!(
        browser
            .submit(REQUEST, &format!("{REQUEST}/approve"), &[])
            .await
            .location,
        REQUEST
    );
    let part = browser.get(&format!("{REQUEST}/progress")).await;
    assert!(
        part.body.contains("data-state=\"REQUEST_STATE_COMPLETED\"")
            && !part.body.contains("<html")
    );
    let certificate = browser.get(&format!("{REQUEST}/certificate")).await;
    assert_eq!(certificate.body, "{\"signed\":true}");
    let letter = browser.get(&format!("{REQUEST}/letter")).await;
    assert_eq!(letter.text_of("nonce"), "n0nce");
    let amendment = browser.get(&format!("{REQUEST}/amendments/1")).await;
    assert_eq!(amendment.body, "{\"amends\":1}");
    assert_eq!(
        browser.get(&format!("{REQUEST}/amendments/2")).await.status,
        StatusCode::NOT_FOUND
    );
    let package = browser.get(&format!("{REQUEST}/package/json")).await;
    assert_eq!(package.body, "{\"pieces\":2}");
    assert!(
        package.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
}

#[tokio::test]
async fn the_data_map_of_every_holder_is_readable() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Dpo).await;
    let page = browser.get("/sv/staff/holders").await;
    assert!(
        page.body.contains("Personalkonton")
            && page.body.contains("Inloggning för nätets personal")
    );
    let list = browser.get("/sv/staff/requests").await;
    assert!(
        !list.body.contains("/staff/requests/new"),
        "who may only look is offered nothing else"
    );
}
