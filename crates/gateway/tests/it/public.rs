//! The visitors' pages.

use api::orders::{OfferFilter, OfferSort};
use gateway::services::Part;
use reqwest::{Method, StatusCode};

use crate::browser::{Answer, Browser, answer};
use crate::harness::{World, rates};

const ORDER: &str = "/sv/order/h-1/o-1";

fn person<'a>(command: &'a str, version: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("command_id", command),
        ("acceptance_version", version),
        ("name", "Astrid Provsson"),
        ("identity_number", "19900118-9811"),
        ("email", "astrid@example.se"),
        ("phone", "+46701740605"),
        ("accepted", "yes"),
    ]
}

#[tokio::test]
async fn a_visitor_finds_the_language_and_can_change_it() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    assert_eq!(browser.get("/").await.location, "/sv/");
    let english = browser
        .request(Method::GET, "/")
        .header("accept-language", "en-GB,sv;q=0.5")
        .send()
        .await
        .unwrap();
    assert_eq!(answer(english).await.location, "/en/");
    let swedish = browser.get("/sv/privacy").await;
    assert!(
        swedish.body.contains("<html lang=\"sv\">")
            && swedish.body.contains("href=\"/en/privacy\"")
    );
    assert!(
        browser
            .get("/en/privacy")
            .await
            .body
            .contains("How we handle personal data")
    );
}

#[tokio::test]
async fn every_answer_is_hardened() {
    let world = World::ready().await;
    let answer = Browser::new(&world).get("/sv/").await;
    let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    let policy = header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'self';"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("cache-control"), "no-store");
    assert!(
        !answer.headers.contains_key("set-cookie"),
        "visitors get no cookie"
    );
    assert!(
        !answer.body.contains("style=")
            && !answer.body.contains("<style")
            && !answer.body.contains("onclick")
    );
}

#[tokio::test]
async fn the_search_works_with_and_without_script() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let page = browser.get("/sv/?q=Kungsgatan").await;
    assert!(
        page.body
            .contains("Kungsgatan 10G lgh 1101, 721 34 Västerås")
            && page.body.contains("/sv/place/h-1")
    );
    let part = browser.get("/en/search?q=Kungsgatan").await;
    assert!(part.body.contains("/en/place/h-1") && !part.body.contains("<html"));
    assert!(
        browser
            .get("/sv/?q=Drottninggatan")
            .await
            .body
            .contains("Ingen adress hittades")
    );
    let caller = world.fakes.seen().callers["SearchPlaces"].clone();
    assert_eq!(
        (caller.kind.as_str(), caller.network.unwrap().as_str()),
        ("public", "HAM")
    );
}

#[tokio::test]
async fn a_hit_says_why_where_that_is_not_plain_to_see() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let typed = "?q=Kungsgtan+v.";
    let (swedish, english) = (
        browser.get(&format!("/sv/{typed}")).await.body,
        browser.get(&format!("/en/search{typed}")).await.body,
    );
    assert!(
        swedish.contains("Liknande stavning: kungsgtan · Förkortning: v"),
        "{swedish}"
    );
    assert!(
        english.contains("Similar spelling: kungsgtan · Abbreviation: v"),
        "{english}"
    );
    let plain = browser.get("/sv/?q=Kungsgatan").await.body;
    assert!(!plain.contains("Liknande") && !plain.contains("Förkortning"));
    for answer in [&swedish, &english, &plain] {
        assert!(!answer.contains("A-1"), "no access id");
    }
}

