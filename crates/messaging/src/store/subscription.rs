//! Table `local_subscription`: who takes this service's events in the local transport. It is what a durable queue is for a broker:
//! after a restart, a service that is known and has not started yet is waited for, not forgotten.

use std::collections::BTreeMap;

use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, Set};

use crate::topic;

/// One topic of one service.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "local_subscription")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub service: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Topics by service.
pub(crate) type Subscriptions = BTreeMap<String, Vec<String>>;

/// The services that want an event.
pub(crate) fn wanting<'a>(subscriptions: &'a Subscriptions, event_type: &str) -> Vec<&'a str> {
    subscriptions
        .iter()
        .filter(|(_, topics)| {
            topics
                .iter()
                .any(|pattern| topic::matches(pattern, event_type))
        })
        .map(|(service, _)| service.as_str())
        .collect()
}

pub(crate) async fn all<C: ConnectionTrait>(reader: &C) -> Result<Subscriptions, DbErr> {
    let mut known = Subscriptions::new();
    for row in Entity::find().all(reader).await? {
        known.entry(row.service).or_default().push(row.topic);
    }
    Ok(known)
}

/// Replaces the topics of one service.
pub(crate) async fn replace(
    tx: &DatabaseTransaction,
    service: &str,
    topics: &[String],
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::Service.eq(service))
        .exec(tx)
        .await?;
    if topics.is_empty() {
        return Ok(());
    }
    let rows = topics.iter().map(|topic| ActiveModel {
        service: Set(service.to_owned()),
        topic: Set(topic.clone()),
    });
    Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}
