//! The JSON of data-subject requests.

use api::rights as pb;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::STATE;
use crate::api::convert::{time, word};

/// A request to open.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewRequest {
    /// Chosen by the caller.
    pub command_id: Uuid,
    /// "ACCESS" or "ERASURE".
    pub kind: String,
    #[serde(default)]
    pub identity_numbers: Vec<String>,
    #[serde(default)]
    pub emails: Vec<String>,
    #[serde(default)]
    pub phones: Vec<String>,
    #[serde(default)]
    pub names_at_access: Vec<Resident>,
    /// "in_person", "registered_email" or "sign_in".
    pub identity_proof: String,
    #[serde(default)]
    pub note: String,
    /// "sv" or "en".
    #[serde(default)]
    pub language: String,
}

/// A full name together with an access.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Resident {
    pub name: String,
    pub access_id: String,
}

/// An opened request.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    pub request_id: String,
    /// Whether it joined one that was open already.
    pub joined: bool,
}

/// A request without the person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    pub request_id: String,
    pub kind: String,
    /// "DISCOVERING", "AWAITING_DECISION", "EXECUTING", "COMPLETED" …
    pub state: String,
    pub received_at: Option<DateTime<Utc>>,
    pub deadline_at: Option<DateTime<Utc>>,
    pub waiting_for: Vec<String>,
}

/// A page of requests.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Requests {
    pub requests: Vec<Request>,
    pub next_page_token: String,
}

/// What a holder said of a category.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Category {
    pub category: String,
    pub rows: u64,
    pub action: String,
    pub legal_basis: String,
    pub retain_until: String,
    pub erased: u64,
    pub retained: u64,
}

/// A holder's part of a request.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HolderPart {
    pub holder: String,
    pub state: String,
    pub categories: Vec<Category>,
    pub answered_at: Option<DateTime<Utc>>,
    pub residual: u64,
}

/// A recipient who is told.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    pub recipient: String,
    pub told_at: Option<DateTime<Utc>>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    pub disclosures: u32,
}

/// A request with everything that is known of it; the person masked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestView {
    pub request: Request,
    pub holders: Vec<HolderPart>,
    pub recipients: Vec<Recipient>,
    pub identity_number_masked: String,
    pub email_masked: String,
    pub identity_proof: String,
    pub decided_by: String,
    pub approved_by: String,
    pub ledger_entry: u64,
    pub two_person: bool,
}

/// A decision.
#[derive(Deserialize, ToSchema)]
pub struct Decision {
    /// "proceed" or "refuse".
    pub decision: String,
    /// Wanted for a refusal.
    #[serde(default)]
    pub reason: String,
}

/// The state after a decision.
#[derive(Serialize, ToSchema)]
pub struct Decided {
    pub state: String,
}

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PackageQuery {
    /// "json" or "html".
    #[serde(default = "json")]
    pub format: String,
}

/// A holder of personal data.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Holder {
    pub holder: String,
    pub version: String,
    pub announced_at: Option<DateTime<Utc>>,
    pub seen_at: Option<DateTime<Utc>>,
    pub expected: bool,
    pub retired: bool,
    /// The holder's own document.
    pub data_map: serde_json::Value,
    /// The copy of its access log.
    pub access_log: AccessLog,
}

/// What there is of a holder's access log outside the holder.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessLog {
    pub batches: u64,
    /// Readings in them.
    pub lines: u64,
    pub last_sealed_at: Option<DateTime<Utc>>,
    /// Findings that are still open.
    pub open_findings: u64,
    /// What was found wrong, the newest first, at most 20.
    pub findings: Vec<AccessLogFinding>,
}

/// One thing that is wrong with the copy of an access log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessLogFinding {
    /// "gap", "broken_chain", "reused_number", "signature", "altered_lines" or "put_back".
    pub reason: String,
    pub epoch: u64,
    pub number: u64,
    pub found_at: Option<DateTime<Utc>>,
    /// Set when the missing batch came after all.
    pub closed_at: Option<DateTime<Utc>>,
}

/// All holders.
#[derive(Serialize, ToSchema)]
pub struct Holders {
    pub holders: Vec<Holder>,
}

fn json() -> String {
    "json".to_owned()
}

impl From<pb::RequestSummary> for Request {
    fn from(r: pb::RequestSummary) -> Self {
        Self {
            kind: word(r.kind().as_str_name(), "REQUEST_KIND_"),
            state: word(r.state().as_str_name(), STATE),
            received_at: time(r.received_at.as_ref()),
            deadline_at: time(r.deadline_at.as_ref()),
            request_id: r.request_id,
            waiting_for: r.waiting_for,
        }
    }
}

impl From<pb::HolderView> for HolderPart {
    fn from(h: pb::HolderView) -> Self {
        let category = |c: pb::CategoryView| Category {
            category: c.category,
            rows: c.rows,
            action: c.action,
            legal_basis: c.legal_basis,
            retain_until: c.retain_until,
            erased: c.erased,
            retained: c.retained,
        };
        Self {
            answered_at: time(h.answered_at.as_ref()),
            holder: h.holder,
            state: h.state,
            categories: h.categories.into_iter().map(category).collect(),
            residual: h.residual,
        }
    }
}

impl From<pb::RecipientView> for Recipient {
    fn from(r: pb::RecipientView) -> Self {
        Self {
            told_at: time(r.told_at.as_ref()),
            acknowledged_at: time(r.acknowledged_at.as_ref()),
            recipient: r.recipient,
            disclosures: r.disclosures,
        }
    }
}

impl From<pb::Holder> for Holder {
    fn from(h: pb::Holder) -> Self {
        Self {
            announced_at: time(h.announced_at.as_ref()),
            seen_at: time(h.seen_at.as_ref()),
            data_map: serde_json::from_str(&h.data_map).unwrap_or_default(),
            access_log: h.access_log.unwrap_or_default().into(),
            holder: h.holder,
            version: h.version,
            expected: h.expected,
            retired: h.retired,
        }
    }
}

impl From<pb::AccessLogCopy> for AccessLog {
    fn from(copy: pb::AccessLogCopy) -> Self {
        let finding = |one: pb::AccessLogFinding| AccessLogFinding {
            found_at: time(one.found_at.as_ref()),
            closed_at: time(one.closed_at.as_ref()),
            reason: one.reason,
            epoch: one.epoch,
            number: one.number,
        };
        Self {
            last_sealed_at: time(copy.last_sealed_at.as_ref()),
            batches: copy.batches,
            lines: copy.lines,
            open_findings: copy.open_findings,
            findings: copy.findings.into_iter().map(finding).collect(),
        }
    }
}

impl RequestView {
    /// From the service's answer; nothing when it lacks the request.
    pub fn of(r: pb::GetRequestResponse) -> Option<Self> {
        Some(Self {
            request: r.request?.into(),
            holders: r.holders.into_iter().map(HolderPart::from).collect(),
            recipients: r.recipients.into_iter().map(Recipient::from).collect(),
            identity_number_masked: r.identity_number_masked,
            email_masked: r.email_masked,
            identity_proof: r.identity_proof,
            decided_by: r.decided_by,
            approved_by: r.approved_by,
            ledger_entry: r.ledger_entry,
            two_person: r.two_person,
        })
    }
}
