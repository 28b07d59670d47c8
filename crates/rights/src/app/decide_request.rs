//! Staff decide what the policy proposes: to go on, or to refuse with a reason.

use kernel::{NetworkCode, Violation};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service_kit::caller::Caller;
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use crate::domain::case::Approval;
use crate::domain::state::{RequestKind, RequestState};
use crate::store::cases::{Hold, Loaded};
use crate::store::request;

/// Reasons are a few sentences.
const REASON_MAX: usize = 4_000;

/// What staff decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Carry out what the preview shows.
    Proceed,
    /// Refuse; the person is told why.
    Refuse {
        /// Why; sealed.
        reason: String,
    },
}

impl Decision {
    /// Parses the words of the wire.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn parse(decision: &str, reason: &str) -> Result<Self, Vec<Violation>> {
        match decision {
            "proceed" => Ok(Self::Proceed),
            "refuse" if reason.trim().is_empty() => Err(vec![Violation::new(
                "reason",
                "",
                "a refusal needs its reason (art. 12(4))",
            )]),
            "refuse" if reason.chars().count() > REASON_MAX => Err(vec![Violation::masked(
                "reason",
                reason,
                format!("at most {REASON_MAX} characters"),
            )]),
            "refuse" => Ok(Self::Refuse {
                reason: reason.to_owned(),
            }),
            other => Err(vec![Violation::new("decision", other, "proceed or refuse")]),
        }
    }
}

impl Rights {
    /// Decides a request. Where one person suffices the orders have left when this returns, or leave by the sweep.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn decide_request(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        id: Uuid,
        decision: &Decision,
    ) -> Result<RequestState, RightsError> {
        let work = self.outbox.begin().await?;
        let loaded = Loaded::in_network(work.tx(), network.as_str(), id, Hold::Yes).await?;
        let mut loaded = loaded.ok_or(RightsError::NotFound)?;
        let by = caller.actor().1;
        match decision {
            Decision::Proceed => {
                self.no_open_access(work.tx(), &loaded).await?;
                let approval = if self.settings.two_person {
                    Approval::TwoPersons
                } else {
                    Approval::OnePerson
                };
                loaded.case.proceed(by, approval)?;
            }
            Decision::Refuse { reason } => {
                loaded.case.refuse(by)?;
                let subject = privacy::SubjectId::from_uuid(loaded.request.subject_id);
                let sealed = self
                    .privacy
                    .seal(subject, "request", "refusal_reason", id, reason)
                    .await?;
                loaded.request.refusal_reason = Some(sealed);
            }
        }
        loaded.request.decided_at = Some(self.clock.now());
        loaded.save(work.tx(), self.clock.as_ref()).await?;
        work.commit().await?;
        let state = loaded.case.state();
        self.follow_now(loaded).await;
        Ok(state)
    }

    /// An open access request freezes what it covers: the erasure waits for it.
    pub(crate) async fn no_open_access(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        loaded: &Loaded,
    ) -> Result<(), RightsError> {
        let open = request::Entity::find()
            .filter(request::Column::Network.eq(loaded.request.network.as_str()))
            .filter(request::Column::SubjectId.eq(loaded.request.subject_id))
            .filter(request::Column::Kind.eq(RequestKind::Access.as_str()))
            .filter(
                request::Column::State.is_in(RequestState::UNFINISHED.map(RequestState::as_str)),
            )
            .count(tx)
            .await?;
        if open > 0 {
            Err(RightsError::AccessOpen)
        } else {
            Ok(())
        }
    }
}
