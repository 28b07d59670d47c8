//! Accesses for staff: find one, put it right. Nobody's name is read here, so that looking needs no purpose.

use std::collections::HashMap;

use api::common::{Address, PageRequest};
use api::registry::{Access, AccessState, EditAccessRequest, ListAccessesRequest};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use service_kit::error as kit;

use crate::app::session::SignedIn;
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::Texts;
use crate::limits;
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::services::{Part, call};
use crate::state::Gateway;

/// What can be typed: the market database's names, which the registry's violations carry too, and the label.
type Input = (&'static str, fn(&Texts) -> &'static str);

const INPUTS: [Input; 24] = [
    ("streetName", |t| t.staff.access_street_name),
    ("streetNumber", |t| t.staff.access_street_number),
    ("streetLittera", |t| t.staff.access_street_littera),
    ("postalCode", |t| t.staff.access_postal_code),
    ("city", |t| t.staff.access_city),
    ("countryCode", |t| t.staff.access_country),
    ("mduApartmentNumber", |t| t.staff.access_apartment),
    ("mduDistinguisher", |t| t.staff.access_distinguisher),
    ("propertyUnitDesignation", |t| t.staff.access_property),
    ("outlet", |t| t.staff.access_outlet),
    ("population", |t| t.staff.access_population),
    ("priceGroup", |t| t.staff.access_price_group),
    ("area", |t| t.staff.access_area),
    ("medium", |t| t.staff.access_medium),
    ("capacity", |t| t.staff.access_capacity),
    ("connectionDate", |t| t.staff.access_connected_on),
    ("legacyAccessId", |t| t.staff.access_legacy_id),
    ("nationalAddressUUID", |t| t.staff.access_national_uuid),
    ("swerefType", |t| t.staff.access_sweref_type),
    ("swerefNorth", |t| t.staff.access_sweref_north),
    ("swerefEast", |t| t.staff.access_sweref_east),
    ("latitude", |t| t.staff.access_latitude),
    ("longitude", |t| t.staff.access_longitude),
    ("reason", |t| t.staff.access_reason),
];
const PREMISES: [&str; 7] = [
    "RESIDENTIAL_HOUSE",
    "COUNTRYSIDE",
    "RESIDENTIAL_ASSOCIATION",
    "RENTAL_APARTMENT",
    "APARTMENT_ASSOCIATION",
    "OTHER",
    "COMMERCIAL",
];
const STATES: [AccessState; 7] = [
    AccessState::Planned,
    AccessState::Deploying,
    AccessState::Homespassed,
    AccessState::Connected,
    AccessState::Disconnected,
    AccessState::Inmigration,
    AccessState::Outmigration,
];
const CPE: [&str; 3] = ["", "YES", "NO"];
/// Choices and what goes with the form unseen.
const HIDDEN: [&str; 6] = [
    "premisesType",
    "accessState",
    "cpe",
    "version",
    "protected",
    "not_to_providers",
];

struct Row {
    id: String,
    address: String,
    state: String,
    premises: String,
    property: String,
    legacy_id: String,
}

struct Field {
    name: &'static str,
    label: &'static str,
    required: bool,
}

#[derive(Template)]
#[template(path = "staff/accesses.html")]
struct AccessesPage {
    page: Page,
    query: String,
    accesses: Vec<Row>,
    next: String,
}

