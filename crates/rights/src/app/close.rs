//! All holders have proof: the second ledger entry, the certificate, done.

use api::privacy as pb;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Days, SecondsFormat, Utc};
use messaging::Work;
use prost::Message as _;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use crate::certificate::{
    BACKUP_DAYS, Body, CategoryLine, Dates, HolderProof, Issuer, LedgerLine, Person, RecipientLine,
    Request, RetiredLine, VERSION, answer_type, hash, issue, proof_digest,
};
use crate::domain::case::Retained;
use crate::domain::ledger::EntryKind;
use crate::domain::progress::HolderState;
use crate::ledger::{Append, Entry, Part};
use crate::store::cases::{Hold, Loaded, entry_number};
use crate::store::{certificate, holders, part, recipient_notice};

impl Rights {
    /// Finishes a request for which every holder has given proof. Repeating it is safe.
    ///
    /// # Errors
    /// [`RightsError`]: to be repeated.
    pub(crate) async fn close(&self, loaded: &Loaded) -> Result<(), RightsError> {
        if loaded.case.kind().is_ledgered() {
            self.append_completion(loaded).await?;
        }
        self.finish(loaded.request.id).await
    }

    async fn append_completion(&self, loaded: &Loaded) -> Result<(), RightsError> {
        let proofs = proven(loaded).map(|row| {
            let digest = proof_digest(row.answer.as_deref()?, row.answer_signature.as_deref()?);
            Some(Part::Digest {
                holder: row.holder.clone(),
                digest,
            })
        });
        let parts = proofs
            .collect::<Option<_>>()
            .ok_or(RightsError::Damaged("a proof without its answer"))?;
        let entry = Append {
            kind: EntryKind::Completed,
            network: loaded.request.network.clone(),
            request_id: loaded.request.id.to_string(),
            scope: String::new(),
            parts,
        };
        self.ledger.append(entry).await?;
        Ok(())
    }

    async fn finish(&self, request: Uuid) -> Result<(), RightsError> {
        let work = self.outbox.begin().await?;
        let mut loaded = Loaded::by_id(work.tx(), request, Hold::Yes)
            .await?
            .ok_or(RightsError::NotFound)?;
        if loaded.case.close(retained(&loaded)?).is_err() {
            return Ok(());
        }
        loaded.request.completed_at = Some(self.clock.now());
        if loaded.case.kind().is_ledgered() {
            let document = issue(&self.identity, &self.body(work.tx(), &loaded).await?);
            self.keep(&work, &loaded, document).await?;
        }
        // The handles live on in the ledger alone, where they are dropped when the last backup has expired.
        for row in loaded.parts.values_mut() {
            row.replay_handle = None;
        }
        loaded.save(work.tx(), self.clock.as_ref()).await?;
        fail::fail_point!("rights.before_complete_commit");
        work.commit().await?;
        let (kind, state) = (loaded.case.kind().as_str(), loaded.case.state().as_str());
        metrics::counter!("rights_requests_finished_total", "kind" => kind, "state" => state)
            .increment(1);
        Ok(())
    }

    async fn keep(
        &self,
        work: &Work,
        loaded: &Loaded,
        document: Vec<u8>,
    ) -> Result<(), RightsError> {
        let row = certificate::ActiveModel {
            id: Set(kernel::new_id(self.clock.as_ref())),
            network: Set(loaded.request.network.clone()),
            request_id: Set(loaded.request.id),
            hash: Set(hash(&document)),
            document: Set(document),
            issued_at: Set(self.clock.now()),
        };
        certificate::Entity::insert(row)
            .exec_without_returning(work.tx())
            .await?;
        Ok(())
    }

    async fn body(&self, tx: &DatabaseTransaction, loaded: &Loaded) -> Result<Body, RightsError> {
        let request = &loaded.request;
        let completed = request
            .proven_at
            .ok_or(RightsError::Damaged("closing without a time of proof"))?;
        let retired = self.retired(tx, loaded).await?;
        let holders = proven(loaded).map(holder_proof).collect::<Option<Vec<_>>>();
        Ok(Body {
            version: VERSION,
            issuer: Issuer::of(&self.identity),
            request: Request {
                id: request.id.to_string(),
                network: request.network.clone(),
                kind: request.kind.clone(),
                outcome: loaded.case.state().as_str().to_owned(),
            },
            dates: Dates {
                received: time(request.received_at),
                decided: request.decided_at.map(time).unwrap_or_default(),
                completed: time(completed),
                backups_expire: (completed + Days::new(BACKUP_DAYS))
                    .date_naive()
                    .to_string(),
            },
            person: Person {
                scheme: "sha256(nonce||identifier)".to_owned(),
                identifier: request.commitment_over.clone(),
                commitment: request.commitment.clone(),
            },
            ledger: self.ledger_lines(request.id, &retired).await?,
            holders: holders.ok_or(RightsError::Damaged("a proof without its answer"))?,
            retired,
            recipients: recipient_lines(tx, request.id).await?,
        })
    }

