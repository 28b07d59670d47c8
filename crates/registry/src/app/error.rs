//! Why a use case of the registry does not do what was asked.

use std::io;

use kernel::Violation;
use privacy::PrivacyError;
use sea_orm::DbErr;
use service_kit::error::{ErrorKind, ServiceError};

use crate::domain::disclosure::Refusal;
use crate::domain::handle::HandleError;

/// Why a use case failed. No value of a person is ever in it.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The request breaks rules; all of them are named.
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    /// A place handle points nowhere.
    #[error(transparent)]
    Handle(#[from] HandleError),
    /// There is no such access in the network, or it has ended.
    #[error("there is no such access")]
    NoSuchAccess,
    /// There is no such import in the network.
    #[error("there is no such import")]
    NoSuchImport,
    /// No address file of the network is fetched.
    #[error("no address file of this network is fetched; see [settings.pulls] of the registry")]
    NoPull,
    /// The address file is being fetched by somebody else.
    #[error("the address file is being fetched already")]
    PullRuns,
    /// The import is not in a state for what is asked.
    #[error("the import is {0}, so this cannot be done with it")]
    ImportIs(&'static str),
    /// A complete import would end more accesses than is allowed without confirmation.
    #[error(
        "the file would end {ending} of {active} accesses, more than {percent} %; confirm the number if that is right"
    )]
    EndsTooMany {
        /// Accesses that would end.
        ending: u64,
        /// Accesses of the network.
        active: u64,
        /// What is allowed.
        percent: u8,
    },
    /// The time to take the import back is over, or a later one was applied.
    #[error("{0}")]
    CannotUndo(&'static str),
    /// The staged rows have been lost with the database server; the file must be sent again.
    #[error("the staged rows are gone, the database server was restarted; send the file again")]
    StagedRowsLost,
    /// There is no such disclosure in the network.
    #[error("there is no such disclosure")]
    NoSuchDisclosure,
    /// The people there can be read without another's approval.
    #[error("nobody at the access has protected personal data")]
    NobodyProtected,
    /// A disclosure cannot be decided, or looked at.
    #[error("{}", said(*.0))]
    Disclosure(Refusal),
    /// Whoever takes the mark away could read the people at once.
    #[error(
        "the mark of protected personal data is taken away by somebody to whom another has approved its disclosure"
    )]
    ProtectedMark,
    /// There is no such contract in the network.
    #[error("there is no such contract")]
    NoSuchContract,
    /// Somebody has changed the contract since it was read.
    #[error("the contract was changed since it was read: read it again")]
    ContractEdited,
    /// The provider has no contract in the network today (MDB-3).
    #[error("the provider has no contract in this network today")]
    NoContract,
    /// The contract does not allow this interface.
    #[error("the contract does not allow this interface")]
    NotAgreed,
    /// The contract was changed while its accesses were read.
    #[error("the contract was changed: forget everything and start from the first")]
    ContractChanged,
    /// The provider has as many streams open as it may.
    #[error("too many streams are open")]
    TooManyStreams,
    /// Not a cursor of this feed.
    #[error("the cursor was not given by this feed")]
    CursorInvalid,
    /// What the cursor would go on from is gone for good, or the feed has begun a new epoch since.
    #[error("the cursor is too old: forget everything and start from the first")]
    CursorExpired,
    /// The service is behind its fence.
    #[error("the service is not ready")]
    NotReady,
    /// Somebody has changed the access since it was read.
    #[error("the access was changed since it was read")]
    AccessChanged,
    /// The network's staged session is just becoming an import: what comes now would be lost or overwritten by it.
    #[error("what was posted before is just taking effect; send this again in a few minutes")]
    SessionClosing,
    /// The staged session holds as much as an import takes.
    #[error("the staged session is full")]
    SessionFull,
    /// The file is larger than one import takes.
    #[error("the file is larger than one import takes")]
    FileTooLarge,
    /// The service's database.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// Sealing, tokens or the access log.
    #[error("personal data could not be handled")]
    Privacy(#[from] PrivacyError),
    /// The staged file.
    #[error("the staged file could not be used")]
    Staging(#[from] io::Error),
    /// What is stored is not what was accepted.
    #[error("a stored {0} is not valid")]
    Corrupt(&'static str),
}

impl RegistryError {
    /// One broken rule.
    pub fn invalid(field: &str, value: &str, rule: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(field, value, rule)])
    }
}

