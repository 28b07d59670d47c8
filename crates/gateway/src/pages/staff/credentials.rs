//! What providers' systems and the network's own sign in with: who has what, a new one, the end of one.

use api::orders::{ListProvidersRequest, Provider};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use http::StatusCode;
use kernel::ProviderId;
use secrecy::ExposeSecret as _;

use crate::app::error::AppError;
use crate::app::session::SignedIn;
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::{Texts, fill};
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::Gateway;
use crate::{credentials, import_credentials};

/// In paths: a provider's.
const OF_PROVIDER: &str = "provider";
/// In paths: one of the network's own systems.
const OF_NETWORK: &str = "network";

struct Row {
    id: String,
    /// The provider; empty: the network.
    whose: String,
    created: String,
    used: String,
    /// Empty: it is valid.
    revoked: String,
}

struct Made {
    id: String,
    secret: String,
}

#[derive(Template)]
#[template(path = "staff/credentials.html")]
struct CredentialsPage {
    page: Page,
    providers: Vec<Provider>,
    of_providers: Vec<Row>,
    of_network: Vec<Row>,
    made: Option<Made>,
    form: Form,
}

#[derive(Template)]
#[template(path = "staff/credential_revoke.html")]
struct RevokePage {
    page: Page,
    kind: String,
    row: Row,
}

/// `GET /{lang}/staff/credentials`.
pub async fn page(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
) -> Result<Response, WebError> {
    show(&gateway, &staff, page, Form::default(), None).await
}

/// `POST /{lang}/staff/credentials`: with a provider one for its system, without one for the network's. The answer shows the
/// secret, once.
pub async fn create(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let provider = fields.text("provider");
    let mut form = Form::with(fields.texts(&["provider"]));
    let for_network = fields.text("of") == OF_NETWORK;
    let made = if for_network {
        of_network(&gateway, &staff).await
    } else {
        let known = providers(&gateway, &staff).await?;
        if !known.iter().any(|known| known.provider_id == provider) {
            return Err(WebError::NotFound);
        }
        of_provider(&gateway, &staff, &provider).await
    };
    match made {
        Ok(made) => show(&gateway, &staff, page, form, Some(made)).await,
        Err(AppError::Conflict("CREDENTIALS_FULL")) => {
            let (field, text) = if for_network {
                ("of_network", page.t.credentials.full_network)
            } else {
                ("provider", page.t.credentials.full_provider)
            };
            form.refuse(field, text);
            show(&gateway, &staff, page, form, None).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn of_provider(
    gateway: &Gateway,
    staff: &SignedIn,
    provider: &str,
) -> Result<Made, AppError> {
    let provider = ProviderId::parse(provider).map_err(|_| AppError::NotFound)?;
    let directory = &gateway.directory;
    let made = credentials::create_by(directory, &staff.network, &provider, Some(staff)).await?;
    Ok(Made {
        id: made.client_id,
        secret: made.secret.expose_secret().to_owned(),
    })
}

async fn of_network(gateway: &Gateway, staff: &SignedIn) -> Result<Made, AppError> {
    let directory = &gateway.directory;
    let made = import_credentials::create_by(directory, &staff.network, Some(staff)).await?;
    Ok(Made {
        id: made.api_user.to_string(),
        secret: made.api_key.expose_secret().to_owned(),
    })
}

/// `GET /{lang}/staff/credentials/{kind}/{id}/revoke`: asks.
pub async fn ask(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path((kind, id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let rows = match kind.as_str() {
        OF_PROVIDER => providers_rows(&gateway, &staff, page.t).await?,
        OF_NETWORK => network_rows(&gateway, &staff, page.t).await?,
        _ => return Err(WebError::NotFound),
    };
    let mut valid = rows.into_iter().filter(|row| row.revoked.is_empty());
    let row = valid.find(|row| row.id == id).ok_or(WebError::NotFound)?;
    Ok(Html(RevokePage { page, kind, row }.render()?).into_response())
}

/// `POST /{lang}/staff/credentials/{kind}/{id}/revoke`.
pub async fn revoke(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path((kind, id)): Path<(String, String)>,
    CheckedFields(_): CheckedFields,
) -> Result<Response, WebError> {
    let (directory, network) = (&gateway.directory, &staff.network);
    match kind.as_str() {
        OF_PROVIDER => credentials::revoke_by(directory, network, &id, Some(&staff)).await?,
        OF_NETWORK => {
            let api_user = id.parse().map_err(|_| WebError::NotFound)?;
            import_credentials::revoke_by(directory, network, api_user, Some(&staff)).await?;
        }
        _ => return Err(WebError::NotFound),
    }
    Ok(Redirect::to(&format!("/{}/staff/credentials", page.lang)).into_response())
}

async fn show(
    gateway: &Gateway,
    staff: &SignedIn,
    page: Page,
    form: Form,
    made: Option<Made>,
) -> Result<Response, WebError> {
    let status = match (&made, form.is_right()) {
        (Some(_), _) => StatusCode::CREATED,
        (None, true) => StatusCode::OK,
        (None, false) => StatusCode::CONFLICT,
    };
    let html = CredentialsPage {
        providers: providers(gateway, staff).await?,
        of_providers: providers_rows(gateway, staff, page.t).await?,
        of_network: network_rows(gateway, staff, page.t).await?,
        made,
        form,
        page,
    };
    Ok((status, Html(html.render()?)).into_response())
}

async fn providers(gateway: &Gateway, staff: &SignedIn) -> Result<Vec<Provider>, WebError> {
    let request = ListProvidersRequest {
        network: staff.network.to_string(),
    };
    let mut orders = gateway.services.orders(&staff.caller());
    let answer = orders.list_providers(call(request)).await;
    Ok(answer
        .map_err(Part::Orders.failed())?
        .into_inner()
        .providers)
}

async fn providers_rows(
    gateway: &Gateway,
    staff: &SignedIn,
    t: &Texts,
) -> Result<Vec<Row>, WebError> {
    let all = credentials::list(&gateway.directory, &staff.network).await?;
    let row = |one: credentials::Listed| Row {
        id: one.client_id,
        whose: one.provider,
        created: view::moment_of(one.created_at),
        used: used(one.used_at, t),
        revoked: revoked(one.revoked_at, t),
    };
    Ok(all.into_iter().map(row).collect())
}

async fn network_rows(
    gateway: &Gateway,
    staff: &SignedIn,
    t: &Texts,
) -> Result<Vec<Row>, WebError> {
    let all = import_credentials::list(&gateway.directory, &staff.network).await?;
    let row = |one: import_credentials::Listed| Row {
        id: one.api_user.to_string(),
        whose: String::new(),
        created: view::moment_of(one.created_at),
        used: used(one.used_at, t),
        revoked: revoked(one.revoked_at, t),
    };
    Ok(all.into_iter().map(row).collect())
}

fn used(at: Option<DateTime<Utc>>, t: &Texts) -> String {
    at.map_or_else(|| t.credentials.never.to_owned(), view::moment_of)
}

fn revoked(at: Option<DateTime<Utc>>, t: &Texts) -> String {
    at.map(|at| fill(t.credentials.revoked, view::moment_of(at)))
        .unwrap_or_default()
}
