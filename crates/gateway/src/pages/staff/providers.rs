//! Providers of the network and what they sell.

use api::common::PageRequest;
use api::orders::{
    ListOfferingsRequest, ListProvidersRequest, Offering, Provider, PutOfferingRequest,
    PutProviderRequest,
};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use service_kit::error::{self as kit, ErrorKind};

use super::offering_form::{self, CampaignFields, Tick};
use crate::app::session::SignedIn;
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::limits;
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::services::{Part, call};
use crate::state::Gateway;

const PROVIDER: &[&str] = &[
    "provider_id",
    "name",
    "order_email",
    "privacy_url",
    "phone",
    "opening_hours",
    "website",
    "presentation",
];

/// Offerings that the page shows: a network has tens of providers with tens of offerings each.
const OFFERINGS_MAX: usize = 5_000;

/// What is changed: one that is there is put into its form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProvidersQuery {
    saved: bool,
    provider: String,
    offering: String,
}

#[derive(Template)]
#[template(path = "staff/providers.html")]
struct ProvidersPage {
    page: Page,
    providers: Vec<Provider>,
    offerings: Vec<Offering>,
    categories: Vec<Tick>,
    consumers: Vec<Tick>,
    campaigns: Vec<CampaignFields>,
    form: Form,
    offering: Form,
    saved: bool,
}

/// `GET /{lang}/staff/providers`.
pub async fn page(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<ProvidersQuery>,
) -> Result<Response, WebError> {
    let shown = Shown {
        saved: query.saved,
        edited_provider: query.provider,
        edited_offering: query.offering,
        ..Shown::default()
    };
    show(&gateway, &staff, page, shown).await
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
        phone: fields.text("phone"),
        opening_hours: fields.text("opening_hours"),
        website: fields.text("website"),
        presentation: fields.text("presentation"),
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
            let shown = Shown {
                form,
                ..Shown::default()
            };
            show(&gateway, &staff, page, shown).await
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
    let mut form = offering_form::keep(&fields);
    let Some(offering) = offering_form::read(&mut form, &fields, page.t) else {
        return show(&gateway, &staff, page, Shown::of_offering(form)).await;
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
            let violations = kit::violations_of(&status);
            if violations.is_empty() {
                return Err(Part::Orders.failed()(status).into());
            }
            offering_form::refuse(&mut form, page.t, &violations);
            show(&gateway, &staff, page, Shown::of_offering(form)).await
        }
    }
}

/// What is shown besides the lists.
#[derive(Default)]
struct Shown {
    form: Form,
    offering: Form,
    saved: bool,
    edited_provider: String,
    edited_offering: String,
}

impl Shown {
    fn of_offering(offering: Form) -> Self {
        Self {
            offering,
            ..Self::default()
        }
    }

    /// Puts what is changed into its form.
    fn edit(&mut self, providers: &[Provider], offerings: &[Offering]) {
        let provider = providers
            .iter()
            .find(|provider| provider.provider_id == self.edited_provider);
        if let Some(provider) = provider {
            for (field, value) in [
                ("provider_id", &provider.provider_id),
                ("name", &provider.name),
                ("order_email", &provider.order_email),
                ("privacy_url", &provider.privacy_url),
                ("phone", &provider.phone),
                ("opening_hours", &provider.opening_hours),
                ("website", &provider.website),
                ("presentation", &provider.presentation),
            ] {
                self.form.set(field, value);
            }
        }
        let offering = offerings
            .iter()
            .find(|offering| offering.offering_id == self.edited_offering);
        if let Some(offering) = offering {
            self.offering = offering_form::of(offering);
        }
    }
}

/// All offerings that have not ended, page by page. Who may not see them sees none.
async fn offerings(gateway: &Gateway, staff: &SignedIn) -> Result<Vec<Offering>, WebError> {
    let mut all = Vec::new();
    let mut page_token = String::new();
    while all.len() < OFFERINGS_MAX {
        let request = ListOfferingsRequest {
            network: staff.network.to_string(),
            page: Some(PageRequest {
                page_size: limits::PAGE_SIZE,
                page_token,
            }),
            ..ListOfferingsRequest::default()
        };
        let mut orders = gateway.services.orders(&staff.caller());
        let answer = orders.list_offerings(call(request)).await;
        let answer = match answer {
            Ok(answer) => answer.into_inner(),
            Err(status) if kit::kind_of(&status) == ErrorKind::Denied => break,
            Err(status) => return Err(Part::Orders.failed()(status).into()),
        };
        all.extend(answer.offerings);
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    Ok(all)
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
    mut shown: Shown,
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
    let offerings = offerings(gateway, staff).await?;
    shown.edit(&providers, &offerings);
    let Shown {
        form,
        offering,
        saved,
        ..
    } = shown;
    let right = form.is_right() && offering.is_right();
    let status = if right {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let t = page.t;
    let html = ProvidersPage {
        page,
        providers,
        offerings,
        categories: offering_form::categories(&offering, t),
        consumers: offering_form::consumers(&offering, t),
        campaigns: offering_form::campaign_fields(&offering, t),
        form,
        offering,
        saved,
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}
