//! Why a mail could not be queued or sent. No address and no text is ever in it.

use privacy::PrivacyError;
use sea_orm::DbErr;
use service_kit::error::{ErrorKind, ServiceError};

/// What went wrong with a mail.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The database of the queue.
    #[error("the mail queue's database failed")]
    Database(#[from] DbErr),
    /// Sealing or opening.
    #[error("a mail could not be sealed or opened")]
    Privacy(#[from] PrivacyError),
    /// A mistake in the program: no such template, or it does not fit its context.
    #[error("the mail template {template} cannot be used")]
    Template {
        /// Which one.
        template: String,
        /// What the template engine says; it names variables, not values.
        #[source]
        source: minijinja::Error,
    },
    /// A mistake in the program: a template whose first line is not `Subject: …`.
    #[error("the mail template {template} does not begin with a subject")]
    Subject {
        /// Which one.
        template: String,
    },
    /// A mistake in the program: keys of one person for a mail to another.
    #[error("the keys in hand are not the recipient's")]
    OtherPerson,
    /// The configuration of SMTP or sender.
    #[error("mail.{key} is wrong")]
    Config {
        /// Which key of the section `[mail]`.
        key: &'static str,
    },
}

impl ServiceError for MailError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Database(_) => ErrorKind::Unavailable,
            Self::Privacy(error) => error.kind(),
            Self::Template { .. }
            | Self::Subject { .. }
            | Self::OtherPerson
            | Self::Config { .. } => ErrorKind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Database(_) => "DATABASE_UNAVAILABLE",
            Self::Privacy(error) => error.reason(),
            Self::Template { .. } | Self::Subject { .. } => "MAIL_TEMPLATE_WRONG",
            Self::OtherPerson => "MAIL_KEYS_WRONG",
            Self::Config { .. } => "MAIL_CONFIG_WRONG",
        }
    }
}
