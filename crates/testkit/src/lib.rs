//! What the tests of every service are made of: private servers, stores, a mail server, canaries.
//!
//! Nothing here is a stand-in: PostgreSQL, RabbitMQ and SMTP are real, private to the test run and gone after it. A
//! server that several test binaries share is started once by `with-servers` (see `src/bin`) and found by environment.

pub mod addresses;
pub mod canary;
mod eventually;
#[doc(hidden)]
pub use eventually::pause;
mod guard;
mod ports;
pub mod postgres;
pub mod rabbit;
pub use mailbox as smtp;
pub mod store;

/// Certificate files for a private server that is to speak TLS, all PEM.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The server's certificate and what it was signed with.
    pub certificate: std::path::PathBuf,
    /// The server's private key.
    pub key: std::path::PathBuf,
    /// Who may sign a client's certificate.
    pub authority: std::path::PathBuf,
}
