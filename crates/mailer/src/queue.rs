//! Putting a mail into the queue, in the transaction of the fact that it tells of.

use std::{fmt, sync::Arc};

use kernel::{Clock, Email, NetworkCode, SharedClock, SystemClock, new_id};
use messaging::Work;
use privacy::{Privacy, SealItem, SubjectId};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use service_kit::database::Database;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    MAIL_TABLE, MailError, TemplateSource,
    store::{self, QUEUED},
    template::{Templates, Text},
};

/// A mail to one recipient.
#[derive(Debug)]
pub struct Mail {
    /// The network in whose name it is sent.
    pub network: NetworkCode,
    /// Whose mail it is. `None` only for a function address (orders@…) and a text that names no person.
    pub subject: Option<SubjectId>,
    /// To whom.
    pub to: Email,
    /// The template's name.
    pub template: &'static str,
    /// "sv" or "en".
    pub language: String,
    /// What the template is filled with.
    pub context: serde_json::Value,
}

/// The queue of one service. Clones share it.
#[derive(Clone)]
pub struct MailQueue {
    pub(crate) database: Database,
    pub(crate) privacy: Privacy,
    pub(crate) clock: SharedClock,
    pub(crate) wake: Arc<Notify>,
    templates: Arc<Templates>,
}

impl MailQueue {
    /// A queue without templates; see [`Self::with_templates`].
    pub fn new(database: Database, privacy: Privacy, clock: SharedClock) -> Self {
        Self {
            database,
            privacy,
            clock,
            wake: Arc::new(Notify::new()),
            templates: Arc::default(),
        }
    }

    /// The same queue with the templates of the service.
    ///
    /// # Errors
    /// A template that cannot be compiled or lacks its subject line.
    pub fn with_templates(&self, sources: &[TemplateSource]) -> Result<Self, MailError> {
        Ok(Self {
            templates: Arc::new(Templates::compile(sources)?),
            ..self.clone()
        })
    }

    /// Queues a mail within a unit of work; it is sent as soon as that is committed.
    ///
    /// # Errors
    /// A template that does not fit, an erased person, a database that fails.
    pub async fn enqueue_in(&self, work: &mut Work, mail: Mail) -> Result<Uuid, MailError> {
        let id = self.enqueue(work.tx(), mail).await?;
        let wake = Arc::clone(&self.wake);
        work.on_commit(move || wake.notify_one());
        Ok(id)
    }

    /// Queues a mail within a transaction; it is sent soon after that is committed.
    ///
    /// # Errors
    /// As [`Self::enqueue_in`].
    pub async fn enqueue<C: ConnectionTrait>(&self, tx: &C, mail: Mail) -> Result<Uuid, MailError> {
        let text = self
            .templates
            .render(mail.template, &mail.language, &mail.context)?;
        let id = new_id(self.clock.as_ref());
        // Delivery runs on the machine's clock, like leases and backoff of events.
        let now = SystemClock.now();
        let mut row = store::ActiveModel {
            id: Set(id),
            network: Set(mail.network.as_str().to_owned()),
            subject_id: Set(mail.subject.map(|subject| subject.as_uuid())),
            template: Set(mail.template.to_owned()),
            language: Set(mail.language),
            status: Set(QUEUED.to_owned()),
            attempts: Set(0),
            next_attempt_at: Set(now),
            created_at: Set(now),
            ..Default::default()
        };
        if let Some(subject) = mail.subject {
            let (recipient, content) = self.seal(subject, id, &mail.to, &text).await?;
            row.recipient = Set(Some(recipient));
            row.content = Set(Some(content));
        } else {
            row.function_recipient = Set(Some(mail.to.as_str().to_owned()));
            row.function_content = Set(Some(json(&text)));
        }
        store::Entity::insert(row)
            .exec_without_returning(tx)
            .await?;
        Ok(id)
    }

    async fn seal(
        &self,
        subject: SubjectId,
        row_id: Uuid,
        to: &Email,
        text: &Text,
    ) -> Result<(Vec<u8>, Vec<u8>), MailError> {
        let table = MAIL_TABLE.name;
        let content = json(text);
        let items = [
            SealItem {
                subject,
                table,
                column: "recipient",
                row_id,
                text: to.as_str(),
            },
            SealItem {
                subject,
                table,
                column: "content",
                row_id,
                text: &content,
            },
        ];
        let mut sealed = self.privacy.seal_many(&items).await?.into_iter();
        Ok((
            sealed.next().unwrap_or_default(),
            sealed.next().unwrap_or_default(),
        ))
    }
}

fn json(text: &Text) -> String {
    serde_json::to_string(text).expect("two strings are JSON")
}

impl fmt::Debug for MailQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailQueue").finish_non_exhaustive()
    }
}
