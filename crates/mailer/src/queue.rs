//! Putting a mail into the queue, in the transaction of the fact that it tells of.

use std::{fmt, sync::Arc};

use kernel::{Clock, Email, NetworkCode, SharedClock, SystemClock, new_id};
use messaging::Work;
use privacy::{Privacy, SealItem, Seals, SubjectId};
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

    /// Queues mails within a unit of work, in one statement, those to a person sealed with keys that are in hand; they are
    /// sent as soon as it is committed.
    ///
    /// # Errors
    /// A template that does not fit, a mail to somebody else than the keys are of, a database that fails.
    pub async fn enqueue_sealed_in(
        &self,
        work: &mut Work,
        seals: &Seals,
        mails: Vec<Mail>,
    ) -> Result<(), MailError> {
        let mut rows = Vec::with_capacity(mails.len());
        for mail in mails {
            let (mut row, to, text) = self.row(mail)?;
            let id = *row.id.as_ref();
            let seal = |column, value: &str| seals.seal(MAIL_TABLE.name, column, id, value);
            match row.subject_id.as_ref() {
                None => in_the_clear(&mut row, &to, &text),
                Some(subject) if *subject == seals.subject().as_uuid() => {
                    row.recipient = Set(Some(seal("recipient", to.as_str())?));
                    row.content = Set(Some(seal("content", &json(&text))?));
                }
                Some(_) => return Err(MailError::OtherPerson),
            }
            rows.push(row);
        }
        store::Entity::insert_many(rows)
            .exec_without_returning(work.tx())
            .await?;
        let wake = Arc::clone(&self.wake);
        work.on_commit(move || wake.notify_one());
        Ok(())
    }

    /// Queues a mail within a transaction; it is sent soon after that is committed.
    ///
    /// # Errors
    /// As [`Self::enqueue_in`].
    pub async fn enqueue<C: ConnectionTrait>(&self, tx: &C, mail: Mail) -> Result<Uuid, MailError> {
        let subject = mail.subject;
        let (mut row, to, text) = self.row(mail)?;
        let id = *row.id.as_ref();
        match subject {
            None => in_the_clear(&mut row, &to, &text),
            Some(subject) => {
                let (recipient, content) = self.seal(subject, id, &to, &text).await?;
                row.recipient = Set(Some(recipient));
                row.content = Set(Some(content));
            }
        }
        store::Entity::insert(row)
            .exec_without_returning(tx)
            .await?;
        Ok(id)
    }

    /// A row without its text, and where which text goes.
    fn row(&self, mail: Mail) -> Result<(store::ActiveModel, Email, Text), MailError> {
        let text = self
            .templates
            .render(mail.template, &mail.language, &mail.context)?;
        // Delivery runs on the machine's clock, like leases and backoff of events.
        let now = SystemClock.now();
        let row = store::ActiveModel {
            id: Set(new_id(self.clock.as_ref())),
            network: Set(mail.network.as_str().to_owned()),
            subject_id: Set(mail.subject.map(|subject| subject.as_uuid())),
            template: Set(mail.template.to_owned()),
            language: Set(mail.language),
            recipient: Set(None),
            content: Set(None),
            function_recipient: Set(None),
            function_content: Set(None),
            status: Set(QUEUED.to_owned()),
            attempts: Set(0),
            next_attempt_at: Set(now),
            lease_owner: Set(None),
            lease_until: Set(None),
            last_error: Set(None),
            created_at: Set(now),
            finished_at: Set(None),
        };
        Ok((row, mail.to, text))
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
        let item = |column, text| SealItem {
            subject,
            table,
            column,
            row_id,
            text,
        };
        let items = [item("recipient", to.as_str()), item("content", &content)];
        let mut sealed = self.privacy.seal_many(&items).await?.into_iter();
        Ok((
            sealed.next().unwrap_or_default(),
            sealed.next().unwrap_or_default(),
        ))
    }
}

/// To a function address, a text that names nobody.
fn in_the_clear(row: &mut store::ActiveModel, to: &Email, text: &Text) {
    row.function_recipient = Set(Some(to.as_str().to_owned()));
    row.function_content = Set(Some(json(text)));
}

fn json(text: &Text) -> String {
    serde_json::to_string(text).expect("two strings are JSON")
}

impl fmt::Debug for MailQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailQueue").finish_non_exhaustive()
    }
}
