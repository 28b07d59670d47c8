//! Elections: of all instances of a service, one relays, one runs a schedule. A row says who and until when.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use service_kit::database::Database;
use uuid::Uuid;

use crate::due;
use crate::store::sql;

/// One instance's part in an election.
#[derive(Clone, Debug)]
pub struct Lease {
    database: Database,
    name: String,
    owner: Uuid,
    length: Duration,
}

impl Lease {
    /// A candidate for `name`. A holder that does not renew within `length` has lost it.
    #[expect(
        clippy::disallowed_methods,
        reason = "a candidate is nobody but itself"
    )]
    pub fn new(database: Database, name: impl Into<String>, length: Duration) -> Self {
        Self {
            database,
            name: name.into(),
            owner: Uuid::new_v4(),
            length,
        }
    }

    /// Who this instance is in the election.
    pub fn owner(&self) -> Uuid {
        self.owner
    }

    /// How long a lease lasts; renew three times as often.
    pub fn length(&self) -> Duration {
        self.length
    }

    /// Takes the lease or renews it. False: another instance has it.
    pub async fn hold(&self) -> Result<bool, DbErr> {
        const HOLD: &str = "INSERT INTO lease (name, owner, until) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
            WHERE lease.owner = excluded.owner OR lease.until <= $4 RETURNING name";
        let values = [
            self.name.as_str().into(),
            self.owner.into(),
            due::after(self.length).into(),
            due::now().into(),
        ];
        let hold = Statement::from_sql_and_values(self.database.backend(), HOLD, values);
        Ok(!self.database.write(hold).await?.is_empty())
    }

    /// Gives the lease up, so that another instance need not wait for its end.
    pub async fn release(&self) -> Result<(), DbErr> {
        let tx = self.database.begin().await?;
        let release = "DELETE FROM lease WHERE name = $1 AND owner = $2";
        tx.execute_raw(sql(
            &tx,
            release,
            [self.name.as_str().into(), self.owner.into()],
        ))
        .await?;
        tx.commit().await
    }
}
