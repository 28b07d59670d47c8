//! A data-subject request in words: state, deadline, who is waited for, what each holder said.

use api::rights::{
    CategoryView, HolderView, RecipientView, RequestKind, RequestState, RequestSummary,
};
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Stockholm;

use super::data_map::Titles;
use crate::i18n::{Texts, fill};
use crate::pages::view;

/// Fewer days than this are shown as a warning.
const SOON_DAYS: i64 = 7;

/// A request in a list, and at the head of its page.
pub struct Summary {
    pub id: String,
    pub kind: &'static str,
    pub erasure: bool,
    pub state: &'static str,
    pub state_code: &'static str,
    pub received: String,
    pub deadline: String,
    pub left: String,
    pub late: bool,
    pub soon: bool,
    pub waiting: String,
    /// Whether it changes by itself.
    pub moving: bool,
    pub done: bool,
}

/// A holder's part.
pub struct Holder {
    pub name: String,
    pub state: &'static str,
    pub answered: bool,
    pub categories: Vec<Category>,
}

/// What a holder said of one category.
pub struct Category {
    pub name: String,
    pub rows: u64,
    pub action: &'static str,
    pub basis: String,
    pub until: String,
    pub erased: u64,
    pub retained: u64,
}

/// A recipient and what it did.
pub struct Recipient {
    pub name: String,
    pub disclosures: u32,
    pub told: String,
    pub acknowledged: String,
}

impl Summary {
    pub fn of(request: RequestSummary, now: DateTime<Utc>, t: &Texts) -> Self {
        let (state, c) = (request.state(), &t.compliance);
        let erasure = request.kind() == RequestKind::Erasure;
        let over = matches!(
            state,
            RequestState::Completed
                | RequestState::PartiallyRetained
                | RequestState::Refused
                | RequestState::Withdrawn
        );
        let days = request
            .deadline_at
            .as_ref()
            .filter(|_| !over)
            .and_then(|at| days_left(at.seconds, now));
        let waiting = request.waiting_for.join(", ");
        Self {
            kind: if erasure {
                c.kind_erasure
            } else {
                c.kind_access
            },
            erasure,
            state: state_name(state, t),
            state_code: state.as_str_name(),
            received: view::time(request.received_at.as_ref()),
            deadline: view::day(request.deadline_at.as_ref()),
            left: days
                .map(|d| {
                    if d < 0 {
                        c.request_late.into()
                    } else {
                        fill(c.request_days_left, d)
                    }
                })
                .unwrap_or_default(),
            late: days.is_some_and(|d| d < 0),
            soon: days.is_some_and(|d| (0..SOON_DAYS).contains(&d)),
            waiting: if waiting.is_empty() {
                waiting
            } else {
                fill(c.request_waiting_for, waiting)
            },
            moving: matches!(
                state,
                RequestState::Received | RequestState::Discovering | RequestState::Executing
            ),
            done: matches!(
                state,
                RequestState::Completed | RequestState::PartiallyRetained
            ),
            id: request.request_id,
        }
    }
}

impl Holder {
    /// Categories of which there is nothing are left out; a holder without any is said to hold nothing.
    pub fn of(holder: HolderView, titles: &Titles, t: &Texts) -> Self {
        let c = &t.compliance;
        let holds = |view: &CategoryView| view.rows + view.erased + view.retained > 0;
        let category = |view: CategoryView| Category {
            name: titles.title(&holder.holder, &view.category),
            rows: view.rows,
            action: if view.action == "retain" {
                c.action_retain
            } else {
                c.action_erase
            },
            basis: view.legal_basis,
            until: view.retain_until,
            erased: view.erased,
            retained: view.retained,
        };
        Self {
            answered: holder.state != "asked",
            state: match holder.state.as_str() {
                "discovered" => c.holder_discovered,
                "ordered" => c.holder_ordered,
                "proven" => c.holder_proven,
                "void" => c.holder_void,
                _ => c.holder_asked,
            },
            categories: holder
                .categories
                .into_iter()
                .filter(holds)
                .map(category)
                .collect(),
            name: holder.holder.clone(),
        }
    }
}

impl Recipient {
    pub fn of(recipient: RecipientView) -> Self {
        Self {
            told: view::time(recipient.told_at.as_ref()),
            acknowledged: view::time(recipient.acknowledged_at.as_ref()),
            name: recipient.recipient,
            disclosures: recipient.disclosures,
        }
    }
}

/// How identity was checked, in words; a word that we do not know is shown as it is.
pub fn proof_name(proof: &str, t: &Texts) -> String {
    let c = &t.compliance;
    match proof {
        "in_person" => c.proof_in_person.to_owned(),
        "registered_email" => c.proof_registered_email.to_owned(),
        "sign_in" => c.proof_sign_in.to_owned(),
        other => other.to_owned(),
    }
}

fn state_name(state: RequestState, t: &Texts) -> &'static str {
    let c = &t.compliance;
    match state {
        RequestState::Unspecified | RequestState::Received => c.state_received,
        RequestState::Discovering => c.state_discovering,
        RequestState::AwaitingDecision => c.state_awaiting_decision,
        RequestState::AwaitingApproval => c.state_awaiting_approval,
        RequestState::Executing => c.state_executing,
        RequestState::Completed => c.state_completed,
        RequestState::PartiallyRetained => c.state_partially_retained,
        RequestState::Refused => c.state_refused,
        RequestState::Withdrawn => c.state_withdrawn,
    }
}

/// Whole days of the Swedish calendar to the deadline's day.
fn days_left(deadline_seconds: i64, now: DateTime<Utc>) -> Option<i64> {
    let deadline = DateTime::from_timestamp(deadline_seconds, 0)?
        .with_timezone(&Stockholm)
        .date_naive();
    Some((deadline - now.with_timezone(&Stockholm).date_naive()).num_days())
}

#[cfg(test)]
mod tests {
    use super::{RequestState, RequestSummary, Summary};
    use crate::i18n::Lang;
    use chrono::DateTime;
    use prost_types::Timestamp;

    #[test]
    fn the_deadline_is_in_view_until_the_request_is_over() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let at = |days: i64| {
            Some(Timestamp {
                seconds: 1_790_000_000 + days * 86_400,
                nanos: 0,
            })
        };
        let request = |state: RequestState, days| RequestSummary {
            state: state.into(),
            deadline_at: at(days),
            waiting_for: vec!["orders".into()],
            ..RequestSummary::default()
        };
        let t = Lang::En.texts();
        let soon = Summary::of(request(RequestState::Executing, 3), now, t);
        assert_eq!(
            (soon.left.as_str(), soon.soon, soon.moving),
            ("3 days left", true, true)
        );
        assert_eq!(soon.waiting, "Waiting for orders");
        assert!(Summary::of(request(RequestState::AwaitingDecision, -1), now, t).late);
        assert_eq!(
            Summary::of(request(RequestState::Completed, -1), now, t).left,
            ""
        );
    }
}
