//! Between the wire and the domain.

use api::crm as pb;
use chrono::{DateTime, Utc};
use prost_types::Timestamp;
use service_kit::error::to_status;
use tonic::Status;
use uuid::Uuid;

use crate::app::confirm_contact::Confirmed;
use crate::app::decline_contact::Declined;
use crate::app::list_contacts::ContactPage;
use crate::app::peek_confirmation::Peek;
use crate::app::{ContactView, CrmError};
use crate::domain::ContactId;
use crate::domain::contact::{ContactInput, ContactSource, ContactState};

pub(super) fn new_contact(
    request: pb::CreateContactRequest,
) -> Result<(Uuid, ContactInput), Status> {
    let command_id = Uuid::parse_str(&request.command_id)
        .map_err(|_| to_status(CrmError::invalid("command_id", "command_id is a UUID")))?;
    let source = source_of(request.source());
    let input = ContactInput {
        name: request.name,
        email: request.email,
        phone: request.phone,
        company: request.company,
        title: request.title,
        source,
        newsletter: request.newsletter,
        language: request.language,
    };
    Ok((command_id, input))
}

pub(super) fn page(request: &pb::ListContactsRequest) -> Result<ContactPage, Status> {
    let state = match request.state() {
        pb::ContactState::Unspecified => None,
        pb::ContactState::Quarantined => Some(ContactState::Quarantined),
        pb::ContactState::Confirmed => Some(ContactState::Confirmed),
    };
    let asked = request.page.clone().unwrap_or_default();
    let below = match asked.page_token.as_str() {
        "" => None,
        token => Some(ContactId::parse(token).map_err(|_| {
            to_status(CrmError::invalid(
                "page.page_token",
                "the token was not given by this list",
            ))
        })?),
    };
    Ok(ContactPage {
        state,
        size: asked.page_size,
        below,
    })
}

pub(super) fn listed(
    (views, next): (Vec<ContactView>, Option<ContactId>),
) -> pb::ListContactsResponse {
    pb::ListContactsResponse {
        contacts: views.into_iter().map(contact).collect(),
        next_page_token: next.map(|id| id.to_string()).unwrap_or_default(),
    }
}

pub(super) fn contact(view: ContactView) -> pb::Contact {
    let mut contact = pb::Contact {
        contact_id: view.id.to_string(),
        newsletter: view.newsletter,
        created_at: Some(timestamp(view.created_at)),
        confirmed_at: view.confirmed_at.map(timestamp),
        ..pb::Contact::default()
    };
    contact.set_state(match view.state {
        ContactState::Quarantined => pb::ContactState::Quarantined,
        ContactState::Confirmed => pb::ContactState::Confirmed,
    });
    contact.set_source(source(view.source));
    if let Some(person) = view.person {
        contact.name = person.name;
        contact.email = person.email;
        contact.phone = person.phone;
        contact.company = person.company;
        contact.title = person.title;
    }
    contact
}

pub(super) fn peek(peek: Peek) -> pb::PeekConfirmationResponse {
    match peek {
        Peek::Open {
            network,
            language,
            version,
            text,
        } => pb::PeekConfirmationResponse {
            state: "open".to_owned(),
            network: network.to_string(),
            language: language.code().to_owned(),
            consent_version: version,
            consent_text: text.to_owned(),
        },
        Peek::Confirmed { network, language } => pb::PeekConfirmationResponse {
            state: "confirmed".to_owned(),
            network: network.to_string(),
            language: language.code().to_owned(),
            ..Default::default()
        },
        Peek::Gone => pb::PeekConfirmationResponse {
            state: "gone".to_owned(),
            ..Default::default()
        },
    }
}

pub(super) fn confirmed(taken: Confirmed) -> pb::ConfirmContactResponse {
    let outcome = match taken {
        Confirmed::Now => "confirmed",
        Confirmed::Already => "already_confirmed",
        Confirmed::Gone => "gone",
    };
    pb::ConfirmContactResponse {
        outcome: outcome.to_owned(),
    }
}

pub(super) fn declined(taken: Declined) -> pb::DeclineContactResponse {
    let outcome = match taken {
        Declined::Deleted => "deleted",
        Declined::Gone => "gone",
    };
    pb::DeclineContactResponse {
        outcome: outcome.to_owned(),
    }
}

fn source_of(source: pb::ContactSource) -> Option<ContactSource> {
    match source {
        pb::ContactSource::Unspecified => None,
        pb::ContactSource::Fair => Some(ContactSource::Fair),
        pb::ContactSource::Phone => Some(ContactSource::Phone),
        pb::ContactSource::Email => Some(ContactSource::Email),
        pb::ContactSource::Web => Some(ContactSource::Web),
        pb::ContactSource::Meeting => Some(ContactSource::Meeting),
    }
}

fn source(source: ContactSource) -> pb::ContactSource {
    match source {
        ContactSource::Fair => pb::ContactSource::Fair,
        ContactSource::Phone => pb::ContactSource::Phone,
        ContactSource::Email => pb::ContactSource::Email,
        ContactSource::Web => pb::ContactSource::Web,
        ContactSource::Meeting => pb::ContactSource::Meeting,
    }
}

fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp {
        seconds: at.timestamp(),
        nanos: at.timestamp_subsec_nanos().cast_signed(),
    }
}
