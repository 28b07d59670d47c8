//! Whom an import's waiting rows name although they were erased: what was written while the erasure was under way.

use kernel::NetworkCode;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait};
use uuid::Uuid;

use super::Privacy;
use crate::PrivacyError;
use crate::holder::taking_out;
use crate::identifier::NAME_AT_ACCESS;
use crate::store::suppressed_token;

impl Privacy {
    /// Takes everybody who is suppressed out of the rows of a table that name persons, as far as `column` holds `value`:
    /// one statement for each person that a row can name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_out_suppressed<C: ConnectionTrait>(
        &self,
        tx: &C,
        network: &NetworkCode,
        table: &str,
        (column, value): (&'static str, Uuid),
    ) -> Result<(), PrivacyError> {
        if !self.suppresses_anybody(tx, network).await? {
            return Ok(());
        }
        let Some(table) = self.0.map.table(table) else {
            return Ok(());
        };
        let schema = self.schema().await?;
        for named in table.names() {
            let Some(mut update) = taking_out(schema, table, named, None) else {
                continue;
            };
            update
                .and_where(Expr::col(column).eq(value))
                .and_where(Expr::col(named.token).in_subquery(suppressed(network)));
            tx.execute(&update).await?;
        }
        Ok(())
    }
}

/// The tokens of names at accesses that stand against an import.
fn suppressed(network: &NetworkCode) -> SelectStatement {
    Query::select()
        .column(suppressed_token::Column::Token)
        .from(suppressed_token::Entity)
        .and_where(suppressed_token::Column::Network.eq(network.as_str()))
        .and_where(suppressed_token::Column::Field.eq(NAME_AT_ACCESS))
        .and_where(suppressed_token::Column::LiftedAt.is_null())
        .to_owned()
}
