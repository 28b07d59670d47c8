//! The mails that ask for a yes, and the links in them.

use aws_lc_rs::rand;
use kernel::{Email, NetworkCode};
use mailer::{Mail, TemplateSource};
use messaging::Work;
use privacy::SubjectId;
use serde_json::json;

use super::{Crm, CrmError};
use crate::domain::ContactId;
use crate::domain::consent::{CURRENT_VERSION, Language};
use crate::domain::schedule;
use crate::domain::token::ConfirmationToken;
use crate::store::confirmation;

/// The first mail.
pub(super) const CONFIRM: &str = "confirm";
/// The mails after it.
pub(super) const REMIND: &str = "remind";

/// All templates of the CRM.
pub(super) const TEMPLATES: &[TemplateSource] = &[
    (CONFIRM, "sv", include_str!("../../mails/confirm.sv.txt")),
    (CONFIRM, "en", include_str!("../../mails/confirm.en.txt")),
    (REMIND, "sv", include_str!("../../mails/remind.sv.txt")),
    (REMIND, "en", include_str!("../../mails/remind.en.txt")),
];

/// Who is asked, about which contact.
pub(super) struct Ask<'a> {
    pub(super) network: &'a NetworkCode,
    pub(super) subject: SubjectId,
    pub(super) contact: ContactId,
    /// When the contact was entered: its links die with it.
    pub(super) entered_at: chrono::DateTime<chrono::Utc>,
    pub(super) language: Language,
    pub(super) name: &'a str,
    pub(super) email: Email,
    pub(super) template: &'static str,
    pub(super) days_left: i64,
}

impl Crm {
    /// Makes a new link and queues the mail that carries it: only its hash is stored, so every mail has its own.
    pub(super) async fn ask(&self, work: &mut Work, ask: Ask<'_>) -> Result<(), CrmError> {
        let post = self.post()?;
        let token = self.store_link(work, &ask).await?;
        let language = ask.language.code();
        let context = json!({
            "name": ask.name,
            "network": self.names.of(work.tx(), ask.network).await?,
            "link": format!("{}/{language}/confirm/{}", post.public_url, token.expose()),
            "days_left": ask.days_left,
        });
        let mail = Mail {
            network: ask.network.clone(),
            subject: Some(ask.subject),
            to: ask.email,
            template: ask.template,
            language: language.to_owned(),
            context,
        };
        post.queue.enqueue_in(work, mail).await?;
        Ok(())
    }

    async fn store_link(&self, work: &Work, ask: &Ask<'_>) -> Result<ConfirmationToken, CrmError> {
        let mut bytes = [0; ConfirmationToken::BYTES];
        rand::fill(&mut bytes).map_err(|_| CrmError::Random)?;
        let token = ConfirmationToken::from_random(bytes);
        let row = confirmation::Model {
            id: kernel::new_id(self.clock.as_ref()),
            network: ask.network.to_string(),
            subject_id: ask.subject.as_uuid(),
            contact_id: ask.contact.as_uuid(),
            token_hash: token.hash(),
            text_version: CURRENT_VERSION.to_owned(),
            language: ask.language.code().to_owned(),
            channel: None,
            created_at: self.clock.now(),
            expires_at: schedule::removal(ask.entered_at),
            used_at: None,
        };
        confirmation::insert(work.tx(), row).await?;
        Ok(token)
    }
}
