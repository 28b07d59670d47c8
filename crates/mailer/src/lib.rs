//! Mail queue, one row per recipient; templates; SMTP.
//!
//! A use case puts a mail into the queue in its own transaction ([`MailQueue::enqueue`]): the mail leaves if, and only
//! if, the fact it tells of was committed. [`Mailer`] claims rows by lease, sends them over SMTP and empties them.
//! Address and text are sealed with the recipient's key; when the person is erased, nothing is sent any more.
//! [`NetworkNames`] knows in whose name a mail speaks.

mod claim;
mod error;
mod migration;
mod network_names;
mod outcome;
mod personal_data;
mod queue;
mod retry;
mod send;
mod smtp;
mod store;
mod template;

pub use error::MailError;
pub use migration::{migrations, network_name_migrations};
pub use network_names::{NETWORK_NAME_TABLE, NetworkNames};
pub use personal_data::{MAIL_CATEGORY, MAIL_TABLE};
pub use queue::{Mail, MailQueue};
pub use retry::MailRetry;
pub use send::Mailer;
pub use smtp::{NoMailServer, greet};
pub use template::TemplateSource;
