//! An address file on its way from a browser or a program to the registry, in pieces.

use api::registry::import_address_file_request::Part as Piece;
use api::registry::{
    ImportAddressFileRequest, ImportAddressFileResponse, ImportHeader, ImportMode,
};
use bytes::Bytes;
use kernel::NetworkCode;
use service_kit::caller::Caller;
use tonic::Request;

use crate::limits;
use crate::services::{Failure, Part, Services};

/// How a file is to be read and applied.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The network.
    pub network: NetworkCode,
    /// Whether what the file does not name ends.
    pub mode: ImportMode,
    /// Whether nothing is changed.
    pub dry_run: bool,
    /// Empty: recognise.
    pub charset: String,
}

/// Sends header and pieces, and waits for the report.
pub async fn send(
    services: &Services,
    caller: &Caller,
    wish: &Wish,
    file: Bytes,
) -> Result<ImportAddressFileResponse, Failure> {
    let header = ImportHeader {
        network: wish.network.to_string(),
        mode: wish.mode.into(),
        dry_run: wish.dry_run,
        charset: wish.charset.clone(),
    };
    let mut rest = file;
    let chunks = std::iter::from_fn(move || {
        let size = rest.len().min(limits::CHUNK_BYTES);
        (size > 0).then(|| Piece::Chunk(rest.split_to(size).to_vec()))
    });
    let pieces = std::iter::once(Piece::Header(header)).chain(chunks);
    let messages =
        tokio_stream::iter(pieces.map(|part| ImportAddressFileRequest { part: Some(part) }));
    let mut request = Request::new(messages);
    request.set_timeout(std::time::Duration::from_millis(limits::IMPORT_MS));
    let answer = services.registry(caller).import_address_file(request).await;
    Ok(answer.map_err(Part::Registry.failed())?.into_inner())
}