#[tokio::test]
async fn the_search_is_limited_for_each_visitor_on_pages_and_for_programs() {
    for path in [
        "/sv/?q=Kungsgatan",
        "/en/search?q=Kungsgatan",
        "/api/v1/places?q=Kungsgatan",
        "/api/v1/places/match?streetName=Kungsgatan",
    ] {
        let mut few = rates();
        few.search_per_minute = 3;
        let world = World::with(few, "http://127.0.0.1").await;
        world.network("HAM").await;
        let browser = Browser::new(&world);
        assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}");
        assert_eq!(
            browser.get(path).await.status,
            StatusCode::TOO_MANY_REQUESTS,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_place_shows_state_services_and_offers() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let page = browser.get("/sv/place/h-1").await;
    for shown in [
        "Ansluten",
        "BB-100-100",
        "349 kr/månad",
        "Bredband &#60;100&#62;",
        ORDER,
    ] {
        assert!(page.body.contains(shown), "{shown} in {}", page.body);
    }
    let gone = browser.get("/sv/place/other").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(gone.body.contains("Sök adressen igen"));
}

#[tokio::test]
async fn offers_are_filtered_by_a_plain_form_and_providers_take_turns_until_the_visitor_chooses() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let plain = browser.get("/sv/place/h-1").await;
    let asked = world.fakes.seen().asked_offers.clone().unwrap();
    assert_eq!(asked.sort(), OfferSort::Neutral);
    assert!(
        plain
            .body
            .contains("<details class=\"card\"><summary>Filtrera och sortera")
    );
    assert!(plain.body.contains("100/10 Mbit/s"), "{}", plain.body);

    let path = "/en/place/h-1?category=tv&min_speed=250&max_price=299,50&max_commitment=12&consumer_type=student&sort=total&code=JUL-26";
    let chosen = browser.get(path).await;
    let asked = world.fakes.seen().asked_offers.clone().unwrap();
    let filter = asked.filter.clone().unwrap();
    assert_eq!(
        (asked.sort(), asked.campaign_code.as_str()),
        (OfferSort::Total, "JUL-26")
    );
    assert_eq!(filter.categories, ["tv"]);
    assert_eq!(
        (filter.min_down_mbps, filter.max_month_ore),
        (250, Some(29_950))
    );
    assert_eq!(
        (filter.max_commitment_months, filter.consumer_type.as_str()),
        (Some(12), "student")
    );
    for shown in [
        "<details class=\"card\" open>",
        "<option value=\"tv\" selected>TV</option>",
        "value=\"299,50\"",
        "279.20 SEK/month",
        "20 % off in the first 3 months, then SEK 349 a month",
        "Lowest total cost SEK 4078.60 for 12 months",
        "Period of notice one month",
        "/en/order/h-1/o-1?code=JUL-26",
        "services can be activated directly",
    ] {
        assert!(chosen.body.contains(shown), "{shown} in {}", chosen.body);
    }

    assert!(
        !plain.body.contains("rel=\"next\""),
        "the neutral order has one page"
    );
    let all = "/sv/place/h-1?provider=nordbredband&#38;sort=price#offers";
    assert!(plain.body.contains(all), "{}", plain.body);
    assert!(
        plain
            .body
            .contains("Alla 240 erbjudanden från Nord Bredband")
    );
    let one = browser
        .get("/sv/place/h-1?provider=nordbredband&sort=price&max_price=299,50")
        .await;
    let asked = world.fakes.seen().asked_offers.clone().unwrap();
    assert_eq!(asked.filter.unwrap().provider_id, "nordbredband");
    let next = "max_price=299%2C50&#38;sort=price&#38;provider=nordbredband&#38;from=200#offers";
    assert!(one.body.contains(next), "{}", one.body);
    assert!(
        one.body
            .contains("<option value=\"nordbredband\" selected>Nord Bredband</option>")
    );
    browser
        .get("/sv/place/h-1?provider=nordbredband&sort=price&from=200")
        .await;
    let asked = world.fakes.seen().asked_offers.clone().unwrap();
    assert_eq!(asked.page_token, "200");

    let wrong = browser
        .get("/sv/place/h-1?min_speed=fort&max_price=dyrt&category=radio")
        .await;
    assert!(
        wrong.body.contains("id=\"min_speed-error\"")
            && wrong.body.contains("id=\"max_price-error\"")
    );
    let asked = world.fakes.seen().asked_offers.clone().unwrap();
    assert_eq!(
        asked.filter.unwrap(),
        OfferFilter::default(),
        "what cannot be read filters nothing"
    );
}

