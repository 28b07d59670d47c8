//! Contacts: the list, a new one, one of them with the purpose of looking.

use api::common::PageRequest;
use api::crm::{
    Contact, ContactSource, ContactState, CreateContactRequest, GetContactRequest,
    ListContactsRequest,
};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use kernel::{Email, PersonName, Phone};
use service_kit::error as kit;
use uuid::Uuid;

use super::ListQuery;
use crate::http::fields::{CheckedFields, Fields};
use crate::http::guard::Staff;
use crate::i18n::Texts;
use crate::limits;
use crate::pages::error::WebError;
use crate::pages::form::{self, Form};
use crate::pages::page::Page;
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::Gateway;

const FIELDS: &[&str] = &[
    "name", "email", "phone", "company", "title", "source", "language",
];
const SOURCES: [ContactSource; 5] = [
    ContactSource::Fair,
    ContactSource::Phone,
    ContactSource::Email,
    ContactSource::Web,
    ContactSource::Meeting,
];

struct Row {
    id: String,
    name: String,
    company: String,
    title: String,
    email: String,
    phone: String,
    source: &'static str,
    state: &'static str,
    confirmed: bool,
    newsletter: bool,
    created: String,
    confirmed_at: String,
}

struct Choice {
    value: i32,
    name: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "staff/contacts.html")]
struct ContactsPage {
    page: Page,
    contacts: Vec<Row>,
    quarantined: bool,
    state: &'static str,
    next: String,
}

#[derive(Template)]
#[template(path = "staff/contact.html")]
struct ContactPage {
    page: Page,
    c: Row,
}

#[derive(Template)]
#[template(path = "staff/contact_new.html")]
struct NewContactPage {
    page: Page,
    form: Form,
    command_id: String,
    sources: Vec<Choice>,
}

/// `GET /{lang}/staff/contacts`.
pub async fn list(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<ListQuery>,
) -> Result<Response, WebError> {
    let quarantined = query.state == "quarantined";
    let wanted = if quarantined {
        ContactState::Quarantined
    } else {
        ContactState::Confirmed
    };
    let request = ListContactsRequest {
        network: staff.network.to_string(),
        state: wanted.into(),
        page: Some(PageRequest {
            page_size: limits::PAGE_SIZE,
            page_token: query.page,
        }),
    };
    let answer = gateway
        .services
        .crm(&staff.caller())
        .list_contacts(call(request))
        .await;
    let answer = answer.map_err(Part::Crm.failed())?.into_inner();
    let html = ContactsPage {
        contacts: answer
            .contacts
            .into_iter()
            .map(|contact| Row::of(contact, page.t))
            .collect(),
        page,
        quarantined,
        state: if quarantined {
            "quarantined"
        } else {
            "confirmed"
        },
        next: answer.next_page_token,
    };
    Ok(Html(html.render()?).into_response())
}

/// `POST /{lang}/staff/contacts/{id}`: a look at a person, with its purpose; therefore not a GET.
pub async fn open(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(contact_id): Path<String>,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let purpose = fields.text("purpose");
    if purpose.is_empty() {
        return Err(WebError::BadRequest);
    }
    let request = GetContactRequest {
        network: staff.network.to_string(),
        contact_id,
        purpose,
    };
    let answer = gateway
        .services
        .crm(&staff.caller())
        .get_contact(call(request))
        .await;
    let contact = answer
        .map_err(Part::Crm.failed())?
        .into_inner()
        .contact
        .ok_or(WebError::NotFound)?;
    let c = Row::of(contact, page.t);
    Ok(Html(ContactPage { page, c }.render()?).into_response())
}

/// `GET /{lang}/staff/contacts/new`.
pub async fn form(State(gateway): State<Gateway>, page: Page) -> Result<Response, WebError> {
    show(
        page,
        Form::default(),
        kernel::new_id(gateway.directory.clock.as_ref()),
    )
}

/// `POST /{lang}/staff/contacts`.
pub async fn create(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let command_id =
        Uuid::parse_str(&fields.text("command_id")).map_err(|_| WebError::BadRequest)?;
    let mut form = Form::with(fields.texts(FIELDS));
    check(&mut form, page.t);
    if !form.is_right() {
        return show(page, form, command_id);
    }
    let request = contact_of(staff.network.to_string(), command_id, &fields);
    match gateway
        .services
        .crm(&staff.caller())
        .create_contact(call(request))
        .await
    {
        Ok(_) => Ok(
            Redirect::to(&format!("/{}/staff/contacts?state=quarantined", page.lang))
                .into_response(),
        ),
        Err(status) => {
            let violations = kit::violations_of(&status);
            if violations.is_empty() {
                return Err(Part::Crm.failed()(status).into());
            }
            form.refuse_all(page.t, &violations);
            show(page, form, command_id)
        }
    }
}

fn check(form: &mut Form, t: &Texts) {
    let phone = form.value("phone");
    let wrong = [
        ("name", PersonName::parse(form.value("name")).is_err()),
        ("email", Email::parse(form.value("email")).is_err()),
        ("phone", !phone.is_empty() && Phone::parse(phone).is_err()),
    ];
    for (field, _) in wrong.into_iter().filter(|(_, wrong)| *wrong) {
        form.refuse(field, form::message(t, field));
    }
}

fn contact_of(network: String, command_id: Uuid, fields: &Fields) -> CreateContactRequest {
    CreateContactRequest {
        network,
        command_id: command_id.to_string(),
        name: fields.text("name"),
        email: fields.text("email"),
        phone: fields.text("phone"),
        company: fields.text("company"),
        title: fields.text("title"),
        source: fields.text("source").parse().unwrap_or_default(),
        newsletter: fields.flag("newsletter"),
        language: if fields.text("language") == "en" {
            "en"
        } else {
            "sv"
        }
        .to_owned(),
    }
}

fn show(page: Page, form: Form, command_id: Uuid) -> Result<Response, WebError> {
    let t = page.t;
    let choice = |source: ContactSource| {
        let value = i32::from(source);
        Choice {
            value,
            name: source_name(source, t),
            chosen: form.is("source", &value.to_string()),
        }
    };
    let sources = SOURCES.map(choice).into();
    let status = form.status();
    let html = NewContactPage {
        page,
        form,
        command_id: command_id.to_string(),
        sources,
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}

fn source_name(source: ContactSource, t: &Texts) -> &'static str {
    match source {
        ContactSource::Fair => t.staff.source_fair,
        ContactSource::Phone => t.staff.source_phone,
        ContactSource::Email => t.staff.source_email,
        ContactSource::Web => t.staff.source_web,
        ContactSource::Meeting => t.staff.source_meeting,
        ContactSource::Unspecified => "",
    }
}

impl Row {
    fn of(contact: Contact, t: &Texts) -> Self {
        let confirmed = contact.state() == ContactState::Confirmed;
        Self {
            source: source_name(contact.source(), t),
            state: if confirmed {
                t.staff.contact_confirmed
            } else {
                t.staff.contact_quarantined
            },
            confirmed,
            created: view::time(contact.created_at.as_ref()),
            confirmed_at: view::time(contact.confirmed_at.as_ref()),
            id: contact.contact_id,
            name: contact.name,
            company: contact.company,
            title: contact.title,
            email: contact.email,
            phone: contact.phone,
            newsletter: contact.newsletter,
        }
    }
}
