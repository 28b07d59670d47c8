//! Where somebody lives, by the full name or by the telephone of an order: with a purpose, which goes into the access log. Not
//! a GET: no name in an address.

use api::orders::{FindOrdersRequest, Order};
use api::registry::{Access, FindResidentsRequest};
use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use kernel::{PersonName, Phone};
use service_kit::error as kit;
use tonic::Status;

use crate::app::session::SignedIn;
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::Texts;
use crate::pages::error::WebError;
use crate::pages::form::{self, Form};
use crate::pages::page::Page;
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::Gateway;

struct Row {
    id: String,
    address: String,
}

struct OrderRow {
    id: String,
    number: String,
    access: String,
}

#[derive(Template)]
#[template(path = "staff/residents.html")]
struct ResidentsPage {
    page: Page,
    form: Form,
    searched: bool,
    accesses: Vec<Row>,
    orders: Vec<OrderRow>,
    more: bool,
}

impl ResidentsPage {
    fn of(page: Page, form: Form) -> Self {
        Self {
            page,
            form,
            searched: false,
            accesses: Vec::new(),
            orders: Vec::new(),
            more: false,
        }
    }

    fn answer(self) -> Result<Response, WebError> {
        let status = self.form.status();
        Ok((status, Html(self.render()?)).into_response())
    }
}

/// `GET /{lang}/staff/residents`.
pub async fn form(page: Page) -> Result<Response, WebError> {
    ResidentsPage::of(page, Form::default()).answer()
}

/// `POST /{lang}/staff/residents`.
pub async fn find(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let mut form = Form::with(fields.texts(&["name", "phone", "purpose"]));
    check(&mut form, page.t);
    if !form.is_right() {
        return ResidentsPage::of(page, form).answer();
    }
    let mut shown = ResidentsPage::of(page, form);
    shown.searched = true;
    let looked = match by_name(&gateway, &staff, &mut shown).await {
        Ok(()) => by_phone(&gateway, &staff, &mut shown).await,
        refused => refused,
    };
    let Err((part, status)) = looked else {
        return shown.answer();
    };
    let violations = kit::violations_of(&status);
    if violations.is_empty() {
        return Err(part.failed()(status).into());
    }
    let mut form = shown.form;
    form.refuse_all(shown.page.t, &violations);
    ResidentsPage::of(shown.page, form).answer()
}

fn check(form: &mut Form, t: &Texts) {
    let (name, phone) = (
        form.value("name").to_owned(),
        form.value("phone").to_owned(),
    );
    if name.is_empty() && phone.is_empty() {
        form.refuse("name", t.staff.resident_key_missing);
    }
    if !name.is_empty() && PersonName::parse(&name).is_err() {
        form.refuse("name", form::message(t, "name"));
    }
    if !phone.is_empty() && Phone::parse(&phone).is_err() {
        form.refuse("phone", form::message(t, "phone"));
    }
    if form.value("purpose").is_empty() {
        form.refuse("purpose", t.staff.resident_purpose_missing);
    }
}

/// What a service did not answer.
type Refused = (Part, Status);

async fn by_name(
    gateway: &Gateway,
    staff: &SignedIn,
    shown: &mut ResidentsPage,
) -> Result<(), Refused> {
    if shown.form.value("name").is_empty() {
        return Ok(());
    }
    let request = FindResidentsRequest {
        network: staff.network.to_string(),
        name: shown.form.value("name").to_owned(),
        purpose: shown.form.value("purpose").to_owned(),
    };
    let mut registry = gateway.services.registry(&staff.caller());
    let answer = registry.find_residents(call(request)).await;
    let found = answer
        .map_err(|status| (Part::Registry, status))?
        .into_inner();
    let row = |access: Access| Row {
        address: view::address(access.address.as_ref()),
        id: access.access_id,
    };
    shown.accesses = found.accesses.into_iter().map(row).collect();
    shown.more |= found.more;
    Ok(())
}

async fn by_phone(
    gateway: &Gateway,
    staff: &SignedIn,
    shown: &mut ResidentsPage,
) -> Result<(), Refused> {
    if shown.form.value("phone").is_empty() {
        return Ok(());
    }
    let request = FindOrdersRequest {
        network: staff.network.to_string(),
        phone: shown.form.value("phone").to_owned(),
        purpose: shown.form.value("purpose").to_owned(),
    };
    let mut orders = gateway.services.orders(&staff.caller());
    let answer = orders.find_orders(call(request)).await;
    let found = answer
        .map_err(|status| (Part::Orders, status))?
        .into_inner();
    let row = |order: Order| OrderRow {
        id: order.order_id,
        number: order.order_number,
        access: order.access_id,
    };
    shown.orders = found.orders.into_iter().map(row).collect();
    shown.more |= found.more;
    Ok(())
}
