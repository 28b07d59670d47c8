//! The registers of personal data: every holder that has announced itself, with its data map.

use api::rights::{Holder, ListHoldersRequest};
use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use crate::http::guard::Staff;
use crate::i18n::Lang;
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::Gateway;

/// What the page reads of a data map; a holder may say more.
#[derive(Default, Deserialize)]
struct Map {
    #[serde(default)]
    categories: Vec<MapCategory>,
}

#[derive(Deserialize)]
struct MapCategory {
    name: String,
    #[serde(default)]
    purpose_sv: String,
    #[serde(default)]
    purpose_en: String,
    #[serde(default)]
    legal_basis: String,
    retention: Option<MapRetention>,
}

#[derive(Deserialize)]
struct MapRetention {
    period_days: u32,
    starts: String,
}

struct Category {
    name: String,
    purpose: String,
    basis: String,
    retention: String,
}

struct Row {
    name: String,
    version: String,
    seen: String,
    expected: bool,
    retired: bool,
    categories: Vec<Category>,
}

#[derive(Template)]
#[template(path = "compliance/holders.html")]
struct HoldersPage {
    page: Page,
    holders: Vec<Row>,
}

/// `GET /{lang}/staff/holders`.
pub async fn page(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
) -> Result<Response, WebError> {
    let answer = gateway
        .services
        .rights(&staff.caller())
        .list_holders(call(ListHoldersRequest {}))
        .await;
    let holders = answer.map_err(Part::Rights.failed())?.into_inner().holders;
    let holders = holders
        .into_iter()
        .map(|holder| Row::of(holder, page.lang))
        .collect();
    Ok(Html(HoldersPage { page, holders }.render()?).into_response())
}

impl Row {
    fn of(holder: Holder, lang: Lang) -> Self {
        // A map that cannot be read is another program's matter; the holder is shown without it.
        let map: Map = serde_json::from_str(&holder.data_map).unwrap_or_default();
        let category = |c: MapCategory| Category {
            name: c.name,
            purpose: if lang == Lang::Sv {
                c.purpose_sv
            } else {
                c.purpose_en
            },
            basis: c.legal_basis,
            retention: c
                .retention
                .map(|r| format!("{} d – {}", r.period_days, r.starts))
                .unwrap_or_default(),
        };
        Self {
            name: holder.holder,
            version: holder.version,
            seen: view::time(holder.seen_at.as_ref()),
            expected: holder.expected,
            retired: holder.retired,
            categories: map.categories.into_iter().map(category).collect(),
        }
    }
}
