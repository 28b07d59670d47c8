//! Generated gRPC code and nothing else: the protos of `proto/`, their descriptors, and the permission matrix.
#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    reason = "generated code; the protos carry the documentation"
)]

include!(concat!(env!("OUT_DIR"), "/protos.rs"));

pub use uttag::{
    common::v1 as common, crm::v1 as crm, events::v1 as events, orders::v1 as orders,
    privacy::v1 as privacy, registry::v1 as registry, rights::v1 as rights,
};

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
