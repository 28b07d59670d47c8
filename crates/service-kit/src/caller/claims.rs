//! What a token says (RFC 7519), between the bytes and [`Caller`].

use kernel::{NetworkCode, ProviderId};
use serde::{Deserialize, Serialize};

use super::{Caller, CallerKind};

/// The roles that are kinds of caller: staff cannot hold them.
const RESERVED_ROLES: &[&str] = &["public", "provider", "provisioning", "service"];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) sub: String,
    pub(super) aud: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) kind: CallerKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) network: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) provider: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) purpose: Option<String>,
    /// The issuer's certificate, base64 of the protobuf: the key that must have signed the token.
    pub(super) cnf: String,
}

impl Claims {
    /// The caller, when its parts fit its kind.
    pub(super) fn to_caller(&self) -> Option<Caller> {
        let network = self
            .network
            .as_deref()
            .map(NetworkCode::parse)
            .transpose()
            .ok()?;
        let provider = self
            .provider
            .as_deref()
            .map(ProviderId::parse)
            .transpose()
            .ok()?;
        let fits = match self.kind {
            CallerKind::Staff => !self
                .roles
                .iter()
                .any(|role| RESERVED_ROLES.contains(&role.as_str())),
            CallerKind::Provider => provider.is_some(),
            CallerKind::Provisioning => network.is_some(),
            CallerKind::Public => true,
            CallerKind::Service => network.is_none() && provider.is_none(),
        };
        let roles = if self.kind == CallerKind::Staff {
            self.roles.clone()
        } else {
            Vec::new()
        };
        fits.then_some(Caller {
            kind: self.kind,
            id: self.sub.clone(),
            roles,
            network,
            provider,
            purpose: self.purpose.clone(),
        })
    }
}
