//! The overview: the areas that the user may enter.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use crate::domain::area::Area;
use crate::i18n::fill;
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::pages::view;

struct Link {
    path: &'static str,
    name: &'static str,
}

#[derive(Template)]
#[template(path = "staff/home.html")]
struct HomePage {
    page: Page,
    lead: String,
    links: Vec<Link>,
}

/// `GET /{lang}/staff`.
pub async fn page(page: Page) -> Result<Response, WebError> {
    let t = page.t;
    let areas = [
        (Area::Imports, "imports", t.staff.imports),
        (Area::Accesses, "accesses", t.staff.accesses),
        (Area::Orders, "orders", t.staff.orders),
        (Area::Orders, "preview", t.office.preview),
        (Area::Neutrality, "neutrality", t.office.neutrality),
        (Area::Orders, "technical-orders", t.technical.title),
        (Area::OrderForms, "order-forms", t.forms.title),
        (Area::Contacts, "contacts", t.staff.contacts),
        (Area::Providers, "providers", t.staff.providers),
        (Area::Webhooks, "webhooks", t.webhooks.title),
        (Area::Systems, "systems", t.systems.title),
        (Area::Handovers, "handovers", t.systems.handovers),
        (Area::Contracts, "contracts", t.contracts.title),
        (Area::Credentials, "credentials", t.credentials.title),
        (Area::Protected, "protected", t.people.disclosures),
        (Area::Requests, "requests", t.compliance.requests),
        (Area::Holders, "holders", t.compliance.holders),
        (Area::Network, "network", t.network.title),
        (Area::Users, "users", t.staff.users),
    ];
    let links = areas
        .into_iter()
        .filter(|(area, ..)| page.may(*area))
        .map(|(_, path, name)| Link { path, name });
    let links = links.collect();
    let roles: Vec<_> = page
        .staff
        .iter()
        .flat_map(|s| &s.roles)
        .map(|role| view::role(*role, t))
        .collect();
    let lead = fill(t.staff.home_lead, roles.join(", "));
    Ok(Html(HomePage { page, lead, links }.render()?).into_response())
}
