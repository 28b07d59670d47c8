//! `GET /onapi/{version}/`: which endpoints there are, and what of them is never sent (on-api.md §1.3).

use axum::Json;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;

use super::versions::{Spoken, VERSIONS, Version};

/// Sent by neither of the older versions: the registry knows nothing of them.
const OF_ACCESSES: [&str; 7] = [
    "coNetworkAgreement",
    "coFiberConverter",
    "coCpeSwitch",
    "coCpeRouter",
    "services/comments",
    "services/characteristics",
    "subscriptions",
];
const OF_SERVICES: [&str; 2] = ["comments", "characteristics"];
const OF_ORDERS: [&str; 1] = ["expectedCompletionDate"];
const OF_SUBSCRIPTIONS: [&str; 3] = ["option82", "dhcpIdentifier", "note"];

/// One endpoint. `note` and `unsupportedFields` are optional and left out where there is nothing to say.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Endpoint {
    name: &'static str,
    endpoint: String,
    version: &'static str,
    documentation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unsupported_fields: &'static [&'static str],
}

/// The endpoints of the version, then those of the older ones.
pub async fn list(Spoken(version): Spoken) -> impl IntoResponse {
    let from = VERSIONS.iter().skip_while(|known| *known != version);
    let all: Vec<Endpoint> = from.flat_map(endpoints_of).collect();
    ([(header::LOCATION, version.path(""))], Json(all))
}

fn endpoints_of(version: &'static Version) -> Vec<Endpoint> {
    let endpoint = |name: &'static str, note, unsupported_fields| Endpoint {
        name,
        endpoint: version.path(&format!("{name}/")),
        version: version.name,
        documentation: format!(
            "https://github.com/on-api/on-api/blob/master/{}/spec/{name}.md",
            version.folder
        ),
        note,
        unsupported_fields,
    };
    let of_orders = [
        endpoint("orders", None, &OF_ORDERS),
        endpoint("subscriptions", None, &OF_SUBSCRIPTIONS),
        endpoint("orderevents", None, &[]),
        endpoint("events", None, &[]),
    ];
    let mut all = if version.access_carries_services {
        let note = "What is not supported is sent empty where it is mandatory";
        vec![endpoint("accesses", Some(note), &OF_ACCESSES)]
    } else {
        let services = endpoint("services", None, &OF_SERVICES);
        vec![endpoint("accesses", None, &[]), services]
    };
    all.extend(of_orders);
    all
}
