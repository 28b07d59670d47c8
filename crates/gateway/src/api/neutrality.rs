//! How evenly providers were shown to visitors.

use api::orders::ProviderEvenness;
use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bearer::{Allowed, Neutrality as NeutralityGate};
use super::problem::Problem;
use crate::app::office;
use crate::state::Gateway;

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NeutralityQuery {
    /// Day by Swedish clocks, ISO 8601, included; at most 366 of them.
    from: String,
    /// Included.
    until: String,
}

/// A provider's row.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Evenness {
    provider_id: String,
    /// Pages that it was on.
    times_shown: u64,
    /// Pages that it was first on.
    times_first: u64,
    /// 1 is first.
    mean_position: f64,
    /// The part of its pages that it was first on, 0 to 1.
    first_share: f64,
    /// The part that an even order would give it.
    expected_share: f64,
}

/// Every provider that was shown.
#[derive(Serialize, ToSchema)]
pub struct Neutrality {
    providers: Vec<Evenness>,
}

/// How evenly providers were shown in the neutral order.
#[utoipa::path(get, path = "/api/v1/neutrality", tag = "orders", params(NeutralityQuery), security(("session" = [])),
    responses((status = 200, body = Neutrality), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub async fn report(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<NeutralityGate>,
    Query(query): Query<NeutralityQuery>,
) -> Result<Json<Neutrality>, Problem> {
    let period = (query.from, query.until);
    let found = office::neutrality(&gateway.services, &staff, period).await?;
    Ok(Json(Neutrality {
        providers: found.into_iter().map(Evenness::from).collect(),
    }))
}

impl From<ProviderEvenness> for Evenness {
    fn from(row: ProviderEvenness) -> Self {
        Self {
            provider_id: row.provider_id,
            times_shown: row.times_shown,
            times_first: row.times_first,
            mean_position: row.mean_position,
            first_share: row.first_share,
            expected_share: row.expected_share,
        }
    }
}
