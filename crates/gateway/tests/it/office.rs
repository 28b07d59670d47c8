//! What staff do with orders: end one, look after those that nobody fetched, read the log of all, count.

use api::orders::{OrderStatus, ReportGroup, ReportInterval};
use gateway::users::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::World;

const ORDER: &str = "/sv/staff/orders/0192b3c4-0000-7000-8000-000000000002";

async fn as_role(world: &World, role: Role) -> Browser {
    let email = format!("{}@example.se", role.name().replace('_', "-"));
    let secret = world.user(&email, &[role]).await;
    Browser::signed_in(world, &email, &secret).await
}

#[tokio::test]
async fn staff_are_asked_before_an_order_ends_and_the_second_learns_how_it_stands() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::CustomerService).await;
    let shown = browser.get(ORDER).await;
    for word in ["cancel", "withdraw"] {
        assert!(
            shown.body.contains(&format!("{ORDER}/end/{word}")),
            "{word}"
        );
    }
    let cancel = format!("{ORDER}/end/cancel");
    let asked = browser.get(&cancel).await;
    assert!(asked.body.contains("HAM-000001") && asked.body.contains("Mottagen"));
    assert!(world.fakes.seen().moved.is_none(), "asking changes nothing");
    let expected = asked.hidden("expected");

    let fields = [("expected", expected.as_str()), ("reason", "")];
    let silent = browser.submit(&cancel, &cancel, &fields).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.body.contains("id=\"reason-error\""));

    let fields = [
        ("expected", expected.as_str()),
        ("reason", "Kunden <ringde>"),
    ];
    // Both have the page open.
    let csrf = browser.get(&cancel).await.hidden("csrf");
    let ended = browser.submit(&cancel, &cancel, &fields).await;
    assert_eq!(
        (ended.status, ended.location.as_str()),
        (StatusCode::SEE_OTHER, ORDER)
    );
    let moved = world.fakes.seen().moved.clone().unwrap();
    assert_eq!(
        (moved.expected(), moved.status(), moved.reason.as_str()),
        (
            OrderStatus::Received,
            OrderStatus::Cancelled,
            "Kunden <ringde>"
        )
    );
    let mut late = fields.to_vec();
    late.push(("csrf", &csrf));
    let late = browser.request(Method::POST, &cancel).form(&late).send();
    let late = late.await.unwrap();
    assert_eq!(late.status(), StatusCode::CONFLICT);
    let late = late.text().await.unwrap();
    assert!(
        late.contains("Nu är den: Avbruten") && !late.contains("name=\"expected\""),
        "{late}"
    );
    assert!(!browser.get(ORDER).await.body.contains("/end/"));
    let asked = browser.get(&cancel).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert_eq!(
        browser.get(&format!("{ORDER}/end/deliver")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_program_of_the_staff_ends_an_order() {
    let world = World::ready().await;
    let secret = world.user("moves@example.se", &[Role::Admin]).await;
    let token = crate::api::session(&world, "moves@example.se", &secret).await;
    let browser = Browser::new(&world);
    let send = async |body: Value| {
        let path = "/api/v1/orders/0192b3c4-0000-7000-8000-000000000002/move";
        let request = browser.request(Method::POST, path).bearer_auth(&token);
        let answer = request.json(&body).send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let wanted = json!({"expected": "RECEIVED", "status": "WITHDRAWN", "reason": "x"});
    let wrong = json!({"expected": "SOON", "status": "WITHDRAWN", "reason": "x"});
    assert_eq!(send(wrong).await.0, StatusCode::BAD_REQUEST);
    let (status, order) = send(wanted.clone()).await;
    assert_eq!(
        (status, &order["status"]),
        (StatusCode::OK, &json!("WITHDRAWN"))
    );
    let (status, problem) = send(wanted).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("ORDER_MOVED"))
    );
}

#[tokio::test]
async fn staff_see_which_orders_nobody_fetches() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::CustomerService).await;
    let badge = |words: &str| format!("<span class=\"badge\">{words}</span>");
    let (reminded, told) = (
        badge("Inte hämtad, påmind"),
        badge("Inte hämtad, nätet underrättat"),
    );
    for (query, shown) in [
        ("", [false, false]),
        ("?unfetched=1", [true, false]),
        ("?unfetched=2", [false, true]),
    ] {
        let list = browser.get(&format!("/sv/staff/orders{query}")).await;
        let seen = [&reminded, &told].map(|badge| list.body.contains(badge));
        assert_eq!(seen, shown, "{query}");
    }
    let list = browser.get("/api/v1/orders?unfetched=ESCALATED").await;
    let list: Value = serde_json::from_str(&list.body).unwrap();
    let order = &list["orders"][0];
    assert_eq!(
        (&order["reminders"], &order["escalatedAt"]),
        (&json!(2), &json!("1970-01-01T00:00:00Z"))
    );
    let wrong = browser.get("/api/v1/orders?unfetched=SOON").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn orders_are_counted_on_a_page_and_in_a_file() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::CustomerService).await;
    let usual = browser.get("/sv/staff/statistics").await;
    assert_eq!(usual.status, StatusCode::OK);
    let asked = world.fakes.seen().report.clone().unwrap();
    assert_eq!(
        (
            asked.network.as_str(),
            asked.from.ends_with("-01"),
            asked.interval(),
            asked.group_by()
        ),
        ("HAM", true, ReportInterval::Month, ReportGroup::Provider),
        "the last year by month and provider"
    );
    let path = "/sv/staff/statistics?from=2026-11-01&until=2026-11-30&interval=DAY&group=STATE";
    let page = browser.get(path).await.body;
    for shown in ["<td class=\"number\">12</td>", "2:05", "Levererad"] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    let file = "/api/v1/statistics.csv?from=2026-11-01&amp;until=2026-11-30&amp;interval=DAY&amp;groupBy=STATE";
    assert!(page.contains(file), "{page}");
    let wrong = browser
        .get("/sv/staff/statistics?from=2026-12-01&until=2026-11-30")
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("role=\"alert\""));

    let file = browser.get(&file.replace("&amp;", "&")).await;
    assert_eq!(
        file.body,
        "firstDay,group,placed,fetched,delivered,cancelled,withdrawn,fetchMedianSeconds,fetchP90Seconds,\
         deliverMedianSeconds,deliverP90Seconds\r\n\
         2026-11-01,nordbredband,12,11,0,0,0,7500,,,\r\n\
         2026-11-01,'=1+1,12,11,0,0,0,7500,,,\r\n\
         ,delivered,12,11,0,0,0,7500,,,\r\n"
    );
    for wrong in ["interval=HOUR", "interval=DAY&groupBy=PERSON"] {
        let path = format!("/api/v1/statistics?from=2026-11-01&until=2026-11-30&{wrong}");
        assert_eq!(
            browser.get(&path).await.status,
            StatusCode::BAD_REQUEST,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn the_log_across_orders_is_a_page_and_a_file_that_is_whole_or_breaks_off() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::CustomerService).await;
    let path = "/sv/staff/log?from=2026-11-22&until=2026-11-22&kind=placed&actor=customer";
    let page = browser.get(path).await;
    assert!(page.body.contains("HAM-000001") && page.body.contains("Ny → Mottagen"));
    let asked = world.fakes.seen().logged[0].clone();
    let (from, until) = (asked.from.unwrap().seconds, asked.until.unwrap().seconds);
    assert_eq!(
        (from, until),
        (1_795_302_000, 1_795_388_400),
        "a Swedish day"
    );
    assert_eq!(
        (asked.network.as_str(), asked.actor.as_str()),
        ("HAM", "customer")
    );
    let file = "/api/v1/order-log.csv?from=2026-11-21T23%3A00%3A00Z&amp;until=2026-11-22T23%3A00%3A00Z\
                &amp;orderNumber=&amp;kind=placed&amp;providerId=&amp;actor=customer";
    assert!(page.body.contains(file), "{}", page.body);
    for wrong in ["from=yesterday", "number=HAM-000009"] {
        let answer = browser.get(&format!("/sv/staff/log?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }

    let file = browser.get(&file.replace("&amp;", "&")).await;
    assert_eq!(
        file.body,
        "at,orderNumber,orderId,providerId,kind,actor,text,details\r\n\
         1970-01-01T00:00:00.000Z,HAM-000001,0192b3c4-0000-7000-8000-000000000002,nordbredband,status,staff:1,\
         new → received,new received\r\n\
         1970-01-01T00:00:00.000Z,HAM-000001,0192b3c4-0000-7000-8000-000000000002,nordbredband,placed,'@cmd,\
         '=HYPERLINK(1),new received\r\n"
    );
    let missing = browser
        .get("/api/v1/order-log.csv?orderNumber=HAM-000009")
        .await;
    assert_eq!(
        missing.status,
        StatusCode::NOT_FOUND,
        "before the first byte"
    );
    world.fakes.seen().logged.clear();
    let broken = browser.request(Method::GET, "/api/v1/order-log.csv").send();
    let broken = broken.await.unwrap();
    assert_eq!(broken.status(), StatusCode::OK);
    assert!(broken.text().await.is_err(), "half a file is none");
}

#[tokio::test]
async fn who_doubts_the_order_of_the_providers_is_shown_how_even_it_was() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::Compliance).await;
    let page = browser.get("/sv/staff/neutrality").await;
    assert_eq!(page.status, StatusCode::OK);
    let cells = "<td class=\"number\">297</td><td class=\"number\">99</td><td class=\"number\">33,3</td>\
                 <td class=\"number\">33,3</td><td class=\"number\">2,0</td>";
    assert!(page.body.contains(cells), "{}", page.body);
    let asked = world.fakes.seen().neutrality.clone().unwrap();
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    assert_eq!(asked.network, "HAM");
    assert_eq!((day(&asked.until) - day(&asked.from)).num_days(), 29);
    let wrong = "/en/staff/neutrality?from=2026-12-01&until=2026-11-30";
    let wrong = browser.get(wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("at most 366 days"), "{}", wrong.body);

    let report = "/api/v1/neutrality?from=2026-11-01&until=2026-11-30";
    let report: Value = serde_json::from_str(&browser.get(report).await.body).unwrap();
    assert_eq!(report["providers"][0]["timesFirst"], 99);
    let wrong = "/api/v1/neutrality?from=2026-12-01&until=2026-11-30";
    assert_eq!(browser.get(wrong).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn drafts_are_looked_at_where_and_when_they_will_be_sold() {
    let world = World::ready().await;
    let browser = as_role(&world, Role::CustomerService).await;
    let empty = browser.get("/sv/staff/preview").await;
    assert_eq!(empty.status, StatusCode::OK);
    let found = browser
        .get("/sv/staff/preview?q=Kungsgatan&day=2027-01-01")
        .await;
    let link = "/sv/staff/preview/h-1?day=2027-01-01";
    assert!(found.body.contains(link), "{}", found.body);
    let place = browser.get(link).await;
    for shown in [
        "Bredband &#60;100&#62;",
        "Tv <span class=\"badge\">Utkast</span>",
        "2027-01-01",
    ] {
        assert!(place.body.contains(shown), "{shown} in {}", place.body);
    }
    let asked = world.fakes.seen().asked_offers.clone().unwrap();
    assert_eq!(asked.preview_day, "2027-01-01");
    for path in [
        "/sv/staff/preview?q=Kungsgatan&day=snart",
        "/sv/staff/preview/h-1?day=snart",
    ] {
        let wrong = browser.get(path).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("ÅÅÅÅ-MM-DD"), "{}", wrong.body);
    }
    assert_eq!(
        browser.get("/sv/staff/preview/other").await.status,
        StatusCode::NOT_FOUND
    );
}
