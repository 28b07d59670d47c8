//! What can go wrong when personal data is sealed, opened or looked for.

use sea_orm::DbErr;
use service_kit::error::{ErrorKind, ServiceError};

/// Why an operation on personal data failed. No value of a person is ever in it.
#[derive(Debug, thiserror::Error)]
pub enum PrivacyError {
    /// The service's database.
    #[error("database failed")]
    Database(#[from] DbErr),
    /// The key store.
    #[error("key store failed")]
    KeyStore(#[source] DbErr),
    /// A mistake in the program: the data map does not declare the column as sealed.
    #[error("column {table}.{column} is not declared as sealed")]
    NotSealed {
        /// Table named by the caller.
        table: String,
        /// Column named by the caller.
        column: String,
    },
    /// The person's key of this category has been destroyed; nothing can be sealed for them again.
    #[error("the person has been erased")]
    Erased,
    /// The bytes are damaged, or were moved from another row or column.
    #[error("a sealed value of {table}.{column} could not be opened")]
    Damaged {
        /// Where it was read.
        table: String,
        /// Where it was read.
        column: String,
    },
    /// A key was wrapped by a master key that was not given.
    #[error("person key cannot be unwrapped by master key version {version}")]
    Unwrap {
        /// The version named beside the key.
        version: i32,
    },
}

impl ServiceError for PrivacyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Database(_) | Self::KeyStore(_) => ErrorKind::Unavailable,
            Self::Erased => ErrorKind::Precondition,
            Self::NotSealed { .. } | Self::Damaged { .. } | Self::Unwrap { .. } => {
                ErrorKind::Internal
            }
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Database(_) => "DATABASE_UNAVAILABLE",
            Self::KeyStore(_) => "KEY_STORE_UNAVAILABLE",
            Self::Erased => "PERSON_ERASED",
            Self::NotSealed { .. } => "COLUMN_NOT_SEALED",
            Self::Damaged { .. } => "SEALED_VALUE_DAMAGED",
            Self::Unwrap { .. } => "MASTER_KEY_UNKNOWN",
        }
    }
}
