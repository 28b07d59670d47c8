//! Providers of the network and what they sell.

use api::orders::{
    ListProvidersRequest, Offering, Provider, PutOfferingRequest, PutProviderRequest,
};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use service_kit::error as kit;

use super::ListQuery;
use crate::app::session::SignedIn;
use crate::domain::price;
use crate::http::fields::{CheckedFields, Fields};
use crate::http::guard::Staff;
use crate::pages::error::WebError;
use crate::pages::form::{self, Form};
use crate::pages::page::Page;
use crate::services::{Part, call};
use crate::state::Gateway;

const PROVIDER: &[&str] = &["provider_id", "name", "order_email", "privacy_url"];
const OFFERING: &[&str] = &[
    "offering_id",
    "offering_provider",
    "service",
    "offering_name",
    "description",
    "monthly_price",
    "start_price",
    "commitment_months",
];

#[derive(Template)]
#[template(path = "staff/providers.html")]
struct ProvidersPage {
    page: Page,
    providers: Vec<Provider>,
    form: Form,
    offering: Form,
    saved: bool,
}

/// `GET /{lang}/staff/providers`.
pub async fn page(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<ListQuery>,
) -> Result<Response, WebError> {
    show(
        &gateway,
        &staff,
        page,
        Form::default(),
        Form::default(),
        query.saved,
    )
    .await
}

/// `POST /{lang}/staff/providers`.
pub async fn put_provider(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let provider = Provider {
        provider_id: fields.text("provider_id"),
        name: fields.text("name"),
        order_email: fields.text("order_email"),
        privacy_url: fields.text("privacy_url"),
    };
    let request = PutProviderRequest {
        network: staff.network.to_string(),
        provider: Some(provider),
    };
    let outcome = gateway
        .services
        .orders(&staff.caller())
        .put_provider(call(request))
        .await;
    let mut form = Form::with(fields.texts(PROVIDER));
    match outcome {
        Ok(_) => Ok(saved(&page)),
        Err(status) => {
            refuse(&mut form, &page, status)?;
            show(&gateway, &staff, page, form, Form::default(), false).await
        }
    }
}

/// `POST /{lang}/staff/offerings`.
pub async fn put_offering(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let mut form = Form::with(fields.texts(OFFERING));
    let Some(offering) = offering_of(&mut form, &page, &fields) else {
        return show(&gateway, &staff, page, Form::default(), form, false).await;
    };
    let request = PutOfferingRequest {
        network: staff.network.to_string(),
        offering: Some(offering),
    };
    match gateway
        .services
        .orders(&staff.caller())
        .put_offering(call(request))
        .await
    {
        Ok(_) => Ok(saved(&page)),
        Err(status) => {
            refuse(&mut form, &page, status)?;
            show(&gateway, &staff, page, Form::default(), form, false).await
        }
    }
}

/// Reads prices and months; what cannot be read is said at its field.
fn offering_of(form: &mut Form, page: &Page, fields: &Fields) -> Option<Offering> {
    let or_zero = |name: &str| {
        Some(fields.text(name))
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| "0".into())
    };
    let monthly = price::parse(&fields.text("monthly_price"));
    let start = price::parse(&or_zero("start_price"));
    let months = or_zero("commitment_months").parse::<u32>().ok();
    let read = [
        ("monthly_price", monthly.is_some()),
        ("start_price", start.is_some()),
        ("commitment_months", months.is_some()),
    ];
    for (field, _) in read.into_iter().filter(|(_, read)| !read) {
        form.refuse(field, form::message(page.t, field));
    }
    Some(Offering {
        offering_id: fields.text("offering_id"),
        provider_id: fields.text("offering_provider"),
        service: fields.text("service"),
        name: fields.text("offering_name"),
        description: fields.text("description"),
        monthly_price_ore: monthly?,
        start_price_ore: start?,
        commitment_months: months?,
        ..Offering::default()
    })
}

fn refuse(form: &mut Form, page: &Page, status: tonic::Status) -> Result<(), WebError> {
    let violations = kit::violations_of(&status);
    if violations.is_empty() {
        return Err(Part::Orders.failed()(status).into());
    }
    form.refuse_all(page.t, &violations);
    Ok(())
}

fn saved(page: &Page) -> Response {
    Redirect::to(&format!("/{}/staff/providers?saved=true", page.lang)).into_response()
}

async fn show(
    gateway: &Gateway,
    staff: &SignedIn,
    page: Page,
    form: Form,
    offering: Form,
    saved: bool,
) -> Result<Response, WebError> {
    let request = ListProvidersRequest {
        network: staff.network.to_string(),
    };
    let answer = gateway
        .services
        .orders(&staff.caller())
        .list_providers(call(request))
        .await;
    let providers = answer
        .map_err(Part::Orders.failed())?
        .into_inner()
        .providers;
    let right = form.is_right() && offering.is_right();
    let status = if right {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let html = ProvidersPage {
        page,
        providers,
        form,
        offering,
        saved,
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}
