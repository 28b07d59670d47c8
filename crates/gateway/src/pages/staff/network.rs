//! The network itself: what it is called, in which language and under which host name visitors meet it.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::ListQuery;
use crate::app::error::AppError;
use crate::app::session::SignedIn;
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::Lang;
use crate::networks::{self, Network};
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::state::Gateway;

#[derive(Template)]
#[template(path = "staff/network.html")]
struct NetworkPage {
    page: Page,
    code: String,
    form: Form,
    saved: bool,
}

/// `GET /{lang}/staff/network`.
pub async fn page(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<ListQuery>,
) -> Result<Response, WebError> {
    let network = own(&gateway, &staff).await?;
    let mut form = Form::default();
    form.set("network_name", &network.name);
    form.set("language", network.language.code());
    form.set("host", &network.host);
    show(page, &staff, form, query.saved)
}

/// `POST /{lang}/staff/network`.
pub async fn change(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let known = own(&gateway, &staff).await?;
    let mut form = Form::with(fields.texts(&["network_name", "language", "host"]));
    let network = Network {
        name: fields.text("network_name"),
        language: Lang::parse(&fields.text("language")).unwrap_or(known.language),
        host: fields.text("host").to_lowercase(),
        ..known
    };
    match networks::put_by(&gateway.directory, &network, Some(&staff)).await {
        Ok(()) => {
            let target = format!("/{}/staff/network?saved=true", page.lang);
            return Ok(Redirect::to(&target).into_response());
        }
        Err(AppError::Invalid(violations)) => form.refuse_all(page.t, &violations),
        Err(AppError::Conflict("HOST_TAKEN")) => form.refuse("host", page.t.network.host_taken),
        Err(error) => return Err(error.into()),
    }
    show(page, &staff, form, false)
}

async fn own(gateway: &Gateway, staff: &SignedIn) -> Result<Network, WebError> {
    let known = networks::find(&gateway.directory, &staff.network).await?;
    known.ok_or(WebError::NotFound)
}

fn show(page: Page, staff: &SignedIn, form: Form, saved: bool) -> Result<Response, WebError> {
    let status = form.status();
    let html = NetworkPage {
        page,
        code: staff.network.to_string(),
        form,
        saved,
    };
    Ok((status, Html(html.render()?)).into_response())
}
