//! Ending a contract today: asked first, done then. It is undone by changing the last day.

use api::registry::MarketContract;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::contracts::{may_end, today};
use crate::app::contracts::{self, PutError};
use crate::app::session::SignedIn;
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::state::Gateway;

#[derive(Template)]
#[template(path = "staff/contract_end.html")]
struct EndPage {
    page: Page,
    id: String,
    provider: String,
    from: String,
    version: String,
}

/// `GET /{lang}/staff/contracts/{id}/end`: asks.
pub async fn ask(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let contract = running(&gateway, &staff, &id).await?;
    let html = EndPage {
        page,
        version: contract.version,
        id: contract.contract_id,
        provider: contract.provider_id,
        from: contract.valid_from,
    };
    Ok(Html(html.render()?).into_response())
}

/// `POST /{lang}/staff/contracts/{id}/end`: does it, to the contract that was asked about and no other.
pub async fn end(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let contract = running(&gateway, &staff, &id).await?;
    let ended = MarketContract {
        valid_until: today(&gateway).to_string(),
        version: fields.text("version"),
        ..contract
    };
    match contracts::put(&gateway.services, &staff, ended).await {
        Ok(_) => {
            let target = format!("/{}/staff/contracts?saved=true", page.lang);
            Ok(Redirect::to(&target).into_response())
        }
        Err(PutError::NoSuchProvider) => Err(WebError::NotFound),
        Err(PutError::Service(failure)) => Err(failure.into()),
    }
}

async fn running(
    gateway: &Gateway,
    staff: &SignedIn,
    id: &str,
) -> Result<MarketContract, WebError> {
    let contract = contracts::find(&gateway.services, staff, id).await?;
    let contract = contract.ok_or(WebError::NotFound)?;
    if may_end(&contract, today(gateway)) {
        Ok(contract)
    } else {
        Err(WebError::Conflict)
    }
}
