//! Who calls: a short-lived signed token that every service checks itself, and the permission matrix, default deny.

mod claims;
mod issuer;
mod verifier;

use kernel::{NetworkCode, ProviderId};
use tonic::{Request, Status};

use crate::error::{ErrorKind, ServiceError, to_status};

pub use issuer::TokenIssuer;
pub use verifier::TokenVerifier;

/// The only service that may speak for staff, providers and visitors.
pub const GATEWAY: &str = "gateway";

/// A token lives this long at most.
pub const TOKEN_LIFETIME_MAX: std::time::Duration = std::time::Duration::from_mins(15);

/// What kind of party calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallerKind {
    /// A member of the staff, by roles.
    Staff,
    /// A service provider's system.
    Provider,
    /// A network's own provisioning system.
    Provisioning,
    /// A visitor of the public pages.
    Public,
    /// Another enrolled service, speaking for itself.
    Service,
}

/// The party that calls, as its token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// What kind of party.
    pub kind: CallerKind,
    /// Who, within the kind: a user's id, a client's id, a session's, a service's name. Never a personal name.
    pub id: String,
    /// Staff only: what they may do. The other kinds have the one role that their kind is.
    pub roles: Vec<String>,
    /// The network that the caller is bound to.
    pub network: Option<NetworkCode>,
    /// The provider that the caller speaks for.
    pub provider: Option<ProviderId>,
    /// Why personal data is looked at, as stated.
    pub purpose: Option<String>,
}

impl CallerKind {
    /// The word in tokens, in the access log and, but for staff, in the permission matrix.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Provider => "provider",
            Self::Provisioning => "provisioning",
            Self::Public => "public",
            Self::Service => "service",
        }
    }
}

impl Caller {
    /// A service that speaks for itself.
    pub fn service(name: &str) -> Self {
        Self {
            kind: CallerKind::Service,
            id: name.to_owned(),
            roles: Vec::new(),
            network: None,
            provider: None,
            purpose: None,
        }
    }

    /// The network of a request. A caller that is bound to a network may name only that one, or none and means it; a
    /// caller that is not bound must name one.
    pub fn network(&self, asked: &str) -> Result<NetworkCode, CallerError> {
        match &self.network {
            Some(bound) if asked.is_empty() || asked == bound.as_str() => Ok(bound.clone()),
            Some(_) => Err(CallerError::OtherNetwork),
            None if self.kind == CallerKind::Service => {
                NetworkCode::parse(asked).map_err(|_| CallerError::UnknownNetwork)
            }
            None => Err(CallerError::NoNetwork),
        }
    }

    /// The provider that the caller speaks for.
    pub fn provider_id(&self) -> Result<&ProviderId, CallerError> {
        match (self.kind, &self.provider) {
            (CallerKind::Provider, Some(provider)) => Ok(provider),
            _ => Err(CallerError::NoProvider),
        }
    }

    /// Kind and id, as the access log names an actor.
    pub fn actor(&self) -> (&'static str, &str) {
        (self.kind.as_str(), &self.id)
    }

    /// Whether the caller holds one of these roles of the permission matrix.
    pub fn has_role(&self, roles: &[&str]) -> bool {
        match self.kind {
            CallerKind::Staff => self.roles.iter().any(|role| roles.contains(&role.as_str())),
            kind => roles.contains(&kind.as_str()),
        }
    }

    /// Whether a row of the permission matrix lets the caller in.
    pub fn may(&self, permission: &api::Permission) -> bool {
        let named = self.kind != CallerKind::Service
            || permission.services.is_empty()
            || permission.services.contains(&self.id.as_str());
        named && self.has_role(permission.roles)
    }
}

/// The caller of a request; the layer of [`crate::grpc::serve`] has put it there.
pub fn caller_of<T>(request: &Request<T>) -> Result<&Caller, Status> {
    request
        .extensions()
        .get::<Caller>()
        .ok_or_else(|| to_status(CallerError::Missing))
}

/// Why a caller is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallerError {
    /// No bearer token came with the request.
    #[error("a bearer token is required")]
    Missing,
    /// The token cannot be read, or its signature does not match.
    #[error("the token is not valid")]
    Invalid,
    /// The issuer is not enrolled with the authority that we trust.
    #[error("the token's issuer is not trusted")]
    Untrusted,
    /// The token has expired, is not valid yet, or would live longer than allowed.
    #[error("the token is not valid at this time")]
    Expired,
    /// The token is for another service.
    #[error("the token is for another service")]
    Audience,
    /// The issuer may not speak for such a caller.
    #[error("the token's issuer may not speak for this caller")]
    Issuer,
    /// The client certificate belongs to another service.
    #[error("the client certificate belongs to another service")]
    Peer,
    /// The caller may not call this method.
    #[error("the caller may not call this method")]
    Denied,
    /// The caller is bound to another network.
    #[error("the caller is bound to another network")]
    OtherNetwork,
    /// The caller is bound to no network.
    #[error("the caller is bound to no network")]
    NoNetwork,
    /// The network that the request names cannot exist.
    #[error("the request names no valid network")]
    UnknownNetwork,
    /// The caller does not speak for a provider.
    #[error("the caller does not speak for a provider")]
    NoProvider,
}

impl From<CallerError> for Status {
    fn from(error: CallerError) -> Self {
        to_status(error)
    }
}

impl ServiceError for CallerError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing | Self::Invalid | Self::Untrusted | Self::Expired | Self::Audience => {
                ErrorKind::Unauthenticated
            }
            Self::UnknownNetwork => ErrorKind::Invalid,
            Self::Issuer
            | Self::Peer
            | Self::Denied
            | Self::OtherNetwork
            | Self::NoNetwork
            | Self::NoProvider => ErrorKind::Denied,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Missing => "TOKEN_MISSING",
            Self::Invalid => "TOKEN_INVALID",
            Self::Untrusted => "TOKEN_UNTRUSTED",
            Self::Expired => "TOKEN_EXPIRED",
            Self::Audience => "TOKEN_AUDIENCE",
            Self::Issuer => "TOKEN_ISSUER",
            Self::Peer => "PEER_MISMATCH",
            Self::Denied => "PERMISSION_DENIED",
            Self::OtherNetwork => "OTHER_NETWORK",
            Self::NoNetwork => "NO_NETWORK",
            Self::UnknownNetwork => "NETWORK_INVALID",
            Self::NoProvider => "NO_PROVIDER",
        }
    }
}
