//! One request: what the holders found, the decision, the progress.

use api::rights::{
    ApproveRequestRequest, DecideRequestRequest, GetRequestRequest, GetRequestResponse,
    ListHoldersRequest, RequestState,
};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;

use super::ListQuery;
use super::data_map::Titles;
use super::request_view::{Holder, Recipient, Summary, proof_name};
use crate::app::session::SignedIn;
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::Lang;
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::services::{Failure, Part, call};
use crate::state::Gateway;

#[derive(Template)]
#[template(path = "compliance/request.html")]
struct RequestPage {
    page: Page,
    joined: bool,
    notice: &'static str,
    r: Summary,
    person: String,
    proof: String,
    decided_by: String,
    approved_by: String,
    ledger_entry: u64,
    two_person: bool,
    decidable: bool,
    approvable: bool,
    holders: Vec<Holder>,
    recipients: Vec<Recipient>,
}

#[derive(Template)]
#[template(path = "compliance/progress_only.html")]
struct ProgressPart {
    page: Page,
    r: Summary,
    person: String,
    proof: String,
    decided_by: String,
    approved_by: String,
    ledger_entry: u64,
    two_person: bool,
    decidable: bool,
    approvable: bool,
    holders: Vec<Holder>,
    recipients: Vec<Recipient>,
}

/// `GET /{lang}/staff/requests/{id}`.
pub async fn page(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Response, WebError> {
    let answer = ask(&gateway, &staff, id).await?;
    let html = RequestPage::of(&gateway, &staff, page, answer, query.joined, "").await?;
    Ok(Html(html.render()?).into_response())
}

/// `GET /{lang}/staff/requests/{id}/progress`, for htmx.
pub async fn progress(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let answer = ask(&gateway, &staff, id).await?;
    let whole = RequestPage::of(&gateway, &staff, page, answer, false, "").await?;
    Ok(Html(ProgressPart::from(whole).render()?).into_response())
}

/// `POST /{lang}/staff/requests/{id}/decide`.
pub async fn decide(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let (decision, reason) = (fields.text("decision"), fields.text("reason"));
    if decision == "refuse" && reason.is_empty() {
        let answer = ask(&gateway, &staff, id).await?;
        let notice = page.t.common.error_reason;
        let html = RequestPage::of(&gateway, &staff, page, answer, false, notice).await?;
        let html = html.render()?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response());
    }
    let request = DecideRequestRequest {
        network: staff.network.to_string(),
        request_id: id.clone(),
        decision,
        reason,
    };
    let outcome = gateway
        .services
        .rights(&staff.caller())
        .decide_request(call(request))
        .await;
    after(&gateway, &staff, page, id, outcome.map(drop)).await
}

/// `POST /{lang}/staff/requests/{id}/approve`.
pub async fn approve(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
    CheckedFields(_): CheckedFields,
) -> Result<Response, WebError> {
    let request = ApproveRequestRequest {
        network: staff.network.to_string(),
        request_id: id.clone(),
    };
    let outcome = gateway
        .services
        .rights(&staff.caller())
        .approve_request(call(request))
        .await;
    after(&gateway, &staff, page, id, outcome.map(drop)).await
}

/// Back to the page; a state in which it cannot be done is said there.
async fn after(
    gateway: &Gateway,
    staff: &SignedIn,
    page: Page,
    id: String,
    outcome: Result<(), tonic::Status>,
) -> Result<Response, WebError> {
    match outcome.map_err(|status| WebError::from(Part::Rights.failed()(status))) {
        Ok(()) => Ok(Redirect::to(&format!("/{}/staff/requests/{id}", page.lang)).into_response()),
        Err(WebError::Conflict) => {
            let answer = ask(gateway, staff, id).await?;
            let notice = page.t.public.conflict_title;
            let html = RequestPage::of(gateway, staff, page, answer, false, notice).await?;
            Ok((StatusCode::CONFLICT, Html(html.render()?)).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn ask(
    gateway: &Gateway,
    staff: &SignedIn,
    id: String,
) -> Result<GetRequestResponse, Failure> {
    let request = GetRequestRequest {
        network: staff.network.to_string(),
        request_id: id,
    };
    let answer = gateway
        .services
        .rights(&staff.caller())
        .get_request(call(request))
        .await;
    Ok(answer.map_err(Part::Rights.failed())?.into_inner())
}

/// What the holders call what they hold.
async fn titles(gateway: &Gateway, staff: &SignedIn, lang: Lang) -> Result<Titles, Failure> {
    let answer = gateway
        .services
        .rights(&staff.caller())
        .list_holders(call(ListHoldersRequest {}))
        .await;
    let holders = answer.map_err(Part::Rights.failed())?.into_inner().holders;
    Ok(Titles::of(&holders, lang))
}

impl RequestPage {
    async fn of(
        gateway: &Gateway,
        staff: &SignedIn,
        page: Page,
        answer: GetRequestResponse,
        joined: bool,
        notice: &'static str,
    ) -> Result<Self, WebError> {
        let t = page.t;
        let request = answer.request.ok_or(WebError::NotFound)?;
        let state = request.state();
        let titles = titles(gateway, staff, page.lang).await?;
        let person = [answer.identity_number_masked, answer.email_masked];
        let person = person
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" · ");
        // The second person is another than the first; the service holds it, the page does not offer it.
        let own = answer.decided_by.contains(&staff.user.to_string());
        Ok(Self {
            page,
            joined,
            notice,
            r: Summary::of(request, gateway.directory.clock.now(), t),
            person,
            proof: proof_name(&answer.identity_proof, t),
            decided_by: answer.decided_by,
            approved_by: answer.approved_by,
            ledger_entry: answer.ledger_entry,
            two_person: answer.two_person,
            decidable: state == RequestState::AwaitingDecision,
            approvable: state == RequestState::AwaitingApproval && !own,
            holders: answer
                .holders
                .into_iter()
                .map(|holder| Holder::of(holder, &titles, t))
                .collect(),
            recipients: answer.recipients.into_iter().map(Recipient::of).collect(),
        })
    }
}

impl From<RequestPage> for ProgressPart {
    fn from(whole: RequestPage) -> Self {
        Self {
            page: whole.page,
            r: whole.r,
            person: whole.person,
            proof: whole.proof,
            decided_by: whole.decided_by,
            approved_by: whole.approved_by,
            ledger_entry: whole.ledger_entry,
            two_person: whole.two_person,
            decidable: whole.decidable,
            approvable: whole.approvable,
            holders: whole.holders,
            recipients: whole.recipients,
        }
    }
}