#[derive(Template)]
#[template(path = "staff/access.html")]
struct AccessPage {
    page: Page,
    form: Form,
    id: String,
    fields: Vec<Field>,
    premises: [&'static str; 7],
    states: Vec<String>,
    cpe: [&'static str; 3],
    saved: bool,
    changed_meanwhile: bool,
}

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    saved: bool,
}

/// `GET /{lang}/staff/accesses`.
pub async fn list(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(search): Query<Search>,
) -> Result<Response, WebError> {
    let (found, next) = find(&gateway, &staff, &search.q, search.page).await?;
    let row = |access: Access| Row {
        state: state_word(access.state()),
        address: line(access.address.as_ref()),
        premises: access.premises_type,
        property: access.property_designation,
        legacy_id: access.legacy_access_id,
        id: access.access_id,
    };
    let html = AccessesPage {
        page,
        query: search.q,
        accesses: found.into_iter().map(row).collect(),
        next,
    };
    Ok(Html(html.render()?).into_response())
}

/// `GET /{lang}/staff/accesses/{id}`.
pub async fn form(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
    Query(search): Query<Search>,
) -> Result<Response, WebError> {
    let access = one(&gateway, &staff, &id).await?;
    show(page, id, Form::with(values(&access)), search.saved, false)
}

/// `POST /{lang}/staff/accesses/{id}`.
pub async fn edit(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let names: Vec<_> = INPUTS.iter().map(|(name, _)| *name).chain(HIDDEN).collect();
    let mut form = Form::with(fields.texts(&names));
    let before = one(&gateway, &staff, &id).await?;
    let wanted = wanted(&mut form, page.t, before);
    if !form.is_right() {
        return show(page, id, form, false, false);
    }
    let request = EditAccessRequest {
        network: staff.network.to_string(),
        access: Some(wanted),
        version: form.value("version").to_owned(),
        reason: form.value("reason").to_owned(),
        resident_protected: choice(&form, "protected"),
        not_to_providers: choice(&form, "not_to_providers"),
    };
    let mut registry = gateway.services.registry(&staff.caller());
    let Err(status) = registry.edit_access(call(request)).await else {
        let target = format!("/{}/staff/accesses/{id}?saved=true", page.lang);
        return Ok(Redirect::to(&target).into_response());
    };
    match kit::reason_of(&status).as_deref() {
        Some("ACCESS_CHANGED") => return show(page, id, form, false, true),
        Some("PROTECTED_MARK") => {
            form.refuse("protected", page.t.people.mark_held);
            return show(page, id, form, false, false);
        }
        _ => {}
    }
    let violations = kit::violations_of(&status);
    if violations.is_empty() {
        return Err(Part::Registry.failed()(status).into());
    }
    form.refuse_all(page.t, &violations);
    show(page, id, form, false, false)
}

/// A mark of the people there: set, taken away, or left as it is.
fn choice(form: &Form, name: &str) -> Option<bool> {
    match form.value(name) {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

async fn find(
    gateway: &Gateway,
    staff: &SignedIn,
    query: &str,
    page_token: String,
) -> Result<(Vec<Access>, String), WebError> {
    let request = ListAccessesRequest {
        network: staff.network.to_string(),
        query: query.to_owned(),
        page: Some(PageRequest {
            page_size: limits::PAGE_SIZE,
            page_token,
        }),
    };
    let mut registry = gateway.services.registry(&staff.caller());
    let answer = registry.list_accesses(call(request)).await;
    let answer = answer.map_err(Part::Registry.failed())?.into_inner();
    Ok((answer.accesses, answer.next_page_token))
}

async fn one(gateway: &Gateway, staff: &SignedIn, id: &str) -> Result<Access, WebError> {
    let (found, _) = find(gateway, staff, id, String::new()).await?;
    found
        .into_iter()
        .find(|access| access.access_id == id)
        .ok_or(WebError::NotFound)
}

fn values(access: &Access) -> HashMap<String, String> {
    let address = access.address.clone().unwrap_or_default();
    let number = |number: Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
    [
        ("streetName", address.street_name),
        ("streetNumber", address.street_number),
        ("streetLittera", address.street_littera),
        ("postalCode", address.postal_code),
        ("city", address.city),
        ("countryCode", address.country_code),
        ("mduApartmentNumber", address.apartment_number),
        ("mduDistinguisher", access.distinguisher.clone()),
        (
            "propertyUnitDesignation",
            access.property_designation.clone(),
        ),
        ("outlet", access.outlet.clone()),
        ("population", access.population.clone()),
        ("priceGroup", number(access.price_group)),
        ("area", access.area.clone()),
        ("medium", access.medium.clone()),
        ("capacity", number(access.capacity_kbps)),
        ("connectionDate", access.connected_on.clone()),
        ("legacyAccessId", access.legacy_access_id.clone()),
        ("nationalAddressUUID", access.national_address_uuid.clone()),
        ("swerefType", access.sweref_type.clone()),
        ("swerefNorth", access.sweref_north.clone()),
        ("swerefEast", access.sweref_east.clone()),
        ("latitude", access.latitude.clone()),
        ("longitude", access.longitude.clone()),
        ("premisesType", access.premises_type.clone()),
        ("accessState", state_word(access.state())),
        ("cpe", access.cpe.clone()),
        ("version", access.version.clone()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// The access as typed. What is no number is refused here: the contract has numbers.
fn wanted(form: &mut Form, t: &Texts, before: Access) -> Access {
    let mut number = |field: &str| {
        let value = form.value(field).to_owned();
        let number = value.parse().ok();
        if number.is_none() && !value.is_empty() {
            form.refuse(field, t.common.error_number);
        }
        number
    };
    let (price_group, capacity_kbps) = (number("priceGroup"), number("capacity"));
    let text = |field: &str| form.value(field).to_owned();
    let state = STATES
        .into_iter()
        .find(|s| state_word(*s) == form.value("accessState"));
    let premises_type = text("premisesType");
    Access {
        address: Some(Address {
            street_name: text("streetName"),
            street_number: text("streetNumber"),
            street_littera: text("streetLittera"),
            postal_code: text("postalCode"),
            city: text("city"),
            country_code: text("countryCode"),
            apartment_number: text("mduApartmentNumber"),
        }),
        state: state.unwrap_or(before.state()).into(),
        // ON-API's word stays unless the kind of premises becomes another one.
        onapi_premises_type: if premises_type == before.premises_type {
            before.onapi_premises_type
        } else {
            String::new()
        },
        premises_type,
        property_designation: text("propertyUnitDesignation"),
        distinguisher: text("mduDistinguisher"),
        outlet: text("outlet"),
        population: text("population"),
        price_group,
        national_address_uuid: text("nationalAddressUUID"),
        area: text("area"),
        medium: text("medium"),
        capacity_kbps,
        cpe: text("cpe"),
        connected_on: text("connectionDate"),
        legacy_access_id: text("legacyAccessId"),
        sweref_type: text("swerefType"),
        sweref_north: text("swerefNorth"),
        sweref_east: text("swerefEast"),
        latitude: text("latitude"),
        longitude: text("longitude"),
        access_id: before.access_id,
        ..Access::default()
    }
}

fn show(
    page: Page,
    id: String,
    form: Form,
    saved: bool,
    changed_meanwhile: bool,
) -> Result<Response, WebError> {
    let status = if changed_meanwhile {
        StatusCode::CONFLICT
    } else {
        form.status()
    };
    let field = |(name, label): Input| Field {
        name,
        label: label(page.t),
        required: matches!(name, "streetName" | "postalCode" | "city" | "reason"),
    };
    let html = AccessPage {
        fields: INPUTS.map(field).into(),
        premises: PREMISES,
        states: STATES.map(state_word).into(),
        cpe: CPE,
        page,
        form,
        id,
        saved,
        changed_meanwhile,
    };
    Ok((status, Html(html.render()?)).into_response())
}

fn state_word(state: AccessState) -> String {
    state.as_str_name().replace("ACCESS_STATE_", "")
}

fn line(address: Option<&Address>) -> String {
    let Some(a) = address else {
        return String::new();
    };
    let street = format!("{} {}{}", a.street_name, a.street_number, a.street_littera);
    let flat = if a.apartment_number.is_empty() {
        String::new()
    } else {
        format!(" lgh {}", a.apartment_number)
    };
    format!("{}{flat}, {} {}", street.trim_end(), a.postal_code, a.city)
}
