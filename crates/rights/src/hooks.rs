//! The rights service as a holder: what its data map cannot say.

use api::privacy::RecipientRef;
use privacy::{HolderHooks, SubjectId};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
};

use crate::store::{export_part, request};

/// Packages go with the person.
#[derive(Clone, Copy, Debug, Default)]
pub struct RightsHooks;

#[async_trait::async_trait]
impl HolderHooks for RightsHooks {
    /// The rights service discloses to nobody but the person. The pieces of the person's packages lie under a subject of
    /// their own, which no search finds, so that no extract contains another: they are deleted here, in the transaction
    /// that erases.
    async fn recipients(
        &self,
        tx: &DatabaseTransaction,
        subjects: &[SubjectId],
    ) -> anyhow::Result<Vec<RecipientRef>> {
        let theirs = request::Entity::find()
            .select_only()
            .column(request::Column::Id)
            .filter(request::Column::SubjectId.is_in(subjects.iter().map(SubjectId::as_uuid)));
        export_part::Entity::delete_many()
            .filter(export_part::Column::RequestId.in_subquery(theirs.into_query()))
            .exec(tx)
            .await?;
        Ok(Vec::new())
    }
}
