//! Staff take a holder out of service for good: an act in the ledger, and no request waits for it any more.

use kernel::Violation;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel as _,
    QueryFilter, QueryOrder,
};
use service_kit::caller::Caller;

use super::Rights;
use super::error::RightsError;
use super::take_announcement::unfinished;
use crate::domain::case::SELF;
use crate::domain::ledger::{EntryKind, part_digest};
use crate::ledger::{Append, Part};
use crate::store::cases::{Hold, Loaded, entry_column};
use crate::store::{holder, holders, part};

/// Reasons are a few sentences.
const REASON_MAX: usize = 1_000;

impl Rights {
    /// Retires a holder; the number of the ledger entry.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn retire_holder(
        &self,
        caller: &Caller,
        name: &str,
        reason: &str,
    ) -> Result<u64, RightsError> {
        self.check_retirement(name, reason).await?;
        let mut salt = [0; 16];
        aws_lc_rs::rand::fill(&mut salt).map_err(|_| RightsError::Damaged("no randomness"))?;
        let entry = Append {
            kind: EntryKind::HolderRetired,
            network: String::new(),
            request_id: String::new(),
            scope: kernel::new_id(self.clock.as_ref()).to_string(),
            parts: vec![Part::Digest {
                holder: name.to_owned(),
                digest: part_digest(&salt, name.as_bytes(), reason.as_bytes()),
            }],
        };
        let entry = self.ledger.append(entry).await?.entry;
        self.write_retirement(caller, name, reason, entry).await?;
        self.release(name).await?;
        tracing::warn!(holder = name, entry, "a holder was taken out of service");
        Ok(entry)
    }

    async fn check_retirement(&self, name: &str, reason: &str) -> Result<(), RightsError> {
        let mut wrong = Vec::new();
        if reason.trim().is_empty() || reason.chars().count() > REASON_MAX {
            wrong.push(Violation::masked(
                "reason",
                reason,
                format!("1 to {REASON_MAX} characters"),
            ));
        }
        if name == SELF {
            wrong.push(Violation::new(
                "holder",
                name,
                "rights itself holds the cases and cannot be retired",
            ));
        }
        if !wrong.is_empty() {
            return Err(RightsError::Invalid(wrong));
        }
        let known = holders::by_name(&self.outbox.database().reader(), name)
            .await?
            .is_some();
        let expected = self
            .settings
            .expected_holders
            .iter()
            .any(|expected| expected == name);
        if known || expected {
            Ok(())
        } else {
            Err(RightsError::UnknownHolder)
        }
    }

    async fn write_retirement(
        &self,
        caller: &Caller,
        name: &str,
        reason: &str,
        entry: u64,
    ) -> Result<(), RightsError> {
        let work = self.outbox.begin().await?;
        let now = self.clock.now();
        let row = match holders::by_name(work.tx(), name).await? {
            Some(row) => row,
            None => self.unannounced(name).insert(work.tx()).await?,
        };
        let mut active = row.into_active_model();
        active.retired_at = Set(Some(now));
        active.retired_by = Set(Some(caller.actor().1.to_owned()));
        active.retired_why = Set(reason.to_owned());
        active.retired_entry = Set(Some(entry_column(entry)));
        holder::Entity::update(active).exec(work.tx()).await?;
        work.commit().await?;
        Ok(())
    }

    /// An expected holder that never announced itself gets a row to be retired.
    fn unannounced(&self, name: &str) -> holder::ActiveModel {
        let now = self.clock.now();
        holder::ActiveModel {
            id: Set(kernel::new_id(self.clock.as_ref())),
            name: Set(name.to_owned()),
            version: Set(String::new()),
            data_map: Set(String::new()),
            position: Set(0),
            announced: Set(false),
            announced_at: Set(now),
            seen_at: Set(now),
            retired_at: Set(None),
            retired_by: Set(None),
            retired_why: Set(String::new()),
            retired_entry: Set(None),
        }
    }

    /// No unfinished request waits for a retired holder.
    pub(crate) async fn release(&self, name: &str) -> Result<(), RightsError> {
        let reader = self.outbox.database().reader();
        let open = part::Entity::find()
            .filter(part::Column::Holder.eq(name))
            .filter(part::Column::RequestId.in_subquery(unfinished()))
            .filter(part::Column::State.is_not_in(["retired", "proven"]))
            .order_by_asc(part::Column::RequestId)
            .all(&reader)
            .await?;
        for row in open {
            let mut work = self.outbox.begin().await?;
            let Some(mut loaded) = Loaded::by_id(work.tx(), row.request_id, Hold::Yes).await?
            else {
                continue;
            };
            let effects = loaded.case.retire(name);
            loaded.save(work.tx(), self.clock.as_ref()).await?;
            self.say(&mut work, &loaded, &effects);
            work.commit().await?;
        }
        Ok(())
    }
}
