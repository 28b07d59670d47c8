//! A contract of a provider: entering and changing it.

use api::registry::MarketContract;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use service_kit::error as kit;

use super::contract_choices::{self, Choice};
use super::contracts::today;
use crate::app::contracts::{self, Partner, PutError};
use crate::app::session::SignedIn;
use crate::http::fields::{CheckedFields, Fields};
use crate::http::guard::Staff;
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::services::Failure;
use crate::state::Gateway;

#[derive(Template)]
#[template(path = "staff/contract.html")]
struct ContractPage {
    page: Page,
    /// Empty for a new one.
    id: String,
    provider: String,
    providers: Vec<Partner>,
    columns: Vec<Choice>,
    premises: Vec<Choice>,
    on_api: bool,
    form: Form,
    version: String,
    changed_meanwhile: bool,
}

/// What is wrong with what was sent.
#[derive(Default)]
struct Wrong {
    form: Form,
    changed_meanwhile: bool,
}

/// `GET /{lang}/staff/contracts/new`.
pub async fn new(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
) -> Result<Response, WebError> {
    let contract = MarketContract {
        valid_from: today(&gateway).to_string(),
        ..MarketContract::default()
    };
    show(&gateway, &staff, page, contract, Wrong::default()).await
}

/// `POST /{lang}/staff/contracts`: a new one.
pub async fn enter(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let empty = MarketContract {
        provider_id: fields.text("provider_id"),
        ..MarketContract::default()
    };
    put(&gateway, &staff, page, wanted(empty, &fields)).await
}

/// `GET /{lang}/staff/contracts/{id}`.
pub async fn form(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let contract = contracts::find(&gateway.services, &staff, &id).await?;
    let contract = contract.ok_or(WebError::NotFound)?;
    show(&gateway, &staff, page, contract, Wrong::default()).await
}

/// `POST /{lang}/staff/contracts/{id}`. Whose contract it is stays.
pub async fn change(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let before = contracts::find(&gateway.services, &staff, &id).await?;
    let before = before.ok_or(WebError::NotFound)?;
    put(&gateway, &staff, page, wanted(before, &fields)).await
}

fn wanted(before: MarketContract, fields: &Fields) -> MarketContract {
    MarketContract {
        columns: fields.all("columns").to_vec(),
        premises_types: fields.all("premises_types").to_vec(),
        on_api: fields.flag("on_api"),
        valid_from: fields.text("valid_from"),
        valid_until: fields.text("valid_until"),
        version: fields.text("version"),
        ..before
    }
}

async fn put(
    gateway: &Gateway,
    staff: &SignedIn,
    page: Page,
    contract: MarketContract,
) -> Result<Response, WebError> {
    let mut wrong = Wrong::default();
    match contracts::put(&gateway.services, staff, contract.clone()).await {
        Ok(_) => {
            let target = format!("/{}/staff/contracts?saved=true", page.lang);
            return Ok(Redirect::to(&target).into_response());
        }
        Err(PutError::NoSuchProvider) => {
            let rule = page.t.contracts.error_provider;
            wrong.form.refuse("provider_id", rule);
        }
        Err(PutError::Service(failure)) if contracts::edited_meanwhile(&failure) => {
            wrong.changed_meanwhile = true;
        }
        Err(PutError::Service(failure)) => refuse(&mut wrong.form, &page, failure)?,
    }
    show(gateway, staff, page, contract, wrong).await
}

/// Puts what the registry says at its fields.
fn refuse(form: &mut Form, page: &Page, failure: Failure) -> Result<(), WebError> {
    let violations = kit::violations_of(&failure.status);
    if violations.is_empty() {
        return Err(failure.into());
    }
    form.refuse_all(page.t, &violations);
    Ok(())
}

async fn show(
    gateway: &Gateway,
    staff: &SignedIn,
    page: Page,
    contract: MarketContract,
    wrong: Wrong,
) -> Result<Response, WebError> {
    let status = if wrong.changed_meanwhile {
        StatusCode::CONFLICT
    } else {
        wrong.form.status()
    };
    let providers = if contract.contract_id.is_empty() {
        contracts::providers(&gateway.services, staff).await?
    } else {
        Vec::new()
    };
    let mut form = wrong.form;
    form.set("valid_from", &contract.valid_from);
    form.set("valid_until", &contract.valid_until);
    let html = ContractPage {
        providers,
        columns: contract_choices::columns(&contract.columns, page.t),
        premises: contract_choices::premises(&contract.premises_types, page.t),
        on_api: contract.on_api,
        version: contract.version,
        id: contract.contract_id,
        provider: contract.provider_id,
        form,
        changed_meanwhile: wrong.changed_meanwhile,
        page,
    };
    Ok((status, Html(html.render()?)).into_response())
}
