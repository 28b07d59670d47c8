//! The contracts of providers: who may see what of the network's accesses, and when.

use api::registry::MarketContract;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use chrono::NaiveDate;
use chrono_tz::Europe::Stockholm;

use super::ListQuery;
use super::contract_choices::{column_label, premises_label};
use crate::app::contracts;
use crate::http::guard::Staff;
use crate::i18n::Texts;
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::pages::view;
use crate::state::Gateway;

/// When a contract holds, seen from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Coming,
    Running,
    Ended,
}

struct Row {
    id: String,
    provider: String,
    from: String,
    until: String,
    state: &'static str,
    tone: &'static str,
    columns: String,
    premises: String,
    on_api: &'static str,
    changed: String,
    may_end: bool,
}

#[derive(Template)]
#[template(path = "staff/contracts.html")]
struct ContractsPage {
    page: Page,
    contracts: Vec<Row>,
    saved: bool,
}

/// `GET /{lang}/staff/contracts`.
pub async fn list(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<ListQuery>,
) -> Result<Response, WebError> {
    let found = contracts::list(&gateway.services, &staff, "").await?;
    let today = today(&gateway);
    let html = ContractsPage {
        contracts: found
            .into_iter()
            .map(|contract| Row::of(contract, today, page.t))
            .collect(),
        saved: query.saved,
        page,
    };
    Ok(Html(html.render()?).into_response())
}

/// The day that it is in the network.
pub(super) fn today(gateway: &Gateway) -> NaiveDate {
    let now = gateway.directory.clock.now();
    now.with_timezone(&Stockholm).date_naive()
}

impl Standing {
    /// Days are written so that their text is in their order; both ends belong to the contract.
    pub(super) fn of(contract: &MarketContract, today: NaiveDate) -> Self {
        let today = today.to_string();
        if contract.valid_from > today {
            Self::Coming
        } else if !contract.valid_until.is_empty() && contract.valid_until < today {
            Self::Ended
        } else {
            Self::Running
        }
    }

    fn words(self, t: &Texts) -> (&'static str, &'static str) {
        match self {
            Self::Coming => (t.contracts.state_coming, "warn"),
            Self::Running => (t.contracts.state_running, "good"),
            Self::Ended => (t.contracts.state_ended, ""),
        }
    }
}

/// Whether a contract can be ended today: it holds, and today is not its last day already.
pub(super) fn may_end(contract: &MarketContract, today: NaiveDate) -> bool {
    Standing::of(contract, today) == Standing::Running && contract.valid_until != today.to_string()
}

impl Row {
    fn of(contract: MarketContract, today: NaiveDate, t: &Texts) -> Self {
        let (state, tone) = Standing::of(&contract, today).words(t);
        let list = |names: &[String], label: fn(&str, &Texts) -> &'static str| {
            let words: Vec<_> = names.iter().map(|name| label(name, t)).collect();
            words.join(", ")
        };
        let premises = if contract.premises_types.is_empty() {
            t.contracts.premises_all.to_owned()
        } else {
            list(&contract.premises_types, premises_label)
        };
        Self {
            state,
            tone,
            columns: list(&contract.columns, column_label),
            premises,
            on_api: if contract.on_api {
                t.common.yes
            } else {
                t.common.no
            },
            changed: view::time(contract.changed_at.as_ref()),
            may_end: may_end(&contract, today),
            id: contract.contract_id,
            provider: contract.provider_id,
            from: contract.valid_from,
            until: contract.valid_until,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MarketContract, NaiveDate, Standing, may_end};

    #[test]
    fn both_ends_belong_to_a_contract() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let cases = [
            ("2026-11-23", "", Standing::Coming, false),
            ("2026-11-22", "", Standing::Running, true),
            ("2026-11-01", "2026-11-23", Standing::Running, true),
            ("2026-11-01", "2026-11-22", Standing::Running, false),
            ("2026-11-01", "2026-11-21", Standing::Ended, false),
        ];
        for (from, until, standing, ends) in cases {
            let contract = MarketContract {
                valid_from: from.into(),
                valid_until: until.into(),
                ..MarketContract::default()
            };
            assert_eq!(Standing::of(&contract, today), standing, "{from} {until}");
            assert_eq!(may_end(&contract, today), ends, "{from} {until}");
        }
    }
}