#[tokio::test]
async fn the_summary_before_the_order_is_the_price_that_the_order_names() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let summary = [
        "Sammanfattning av avtalet",
        "279,20 kr/månad",
        "20 % rabatt de första 3 månaderna, därefter 349 kr/månad",
        "Bindningstid 12 månader",
        "Uppsägningstid en månad",
        "Startavgift 100 kr",
        "Minsta totala kostnad 4078,60 kr för 12 månader",
    ];
    let form = browser.get("/sv/order/h-1/o-1?code=JUL-26").await;
    // Where: also what tells the flat from the others of the house; and what has to be done there first.
    let place = ["(2 tr)", "Nätets utrustning finns på plats"];
    for shown in summary.into_iter().chain(place) {
        assert!(form.body.contains(shown), "{shown} in {}", form.body);
    }
    let (command, version) = (form.hidden("command_id"), form.hidden("acceptance_version"));
    let mut fields = person(&command, &version);
    let (mark, code) = (form.hidden("price_mark"), form.hidden("campaign_code"));
    assert_eq!((mark.as_str(), code.as_str()), ("coded", "JUL-26"));

    // The price was another one when the page was opened.
    fields.extend([("price_mark", "yesterday"), ("campaign_code", "JUL-26")]);
    let changed = browser.post(ORDER, &fields).await;
    assert_eq!(changed.status, StatusCode::CONFLICT);
    assert!(
        changed.body.contains("Priset har ändrats") && changed.body.contains("Astrid Provsson")
    );
    assert_eq!(changed.hidden("price_mark"), "coded");
    // The campaign is over.
    *fields.last_mut().unwrap() = ("campaign_code", "OVER");
    let over = browser.post(ORDER, &fields).await;
    assert_eq!(over.status, StatusCode::CONFLICT);
    assert_eq!(
        (over.hidden("price_mark"), over.hidden("campaign_code")),
        ("plain".to_owned(), String::new())
    );

    fields.truncate(fields.len() - 2);
    fields.extend([
        ("price_mark", mark.as_str()),
        ("campaign_code", code.as_str()),
    ]);
    let placed = browser.post(ORDER, &fields).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER);
    let order = world.fakes.seen().orders[&command].clone();
    assert_eq!((order.price_mark, order.campaign_code), (mark, code));
    let followed = browser.get("/sv/follow/f-1").await;
    for shown in summary {
        assert!(
            followed.body.contains(shown),
            "{shown} in {}",
            followed.body
        );
    }
}

#[tokio::test]
async fn what_is_ticked_is_ordered_together_and_a_code_goes_where_it_counts() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let place = browser.get("/sv/place/h-1?code=JUL-26").await;
    for shown in [
        "<form method=\"get\" action=\"/sv/order/h-1\">",
        "name=\"offering\" value=\"o-2\"",
        "Beställ Tv tillsammans med andra",
        "Beställ de valda tillsammans",
    ] {
        assert!(place.body.contains(shown), "{shown} in {}", place.body);
    }
    let nothing = browser.get("/sv/order/h-1?code=").await;
    assert_eq!(nothing.location, "/sv/place/h-1#offers");
    let chosen = browser
        .get("/sv/order/h-1?code=JUL-26&offering=o-1&offering=o-2")
        .await;
    assert_eq!(chosen.location, "/sv/order/h-1/o-1,o-2?code=JUL-26");
    let many: Vec<String> = (0..11).map(|n| format!("offering=o-{n}")).collect();
    let many = many.join("&");
    let many = browser.get(&format!("/sv/order/h-1?{many}")).await;
    assert_eq!(many.status, StatusCode::BAD_REQUEST);
    let gone = browser.get("/sv/order/h-1/o-1,o-9").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);

    let form = browser.get(&chosen.location).await;
    assert_eq!(
        (form.hidden("campaign_code"), form.hidden("campaign_code2")),
        ("JUL-26".to_owned(), String::new())
    );
    let (command, version) = (form.hidden("command_id"), form.hidden("acceptance_version"));
    let (mark, mark2) = (form.hidden("price_mark"), form.hidden("price_mark2"));
    let mut fields = person(&command, &version);
    fields.extend([
        ("price_mark", mark.as_str()),
        ("price_mark2", mark2.as_str()),
        ("campaign_code", "JUL-26"),
    ]);
    let placed = browser.post("/sv/order/h-1/o-1,o-2", &fields).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.body);
    let second = world.fakes.seen().orders[&format!("{command}#2")].clone();
    assert_eq!(
        (
            second.offering_id.as_str(),
            second.campaign_code.as_str(),
            second.price_mark
        ),
        ("o-2", "", mark2)
    );
}

#[tokio::test]
async fn an_order_is_placed_once_however_often_it_is_sent() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let form = browser.get(ORDER).await;
    assert!(
        form.body.contains("Beställ med betalningsskyldighet")
            && form.body.contains("information in sv")
    );
    assert!(
        !form.body.contains("javascript:"),
        "a link that a provider entered goes to the web only"
    );
    let (command, version) = (form.hidden("command_id"), form.hidden("acceptance_version"));
    let first = browser.post(ORDER, &person(&command, &version)).await;
    let second = browser.post(ORDER, &person(&command, &version)).await;
    assert_eq!(
        (first.status, second.status),
        (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER)
    );
    let receipt = browser.get(&first.location).await;
    assert!(receipt.body.contains("/sv/follow/f-1"), "{}", receipt.body);
    assert_eq!(receipt.text_of("order-number"), "HAM-000001");
    for secret in ["Astrid", "19900118", "example"] {
        assert!(!first.location.contains(secret) && !receipt.body.contains(secret));
    }
    let seen = world.fakes.seen();
    assert_eq!(seen.orders.len(), 1);
    let order = &seen.orders[&command];
    assert_eq!(
        (
            order.channel.as_str(),
            order.acceptance_language.as_str(),
            order.accepted
        ),
        ("web", "sv", true)
    );
}

