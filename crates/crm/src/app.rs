//! The use cases of contacts, one file each, and what they share.

pub mod confirm_contact;
pub mod create_contact;
pub mod decline_contact;
pub mod error;
pub mod get_contact;
pub mod list_contacts;
mod mails;
pub mod peek_confirmation;
mod people;
mod remove;
pub mod sweep;

use chassis::Chassis;
use kernel::{NetworkCode, SharedClock};
use mailer::{MailQueue, NetworkNames};
use messaging::Outbox;
use privacy::Privacy;
use service_kit::lifecycle::Lifecycle;

pub use error::CrmError;
pub use people::ContactView;

use crate::config::Config;

/// The application: what every use case works with.
#[derive(Debug)]
pub struct Crm {
    outbox: Outbox,
    privacy: Privacy,
    mail: Option<Post>,
    pub(crate) names: NetworkNames,
    clock: SharedClock,
    lifecycle: Lifecycle,
}

/// How the CRM writes to people.
#[derive(Debug)]
struct Post {
    queue: MailQueue,
    public_url: String,
}

impl Crm {
    /// Joins the parts.
    ///
    /// # Errors
    /// A mail template that cannot be used.
    pub fn new(chassis: &Chassis, config: &Config) -> anyhow::Result<Self> {
        let queue = chassis.mail.with_templates(mails::TEMPLATES)?;
        let mail = config.mail.as_ref().map(|mail| Post {
            queue,
            public_url: mail.public_url.trim_end_matches('/').to_owned(),
        });
        Ok(Self {
            outbox: chassis.outbox.clone(),
            privacy: chassis.privacy.clone(),
            mail,
            names: NetworkNames::new(
                chassis.anchor.clone(),
                chassis.clock.clone(),
                config.settings.controllers.clone(),
            ),
            clock: chassis.clock.clone(),
            lifecycle: chassis.lifecycle.clone(),
        })
    }

    fn post(&self) -> Result<&Post, CrmError> {
        self.mail.as_ref().ok_or(CrmError::NoMail)
    }
}

/// A visitor who holds a link may be bound to the network whose pages are visited; then the link must be of that one.
fn is_elsewhere(visited: Option<&NetworkCode>, network: &NetworkCode) -> bool {
    visited.is_some_and(|visited| visited != network)
}
