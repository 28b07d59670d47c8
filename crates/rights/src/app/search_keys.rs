//! A holder that takes part in a request fetches what to look for. Logged; it keeps them in memory only.

use api::privacy as pb;
use kernel::NetworkCode;
use privacy::{AccessEntry, SubjectId};
use service_kit::caller::Caller;
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use crate::domain::case::Refusal;
use crate::domain::progress::HolderState;
use crate::domain::state::RequestKind;
use crate::store::cases::{Hold, Loaded};

/// What the holder gets.
#[derive(Debug)]
pub struct Handed {
    /// The network to look in.
    pub network: String,
    /// What is asked for.
    pub kind: RequestKind,
    /// What to look for.
    pub keys: pb::SearchKeys,
}

impl Rights {
    /// Hands the search keys of a request to a holder that is being asked.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn search_keys(
        &self,
        caller: &Caller,
        id: Uuid,
        round: u32,
    ) -> Result<Handed, RightsError> {
        let loaded = Loaded::by_id(&self.outbox.database().reader(), id, Hold::No)
            .await?
            .ok_or(RightsError::NotFound)?;
        takes_part(&loaded, caller.actor().1)?;
        if round > loaded.case.round() {
            return Err(Refusal::Mismatch.into());
        }
        let keys = self
            .open_keys(&loaded.request)
            .await?
            .ok_or(RightsError::KeysErased)?;
        let entry = AccessEntry {
            network: NetworkCode::parse(&loaded.request.network)
                .map_err(|_| RightsError::Damaged("network"))?,
            caller,
            purpose: "rights_discovery".to_owned(),
            subject: SubjectId::from_uuid(loaded.request.subject_id),
            record: format!("request:{id}:round:{round}"),
            fields: &["search_keys"],
        };
        let work = self.outbox.begin().await?;
        self.privacy.log_access(work.tx(), entry).await?;
        work.commit().await?;
        Ok(Handed {
            network: loaded.request.network,
            kind: loaded.case.kind(),
            keys: keys.to_wire(),
        })
    }
}

/// Whether a holder has a part in an unfinished request.
pub(crate) fn takes_part(loaded: &Loaded, holder: &str) -> Result<(), RightsError> {
    let progress = loaded.case.holder(holder)?;
    if progress.state() == HolderState::Retired {
        return Err(Refusal::UnknownHolder.into());
    }
    if !loaded.case.state().is_unfinished() {
        return Err(Refusal::WrongState.into());
    }
    Ok(())
}
