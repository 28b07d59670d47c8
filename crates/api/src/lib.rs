//! Generated gRPC code and nothing else: the protos of `proto/`, their descriptors, and the permission matrix.
#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    reason = "generated code; the protos carry the documentation"
)]

/// `uttag.common.v1`
pub mod common {
    tonic::include_proto!("uttag.common.v1");
}
/// `uttag.registry.v1`
pub mod registry {
    tonic::include_proto!("uttag.registry.v1");
}
/// `uttag.orders.v1`
pub mod orders {
    tonic::include_proto!("uttag.orders.v1");
}
/// `uttag.crm.v1`
pub mod crm {
    tonic::include_proto!("uttag.crm.v1");
}
/// `uttag.rights.v1`
pub mod rights {
    tonic::include_proto!("uttag.rights.v1");
}
/// `uttag.privacy.v1`
pub mod privacy {
    tonic::include_proto!("uttag.privacy.v1");
}
/// `uttag.events.v1`
pub mod events {
    tonic::include_proto!("uttag.events.v1");
}

/// The descriptors of every proto, for reflection and for tests that enumerate methods.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// One cell row of the permission matrix: who may call a method.
#[derive(Clone, Copy, Debug)]
pub struct Permission {
    /// The gRPC path: `/uttag.orders.v1.OrdersService/PlaceOrder`.
    pub method: &'static str,
    /// The service that a token must name as its audience.
    pub audience: &'static str,
    /// Roles that may call.
    pub roles: &'static [&'static str],
    /// For the role `service`: which services; empty means every enrolled one.
    pub services: &'static [&'static str],
}

include!(concat!(env!("OUT_DIR"), "/permissions.rs"));

/// The whole matrix, for the documentation and the tests.
pub fn permissions() -> &'static [Permission] {
    PERMISSIONS
}

/// The row of one method, or nothing: then nobody may call it.
pub fn permission(method: &str) -> Option<&'static Permission> {
    PERMISSIONS.iter().find(|p| p.method == method)
}
