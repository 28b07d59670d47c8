//! Staff users.

use sea_orm::{ConnectionTrait, DbErr, QueryOrder, QuerySelect, entity::prelude::*};

/// A row of `staff_user`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staff_user")]
pub struct Model {
    /// The user's id: the actor in every log.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network that the user works for.
    pub network: String,
    /// The person.
    pub subject_id: Uuid,
    /// Keyed hash of the e-mail.
    pub login_token: String,
    /// Sealed.
    pub name: Vec<u8>,
    /// Sealed.
    pub email: Vec<u8>,
    /// Comma-separated roles.
    pub roles: String,
    /// "invited", "active" or "disabled".
    pub state: String,
    /// argon2id, PHC string.
    pub password_hash: Option<String>,
    /// Encrypted under the gateway's key.
    pub totp_secret: Option<Vec<u8>>,
    /// The last time step whose code was accepted; an earlier or equal one is a replay.
    pub totp_step: i64,
    /// Failed sign-ins since the last success.
    pub failures: i64,
    /// No sign-in before.
    pub locked_until: Option<DateTimeUtc>,
    /// When it was entered.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
#[allow(missing_docs, reason = "sea-orm wants it, and it is empty")]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The user of a keyed e-mail hash, in any network: sign-in does not know the network yet.
pub async fn by_login(
    db: &impl ConnectionTrait,
    login_token: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::LoginToken.eq(login_token))
        .one(db)
        .await
}

/// One user of a network.
pub async fn one(
    db: &impl ConnectionTrait,
    network: &str,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network))
        .filter(Column::Id.eq(id))
        .one(db)
        .await
}

/// The users of a network, oldest first, at most `limit`.
pub async fn of_network(
    db: &impl ConnectionTrait,
    network: &str,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Whether there is any user at all: then the first start is over.
pub async fn any(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(Entity::find().limit(1).one(db).await?.is_some())
}

/// Marks a time step as used; false when it, or a later one, was used before: a replay.
pub async fn spend_step(db: &impl ConnectionTrait, id: Uuid, step: i64) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::TotpStep, Expr::value(step))
        .filter(Column::Id.eq(id))
        .filter(Column::TotpStep.lt(step))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
