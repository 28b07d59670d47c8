//! Why a use case of the gateway's own data was refused.

use kernel::{ParseError, Violation};
use privacy::PrivacyError;
use sea_orm::DbErr;
use service_kit::error::{ErrorKind, ServiceError};

/// Why a use case was refused.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The gateway's database.
    #[error("database failed")]
    Database(#[from] DbErr),
    /// Sealing, opening or looking for a person.
    #[error("personal data could not be handled")]
    Privacy(#[from] PrivacyError),
    /// Fields that break rules.
    #[error("the request breaks {} rules", .0.len())]
    Invalid(Vec<Violation>),
    /// Another user, network or credential is in the way; the code says which.
    #[error("conflicts with what is there: {0}")]
    Conflict(&'static str),
    /// No such row in this network.
    #[error("not found")]
    NotFound,
    /// Sign-in, secret or code is wrong. One text for all, so that nothing can be learned from it.
    #[error("the credentials are not right")]
    WrongCredentials,
    /// A part of the machine failed.
    #[error("internal: {0}")]
    Internal(&'static str),
}

impl AppError {
    /// One broken field; the value is personal or secret and left out.
    pub fn field(field: &str, rule: &ParseError) -> Self {
        Self::Invalid(vec![Violation::new(field, "", rule.rule)])
    }
}

impl ServiceError for AppError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Database(_) => ErrorKind::Unavailable,
            Self::Privacy(error) => error.kind(),
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::Conflict(_) => ErrorKind::Conflict,
            Self::NotFound => ErrorKind::NotFound,
            Self::WrongCredentials => ErrorKind::Unauthenticated,
            Self::Internal(_) => ErrorKind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Database(_) => "DATABASE_UNAVAILABLE",
            Self::Privacy(error) => error.reason(),
            Self::Invalid(_) => "INVALID",
            Self::Conflict(reason) => reason,
            Self::NotFound => "NOT_FOUND",
            Self::WrongCredentials => "WRONG_CREDENTIALS",
            Self::Internal(_) => "INTERNAL",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        if let Self::Invalid(violations) = self {
            violations.clone()
        } else {
            Vec::new()
        }
    }
}
