//! The log across the network's orders.

use api::common::PageRequest;
use api::orders::{FoundLogEntry, ListNetworkLogRequest, ListNetworkLogResponse};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Days, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Europe::Stockholm;
use http::StatusCode;
use prost_types::Timestamp;
use serde::Deserialize;
use service_kit::error::{self as kit, ErrorKind};

use crate::app::office;
use crate::http::guard::Staff;
use crate::i18n::Texts;
use crate::limits;
use crate::pages::error::WebError;
use crate::pages::order_log::{self, Line};
use crate::pages::page::Page;
use crate::state::Gateway;

/// Kinds of lines, as the orders service names them.
const KINDS: [&str; 8] = [
    "placed",
    "status",
    "disclosed",
    "mailed",
    "message",
    "reminded",
    "escalated",
    "handover",
];

/// Which lines; what is empty is not asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LogQuery {
    from: String,
    until: String,
    number: String,
    kind: String,
    actor: String,
    provider: String,
    page: String,
}

struct Choice {
    value: &'static str,
    name: String,
    chosen: bool,
}

struct Found {
    order_id: String,
    number: String,
    provider: String,
    line: Line,
}

#[derive(Template)]
#[template(path = "staff/log.html")]
struct LogPage {
    page: Page,
    query: LogQuery,
    /// As the file is asked for: moments, empty without one.
    moments: [String; 2],
    kinds: Vec<Choice>,
    /// Whether there is what was asked for.
    right: bool,
    lines: Vec<Found>,
    next: String,
}

/// `GET /{lang}/staff/log`.
pub async fn page(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<LogQuery>,
) -> Result<Response, WebError> {
    let days = begin(&query.from, 0).and_then(|from| Ok((from, begin(&query.until, 1)?)));
    let (right, moments, found) = match days {
        Err(NoDay) => (false, [None; 2], ListNetworkLogResponse::default()),
        Ok((from, until)) => {
            let wanted = query.wanted(from, until);
            let (right, found) = match office::log(&gateway.services, &staff, wanted).await {
                Ok(found) => (true, found),
                Err(failure) => match kit::kind_of(&failure.status) {
                    ErrorKind::Invalid | ErrorKind::NotFound => {
                        (false, ListNetworkLogResponse::default())
                    }
                    _ => return Err(failure.into()),
                },
            };
            (right, [from, until], found)
        }
    };
    let t = page.t;
    let moment = |at: Option<DateTime<Utc>>| {
        let text = at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
        text.unwrap_or_default()
    };
    let html = LogPage {
        kinds: kinds(&query.kind, t),
        moments: moments.map(moment),
        lines: found.lines.into_iter().map(|f| Found::of(f, t)).collect(),
        next: found.next_page_token,
        page,
        query,
        right,
    };
    let status = if right {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, Html(html.render()?)).into_response())
}

/// What was written is no day.
struct NoDay;

/// When the day that was written begins by Swedish clocks, so many days later; nothing when nothing was written.
fn begin(text: &str, days: u64) -> Result<Option<DateTime<Utc>>, NoDay> {
    if text.is_empty() {
        return Ok(None);
    }
    let day: NaiveDate = text.parse().map_err(|_| NoDay)?;
    let day = day.checked_add_days(Days::new(days)).ok_or(NoDay)?;
    let local = day.and_hms_opt(0, 0, 0).ok_or(NoDay)?;
    let there = local.and_local_timezone(Stockholm).earliest();
    Ok(Some(there.ok_or(NoDay)?.with_timezone(&Utc)))
}

fn kinds(chosen: &str, t: &Texts) -> Vec<Choice> {
    let choice = |value| Choice {
        value,
        name: order_log::kind(value, t).to_owned(),
        chosen: value == chosen,
    };
    KINDS.map(choice).into()
}

impl LogQuery {
    fn wanted(
        &self,
        from: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
    ) -> ListNetworkLogRequest {
        let moment = |at: DateTime<Utc>| Timestamp {
            seconds: at.timestamp(),
            nanos: 0,
        };
        ListNetworkLogRequest {
            network: String::new(),
            from: from.map(moment),
            until: until.map(moment),
            order_number: self.number.trim().to_owned(),
            kind: self.kind.clone(),
            actor: self.actor.trim().to_owned(),
            provider_id: self.provider.trim().to_owned(),
            page: Some(PageRequest {
                page_size: limits::PAGE_SIZE,
                page_token: self.page.clone(),
            }),
        }
    }
}

impl Found {
    fn of(found: FoundLogEntry, t: &Texts) -> Self {
        Self {
            order_id: found.order_id,
            number: found.order_number,
            provider: found.provider_id,
            line: Line::of(found.entry.unwrap_or_default(), t),
        }
    }
}
