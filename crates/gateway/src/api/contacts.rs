//! Contacts over REST.

use api::crm::{
    Contact as PbContact, ContactSource, ContactState, CreateContactRequest, GetContactRequest,
    ListContactsRequest,
};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::bearer::{Allowed, Contacts as ContactsGate};
use super::convert::{Paging, time, word};
use super::problem::Problem;
use crate::services::{Part, call};
use crate::state::Gateway;

/// A contact to enter.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewContact {
    /// Chosen by the caller; the same id gives the same contact.
    command_id: Uuid,
    name: String,
    email: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    company: String,
    #[serde(default)]
    title: String,
    /// "FAIR", "PHONE", "EMAIL", "WEB" or "MEETING".
    source: String,
    #[serde(default)]
    newsletter: bool,
    /// "sv" or "en".
    #[serde(default)]
    language: String,
}

/// An entered contact.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    contact_id: String,
}

/// A contact; without person while in quarantine.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    contact_id: String,
    state: String,
    company: String,
    name: String,
    title: String,
    email: String,
    phone: String,
    source: String,
    newsletter: bool,
    created_at: Option<DateTime<Utc>>,
    confirmed_at: Option<DateTime<Utc>>,
}

/// A page of contacts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Contacts {
    contacts: Vec<Contact>,
    next_page_token: String,
}

/// Which contacts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ContactFilter {
    /// "QUARANTINED" or "CONFIRMED".
    #[serde(default)]
    state: String,
}

/// Why somebody looks at a person.
#[derive(Deserialize, ToSchema)]
pub struct Look {
    /// Kept in the access log.
    purpose: String,
}

/// Enters a contact; it lands in quarantine until the person confirms.
#[utoipa::path(post, path = "/api/v1/contacts", tag = "contacts", request_body = NewContact, security(("session" = [])),
    responses((status = 201, body = Created), (status = 400, body = Problem)))]
pub async fn create(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ContactsGate>,
    Json(new): Json<NewContact>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    let source = ContactSource::from_str_name(&format!("CONTACT_SOURCE_{}", new.source))
        .ok_or_else(|| Problem::field("source", "FAIR, PHONE, EMAIL, WEB or MEETING"))?;
    let request = CreateContactRequest {
        network: staff.network.to_string(),
        command_id: new.command_id.to_string(),
        name: new.name,
        email: new.email,
        phone: new.phone,
        company: new.company,
        title: new.title,
        source: source.into(),
        newsletter: new.newsletter,
        language: if new.language.is_empty() {
            "sv".to_owned()
        } else {
            new.language
        },
    };
    let answer = gateway
        .services
        .crm(&staff.caller())
        .create_contact(call(request))
        .await;
    let contact_id = answer.map_err(Part::Crm.failed())?.into_inner().contact_id;
    Ok((StatusCode::CREATED, Json(Created { contact_id })))
}

/// The contacts of the network in one state.
#[utoipa::path(get, path = "/api/v1/contacts", tag = "contacts", params(ContactFilter, Paging), security(("session" = [])),
    responses((status = 200, body = Contacts)))]
pub async fn list(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ContactsGate>,
    Query(filter): Query<ContactFilter>,
    Query(paging): Query<Paging>,
) -> Result<Json<Contacts>, Problem> {
    let state = match filter.state.as_str() {
        "" | "CONFIRMED" => ContactState::Confirmed,
        "QUARANTINED" => ContactState::Quarantined,
        _ => return Err(Problem::field("state", "QUARANTINED or CONFIRMED")),
    };
    let network = staff.network.to_string();
    let request = ListContactsRequest {
        network,
        state: state.into(),
        page: Some(paging.request()),
    };
    let answer = gateway
        .services
        .crm(&staff.caller())
        .list_contacts(call(request))
        .await;
    let answer = answer.map_err(Part::Crm.failed())?.into_inner();
    let contacts = answer.contacts.into_iter().map(Contact::from).collect();
    Ok(Json(Contacts {
        contacts,
        next_page_token: answer.next_page_token,
    }))
}

/// One confirmed contact. A POST, because the purpose is told and the look is logged.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/view", tag = "contacts", params(("id" = Uuid, Path)),
    request_body = Look, security(("session" = [])), responses((status = 200, body = Contact), (status = 404, body = Problem)))]
pub async fn view(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ContactsGate>,
    Path(id): Path<Uuid>,
    Json(look): Json<Look>,
) -> Result<Json<Contact>, Problem> {
    let (network, contact_id) = (staff.network.to_string(), id.to_string());
    let request = GetContactRequest {
        network,
        contact_id,
        purpose: look.purpose,
    };
    let answer = gateway
        .services
        .crm(&staff.caller())
        .get_contact(call(request))
        .await;
    let contact = answer.map_err(Part::Crm.failed())?.into_inner().contact;
    Ok(Json(contact.ok_or_else(Problem::not_found)?.into()))
}

impl From<PbContact> for Contact {
    fn from(c: PbContact) -> Self {
        Self {
            state: word(c.state().as_str_name(), "CONTACT_STATE_"),
            source: word(c.source().as_str_name(), "CONTACT_SOURCE_"),
            created_at: time(c.created_at.as_ref()),
            confirmed_at: time(c.confirmed_at.as_ref()),
            contact_id: c.contact_id,
            company: c.company,
            name: c.name,
            title: c.title,
            email: c.email,
            phone: c.phone,
            newsletter: c.newsletter,
        }
    }
}
