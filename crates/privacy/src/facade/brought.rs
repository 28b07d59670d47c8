//! Whom an import has brought although they were erased while it was applied.

use kernel::NetworkCode;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait, DbBackend};

use super::Privacy;
use crate::identifier::NAME_AT_ACCESS;
use crate::store::{subject_token, suppressed_token};
use crate::{PrivacyError, SubjectId};

impl Privacy {
    /// The subjects of a network that an import in this transaction has brought although they were erased meanwhile, by name
    /// and access; the caller takes away their rows and forgets them. To be asked last: from here to the end of the
    /// transaction no erasure is committed, and one that comes after it looks for whom the import has brought.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn brought_although_suppressed<C: ConnectionTrait>(
        &self,
        tx: &C,
        network: &NetworkCode,
    ) -> Result<Vec<SubjectId>, PrivacyError> {
        if tx.get_database_backend() == DbBackend::Postgres {
            // SQLite has one writer. Here an erasure holds this table from its suppressing to its commit: it is waited for.
            tx.execute_unprepared("LOCK TABLE suppressed_token IN SHARE MODE")
                .await?;
        }
        if !self.suppresses_anybody(tx, network).await? {
            return Ok(Vec::new());
        }
        let (own, against) = (subject_token::Entity, suppressed_token::Entity);
        let same = |column: &'static str| {
            Expr::col((own, sea_orm::sea_query::Alias::new(column)))
                .equals((against, sea_orm::sea_query::Alias::new(column)))
        };
        let query = Query::select()
            .distinct()
            .column((own, subject_token::Column::SubjectId))
            .from(against)
            .inner_join(own, same("network").and(same("field")).and(same("token")))
            .and_where(Expr::col((against, suppressed_token::Column::Network)).eq(network.as_str()))
            .and_where(Expr::col((against, suppressed_token::Column::Field)).eq(NAME_AT_ACCESS))
            .and_where(Expr::col((against, suppressed_token::Column::LiftedAt)).is_null())
            .to_owned();
        let rows = tx.query_all(&query).await?;
        let ids = rows.iter().map(|row| row.try_get_by_index(0));
        let ids = ids.collect::<Result<Vec<_>, sea_orm::DbErr>>()?;
        Ok(ids.into_iter().map(SubjectId::from_uuid).collect())
    }
}
