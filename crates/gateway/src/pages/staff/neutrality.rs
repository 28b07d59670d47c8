//! How evenly providers were shown: what a network answers a provider with that doubts it.

use api::orders::ProviderEvenness;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use chrono::Days;
use http::StatusCode;
use serde::Deserialize;
use service_kit::error::{self as kit, ErrorKind};

use super::contracts::today;
use crate::app::office;
use crate::http::guard::Staff;
use crate::i18n::Lang;
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::state::Gateway;

/// Days that are shown when nothing is asked, this one included.
const DAYS: u64 = 30;

/// What is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NeutralityQuery {
    from: String,
    until: String,
}

struct Row {
    provider: String,
    shown: u64,
    first: u64,
    position: String,
    first_share: String,
    expected_share: String,
}

#[derive(Template)]
#[template(path = "staff/neutrality.html")]
struct NeutralityPage {
    page: Page,
    from: String,
    until: String,
    /// Whether what was asked is a period.
    right: bool,
    rows: Vec<Row>,
}

/// `GET /{lang}/staff/neutrality`.
pub async fn page(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<NeutralityQuery>,
) -> Result<Response, WebError> {
    let day = today(&gateway);
    let first = day.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(day);
    let or = |text: String, usual: chrono::NaiveDate| match text.as_str() {
        "" => usual.to_string(),
        _ => text,
    };
    let (from, until) = (or(query.from, first), or(query.until, day));
    let period = (from.clone(), until.clone());
    let (right, found) = match office::neutrality(&gateway.services, &staff, period).await {
        Ok(found) => (true, found),
        Err(failure) if kit::kind_of(&failure.status) == ErrorKind::Invalid => (false, Vec::new()),
        Err(failure) => return Err(failure.into()),
    };
    let lang = page.lang;
    let html = NeutralityPage {
        rows: found.into_iter().map(|row| Row::of(row, lang)).collect(),
        page,
        from,
        until,
        right,
    };
    let status = if right {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, Html(html.render()?)).into_response())
}

impl Row {
    fn of(row: ProviderEvenness, lang: Lang) -> Self {
        let percent = |share: f64| decimal(share * 100.0, lang);
        Self {
            provider: row.provider_id,
            shown: row.times_shown,
            first: row.times_first,
            position: decimal(row.mean_position, lang),
            first_share: percent(row.first_share),
            expected_share: percent(row.expected_share),
        }
    }
}

/// "33,3", in English "33.3".
fn decimal(number: f64, lang: Lang) -> String {
    let text = format!("{number:.1}");
    match lang {
        Lang::Sv => text.replace('.', ","),
        Lang::En => text,
    }
}