#[tokio::test]
async fn an_order_is_followed_and_ended_by_its_link_and_looking_changes_nothing() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let page = browser.get("/sv/follow/f-1").await;
    assert_eq!(page.text_of("order-number"), "HAM-000001");
    assert_eq!(page.text_of("status"), "Ny");
    for shown in [
        "Nord &#60;Bredband&#62;",
        "till och med 2026-12-06",
        "Ångra avtalet här",
    ] {
        assert!(page.body.contains(shown), "{shown} in {}", page.body);
    }
    for (end, confirm) in [
        ("cancel", "Bekräfta att beställningen avbryts"),
        ("withdraw", "Bekräfta att du ångrar avtalet"),
    ] {
        let asked = browser.get(&format!("/sv/follow/f-1/{end}")).await;
        assert!(asked.body.contains(confirm), "{confirm} in {}", asked.body);
    }
    assert!(
        world.fakes.seen().ended.is_none(),
        "mail scanners open links"
    );

    for _ in 0..2 {
        let ended = browser.post("/en/follow/f-1/withdraw", &[]).await;
        assert_eq!(
            (ended.status, ended.location.as_str()),
            (StatusCode::SEE_OTHER, "/en/follow/f-1"),
            "who comes second sees how it stands"
        );
    }
    let ended = world.fakes.seen().ended.clone().unwrap();
    assert_eq!(
        (ended.status(), ended.language.as_str()),
        (api::orders::OrderStatus::Withdrawn, "en")
    );
    let page = browser.get("/en/follow/f-1").await;
    assert_eq!(page.text_of("status"), "Withdrawn");
    assert!(
        !page.body.contains("/follow/f-1/"),
        "nothing is left to end: {}",
        page.body
    );
    let asked = browser.get("/en/follow/f-1/cancel").await;
    assert_eq!(asked.location, "/en/follow/f-1");
}

#[tokio::test]
async fn a_link_that_is_not_good_leads_to_no_order() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    for path in ["/sv/follow/other", "/sv/follow/other/cancel"] {
        let gone = browser.get(path).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND, "{path}");
        assert!(gone.body.contains("gäller inte längre"), "{}", gone.body);
    }
    assert_eq!(
        browser.get("/sv/follow/f-1/lose").await.status,
        StatusCode::NOT_FOUND
    );
    let ended = browser.post("/sv/follow/f-1/lose", &[]).await;
    assert_eq!(ended.status, StatusCode::NOT_FOUND);
    assert!(world.fakes.seen().ended.is_none());
}

#[tokio::test]
async fn all_violations_are_shown_at_their_fields() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let command = "0192b3c4-0000-7000-8000-0000000000aa";
    let wrong = [
        ("command_id", command),
        ("name", ""),
        ("identity_number", "19900118-9812"),
        ("email", "astrid"),
        ("phone", "x"),
        ("requested_date", "2020-01-01"),
    ];
    let refused = browser.post(ORDER, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in [
        "name",
        "identity_number",
        "email",
        "phone",
        "requested_date",
        "accepted",
    ] {
        assert!(
            refused.body.contains(&format!("id=\"{field}-error\"")),
            "{field}"
        );
        assert!(
            refused.body.contains(&format!("href=\"#{field}\"")),
            "{field} in the summary"
        );
    }
    assert!(
        refused.body.contains("value=\"astrid\""),
        "what was written is kept"
    );
    assert_eq!(refused.hidden("command_id"), command);
    assert!(world.fakes.seen().orders.is_empty());
}

#[tokio::test]
async fn another_text_must_be_accepted_again() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let command = "0192b3c4-0000-7000-8000-0000000000aa";
    let refused = browser.post(ORDER, &person(command, "2020-01-01")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("Texten har ändrats"));
    assert_eq!(refused.hidden("acceptance_version"), "2026-11-01");
}

