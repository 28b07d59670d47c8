//! What came of fetching a provider's products, as staff see it.

use api::orders::{GetProductPullResponse, ProductFinding};

use super::webhook_deliveries::failure;
use crate::i18n::Texts;
use crate::pages::view;

/// The state of the fetch and what was last taken.
pub(super) struct PullView {
    pub succeeded: String,
    pub next: String,
    pub failing: String,
    pub why: String,
    pub taken: u32,
    pub ended: u32,
    pub refused: u32,
    pub findings: Vec<FindingView>,
}

/// Something that was not taken.
pub(super) struct FindingView {
    pub offering: String,
    pub field: String,
    pub rule: String,
    pub kind: &'static str,
}

/// In the reader's language; rules are the service's own words, and times Swedish.
pub(super) fn view(pull: &GetProductPullResponse, t: &Texts) -> PullView {
    let why = match pull.last_failure.as_str() {
        "" => String::new(),
        word => failure(word, t),
    };
    let why = match pull.last_status {
        0 => why,
        _ if why.is_empty() => why,
        status => format!("{status} {why}"),
    };
    PullView {
        succeeded: view::time(pull.succeeded_at.as_ref()),
        next: view::time(pull.next_at.as_ref()),
        failing: view::time(pull.failing_since.as_ref()),
        why,
        taken: pull.taken,
        ended: pull.ended,
        refused: pull.refused,
        findings: pull.findings.iter().map(|one| finding(one, t)).collect(),
    }
}

fn finding(finding: &ProductFinding, t: &Texts) -> FindingView {
    let offering = format!("{} {}", finding.product_id, finding.offering_id);
    FindingView {
        offering: offering.trim().to_owned(),
        field: finding.field.clone(),
        rule: finding.rule.clone(),
        kind: if finding.refused {
            t.systems.finding_refused
        } else {
            t.systems.finding_left_out
        },
    }
}
