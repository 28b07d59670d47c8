//! Why a use case refuses, in a closed set with stable reasons.

use kernel::Violation;
use mailer::MailError;
use privacy::PrivacyError;
use sea_orm::DbErr;
use service_kit::error::{ErrorKind, ServiceError};

/// Why a use case refuses.
#[derive(Debug, thiserror::Error)]
pub enum CrmError {
    /// Fields are wrong; all of them are named.
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    /// No such contact, or one that nobody may read yet.
    #[error("no such contact")]
    NotFound,
    /// Without mail nobody can confirm.
    #[error("no mail server is configured")]
    NoMail,
    /// The random generator of the machine failed.
    #[error("no randomness")]
    Random,
    /// A command's stored answer cannot be read.
    #[error("a stored answer is unreadable")]
    Answer(#[from] prost::DecodeError),
    /// A mail could not be queued.
    #[error("a mail could not be queued")]
    Mail(#[from] MailError),
    /// Sealing, opening or logging failed.
    #[error("personal data could not be handled")]
    Privacy(#[from] PrivacyError),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] DbErr),
}

impl CrmError {
    /// One wrong field.
    pub fn invalid(field: &str, rule: &str) -> Self {
        Self::Invalid(vec![Violation::new(field, "", rule)])
    }
}

impl ServiceError for CrmError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::NotFound => ErrorKind::NotFound,
            Self::NoMail => ErrorKind::Precondition,
            Self::Random | Self::Answer(_) => ErrorKind::Internal,
            Self::Database(_) => ErrorKind::Unavailable,
            Self::Mail(error) => error.kind(),
            Self::Privacy(error) => error.kind(),
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "REQUEST_INVALID",
            Self::NotFound => "CONTACT_NOT_FOUND",
            Self::NoMail => "MAIL_NOT_CONFIGURED",
            Self::Random => "RANDOM_UNAVAILABLE",
            Self::Answer(_) => "ANSWER_UNREADABLE",
            Self::Database(_) => "DATABASE_UNAVAILABLE",
            Self::Mail(error) => error.reason(),
            Self::Privacy(error) => error.reason(),
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Invalid(violations) => violations.clone(),
            _ => Vec::new(),
        }
    }
}
