//! Mail queue, one row per recipient; templates; SMTP.
//!
//! A use case puts a mail into the queue in its own transaction ([`MailQueue::enqueue`]): the mail leaves if, and only
//! if, the fact it tells of was committed. [`Mailer`] claims rows by lease, sends them over SMTP and empties them.
//! Address and text are sealed with the recipient's key; when the person is erased, nothing is sent any more.

mod claim;
mod error;
mod migration;
mod outcome;
mod personal_data;
mod queue;
mod retry;
mod send;
mod smtp;
mod store;
mod template;

pub use error::MailError;
pub use migration::migrations;
pub use personal_data::{MAIL_CATEGORY, MAIL_TABLE};
pub use queue::{Mail, MailQueue};
pub use retry::MailRetry;
pub use send::Mailer;
pub use template::TemplateSource;
