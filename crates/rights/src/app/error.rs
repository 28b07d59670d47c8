//! Why a use case was refused.

use kernel::Violation;
use privacy::PrivacyError;
use sea_orm::DbErr;
use service_kit::caller::CallerError;
use service_kit::error::{ErrorKind, ServiceError};

use crate::domain::case::Refusal;
use crate::ledger::LedgerError;

/// The errors of the rights service.
#[derive(Debug, thiserror::Error)]
pub enum RightsError {
    /// The request is wrong; everything that is wrong with it.
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    /// No such request, or not in the caller's network.
    #[error("there is no such request")]
    NotFound,
    /// No such holder.
    #[error("there is no such holder")]
    UnknownHolder,
    /// The rules do not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// An access request of the same person must be answered first.
    #[error("an access request of the same person is open and must be answered first")]
    AccessOpen,
    /// There is no certificate.
    #[error("the request has no certificate")]
    NoCertificate,
    /// The package is not complete, or has been erased.
    #[error("the request has no package")]
    NoPackage,
    /// The person has been erased.
    #[error("the search keys have been erased")]
    KeysErased,
    /// More was submitted than a package may hold.
    #[error("the export is larger than {limit} bytes")]
    ExportTooLarge {
        /// The limit.
        limit: usize,
    },
    /// The caller may not name this.
    #[error(transparent)]
    Caller(#[from] CallerError),
    /// Personal data.
    #[error("personal data could not be handled")]
    Privacy(#[from] PrivacyError),
    /// The ledger.
    #[error("the ledger could not be used")]
    Ledger(#[from] LedgerError),
    /// The database.
    #[error("the database could not be used")]
    Database(#[from] DbErr),
    /// A row that cannot be.
    #[error("stored data is damaged: {0}")]
    Damaged(&'static str),
}

impl ServiceError for RightsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::NotFound | Self::UnknownHolder | Self::NoCertificate | Self::NoPackage => {
                ErrorKind::NotFound
            }
            Self::Refused(Refusal::SamePerson) => ErrorKind::Denied,
            Self::Refused(Refusal::UnknownHolder) => ErrorKind::NotFound,
            Self::Refused(_) | Self::AccessOpen | Self::KeysErased => ErrorKind::Precondition,
            Self::ExportTooLarge { .. } => ErrorKind::Exhausted,
            Self::Caller(error) => error.kind(),
            Self::Privacy(error) => error.kind(),
            Self::Ledger(LedgerError::Broken(_)) | Self::Damaged(_) => ErrorKind::Internal,
            Self::Ledger(_) | Self::Database(_) => ErrorKind::Unavailable,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "REQUEST_INVALID",
            Self::NotFound => "REQUEST_NOT_FOUND",
            Self::UnknownHolder => "HOLDER_UNKNOWN",
            Self::Refused(refusal) => refusal_reason(*refusal),
            Self::AccessOpen => "ACCESS_REQUEST_OPEN",
            Self::NoCertificate => "CERTIFICATE_NOT_FOUND",
            Self::NoPackage => "PACKAGE_NOT_FOUND",
            Self::KeysErased => "SEARCH_KEYS_ERASED",
            Self::ExportTooLarge { .. } => "EXPORT_TOO_LARGE",
            Self::Caller(error) => error.reason(),
            Self::Privacy(error) => error.reason(),
            Self::Ledger(LedgerError::Broken(_)) => "LEDGER_BROKEN",
            Self::Ledger(_) => "LEDGER_UNAVAILABLE",
            Self::Database(_) => "DATABASE_UNAVAILABLE",
            Self::Damaged(_) => "DATA_DAMAGED",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Invalid(violations) => violations.clone(),
            _ => Vec::new(),
        }
    }
}

/// The stable code of a refusal.
#[must_use]
pub const fn refusal_reason(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::WrongState => "WRONG_STATE",
        Refusal::SamePerson => "SAME_PERSON",
        Refusal::UnknownHolder => "HOLDER_UNKNOWN",
        Refusal::Repeated => "REPEATED",
        Refusal::Mismatch => "MISMATCH",
    }
}
