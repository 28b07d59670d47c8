//! The requests of a network, those nearest their deadline first.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use kernel::{NetworkCode, Violation};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use crate::domain::progress::HolderState;
use crate::domain::state::RequestState;
use crate::store::{part, request};

/// A page holds so many when nothing is said, and at most [`PAGE_MAX`].
const PAGE: u32 = 50;
/// More does not fit a screen.
const PAGE_MAX: u32 = 200;

/// Which requests.
#[derive(Debug)]
pub struct ListRequests {
    /// Whose.
    pub network: NetworkCode,
    /// Only those in this state.
    pub state: Option<RequestState>,
    /// Wanted, or 0.
    pub page_size: u32,
    /// From the page before, or empty.
    pub page_token: String,
}

/// A page.
#[derive(Debug)]
pub struct Page {
    /// Requests with the holders that they wait for.
    pub requests: Vec<(request::Model, Vec<String>)>,
    /// For the next page; empty when this is the last.
    pub next: String,
}

impl Rights {
    /// Lists requests.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn list_requests(&self, query: &ListRequests) -> Result<Page, RightsError> {
        let size = if query.page_size == 0 {
            PAGE
        } else {
            query.page_size.min(PAGE_MAX)
        };
        let mut select = request::Entity::find()
            .filter(request::Column::Network.eq(query.network.as_str()))
            .order_by_asc(request::Column::DeadlineAt)
            .order_by_asc(request::Column::Id)
            .limit(u64::from(size) + 1);
        if let Some(state) = query.state {
            select = select.filter(request::Column::State.eq(state.as_str()));
        }
        if !query.page_token.is_empty() {
            select = select.filter(after(&query.page_token)?);
        }
        let reader = self.outbox.database().reader();
        let mut rows = select.all(&reader).await?;
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let next = rows.last().filter(|_| more).map(token).unwrap_or_default();
        let mut waiting = self.waiting(&rows).await?;
        let requests = rows
            .into_iter()
            .map(|row| (waiting.remove(&row.id).unwrap_or_default(), row));
        Ok(Page {
            requests: requests.map(|(holders, row)| (row, holders)).collect(),
            next,
        })
    }

    async fn waiting(
        &self,
        rows: &[request::Model],
    ) -> Result<HashMap<Uuid, Vec<String>>, RightsError> {
        let open = rows.iter().filter(|row| {
            RequestState::restore(&row.state).is_some_and(RequestState::is_unfinished)
        });
        let awaited =
            [HolderState::Asked, HolderState::Ordered, HolderState::Void].map(HolderState::as_str);
        let parts = part::Entity::find()
            .filter(part::Column::RequestId.is_in(open.map(|row| row.id)))
            .filter(part::Column::State.is_in(awaited))
            .order_by_asc(part::Column::Holder)
            .all(&self.outbox.database().reader())
            .await?;
        let mut waiting: HashMap<Uuid, Vec<String>> = HashMap::new();
        for part in parts {
            waiting
                .entry(part.request_id)
                .or_default()
                .push(part.holder);
        }
        Ok(waiting)
    }
}

fn token(row: &request::Model) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}/{}", row.deadline_at.timestamp_micros(), row.id))
}

fn after(token: &str) -> Result<Condition, RightsError> {
    let invalid = || {
        RightsError::Invalid(vec![Violation::new(
            "page.page_token",
            token,
            "a token of the page before",
        )])
    };
    let text = URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(invalid)?;
    let (at, id) = text.split_once('/').ok_or_else(invalid)?;
    let at = at
        .parse()
        .ok()
        .and_then(DateTime::<Utc>::from_timestamp_micros)
        .ok_or_else(invalid)?;
    let id = Uuid::parse_str(id).map_err(|_| invalid())?;
    let same = Condition::all()
        .add(request::Column::DeadlineAt.eq(at))
        .add(request::Column::Id.gt(id));
    Ok(Condition::any()
        .add(request::Column::DeadlineAt.gt(at))
        .add(same))
}
