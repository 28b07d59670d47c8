//! The nightly file on the page with imports: how fetching goes, and a button.

use api::registry::Pull;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use crate::app::pull_file;
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::{Texts, pulls};
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::pages::view;
use crate::state::Gateway;

/// What the page shows of it. A time that there is none of is empty.
pub(super) struct PullBox {
    pub(super) running: bool,
    /// Empty before the first attempt has ended.
    pub(super) outcome: &'static str,
    pub(super) tone: &'static str,
    pub(super) failure: String,
    pub(super) alarms: Vec<&'static str>,
    pub(super) ended: String,
    pub(super) succeeded: String,
    pub(super) next_attempt: String,
    pub(super) planned: String,
    pub(super) import_id: String,
}

impl PullBox {
    pub(super) fn of(pull: Pull, t: &'static Texts) -> Self {
        let p = &t.pulls;
        let (outcome, tone) = match pull.outcome.as_str() {
            "" => ("", ""),
            "imported" => (p.imported, "good"),
            "unchanged" => (p.unchanged, "good"),
            _ => (p.failed, "bad"),
        };
        let alarms = [
            (pull.alarm_failed, p.alarm_failed),
            (pull.alarm_late, p.alarm_late),
        ];
        let time = |at: Option<&prost_types::Timestamp>| match at {
            Some(at) => view::time(Some(at)),
            None => String::new(),
        };
        Self {
            running: pull.running,
            outcome,
            tone,
            failure: pulls::failure(&pull, t),
            alarms: alarms
                .into_iter()
                .filter_map(|(on, text)| on.then_some(text))
                .collect(),
            ended: time(pull.ended_at.as_ref()),
            succeeded: time(pull.succeeded_at.as_ref()),
            next_attempt: time(pull.next_attempt_at.as_ref()),
            planned: time(pull.planned_at.as_ref()),
            import_id: pull.import_id,
        }
    }
}

/// `POST /{lang}/staff/imports/pull`.
pub async fn start(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let again = !fields.text("again").is_empty();
    let (caller, network) = (staff.caller(), &staff.network);
    pull_file::start(&gateway.services, &caller, network, again).await?;
    Ok(Redirect::to(&format!("/{}/staff/imports", page.lang)).into_response())
}