#[tokio::test]
async fn opening_a_confirmation_link_changes_nothing() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let page = browser.get("/sv/confirm/good").await;
    assert!(
        page.body.contains("the consent text") && page.body.contains("Nej, radera mina uppgifter")
    );
    assert!(!world.fakes.seen().confirmed);
    let yes = browser.post("/sv/confirm/good", &[("answer", "yes")]).await;
    assert!(yes.body.contains("är bekräftade") && world.fakes.seen().confirmed);
    assert!(
        browser
            .get("/sv/confirm/good")
            .await
            .body
            .contains("redan bekräftade")
    );
    assert!(
        browser
            .post("/sv/confirm/good", &[("answer", "no")])
            .await
            .body
            .contains("är raderade")
    );
    assert_eq!(
        browser.get("/en/confirm/old").await.status,
        StatusCode::GONE
    );
    assert_eq!(
        browser.post("/sv/confirm/good", &[]).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_part_that_is_away_is_named_and_the_rest_works() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    world.fakes.stop(Part::Orders).await;
    let place = browser.get("/sv/place/h-1").await;
    assert_eq!(place.status, StatusCode::OK);
    assert!(place.body.contains("beställningar") && place.body.contains("svarar inte"));
    let order = browser.get("/en/order/h-1/o-1").await;
    assert_eq!(order.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        order.body.contains("orders")
            && !order.body.contains("tcp")
            && !order.body.contains("transport")
    );
    assert!(order.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn nothing_of_the_inside_is_shown() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let failed = browser.get("/sv/place/boom").await;
    assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!failed.body.contains("swordfish") && failed.body.contains("Något gick fel"));
    let missing = browser.get("/en/nothing/here").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.body.contains("There is no such page"));
    assert_eq!(browser.get("/xx/").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn another_site_cannot_send_our_forms() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    let send = |name: &'static str, value: &'static str| {
        browser
            .request(Method::POST, "/sv/confirm/good")
            .header(name, value)
            .form(&[("answer", "yes")])
            .send()
    };
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        assert_eq!(
            send(name, value).await.unwrap().status(),
            StatusCode::FORBIDDEN
        );
    }
    assert!(!world.fakes.seen().confirmed);
}

#[tokio::test]
async fn who_comes_too_often_waits() {
    let mut few = rates();
    few.search_per_minute = 9;
    let world = World::with(few, "http://127.0.0.1").await;
    world.network("HAM").await;
    let browser = Browser::new(&world);
    for left in [2, 1, 0] {
        let found = browser.get("/sv/?q=Kungsgatan").await;
        assert_eq!(found.status, StatusCode::OK);
        assert_eq!(found.headers["ratelimit-policy"], "\"search\";q=3;w=20");
        let said = found.headers["ratelimit"].to_str().unwrap();
        assert!(
            said.starts_with(&format!("\"search\";r={left};t=")),
            "{said}"
        );
    }
    let refused: Answer = browser.get("/sv/?q=Kungsgatan").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.body.contains("För många försök") && refused.headers["retry-after"] == "7");
    let api = browser.get("/api/v1/places?q=Kungsgatan").await;
    assert_eq!(api.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(api.headers["content-type"], "application/problem+json");
    assert_eq!(api.headers["retry-after"], "7");
    assert_eq!(api.headers["ratelimit"], "\"search\";r=0;t=20");
    let page = browser.get("/sv/privacy").await;
    assert!(!page.headers.contains_key("ratelimit"), "nothing counts it");
    world.clock.advance(chrono::Duration::seconds(7));
    assert_eq!(
        browser.get("/sv/?q=Kungsgatan").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let world = World::ready().await;
    let long = "x".repeat(gateway::limits::FORM_BYTES);
    let refused = Browser::new(&world).post(ORDER, &[("name", &long)]).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.body.contains("för stor"));
}

#[tokio::test]
async fn behind_the_ledger_nobody_is_served() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    world.gateway.readiness.hold("fence");
    assert_eq!(
        browser.get("/sv/").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    let api = browser.get("/api/v1/places?q=Kungs").await;
    assert_eq!(api.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        browser.get("/assets/style.css").await.status,
        StatusCode::OK
    );
    world.gateway.readiness.release("fence");
    assert_eq!(browser.get("/sv/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_network_that_is_entered_later_does_not_take_over_the_site() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    world.clock.advance(chrono::Duration::days(1));
    // By its code it comes before HAM.
    world.network("AAANET").await;
    let page = browser.get("/sv/").await.body;
    assert!(
        page.contains("HAM stadsnät") && !page.contains("AAANET"),
        "{page}"
    );
}

#[tokio::test]
async fn a_flat_without_a_number_is_told_apart_from_others() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    for path in ["/sv/?q=Flat", "/en/search?q=Flat", "/sv/place/h-2"] {
        let page = browser.get(path).await.body;
        let line = "Kungsgatan 10G (2 tr &#60;vä&#62;), 721 34 Västerås";
        assert!(page.contains(line), "{path}: {page}");
    }
}
