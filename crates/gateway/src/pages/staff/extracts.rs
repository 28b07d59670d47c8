//! What providers were given: who, when, through which interface, how many accesses.

use api::common::PageRequest;
use api::registry::{MarketExtract, MarketInterface};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use crate::app::contracts;
use crate::http::guard::Staff;
use crate::i18n::{Texts, fill};
use crate::limits;
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::pages::view;
use crate::state::Gateway;

struct Row {
    provider: String,
    caller: String,
    interface: &'static str,
    begun: String,
    ended: String,
    put: u64,
    removed: u64,
    withheld: u64,
}

#[derive(Template)]
#[template(path = "staff/extracts.html")]
struct ExtractsPage {
    page: Page,
    title: String,
    provider: String,
    extracts: Vec<Row>,
    next: String,
}

/// Which extracts.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    provider: String,
    #[serde(default)]
    page: String,
}

/// `GET /{lang}/staff/extracts`.
pub async fn list(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let asked = PageRequest {
        page_size: limits::PAGE_SIZE,
        page_token: wanted.page,
    };
    let found = contracts::extracts(&gateway.services, &staff, &wanted.provider, asked).await?;
    let c = &page.t.contracts;
    let html = ExtractsPage {
        title: match wanted.provider.as_str() {
            "" => c.extracts.to_owned(),
            provider => fill(c.extracts_of, provider),
        },
        provider: wanted.provider,
        extracts: found
            .extracts
            .into_iter()
            .map(|extract| Row::of(extract, page.t))
            .collect(),
        next: found.next_page_token,
        page,
    };
    Ok(Html(html.render()?).into_response())
}

impl Row {
    fn of(extract: MarketExtract, t: &Texts) -> Self {
        let c = &t.contracts;
        Self {
            interface: match extract.interface() {
                MarketInterface::Unspecified => c.interface_market,
                MarketInterface::OnApi => c.interface_on_api,
            },
            begun: view::time(extract.begun_at.as_ref()),
            ended: match &extract.ended_at {
                None => c.not_ended.to_owned(),
                at => view::time(at.as_ref()),
            },
            put: extract.put,
            removed: extract.removed,
            withheld: extract.withheld,
            provider: extract.provider_id,
            caller: extract.caller_id,
        }
    }
}
