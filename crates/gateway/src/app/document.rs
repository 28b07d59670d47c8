//! A package comes in pieces; it is collected up to a limit.

use api::rights::GetPackageRequest;
use service_kit::caller::Caller;
use tonic::Status;

use crate::limits;
use crate::services::{Failure, Part, Services, call_within};

/// The whole package.
pub async fn package(
    services: &Services,
    caller: &Caller,
    request: GetPackageRequest,
) -> Result<Vec<u8>, Failure> {
    let failed = Part::Rights.failed();
    let answer = services
        .rights(caller)
        .get_package(call_within(request, limits::IMPORT_MS))
        .await;
    let mut stream = answer.map_err(&failed)?.into_inner();
    let mut whole = Vec::new();
    while let Some(piece) = stream.message().await.map_err(&failed)? {
        if whole.len() + piece.chunk.len() > limits::DOCUMENT_BYTES {
            return Err(failed(Status::resource_exhausted(
                "the package is larger than the gateway hands out",
            )));
        }
        whole.extend_from_slice(&piece.chunk);
    }
    Ok(whole)
}
