//! Requests of people, as the rights service brings them: what was found, what was erased, what was handed out.

use api::privacy::{
    CategoryDecision, DiscoveryAnswered, DiscoveryRequested, ExecutionAnswered, ExecutionOrdered,
    NameAtAccess, SearchKeys,
};
use api::rights::StreamLedgerResponse;
use chrono::{DateTime, Utc};
use kernel::Clock as _;
use serde_json::Value;

use crate::world::{NETWORK, PATIENCE, World};

/// Looks for people by name and access, under a request of this id.
pub async fn discover(world: &World, id: &str, people: &[(&str, &str)]) -> DiscoveryAnswered {
    let keys = SearchKeys {
        names_at_access: people
            .iter()
            .map(|(name, access_id)| NameAtAccess {
                name: (*name).to_owned(),
                access_id: (*access_id).to_owned(),
            })
            .collect(),
        ..SearchKeys::default()
    };
    world
        .rights
        .keys
        .lock()
        .unwrap()
        .insert(id.to_owned(), keys);
    let discovery = DiscoveryRequested {
        request_id: id.to_owned(),
        network: NETWORK.to_owned(),
        kind: "erasure".to_owned(),
        round: 1,
        holder: String::new(),
    };
    world
        .rights_say("rights.discovery.requested.v1", id, &discovery)
        .await;
    answer(world, "registry.discovery.answered.v1", |found| {
        let found: &DiscoveryAnswered = found;
        found.request_id == id
    })
    .await
}

/// Rows found in a category.
pub fn rows(found: &DiscoveryAnswered, category: &str) -> u64 {
    let mut categories = found.categories.iter();
    categories
        .find(|c| c.category == category)
        .map_or(0, |c| c.rows)
}

/// Erases what was found, as this entry of the ledger, and gives the proof: nothing is left.
pub async fn erase(world: &World, found: &DiscoveryAnswered, entry: u64) -> ExecutionAnswered {
    erase_late(world, found, entry, world.clock.now()).await
}

/// The same by an order that was given at that time and comes now.
pub async fn erase_late(
    world: &World,
    found: &DiscoveryAnswered,
    entry: u64,
    ordered_at: DateTime<Utc>,
) -> ExecutionAnswered {
    let proof = order(world, found, "erasure", entry, ordered_at).await;
    assert!(
        proof.categories.iter().all(|c| c.residual == 0),
        "{proof:?}"
    );
    proof
}

/// The person's part of an access package.
pub async fn export(world: &World, found: &DiscoveryAnswered) -> Value {
    let answered = order(world, found, "access", 0, world.clock.now()).await;
    let document = world.rights.exports.lock().unwrap()[&found.request_id].clone();
    assert_eq!(answered.exported_bytes, document.len() as u64);
    serde_json::from_slice(&document).unwrap()
}

/// The fields of each record of a category in an export.
pub fn records<'a>(export: &'a Value, category: &str) -> Vec<&'a Value> {
    let categories = export["categories"].as_array().unwrap();
    let of = categories.iter().find(|c| c["name"] == category).unwrap();
    let records = of["records"].as_array().unwrap().iter();
    records.map(|record| &record["fields"]).collect()
}

async fn order(
    world: &World,
    found: &DiscoveryAnswered,
    kind: &str,
    entry: u64,
    ordered_at: DateTime<Utc>,
) -> ExecutionAnswered {
    let order = ExecutionOrdered {
        request_id: found.request_id.clone(),
        network: NETWORK.to_owned(),
        kind: kind.to_owned(),
        holder: "registry".to_owned(),
        ledger_entry: entry,
        decisions: match kind {
            "erasure" => decisions(found),
            _ => Vec::new(),
        },
        replay_handle: found.replay_handle.clone(),
        ordered_at: Some(timestamp(ordered_at)),
    };
    world
        .rights_say(
            "rights.execution.ordered.v1.registry",
            &found.request_id,
            &order,
        )
        .await;
    answer(world, "registry.execution.answered.v1", |answered| {
        let answered: &ExecutionAnswered = answered;
        answered.request_id == found.request_id && answered.ledger_entry == entry
    })
    .await
}

/// The entry of the ledger behind an erasure that was ordered now.
pub fn ledgered(world: &World, found: &DiscoveryAnswered, entry: u64) -> StreamLedgerResponse {
    StreamLedgerResponse {
        entry,
        request_id: found.request_id.clone(),
        network: NETWORK.to_owned(),
        kind: "erasure_ordered".to_owned(),
        at: Some(timestamp(world.clock.now())),
        replay_handle: found.replay_handle.clone(),
        decisions: decisions(found),
    }
}

fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.timestamp(),
        nanos: 0,
    }
}

fn decisions(found: &DiscoveryAnswered) -> Vec<CategoryDecision> {
    found.categories.iter().map(decision).collect()
}

fn decision(category: &api::privacy::CategoryCount) -> CategoryDecision {
    CategoryDecision {
        category: category.category.clone(),
        action: category.proposed.clone(),
        legal_basis: category.legal_basis.clone(),
        retain_until: category.retain_until.clone(),
    }
}

/// The answer that is meant, among those of other requests.
async fn answer<M: prost::Message + Default>(
    world: &World,
    event_type: &str,
    is_meant: impl Fn(&M) -> bool,
) -> M {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut count = 1;
    loop {
        let envelopes = world.events(event_type, count).await;
        count = envelopes.len() + 1;
        let found = envelopes.iter().find_map(|envelope| {
            let signed: api::privacy::Signed = envelope.decode().unwrap();
            let message = world
                .anchor
                .open_event::<M>(&envelope.event_type, &signed, world.clock.now())
                .unwrap()
                .0;
            is_meant(&message).then_some(message)
        });
        match found {
            Some(message) => return message,
            None => assert!(tokio::time::Instant::now() < deadline, "no {event_type}"),
        }
    }
}
