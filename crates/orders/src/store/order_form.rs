//! Forms in versions. None is changed or removed: an order shows the one that it was placed with.

use chrono::{DateTime, Utc};
use kernel::NetworkCode;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{QueryOrder as _, QuerySelect as _, SqlErr};

use crate::domain::form::{Form, FormOwner, OrderForms};

/// The table.
pub const TABLE: &str = "order_form";

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_form")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Whose; empty for the network's own.
    pub provider_id: String,
    /// Counts from 1.
    pub version: i32,
    /// Whether orders answer it now.
    pub is_current: bool,
    /// JSON of its fields.
    pub fields: String,
    /// When it was put.
    pub put_at: DateTimeUtc,
    /// "staff:<id>" or "provider:<id>".
    pub put_by: String,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A version as it was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredForm {
    /// Whose; empty for the network's own.
    pub provider_id: String,
    /// What is asked.
    pub form: Form,
    /// When it was put.
    pub put_at: DateTime<Utc>,
    /// By whom.
    pub put_by: String,
}

/// Stores the next version after `expected` (0: the first); false when somebody else has done so already.
pub async fn put(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    stored: &StoredForm,
    id: Uuid,
    expected: u32,
) -> Result<bool, DbErr> {
    if expected > 0 {
        let replaced = Entity::update_many()
            .col_expr(Column::IsCurrent, Expr::value(false))
            .filter(Column::Network.eq(network.as_str()))
            .filter(Column::ProviderId.eq(stored.provider_id.as_str()))
            .filter(Column::Version.eq(number(expected)))
            .filter(Column::IsCurrent.eq(true))
            .exec(db)
            .await?;
        if replaced.rows_affected == 0 {
            return Ok(false);
        }
    }
    let row = ActiveModel {
        id: Set(id),
        network: Set(network.to_string()),
        provider_id: Set(stored.provider_id.clone()),
        version: Set(number(stored.form.version)),
        is_current: Set(true),
        fields: Set(serde_json::to_string(&stored.form.fields).expect("fields are plain data")),
        put_at: Set(stored.put_at),
        put_by: Set(stored.put_by.clone()),
    };
    match Entity::insert(row).exec_without_returning(db).await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// One version of a form; the current one when none is named.
pub async fn find(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider_id: &str,
    version: Option<u32>,
) -> Result<Option<StoredForm>, DbErr> {
    let query = of_owner(network, provider_id);
    let query = match version {
        Some(version) => query.filter(Column::Version.eq(number(version))),
        None => query.filter(Column::IsCurrent.eq(true)),
    };
    query.one(db).await?.map(Model::into_stored).transpose()
}

/// The versions of a form below one, the newest first.
pub async fn page(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider_id: &str,
    below: Option<u32>,
    limit: u64,
) -> Result<Vec<StoredForm>, DbErr> {
    let mut query = of_owner(network, provider_id);
    if let Some(below) = below {
        query = query.filter(Column::Version.lt(number(below)));
    }
    let rows = query
        .order_by_desc(Column::Version)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(Model::into_stored).collect()
}

/// What an order with this provider answers now.
pub async fn current(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &kernel::ProviderId,
) -> Result<OrderForms, DbErr> {
    let mut forms = OrderForms::default();
    for stored in current_of(db, network, &[provider.as_str()]).await? {
        if stored.provider_id.is_empty() {
            forms.network = stored.form;
        } else {
            forms.provider = stored.form;
        }
    }
    Ok(forms)
}

/// The current forms of the network and of these providers; what nobody has put is not there.
pub async fn current_of(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    providers: &[&str],
) -> Result<Vec<StoredForm>, DbErr> {
    let owners = providers
        .iter()
        .copied()
        .chain([FormOwner::Network.provider_id()]);
    let rows = Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::IsCurrent.eq(true))
        .filter(Column::ProviderId.is_in(owners))
        .order_by_asc(Column::ProviderId)
        .all(db)
        .await?;
    rows.into_iter().map(Model::into_stored).collect()
}

fn of_owner(network: &NetworkCode, provider_id: &str) -> Select<Entity> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider_id))
}

fn number(version: u32) -> i32 {
    i32::try_from(version).unwrap_or(i32::MAX)
}

impl Model {
    fn into_stored(self) -> Result<StoredForm, DbErr> {
        let fields = serde_json::from_str(&self.fields)
            .map_err(|_| DbErr::Type("stored fields are unreadable".to_owned()))?;
        Ok(StoredForm {
            provider_id: self.provider_id,
            form: Form {
                version: u32::try_from(self.version).unwrap_or_default(),
                fields,
            },
            put_at: self.put_at,
            put_by: self.put_by,
        })
    }
}