    async fn retired(
        &self,
        tx: &DatabaseTransaction,
        loaded: &Loaded,
    ) -> Result<Vec<RetiredLine>, RightsError> {
        let gone = loaded
            .case
            .holders()
            .filter(|(_, p)| p.state() == HolderState::Retired);
        let gone: Vec<&str> = gone.map(|(name, _)| name).collect();
        if gone.is_empty() {
            return Ok(Vec::new());
        }
        let rows = holders::all(tx).await?;
        let line = |row: crate::store::holder::Model| {
            let ledger_entry = entry_number(row.retired_entry?);
            gone.contains(&row.name.as_str()).then_some(RetiredLine {
                holder: row.name,
                ledger_entry,
            })
        };
        Ok(rows.into_iter().filter_map(line).collect())
    }

    async fn ledger_lines(
        &self,
        request: Uuid,
        retired: &[RetiredLine],
    ) -> Result<Vec<LedgerLine>, RightsError> {
        let mut entries = self.ledger.entries_of(&request.to_string()).await?;
        for line in retired {
            entries.extend(self.ledger.entry(line.ledger_entry).await?);
        }
        entries.sort_by_key(|entry| entry.entry);
        entries.dedup_by_key(|entry| entry.entry);
        entries.into_iter().map(ledger_line).collect()
    }
}

async fn recipient_lines(
    tx: &DatabaseTransaction,
    request: Uuid,
) -> Result<Vec<RecipientLine>, RightsError> {
    let rows = recipient_notice::Entity::find()
        .filter(recipient_notice::Column::RequestId.eq(request))
        .order_by_asc(recipient_notice::Column::Recipient)
        .all(tx)
        .await?;
    let line = |row: recipient_notice::Model| RecipientLine {
        recipient: row.recipient,
        told: time(row.told_at),
        acknowledged: row.acknowledged_at.map(time).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(line).collect())
}

fn proven(loaded: &Loaded) -> impl Iterator<Item = &part::Model> {
    loaded
        .parts
        .values()
        .filter(|row| row.state == HolderState::Proven.as_str())
}

fn holder_proof(row: &part::Model) -> Option<HolderProof> {
    let answer = row.answer.as_deref()?;
    let read = pb::ExecutionAnswered::decode(answer).ok()?;
    Some(HolderProof {
        holder: row.holder.clone(),
        ledger_entry: entry_number(row.ledger_entry?),
        categories: read.categories.iter().map(CategoryLine::of).collect(),
        differences: serde_json::from_str(&row.differences).ok()?,
        answer_type: answer_type(&row.holder),
        answer: STANDARD.encode(answer),
        identity: STANDARD.encode(row.answer_identity.as_deref()?),
        signature: STANDARD.encode(row.answer_signature.as_deref()?),
    })
}

/// Whether something is kept although it was to be erased; an access request erases nothing.
fn retained(loaded: &Loaded) -> Result<Retained, RightsError> {
    if !loaded.case.kind().is_ledgered() {
        return Ok(Retained::Nothing);
    }
    for row in proven(loaded) {
        let answer = pb::ExecutionAnswered::decode(row.answer.as_deref().unwrap_or_default());
        let answer = answer.map_err(|_| RightsError::Damaged("an answer that was accepted"))?;
        if answer.categories.iter().any(|c| c.retained > 0) {
            return Ok(Retained::Something);
        }
    }
    Ok(Retained::Nothing)
}

fn ledger_line(entry: Entry) -> Result<LedgerLine, RightsError> {
    let head = serde_json::from_slice(&entry.canonical)
        .map_err(|_| RightsError::Damaged("ledger entry"))?;
    Ok(LedgerLine {
        head,
        hash: entry.hash,
    })
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
