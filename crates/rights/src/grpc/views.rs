//! Rows as the wire shows them.

use std::collections::BTreeSet;

use api::{privacy, rights as pb};
use prost::Message as _;

use crate::app::effects::timestamp;
use crate::app::get_request::View;
use crate::domain::state::{RequestKind, RequestState};
use crate::ledger::{CopyView, Finding};
use crate::store::cases::entry_number;
use crate::store::{holder, part, recipient_notice, request, words};

pub(super) fn summary(row: &request::Model, waiting_for: Vec<String>) -> pb::RequestSummary {
    let kind =
        RequestKind::restore(&row.kind).map_or(pb::RequestKind::Unspecified, RequestKind::to_wire);
    let state = RequestState::restore(&row.state)
        .map_or(pb::RequestState::Unspecified, RequestState::to_wire);
    pb::RequestSummary {
        request_id: row.id.to_string(),
        kind: kind.into(),
        state: state.into(),
        received_at: Some(timestamp(row.received_at)),
        deadline_at: Some(timestamp(row.deadline_at)),
        waiting_for,
    }
}

pub(super) fn request(view: View, two_person: bool) -> pb::GetRequestResponse {
    let View {
        loaded,
        recipients,
        identity_number_masked,
        email_masked,
    } = view;
    pb::GetRequestResponse {
        request: Some(summary(&loaded.request, loaded.case.waiting_for())),
        holders: loaded.parts.values().map(holder_view).collect(),
        recipients: recipients.into_iter().map(recipient).collect(),
        identity_number_masked,
        email_masked,
        identity_proof: loaded.request.identity_proof.unwrap_or_default(),
        decided_by: loaded.request.decided_by.unwrap_or_default(),
        approved_by: loaded.request.approved_by.unwrap_or_default(),
        ledger_entry: loaded.request.ledger_entry.map_or(0, entry_number),
        two_person,
    }
}

fn holder_view(row: &part::Model) -> pb::HolderView {
    let answer = row
        .answer
        .as_deref()
        .and_then(|a| privacy::ExecutionAnswered::decode(a).ok());
    pb::HolderView {
        holder: row.holder.clone(),
        state: row.state.clone(),
        categories: categories(row, answer.map(|a| a.categories).unwrap_or_default()),
        answered_at: row.answered_at.map(timestamp),
        residual: u64::try_from(row.residual).unwrap_or(0),
    }
}

/// What was found, with what was decided and what was done; a category that turned up at execution only stands as well.
fn categories(row: &part::Model, outcomes: Vec<privacy::CategoryOutcome>) -> Vec<pb::CategoryView> {
    let mut views: Vec<pb::CategoryView> = words::read_counts(&row.found)
        .into_iter()
        .map(found)
        .collect();
    for decision in words::read_decisions(&row.decisions) {
        if let Some(view) = views.iter_mut().find(|v| v.category == decision.category) {
            view.action = decision.action;
            view.legal_basis = decision.legal_basis;
            view.retain_until = decision.retain_until;
        }
    }
    for outcome in outcomes {
        if !views.iter().any(|v| v.category == outcome.category) {
            views.push(pb::CategoryView {
                category: outcome.category.clone(),
                ..Default::default()
            });
        }
        if let Some(view) = views.iter_mut().find(|v| v.category == outcome.category) {
            view.erased = outcome.erased;
            view.retained = outcome.retained;
            if outcome.retained > 0 {
                view.legal_basis = outcome.legal_basis;
                view.retain_until = outcome.retain_until;
            }
        }
    }
    views
}

fn found(count: privacy::CategoryCount) -> pb::CategoryView {
    pb::CategoryView {
        category: count.category,
        rows: count.rows,
        action: count.proposed,
        legal_basis: count.legal_basis,
        retain_until: count.retain_until,
        erased: 0,
        retained: 0,
    }
}

fn recipient(row: recipient_notice::Model) -> pb::RecipientView {
    let records: Vec<String> = serde_json::from_str(&row.record_ids).unwrap_or_default();
    pb::RecipientView {
        recipient: row.recipient,
        told_at: Some(timestamp(row.told_at)),
        acknowledged_at: row.acknowledged_at.map(timestamp),
        disclosures: u32::try_from(records.len()).unwrap_or(u32::MAX),
    }
}

/// Announced holders, and expected ones that nobody has heard of yet.
pub(super) fn holders(rows: Vec<holder::Model>, expected: &[String]) -> Vec<pb::Holder> {
    let known: BTreeSet<String> = rows.iter().map(|row| row.name.clone()).collect();
    let mut all: Vec<pb::Holder> = rows.into_iter().map(|row| holder(row, expected)).collect();
    let unheard = expected.iter().filter(|name| !known.contains(*name));
    all.extend(unheard.map(|name| pb::Holder {
        holder: name.clone(),
        expected: true,
        ..Default::default()
    }));
    all.sort_by(|a, b| a.holder.cmp(&b.holder));
    all
}

fn holder(row: holder::Model, expected: &[String]) -> pb::Holder {
    pb::Holder {
        expected: expected.contains(&row.name),
        holder: row.name,
        version: row.version,
        announced_at: row.announced.then(|| timestamp(row.announced_at)),
        seen_at: row.announced.then(|| timestamp(row.seen_at)),
        retired: row.retired_at.is_some(),
        data_map: row.data_map,
        access_log: None,
    }
}

/// What there is of a holder's access log.
pub(super) fn access_log(copy: CopyView) -> pb::AccessLogCopy {
    let finding = |one: Finding| pb::AccessLogFinding {
        reason: one.reason,
        epoch: one.epoch,
        number: one.number,
        found_at: Some(timestamp(one.found_at)),
        closed_at: one.closed_at.map(timestamp),
    };
    pb::AccessLogCopy {
        batches: copy.batches,
        lines: copy.lines,
        last_sealed_at: copy.last_sealed_at.map(timestamp),
        findings: copy.findings.into_iter().map(finding).collect(),
        open_findings: copy.open_findings,
    }
}
