//! Who holds personal data.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::holder;

/// Whoever is asked: all that have announced themselves, and the expected ones as the floor; without the retired.
pub async fn to_ask<C: ConnectionTrait>(
    connection: &C,
    expected: &[String],
) -> Result<BTreeSet<String>, DbErr> {
    let rows = all(connection).await?;
    let mut names: BTreeSet<String> = expected.iter().cloned().collect();
    for row in rows {
        if row.retired_at.is_some() {
            names.remove(&row.name);
        } else {
            names.insert(row.name);
        }
    }
    Ok(names)
}

/// Every holder, retired ones as well, by name.
pub async fn all<C: ConnectionTrait>(connection: &C) -> Result<Vec<holder::Model>, DbErr> {
    holder::Entity::find()
        .order_by_asc(holder::Column::Name)
        .all(connection)
        .await
}

/// One holder.
pub async fn by_name<C: ConnectionTrait>(
    connection: &C,
    name: &str,
) -> Result<Option<holder::Model>, DbErr> {
    holder::Entity::find()
        .filter(holder::Column::Name.eq(name))
        .one(connection)
        .await
}
