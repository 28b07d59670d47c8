//! What a service does with personal data: admit a person, seal, open, find, log.

mod access;
mod admission;
mod brought;
mod epochs;
mod find;
mod many;
mod sealing;
mod seals;
mod suppress;
mod suppressed;
mod take_out;

use std::{fmt, sync::Arc};

use kernel::SharedClock;
use sea_orm::DbErr;
use service_kit::database::Database;
use tokio::sync::OnceCell;

pub use self::access::{AccessEntry, Reading};
pub(crate) use self::find::matches;
pub(crate) use self::sealing::Restricted;
pub use self::sealing::{OpenItem, SealItem};
pub use self::seals::Seals;
use crate::{DataMap, Tokens, Vault, schema::Schema};

/// Personal data of one service. Cheap to clone.
#[derive(Clone)]
pub struct Privacy(Arc<Inner>);

struct Inner {
    map: &'static DataMap,
    database: Database,
    vault: Vault,
    tokens: Tokens,
    clock: SharedClock,
    schema: OnceCell<Schema>,
}

impl Privacy {
    /// Joins a data map, the service's database, its key store and its tokens.
    pub fn new(
        map: &'static DataMap,
        database: Database,
        vault: Vault,
        tokens: Tokens,
        clock: SharedClock,
    ) -> Self {
        Self(Arc::new(Inner {
            map,
            database,
            vault,
            tokens,
            clock,
            schema: OnceCell::new(),
        }))
    }

    /// What the service has declared.
    pub fn data_map(&self) -> &'static DataMap {
        self.0.map
    }

    /// The look-up tokens of the service.
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// The key store.
    pub fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// The service's database.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// The database's tables; read once, they change with migrations only.
    pub(crate) async fn schema(&self) -> Result<&Schema, DbErr> {
        self.0
            .schema
            .get_or_try_init(|| async { Schema::read(&self.0.database.reader()).await })
            .await
    }

    /// The clock.
    pub fn clock(&self) -> &SharedClock {
        &self.0.clock
    }
}

impl fmt::Debug for Privacy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Privacy")
            .field("service", &self.0.map.service)
            .finish_non_exhaustive()
    }
}
