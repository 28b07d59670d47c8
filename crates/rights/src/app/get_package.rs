//! The package of an access request, once every holder has answered; the reading is logged.

use kernel::{NetworkCode, Violation};
use privacy::{OpenItem, SubjectId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use service_kit::caller::Caller;
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use super::handing::{Handed, Handing};
use crate::domain::package::{About, html, json};
use crate::domain::state::{RequestKind, RequestState};
use crate::store::cases::{Hold, Loaded};
use crate::store::{export_part, request};

/// How the package is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For programs.
    Json,
    /// For people.
    Html,
}

/// A purpose is a few words.
const PURPOSE_MAX: usize = 200;

impl Format {
    /// From the wire.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "json" => Some(Self::Json),
            "html" => Some(Self::Html),
            _ => None,
        }
    }
}

impl Rights {
    /// Builds the package; how much of it left is logged when the handing is dropped.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn get_package(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        id: Uuid,
        format: Format,
        purpose: &str,
    ) -> Result<(Vec<u8>, Handing), RightsError> {
        if purpose.trim().is_empty() || purpose.chars().count() > PURPOSE_MAX {
            let rule = format!("why it is read, 1 to {PURPOSE_MAX} characters");
            return Err(RightsError::Invalid(vec![Violation::masked(
                "purpose", purpose, rule,
            )]));
        }
        let work = self.outbox.begin().await?;
        let loaded = Loaded::in_network(work.tx(), network.as_str(), id, Hold::No).await?;
        let loaded = loaded.ok_or(RightsError::NotFound)?;
        let whole = loaded.case.kind() == RequestKind::Access
            && loaded.case.state() == RequestState::Completed;
        if !whole {
            return Err(RightsError::NoPackage);
        }
        // Before the first byte is out: what could not be logged is not read (decisions.md 30).
        let subject = SubjectId::from_uuid(loaded.request.subject_id);
        let about_handing = Handed {
            network: network.clone(),
            caller: caller.clone(),
            purpose: purpose.to_owned(),
            subject,
            record: format!("package:{id}"),
        };
        let handing = Handing::begin(self, work.tx(), about_handing).await?;
        work.commit().await?;
        let holders = self.open_exports(&loaded.request).await?;
        let about = about(&loaded.request);
        let package = match format {
            Format::Json => json(&about, &holders),
            Format::Html => html(&about, &holders).into_bytes(),
        };
        Ok((package, handing))
    }

    async fn open_exports(
        &self,
        row: &request::Model,
    ) -> Result<Vec<serde_json::Value>, RightsError> {
        let pieces = export_part::Entity::find()
            .filter(export_part::Column::Network.eq(row.network.as_str()))
            .filter(export_part::Column::RequestId.eq(row.id))
            .order_by_asc(export_part::Column::Holder)
            .order_by_asc(export_part::Column::Number)
            .all(&self.outbox.database().reader())
            .await?;
        let items: Vec<OpenItem<'_>> = pieces.iter().map(open_item).collect();
        let texts = self.privacy.open_many(&items).await?;
        let mut parts: Vec<(&str, String)> = Vec::new();
        for (piece, text) in pieces.iter().zip(texts) {
            let text = text.ok_or(RightsError::NoPackage)?;
            match parts.last_mut() {
                Some((holder, whole)) if *holder == piece.holder => whole.push_str(&text),
                _ => parts.push((&piece.holder, text)),
            }
        }
        if parts.is_empty() {
            return Err(RightsError::NoPackage);
        }
        let read = |(_, text): (&str, String)| serde_json::from_str(&text);
        parts
            .into_iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(|_| RightsError::Damaged("an export"))
    }
}

fn open_item(piece: &export_part::Model) -> OpenItem<'_> {
    OpenItem {
        subject: SubjectId::from_uuid(piece.subject_id),
        table: "export_part",
        column: "content",
        row_id: piece.id,
        sealed: piece.content.as_deref().unwrap_or_default(),
    }
}

fn about(row: &request::Model) -> About {
    About {
        request_id: row.id.to_string(),
        network: row.network.clone(),
        received: row.received_at.to_rfc3339(),
        completed: row
            .completed_at
            .map(|at| at.to_rfc3339())
            .unwrap_or_default(),
        language: row.language.clone(),
    }
}
