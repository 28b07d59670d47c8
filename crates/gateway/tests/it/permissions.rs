//! Who may see which page, written down here independently of the table that the program uses.

use gateway::domain::area::Area;
use gateway::users::Role;
use reqwest::{Method, StatusCode};

use crate::browser::Browser;
use crate::harness::World;

const ID: &str = "0192b3c4-0000-7000-8000-000000000004";

/// Path, method, and which of admin, importer, customer_service, compliance, dpo, protected_data may.
const PAGES: &[(&str, &str, [bool; 6])] = &[
    ("GET", "/staff", [true, true, true, true, true, true]),
    (
        "GET",
        "/staff/users",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/users",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/users/ID/reset",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/users/ID/disable",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/imports",
        [true, true, false, false, false, false],
    ),
    (
        "POST",
        "/staff/imports",
        [true, true, false, false, false, false],
    ),
    (
        "POST",
        "/staff/imports/pull",
        [true, true, false, false, false, false],
    ),
    (
        "GET",
        "/staff/imports/ID",
        [true, true, false, false, false, false],
    ),
    (
        "GET",
        "/staff/imports/ID/rejected",
        [true, true, false, false, false, false],
    ),
    (
        "GET",
        "/staff/accesses",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/residents",
        [true, false, true, false, false, false],
    ),
    (
        "POST",
        "/staff/residents",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/orders",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/orders/ID",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/statistics",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/neutrality",
        [true, false, false, true, false, false],
    ),
    (
        "GET",
        "/staff/preview",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/preview/h-1",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/log",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/orders/ID/end/cancel",
        [true, false, true, false, false, false],
    ),
    (
        "POST",
        "/staff/orders/ID/end/cancel",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/technical-orders",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/technical-orders/ID",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/technical-orders/ID/move/done",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/technical-orders/ID/move/in-progress",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/order-forms",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/order-forms/versions",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/order-forms/version",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/order-forms/edit",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/order-forms/edit",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/webhooks",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/webhooks/disable",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/webhooks/disable",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/webhooks/deliveries",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/webhooks/deliveries",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/systems",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/systems",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/systems/try",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/systems/pull",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/systems/remove",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/systems/remove",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/handovers",
        [true, false, true, false, false, false],
    ),
    (
        "POST",
        "/staff/handovers/resend",
        [true, false, true, false, false, false],
    ),
    (
        "POST",
        "/staff/handovers/confirm",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/contacts",
        [true, false, true, false, false, false],
    ),
    (
        "POST",
        "/staff/contacts",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/contacts/new",
        [true, false, true, false, false, false],
    ),
    (
        "POST",
        "/staff/contacts/ID",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/providers",
        [true, false, true, true, false, false],
    ),
    (
        "POST",
        "/staff/providers",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/offerings",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/contracts",
        [true, false, false, true, true, false],
    ),
    (
        "GET",
        "/staff/credentials",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/credentials",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/credentials/provider/ID/revoke",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/credentials/provider/ID/revoke",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/network",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/network",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/extracts",
        [true, false, false, true, true, false],
    ),
    (
        "POST",
        "/staff/contracts",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/contracts/new",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/contracts/ID",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/contracts/ID",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/contracts/ID/end",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/staff/contracts/ID/end",
        [true, false, false, false, false, false],
    ),
    (
        "GET",
        "/staff/requests",
        [false, false, false, true, true, false],
    ),
    (
        "POST",
        "/staff/requests",
        [false, false, false, true, false, false],
    ),
    (
        "GET",
        "/staff/requests/new",
        [false, false, false, true, false, false],
    ),
    (
        "GET",
        "/staff/requests/ID",
        [false, false, false, true, true, false],
    ),
    (
        "GET",
        "/staff/requests/ID/progress",
        [false, false, false, true, true, false],
    ),
    (
        "POST",
        "/staff/requests/ID/decide",
        [false, false, false, true, false, false],
    ),
    (
        "POST",
        "/staff/requests/ID/approve",
        [false, false, false, true, false, false],
    ),
    (
        "GET",
        "/staff/requests/ID/certificate",
        [false, false, false, true, true, false],
    ),
    (
        "GET",
        "/staff/requests/ID/package/json",
        [false, false, false, true, false, false],
    ),
    (
        "GET",
        "/staff/requests/ID/letter",
        [false, false, false, true, false, false],
    ),
    (
        "GET",
        "/staff/requests/ID/amendments/1",
        [false, false, false, true, false, false],
    ),
    (
        "GET",
        "/staff/holders",
        [true, false, false, true, true, false],
    ),
    (
        "GET",
        "/staff/accesses/1/people",
        [true, false, true, false, false, false],
    ),
    (
        "POST",
        "/staff/accesses/1/people",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/staff/protected",
        [false, false, false, false, true, true],
    ),
    (
        "POST",
        "/staff/protected",
        [false, false, false, false, false, true],
    ),
    (
        "POST",
        "/staff/protected/ID",
        [false, false, false, false, false, true],
    ),
    (
        "POST",
        "/staff/protected/ID/people",
        [false, false, false, false, false, true],
    ),
];

