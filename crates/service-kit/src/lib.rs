//! What each service is made of: config, telemetry, lifecycle, database, gRPC, callers, errors.
//!
//! A service's `run()` reads its [`config`], starts [`telemetry`], connects the [`database`], loads its [`identity`] and
//! serves through [`grpc`], where [`caller`] refuses everybody whom the permission matrix does not name.

pub mod admin;
mod believed;
pub mod caller;
pub mod certificate;
pub mod config;
pub mod database;
pub mod dev_certs;
pub mod error;
mod files;
pub mod grpc;
pub mod identity;
pub mod lifecycle;
pub mod outgoing;
pub mod secret;
pub mod shares;
pub mod telemetry;

/// Generated messages of the rights protocol and the identities; the shape in which keys and signatures travel.
pub mod pb {
    pub use api::{common, privacy};
}

/// Makes AWS-LC the TLS implementation of this process. Safe to call more than once.
pub fn install_crypto() {
    // An error says that a provider is installed already, which is what we want.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
}
