//! The ledger entry first, durable; then the orders leave (decisions.md 7).

use aws_lc_rs::digest::{SHA256, digest};
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use crate::domain::ledger::{EntryKind, Head};
use crate::ledger::{Append, Entry, Part};
use crate::store::cases::{Hold, Loaded, entry_column};
use crate::store::part;

impl Rights {
    /// Orders every holder that is decided and has no ledger entry yet, and answers the request as it then is. Repeating it is
    /// safe: the same act gets the same entry.
    ///
    /// # Errors
    /// [`RightsError`]: to be repeated.
    pub(crate) async fn order(&self, loaded: &Loaded) -> Result<Loaded, RightsError> {
        let entry = self.ledger.append(act(loaded)?).await?;
        fail::fail_point!("rights.after_ledger_append");
        self.send_orders(loaded.request.id, &entry).await
    }

    async fn send_orders(&self, request: Uuid, entry: &Entry) -> Result<Loaded, RightsError> {
        let mut work = self.outbox.begin().await?;
        let loaded = Loaded::by_id(work.tx(), request, Hold::Yes).await?;
        let mut loaded = loaded.ok_or(RightsError::NotFound)?;
        let head: Head = serde_json::from_slice(&entry.canonical)
            .map_err(|_| RightsError::Damaged("ledger entry"))?;
        let holders: Vec<String> = head.holders.into_iter().map(|one| one.holder).collect();
        let effects = loaded.case.appended(&holders, entry.entry);
        if loaded.request.ledger_entry.is_none() {
            loaded.request.ledger_entry = Some(entry_column(entry.entry));
        }
        loaded.save(work.tx(), self.clock.as_ref()).await?;
        self.say(&mut work, &loaded, &effects);
        work.commit().await?;
        Ok(loaded)
    }
}

/// The first act orders everybody who is decided; whoever joined later has an act of its own.
fn act(loaded: &Loaded) -> Result<Append, RightsError> {
    let names = loaded.case.to_order();
    let rows: Vec<&part::Model> = names
        .iter()
        .filter_map(|name| loaded.parts.get(name))
        .collect();
    let (scope, rows) = match (loaded.request.ledger_entry, rows.as_slice()) {
        (None, rows) => (String::new(), rows),
        (Some(_), [first, ..]) => (scope(first), &rows[..1]),
        (Some(_), []) => return Err(RightsError::Damaged("a holder without a row")),
    };
    Ok(Append {
        kind: EntryKind::ErasureOrdered,
        network: loaded.request.network.clone(),
        request_id: loaded.request.id.to_string(),
        scope,
        parts: rows
            .iter()
            .map(|row| order_part(row))
            .collect::<Result<_, _>>()?,
    })
}

/// A holder that is discovered anew (retired and back) has another handle, and so another act.
fn scope(row: &part::Model) -> String {
    let handle = digest(&SHA256, row.replay_handle.as_deref().unwrap_or_default());
    format!("{}:{}", row.holder, hex::encode(&handle.as_ref()[..8]))
}

fn order_part(row: &part::Model) -> Result<Part, RightsError> {
    let mut salt = [0; 16];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| RightsError::Damaged("no randomness"))?;
    Ok(Part::Order {
        holder: row.holder.clone(),
        replay_handle: row.replay_handle.clone().unwrap_or_default(),
        decisions: row.decisions.clone(),
        salt,
    })
}