const ROLES: [Role; 6] = [
    Role::Admin,
    Role::Importer,
    Role::CustomerService,
    Role::Compliance,
    Role::Dpo,
    Role::ProtectedData,
];

#[tokio::test]
async fn every_cell_of_role_and_page() {
    let world = World::ready().await;
    for (index, role) in ROLES.into_iter().enumerate() {
        let email = format!("role{index}@example.se");
        let secret = world.user(&email, &[role]).await;
        let browser = Browser::signed_in(&world, &email, &secret).await;
        for (method, path, may) in PAGES {
            let path = format!("/sv{}", path.replace("ID", ID));
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = browser
                .request(method.clone(), &path)
                .header("content-length", 0)
                .send()
                .await
                .unwrap();
            let body_matters = method == Method::POST && may[index];
            // A POST without its token is refused too, but after the role; what is not for the role never gets there.
            let refused = answer.status() == StatusCode::FORBIDDEN;
            assert!(
                refused != may[index] || body_matters,
                "{role} {method} {path}: {}",
                answer.status()
            );
        }
    }
}

#[tokio::test]
async fn nobody_enters_without_a_session() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    for (method, path, _) in PAGES {
        let path = format!("/en{}", path.replace("ID", ID));
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = browser
            .request(method, &path)
            .header("content-length", 0)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["location"], "/en/staff/login", "{path}");
    }
}

/// Method, path and the same six roles, for the interface of programs.
const INTERFACE: &[(&str, &str, [bool; 6])] = &[
    (
        "POST",
        "/imports?mode=delta",
        [true, true, false, false, false, false],
    ),
    ("GET", "/imports", [true, true, false, false, false, false]),
    (
        "GET",
        "/imports/ID",
        [true, true, false, false, false, false],
    ),
    (
        "GET",
        "/imports/pull",
        [true, true, false, false, false, false],
    ),
    (
        "POST",
        "/imports/pull",
        [true, true, false, false, false, false],
    ),
    (
        "GET",
        "/imports/ID/rejected",
        [true, true, false, false, false, false],
    ),
    ("GET", "/orders", [true, false, true, false, false, false]),
    (
        "GET",
        "/orders/ID",
        [true, false, true, false, false, false],
    ),
    (
        "POST",
        "/orders/ID/move",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/statistics?from=2026-11-01&until=2026-11-30&interval=DAY",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/statistics.csv?from=2026-11-01&until=2026-11-30&interval=DAY",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/neutrality?from=2026-11-01&until=2026-11-30",
        [true, false, false, true, false, false],
    ),
    (
        "GET",
        "/order-log",
        [true, false, true, false, false, false],
    ),
    (
        "GET",
        "/order-log.csv?kind=placed",
        [true, false, true, false, false, false],
    ),
    ("GET", "/contacts", [true, false, true, false, false, false]),
    (
        "POST",
        "/contacts",
        [true, false, true, false, false, false],
    ),
    (
        "POST",
        "/contacts/ID/view",
        [true, false, true, false, false, false],
    ),
    ("GET", "/requests", [false, false, false, true, true, false]),
    (
        "POST",
        "/requests",
        [false, false, false, true, false, false],
    ),
    (
        "GET",
        "/requests/ID",
        [false, false, false, true, true, false],
    ),
    (
        "POST",
        "/requests/ID/decision",
        [false, false, false, true, false, false],
    ),
    (
        "POST",
        "/requests/ID/approval",
        [false, false, false, true, false, false],
    ),
    (
        "GET",
        "/requests/ID/certificate",
        [false, false, false, true, true, false],
    ),
    (
        "GET",
        "/requests/ID/package",
        [false, false, false, true, false, false],
    ),
    ("GET", "/providers", [true, false, true, true, false, false]),
    (
        "PUT",
        "/providers/nordbredband",
        [true, false, false, false, false, false],
    ),
    (
        "POST",
        "/offerings",
        [true, false, false, false, false, false],
    ),
    (
        "PUT",
        "/offerings/ID",
        [true, false, false, false, false, false],
    ),
    ("GET", "/contracts", [true, false, false, true, true, false]),
    (
        "PUT",
        "/contracts",
        [true, false, false, false, false, false],
    ),
    ("GET", "/extracts", [true, false, false, true, true, false]),
    ("GET", "/holders", [true, false, false, true, true, false]),
    (
        "GET",
        "/protected-disclosures",
        [false, false, false, false, true, true],
    ),
    (
        "POST",
        "/protected-disclosures",
        [false, false, false, false, false, true],
    ),
    (
        "POST",
        "/protected-disclosures/ID/decision",
        [false, false, false, false, false, true],
    ),
    (
        "POST",
        "/protected-disclosures/ID/people",
        [false, false, false, false, false, true],
    ),
    (
        "POST",
        "/protected-marks/lift",
        [true, false, true, false, false, false],
    ),
];

