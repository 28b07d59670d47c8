//! Live canary persons: one for each holder and network, so that a look-up that finds nobody is known to work.

use kernel::{Email, NetworkCode, ParseError};
use sea_orm::ConnectionTrait;

use crate::{Admission, Identifier, Known, Origin, Privacy, PrivacyError, SubjectId};

/// A synthetic person.
#[derive(Clone, Debug)]
pub struct Canary {
    /// The subject that rows are planted under.
    pub subject: SubjectId,
    /// The address that it is found by; in a domain that cannot exist (RFC 2606).
    pub email: Email,
}

/// The canary of this service in a network, planted if it is not there. Planting again gives the same one, until it has
/// been erased.
///
/// # Errors
/// When the database fails.
///
/// # Panics
/// Never: the address is made of a service's and a network's name.
pub async fn plant<C: ConnectionTrait>(
    privacy: &Privacy,
    tx: &C,
    network: &NetworkCode,
) -> Result<Canary, PrivacyError> {
    let email = address(privacy.data_map().service, network)
        .expect("names of services and networks fit an address");
    let known = [Known::verified(Identifier::Email(email.clone()))];
    match privacy.subject(tx, network, &known, Origin::Staff).await? {
        Admission::New(subject) | Admission::Existing(subject) => Ok(Canary { subject, email }),
        Admission::Suppressed => unreachable!("only an import is suppressed"),
    }
}

fn address(service: &str, network: &NetworkCode) -> Result<Email, ParseError> {
    Email::parse(&format!(
        "canary.{service}.{}@example.com",
        network.as_str().to_lowercase()
    ))
}
