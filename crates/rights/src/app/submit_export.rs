//! A holder's part of an access package: kept sealed under a key of the case, until it has been handed out.

use privacy::{SealItem, SubjectId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use service_kit::caller::Caller;
use uuid::Uuid;

use kernel::Violation;

use super::Rights;
use super::error::RightsError;
use super::search_keys::takes_part;
use crate::domain::case::Refusal;
use crate::domain::progress::HolderState;
use crate::domain::state::RequestKind;
use crate::store::cases::{Hold, Loaded};
use crate::store::export_part;

/// One holder's part of one package: a person's data is text, and this is a thousand pages of it.
pub const EXPORT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes per sealed row.
const PIECE: usize = 256 * 1024;

impl Rights {
    /// Whether a holder may submit now, before it streams.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn may_submit_export(&self, caller: &Caller, id: Uuid) -> Result<(), RightsError> {
        let loaded = Loaded::by_id(&self.outbox.database().reader(), id, Hold::No)
            .await?
            .ok_or(RightsError::NotFound)?;
        ordered(&loaded, caller.actor().1)
    }

    /// Keeps a holder's part; the same holder again replaces what it submitted before.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn submit_export(
        &self,
        caller: &Caller,
        id: Uuid,
        json: Vec<u8>,
    ) -> Result<u64, RightsError> {
        let invalid = |rule| RightsError::Invalid(vec![Violation::new("chunk", "", rule)]);
        let text = String::from_utf8(json).map_err(|_| invalid("UTF-8"))?;
        serde_json::from_str::<serde::de::IgnoredAny>(&text)
            .map_err(|_| invalid("one JSON document"))?;
        let holder = caller.actor().1;
        let work = self.outbox.begin().await?;
        let loaded = Loaded::by_id(work.tx(), id, Hold::Yes)
            .await?
            .ok_or(RightsError::NotFound)?;
        ordered(&loaded, holder)?;
        export_part::Entity::delete_many()
            .filter(export_part::Column::RequestId.eq(id))
            .filter(export_part::Column::Holder.eq(holder))
            .exec(work.tx())
            .await?;
        let rows = self.seal_pieces(&loaded, holder, &text).await?;
        export_part::Entity::insert_many(rows)
            .exec_without_returning(work.tx())
            .await?;
        work.commit().await?;
        Ok(text.len() as u64)
    }

    async fn seal_pieces(
        &self,
        loaded: &Loaded,
        holder: &str,
        text: &str,
    ) -> Result<Vec<export_part::ActiveModel>, RightsError> {
        let subject = SubjectId::from_uuid(loaded.request.package_subject);
        let pieces: Vec<(Uuid, &str)> = pieces(text)
            .map(|p| (kernel::new_id(self.clock.as_ref()), p))
            .collect();
        let items: Vec<SealItem<'_>> = pieces
            .iter()
            .map(|(row_id, text)| SealItem {
                subject,
                table: "export_part",
                column: "content",
                row_id: *row_id,
                text,
            })
            .collect();
        let sealed = self.privacy.seal_many(&items).await?;
        let row = |(number, ((id, text), content)): (i32, ((Uuid, &str), Vec<u8>))| {
            export_part::ActiveModel {
                id: Set(id),
                network: Set(loaded.request.network.clone()),
                subject_id: Set(subject.as_uuid()),
                request_id: Set(loaded.request.id),
                holder: Set(holder.to_owned()),
                number: Set(number),
                bytes: Set(i64::try_from(text.len()).unwrap_or(i64::MAX)),
                content: Set(Some(content)),
            }
        };
        Ok((0..).zip(pieces.into_iter().zip(sealed)).map(row).collect())
    }
}

fn ordered(loaded: &Loaded, holder: &str) -> Result<(), RightsError> {
    takes_part(loaded, holder)?;
    let state = loaded.case.holder(holder)?.state();
    let due = matches!(state, HolderState::Ordered | HolderState::Void);
    if loaded.case.kind() == RequestKind::Access && due {
        Ok(())
    } else {
        Err(Refusal::WrongState.into())
    }
}

/// Pieces that end between two characters.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = rest.len().min(PIECE);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}