#[tokio::test]
async fn every_cell_of_role_and_resource() {
    let world = World::ready().await;
    let browser = Browser::new(&world);
    for (index, role) in ROLES.into_iter().enumerate() {
        let email = format!("role{index}@example.se");
        let secret = world.user(&email, &[role]).await;
        let token = crate::api::session(&world, &email, &secret).await;
        for (method, path, may) in INTERFACE {
            let path = format!("/api/v1{}", path.replace("ID", ID));
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let request = browser
                .request(method.clone(), &path)
                .bearer_auth(&token)
                .header("content-length", 0);
            let status = request.send().await.unwrap().status();
            assert_eq!(
                status == StatusCode::FORBIDDEN,
                !may[index],
                "{role} {method} {path}: {status}"
            );
            let stranger = browser
                .request(method, &path)
                .header("content-length", 0)
                .send()
                .await
                .unwrap();
            assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED, "{path}");
        }
    }
}

/// Area and the same six roles. The services refuse too, and so the pages alone would not show a hole in this table.
const AREAS: &[(Area, [bool; 6])] = &[
    (Area::Home, [true, true, true, true, true, true]),
    (Area::Users, [true, false, false, false, false, false]),
    (Area::Imports, [true, true, false, false, false, false]),
    (Area::Accesses, [true, false, true, false, false, false]),
    (Area::Orders, [true, false, true, false, false, false]),
    (Area::Neutrality, [true, false, false, true, false, false]),
    (
        Area::TechnicalMove,
        [true, false, false, false, false, false],
    ),
    (Area::OrderForms, [true, false, true, false, false, false]),
    (
        Area::OrderFormsChange,
        [true, false, false, false, false, false],
    ),
    (Area::Contacts, [true, false, true, false, false, false]),
    (Area::Providers, [true, false, true, true, false, false]),
    (
        Area::ProvidersChange,
        [true, false, false, false, false, false],
    ),
    (Area::Webhooks, [true, false, false, false, false, false]),
    (Area::Systems, [true, false, false, false, false, false]),
    (Area::Handovers, [true, false, true, false, false, false]),
    (Area::Contracts, [true, false, false, true, true, false]),
    (
        Area::ContractsChange,
        [true, false, false, false, false, false],
    ),
    (Area::Credentials, [true, false, false, false, false, false]),
    (Area::Network, [true, false, false, false, false, false]),
    (Area::Requests, [false, false, false, true, true, false]),
    (
        Area::RequestsDecide,
        [false, false, false, true, false, false],
    ),
    (Area::Holders, [true, false, false, true, true, false]),
    (Area::Protected, [false, false, false, false, true, true]),
    (
        Area::ProtectedDecide,
        [false, false, false, false, false, true],
    ),
];

#[test]
fn every_cell_of_role_and_area() {
    assert_eq!(AREAS.len(), Area::ALL.len());
    for (area, may) in AREAS {
        let admitted = ROLES.map(|role| area.admits(&[role]));
        assert_eq!(&admitted, may, "{area:?}");
    }
}
