//! What a link stands for. Mail scanners open links: nothing changes.

use kernel::NetworkCode;

use super::{Crm, CrmError, is_elsewhere};
use crate::domain::consent::{self, Language};
use crate::domain::contact::ContactState;
use crate::domain::token::ConfirmationToken;
use crate::store::{confirmation, contact};

/// What the page behind a link shows.
#[derive(Debug, PartialEq, Eq)]
pub enum Peek {
    /// The person may say yes or no to this text.
    Open {
        /// Who asks.
        network: NetworkCode,
        /// In which language.
        language: Language,
        /// Which text.
        version: String,
        /// Word for word.
        text: &'static str,
    },
    /// The person has said yes.
    Confirmed {
        /// To whom.
        network: NetworkCode,
        /// In which language.
        language: Language,
    },
    /// Never was, has expired, or the person said no.
    Gone,
}

impl Crm {
    /// Looks at a link.
    pub async fn peek_confirmation(
        &self,
        visited: Option<&NetworkCode>,
        link: &str,
    ) -> Result<Peek, CrmError> {
        let Some(token) = ConfirmationToken::parse(link) else {
            return Ok(Peek::Gone);
        };
        let reader = self.outbox.database().reader();
        let Some(row) = confirmation::find(&reader, &token).await? else {
            return Ok(Peek::Gone);
        };
        let (network, language) = (row.network()?, row.language()?);
        if is_elsewhere(visited, &network) {
            return Ok(Peek::Gone);
        }
        let Some(contact) = contact::find(&reader, &network, row.contact()).await? else {
            return Ok(Peek::Gone);
        };
        if contact.state()? == ContactState::Confirmed {
            return Ok(Peek::Confirmed { network, language });
        }
        match consent::text(&row.text_version, language) {
            Some(text) if row.is_open(self.clock.now()) => Ok(Peek::Open {
                network,
                language,
                version: row.text_version,
                text,
            }),
            _ => Ok(Peek::Gone),
        }
    }
}
