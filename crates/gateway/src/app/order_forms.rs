//! What the network and its providers ask in orders, at the orders service, for the staff's pages.

use api::common::PageRequest;
use api::orders::{
    GetOrderFormRequest, ListOrderFormsRequest, ListOrderFormsResponse, OrderForm,
    PutOrderFormRequest,
};
use kernel::Violation;
use service_kit::error as kit;

use super::session::SignedIn;
use crate::domain::form_draft::Draft;
use crate::services::{Failure, Part, Services, call};

/// Versions of a form on one page: as many as the orders service gives at most.
const VERSIONS: u32 = 20;

/// Why a form was not put.
#[derive(Debug)]
pub enum PutError {
    /// Somebody else has put a version since the form was opened.
    Meanwhile,
    /// What is wrong, as `fields[2].label.sv`.
    Wrong(Vec<Violation>),
    /// The service refused something else, or does not answer.
    Service(Failure),
}

/// One version of a form; 0 is the current one, which has version 0 when nobody has put one.
///
/// # Errors
/// There is no such version, or orders does not answer.
pub async fn get(
    services: &Services,
    staff: &SignedIn,
    provider: &str,
    version: u32,
) -> Result<OrderForm, Failure> {
    let request = GetOrderFormRequest {
        network: staff.network.to_string(),
        provider_id: provider.to_owned(),
        version,
    };
    let answer = services
        .orders(&staff.caller())
        .get_order_form(call(request))
        .await;
    let answer = answer.map_err(Part::Orders.failed())?.into_inner();
    Ok(answer.form.unwrap_or_else(|| OrderForm {
        provider_id: provider.to_owned(),
        ..OrderForm::default()
    }))
}

/// The versions of a form, the newest first.
///
/// # Errors
/// Orders refuses or does not answer.
pub async fn versions(
    services: &Services,
    staff: &SignedIn,
    provider: &str,
    page_token: String,
) -> Result<ListOrderFormsResponse, Failure> {
    let request = ListOrderFormsRequest {
        network: staff.network.to_string(),
        provider_id: provider.to_owned(),
        page: Some(PageRequest {
            page_size: VERSIONS,
            page_token,
        }),
    };
    let answer = services
        .orders(&staff.caller())
        .list_order_forms(call(request))
        .await;
    Ok(answer.map_err(Part::Orders.failed())?.into_inner())
}

/// Checks a draft; nothing is stored.
///
/// # Errors
/// See [`PutError`].
pub async fn check(services: &Services, staff: &SignedIn, draft: &Draft) -> Result<(), PutError> {
    send(services, staff, draft, true).await
}

/// Saves a draft as the version after the one that was edited.
///
/// # Errors
/// See [`PutError`].
pub async fn save(services: &Services, staff: &SignedIn, draft: &Draft) -> Result<(), PutError> {
    send(services, staff, draft, false).await
}

async fn send(
    services: &Services,
    staff: &SignedIn,
    draft: &Draft,
    check_only: bool,
) -> Result<(), PutError> {
    let form = draft.form().clone();
    let request = PutOrderFormRequest {
        network: staff.network.to_string(),
        provider_id: form.provider_id,
        expected_version: form.version,
        fields: form.fields,
        check_only,
    };
    let answer = services
        .orders(&staff.caller())
        .put_order_form(call(request))
        .await;
    answer.map(drop).map_err(refused)
}

fn refused(status: tonic::Status) -> PutError {
    let wrong = kit::violations_of(&status);
    if kit::reason_of(&status).as_deref() == Some("FORM_VERSION_CHANGED") {
        PutError::Meanwhile
    } else if wrong.iter().any(|wrong| wrong.field.starts_with("fields")) {
        PutError::Wrong(wrong)
    } else {
        PutError::Service(Part::Orders.failed()(status))
    }
}
