//! Translate, call, translate.

mod holder_service;
mod rights_service;
mod views;

use api::rights::holder_service_server::HolderServiceServer;
use api::rights::rights_service_server::RightsServiceServer;
use kernel::Violation;
use service_kit::error::to_status;
use tonic::Status;
use tonic::service::Routes;
use uuid::Uuid;

use crate::app::Rights;
use crate::app::error::RightsError;

/// What holders must reach while this service's own database is behind the ledger: they, and it, catch up through it.
pub const OPEN_WHEN_FENCED: &[&str] = &[
    "/uttag.rights.v1.HolderService/StreamLedger",
    "/uttag.rights.v1.HolderService/GetLedgerHead",
    "/uttag.rights.v1.HolderService/StreamAccessBatches",
];

/// Both services.
#[must_use]
pub fn routes(rights: &Rights) -> Routes {
    Routes::new(RightsServiceServer::new(rights_service::Staff(
        rights.clone(),
    )))
    .add_service(HolderServiceServer::new(holder_service::Holders(
        rights.clone(),
    )))
}

/// An id of the wire.
fn id(field: &str, text: &str) -> Result<Uuid, Status> {
    Uuid::parse_str(text).map_err(|_| invalid(vec![Violation::new(field, text, "a UUID")]))
}

fn invalid(violations: Vec<Violation>) -> Status {
    to_status(RightsError::Invalid(violations))
}
