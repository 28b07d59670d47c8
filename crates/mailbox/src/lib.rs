//! A real SMTP server that keeps what it receives.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};

mod session;

/// A mail as it came over the wire.
#[derive(Debug, Clone)]
pub struct ReceivedMail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// The header Message-ID, by which a repetition is told from another mail; empty without one.
    pub message_id: String,
    /// The decoded subject.
    pub subject: String,
    /// The decoded text part.
    pub text: String,
    /// Everything, with dots unstuffed.
    pub raw: Vec<u8>,
}

/// How the server refuses a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 450: try again later.
    Temporary,
    /// 550: never.
    Permanent,
    /// Takes the mail and closes the connection without an answer.
    Silence,
}

/// The server. It ends when it is dropped.
#[derive(Debug)]
pub struct SmtpSink {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    mails: Mutex<Vec<ReceivedMail>>,
    refusals: Mutex<HashMap<String, (Refusal, usize)>>,
    arrived: Notify,
}

impl SmtpSink {
    /// Listens on a free port of the loopback address.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_on("127.0.0.1:0").await
    }

    /// Listens on a given address, for example the one of a sink that was dropped.
    pub async fn start_on(address: &str) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address)
            .await
            .context("cannot listen for mail")?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::default());
        let serving = Arc::clone(&state);
        let task = tokio::spawn(async move {
            let mut sessions = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                sessions.spawn(session::serve(stream, Arc::clone(&serving)));
            }
        });
        Ok(Self {
            address,
            state,
            task,
        })
    }

    /// `smtp://127.0.0.1:port`
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on refuses this recipient so many times.
    pub fn refuse(&self, recipient: &str, refusal: Refusal, times: usize) {
        self.state
            .lock_refusals()
            .insert(recipient.to_lowercase(), (refusal, times));
    }

    /// Everything received so far, in order.
    pub fn mails(&self) -> Vec<ReceivedMail> {
        self.state.lock_mails().clone()
    }

    /// What this recipient has received so far.
    pub fn mails_to(&self, recipient: &str) -> Vec<ReceivedMail> {
        let mut mails = self.mails();
        mails.retain(|mail| mail.to.iter().any(|to| to.eq_ignore_ascii_case(recipient)));
        mails
    }

    /// Waits until this recipient has so many mails.
    ///
    /// # Errors
    /// They do not come within the time.
    pub async fn arrived(
        &self,
        recipient: &str,
        count: usize,
        patience: Duration,
    ) -> anyhow::Result<Vec<ReceivedMail>> {
        let wait = async {
            loop {
                let arrival = self.state.arrived.notified();
                tokio::pin!(arrival);
                arrival.as_mut().enable();
                let mails = self.mails_to(recipient);
                if mails.len() >= count {
                    return mails;
                }
                arrival.await;
            }
        };
        tokio::time::timeout(patience, wait)
            .await
            .with_context(|| format!("no {count} mails after {patience:?}"))
    }

    /// [`SmtpSink::arrived`] for tests.
    ///
    /// # Panics
    /// When they do not come within the time.
    pub async fn wait_for(
        &self,
        recipient: &str,
        count: usize,
        patience: Duration,
    ) -> Vec<ReceivedMail> {
        self.arrived(recipient, count, patience)
            .await
            .expect("the mails arrive in time")
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    pub(crate) fn refusal_of(&self, recipient: &str) -> Option<Refusal> {
        let mut refusals = self.lock_refusals();
        let (refusal, left) = refusals.get_mut(&recipient.to_lowercase())?;
        *left = left.checked_sub(1)?;
        Some(*refusal)
    }

    pub(crate) fn keep(&self, from: String, to: Vec<String>, raw: Vec<u8>) {
        let Read {
            message_id,
            subject,
            text,
        } = read(&raw).unwrap_or_default();
        self.lock_mails().push(ReceivedMail {
            from,
            to,
            message_id,
            subject,
            text,
            raw,
        });
        self.arrived.notify_waiters();
    }

    fn lock_mails(&self) -> std::sync::MutexGuard<'_, Vec<ReceivedMail>> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_refusals(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Refusal, usize)>> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is read of a mail, decoded from whatever the sender chose.
#[derive(Default)]
struct Read {
    message_id: String,
    subject: String,
    text: String,
}

fn read(raw: &[u8]) -> Option<Read> {
    use mailparse::MailHeaderMap;
    let mail = mailparse::parse_mail(raw).ok()?;
    let header = |name| mail.headers.get_first_value(name).unwrap_or_default();
    let text = mail
        .parts()
        .find(|part| part.ctype.mimetype == "text/plain")
        .and_then(|part| part.get_body().ok())
        .unwrap_or_default();
    Some(Read {
        message_id: header("Message-ID"),
        subject: header("Subject"),
        text,
    })
}
