//! A line of the access log as it is hashed, and as it travels.

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::batch::AccessBatch;
use crate::store::access_log::{ActiveModel, Model};
use crate::{Tokens, aead, merkle};

/// One line; its canonical JSON (RFC 8785) is the leaf of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    id: Uuid,
    network: String,
    at: String,
    actor_kind: String,
    actor_id: String,
    purpose: String,
    subject_id: Uuid,
    record: String,
    fields: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    intent: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<i64>,
}

/// Why the lines of a batch cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum LinesError {
    #[error("the lines were not sealed by this holder for this batch")]
    Foreign,
    #[error("the lines cannot be read")]
    Unreadable,
    #[error("the lines are not those that the batch binds")]
    OtherLines,
}

impl Line {
    /// The leaf's bytes.
    fn canonical(&self) -> Vec<u8> {
        serde_json_canonicalizer::to_vec(self).expect("strings and small numbers are canonical")
    }

    /// The line as a row of a batch.
    pub(super) fn to_row(&self, epoch: i64, number: i64) -> Result<ActiveModel, LinesError> {
        let at = DateTime::parse_from_rfc3339(&self.at).map_err(|_| LinesError::Unreadable)?;
        Ok(ActiveModel {
            id: Set(self.id),
            network: Set(self.network.clone()),
            at: Set(at.to_utc()),
            actor_kind: Set(self.actor_kind.clone()),
            actor_id: Set(self.actor_id.clone()),
            purpose: Set(self.purpose.clone()),
            subject_id: Set(self.subject_id),
            record: Set(self.record.clone()),
            fields: Set(self.fields.clone()),
            intent: Set(self.intent),
            count: Set(self.count),
            batch_epoch: Set(Some(epoch)),
            batch_number: Set(Some(number)),
        })
    }
}

impl From<Model> for Line {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            network: row.network,
            at: spelled(row.at),
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            purpose: row.purpose,
            subject_id: row.subject_id,
            record: row.record,
            fields: row.fields,
            intent: row.intent,
            count: row.count,
        }
    }
}

fn spelled(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The root over the lines in their order.
pub(super) fn root(lines: &[Line]) -> [u8; 32] {
    let leaves: Vec<_> = lines.iter().map(Line::canonical).collect();
    merkle::root(&leaves)
}

/// Seals the lines for nobody but this holder.
pub(super) fn seal(
    tokens: &Tokens,
    batch: &AccessBatch,
    lines: &[Line],
) -> Result<Vec<u8>, serde_json::Error> {
    let text = serde_json::to_vec(lines)?;
    let key = tokens.log_keys().into_iter().next();
    let key = key.expect("there is always a pepper");
    Ok(aead::seal(&key, &place(batch), &text))
}

/// Opens the lines of a batch and holds them to its root.
pub(super) fn open(
    tokens: &Tokens,
    batch: &AccessBatch,
    sealed: &[u8],
) -> Result<Vec<Line>, LinesError> {
    let keys = tokens.log_keys();
    let text = keys
        .iter()
        .find_map(|key| aead::open(key, &place(batch), sealed).ok())
        .ok_or(LinesError::Foreign)?;
    let lines: Vec<Line> = serde_json::from_slice(&text).map_err(|_| LinesError::Unreadable)?;
    let bound = lines.len() == batch.lines as usize && root(&lines) == batch.root;
    bound.then_some(lines).ok_or(LinesError::OtherLines)
}

fn place(batch: &AccessBatch) -> Vec<u8> {
    format!(
        "access-batch|{}|{}|{}",
        batch.holder, batch.epoch, batch.number
    )
    .into_bytes()
}
