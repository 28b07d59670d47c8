//! The registers of personal data: every holder that has announced itself, with its data map.

use api::rights::{AccessLogCopy, AccessLogFinding, Holder, ListHoldersRequest};
use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};

use super::data_map::{Map, MapCategory};
use crate::http::guard::Staff;
use crate::i18n::Lang;
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::Gateway;

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
    readings: u64,
    sealed: String,
    findings: Vec<Finding>,
}

/// Something that is wrong with the copy of the holder's access log.
struct Finding {
    reason: &'static str,
    batch: String,
    found: String,
    closed: String,
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
        let map = Map::of(&holder);
        let category = |c: MapCategory| Category {
            name: c.title(lang).to_owned(),
            purpose: c.purpose(lang).to_owned(),
            basis: c.legal_basis,
            retention: c
                .retention
                .map(|r| format!("{} d – {}", r.period_days, r.starts))
                .unwrap_or_default(),
        };
        let AccessLogCopy {
            lines,
            last_sealed_at,
            findings,
            ..
        } = holder.access_log.unwrap_or_default();
        let finding = |one| Finding::of(&one, lang);
        Self {
            readings: lines,
            sealed: view::time(last_sealed_at.as_ref()),
            findings: findings.into_iter().map(finding).collect(),
            name: holder.holder,
            version: holder.version,
            seen: view::time(holder.seen_at.as_ref()),
            expected: holder.expected,
            retired: holder.retired,
            categories: map.categories.into_iter().map(category).collect(),
        }
    }
}

impl Finding {
    fn of(one: &AccessLogFinding, lang: Lang) -> Self {
        Self {
            reason: reason(&one.reason, lang),
            batch: format!("{}/{}", one.epoch, one.number),
            found: view::time(one.found_at.as_ref()),
            closed: view::time(one.closed_at.as_ref()),
        }
    }
}

/// What was found, in words.
fn reason(word: &str, lang: Lang) -> &'static str {
    let (sv, en) = match word {
        "gap" => ("En sats saknas", "A batch is missing"),
        "broken_chain" => ("Kedjan är bruten", "The chain is broken"),
        "reused_number" => (
            "Ett nummer har använts två gånger",
            "A number was used twice",
        ),
        "signature" => ("Underskriften stämmer inte", "The signature does not hold"),
        "altered_lines" => ("Raderna har ändrats", "The lines were altered"),
        "put_back" => (
            "Tjänstens databas har återställts",
            "The service's database was restored",
        ),
        _ => ("Okänd avvikelse", "Something else"),
    };
    if lang == Lang::Sv { sv } else { en }
}