fn said(refusal: Refusal) -> String {
    match refusal {
        Refusal::OwnRequest => "another person than the one who asked decides".to_owned(),
        Refusal::OfAnother => "only the one who asked may look".to_owned(),
        Refusal::Is(state) => format!("the disclosure is {}", state.as_str()),
    }
}

impl ServiceError for RegistryError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) | Self::Handle(HandleError::Invalid) | Self::CursorInvalid => {
                ErrorKind::Invalid
            }
            Self::NoSuchAccess
            | Self::NoSuchImport
            | Self::NoSuchContract
            | Self::NoSuchDisclosure
            | Self::NoPull => ErrorKind::NotFound,
            Self::NoContract
            | Self::NotAgreed
            | Self::ProtectedMark
            | Self::Disclosure(Refusal::OwnRequest | Refusal::OfAnother) => ErrorKind::Denied,
            Self::Handle(HandleError::Expired)
            | Self::ImportIs(_)
            | Self::EndsTooMany { .. }
            | Self::PullRuns
            | Self::CannotUndo(_)
            | Self::StagedRowsLost
            | Self::CursorExpired
            | Self::ContractChanged
            | Self::ContractEdited
            | Self::NobodyProtected
            | Self::Disclosure(Refusal::Is(_))
            | Self::AccessChanged
            | Self::SessionClosing => ErrorKind::Precondition,
            Self::FileTooLarge | Self::TooManyStreams | Self::SessionFull => ErrorKind::Exhausted,
            Self::Database(_) | Self::NotReady => ErrorKind::Unavailable,
            Self::Privacy(error) => error.kind(),
            Self::Staging(_) | Self::Corrupt(_) => ErrorKind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "REQUEST_INVALID",
            Self::Handle(HandleError::Invalid) => "PLACE_HANDLE_INVALID",
            Self::Handle(HandleError::Expired) => "PLACE_HANDLE_EXPIRED",
            Self::NoSuchAccess => "ACCESS_NOT_FOUND",
            Self::NoSuchImport => "IMPORT_NOT_FOUND",
            Self::NoPull => "PULL_NOT_CONFIGURED",
            Self::PullRuns => "PULL_RUNS",
            Self::ImportIs(_) => "IMPORT_STATE",
            Self::EndsTooMany { .. } => "IMPORT_ENDS_TOO_MANY",
            Self::CannotUndo(_) => "IMPORT_NOT_UNDOABLE",
            Self::StagedRowsLost => "IMPORT_ROWS_LOST",
            Self::NoSuchContract => "CONTRACT_NOT_FOUND",
            Self::NoSuchDisclosure => "DISCLOSURE_NOT_FOUND",
            Self::NobodyProtected => "NOBODY_PROTECTED",
            Self::Disclosure(Refusal::OwnRequest) => "SECOND_PERSON_NEEDED",
            Self::Disclosure(Refusal::OfAnother) => "DISCLOSURE_OF_ANOTHER",
            Self::Disclosure(Refusal::Is(_)) => "DISCLOSURE_STATE",
            Self::ProtectedMark => "PROTECTED_MARK",
            Self::NoContract => "CONTRACT_MISSING",
            Self::NotAgreed => "INTERFACE_NOT_AGREED",
            Self::ContractChanged => "CONTRACT_CHANGED",
            Self::ContractEdited => "CONTRACT_EDITED",
            Self::TooManyStreams => "TOO_MANY_STREAMS",
            Self::CursorInvalid => "CURSOR_INVALID",
            Self::CursorExpired => "CURSOR_EXPIRED",
            Self::NotReady => "NOT_READY",
            Self::AccessChanged => "ACCESS_CHANGED",
            Self::SessionClosing => "SESSION_CLOSING",
            Self::SessionFull => "SESSION_FULL",
            Self::FileTooLarge => "FILE_TOO_LARGE",
            Self::Database(_) => "DATABASE_UNAVAILABLE",
            Self::Privacy(error) => error.reason(),
            Self::Staging(_) => "STAGING_FAILED",
            Self::Corrupt(_) => "STORED_VALUE_INVALID",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Invalid(violations) => violations.clone(),
            _ => Vec::new(),
        }
    }
}
