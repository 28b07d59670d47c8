//! The conversation with the mail server.

use std::time::Duration;

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
    transport::smtp::extension::ClientId,
};
use secrecy::ExposeSecret;
use service_kit::config::MailConfig;
use uuid::Uuid;

use crate::{MailError, outcome::Outcome, template::Text};

/// One attempt takes at most so long.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A connected sender.
#[derive(Clone, Debug)]
pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// Reads the configuration. TLS is as the URL says: `smtps://`, `smtp://…?tls=required`, or none.
    pub(crate) fn new(config: &MailConfig) -> Result<Self, MailError> {
        let from: Mailbox = config
            .from
            .parse()
            .map_err(|_| MailError::Config { key: "from" })?;
        // The machine's own name is nobody's business.
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let transport =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(config.smtp_url.expose_secret())
                .map_err(|_| MailError::Config { key: "smtp_url" })?
                .hello_name(hello)
                .timeout(Some(PATIENCE / 2))
                .build();
        Ok(Self { transport, from })
    }

    /// Sends one mail. The message id is the row's, so that a server can tell a repetition.
    pub(crate) async fn send(&self, id: Uuid, to: &str, language: &str, text: Text) -> Outcome {
        let Ok(to) = to.parse::<Address>() else {
            return Outcome::Never("address".to_owned());
        };
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(text.subject)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(AutoSubmitted)
            .header(ContentLanguage(language.to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(text.body);
        let Ok(message) = message else {
            return Outcome::Never("message".to_owned());
        };
        match tokio::time::timeout(PATIENCE, self.transport.send(message)).await {
            Ok(Ok(_)) => Outcome::Sent,
            Ok(Err(error)) => Outcome::of(&error),
            Err(_) => Outcome::Later("timeout".to_owned()),
        }
    }
}

/// Why a mail server would take nothing from us.
#[derive(Debug, thiserror::Error)]
pub enum NoMailServer {
    /// What the configuration says of it cannot be used.
    #[error(transparent)]
    Config(#[from] MailError),
    /// It cannot be reached, or refuses the sign-in or the encryption.
    #[error("the mail server refuses")]
    Refused(#[from] lettre::transport::smtp::Error),
    /// It greets and then fails a conversation without a mail (NOOP of RFC 5321 §4.1.1.9).
    #[error("the mail server does not answer NOOP")]
    Silent,
}

/// Whether the mail server of the configuration lets us in. No mail is sent.
///
/// # Errors
/// [`NoMailServer`].
pub async fn greet(config: &MailConfig) -> Result<(), NoMailServer> {
    if Smtp::new(config)?.transport.test_connection().await? {
        Ok(())
    } else {
        Err(NoMailServer::Silent)
    }
}

/// RFC 3834: nobody's holiday answer is wanted.
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// RFC 3282: screen readers choose their voice by it.
#[derive(Debug, Clone)]
struct ContentLanguage(String);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}
