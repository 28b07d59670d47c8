//! An address file on its way from a browser or a program to the registry, in pieces; never the whole file in memory.

use api::registry::import_address_file_request::Part as Piece;
use api::registry::{
    ImportAddressFileRequest, ImportAddressFileResponse, ImportHeader, ImportMode,
};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use kernel::NetworkCode;
use service_kit::caller::Caller;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
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
    /// Whether it waits for a decision.
    pub hold: bool,
    /// Empty: recognise.
    pub charset: String,
    /// Empty: recognise.
    pub format: String,
    /// So many accesses may end, however large a share they are.
    pub confirmed_ending: u64,
}

/// Why a file did not arrive, or was not taken.
#[derive(Debug)]
pub enum SendError {
    /// There is nothing in it.
    Empty,
    /// The sender broke off, or the file is larger than is taken.
    Broken,
    /// The registry.
    Registry(Failure),
}

/// Pieces on their way; the registry sets the pace.
const AHEAD: usize = 4;

/// Sends header and pieces, and waits for the report. When the file breaks off, so does the call: the registry cannot take
/// a part for the whole.
pub async fn send<E>(
    services: &Services,
    caller: &Caller,
    wish: &Wish,
    file: impl Stream<Item = Result<Bytes, E>>,
) -> Result<ImportAddressFileResponse, SendError> {
    let (pieces, requests) = mpsc::channel(AHEAD);
    let mut request = Request::new(ReceiverStream::new(requests));
    request.set_timeout(std::time::Duration::from_millis(limits::IMPORT_MS));
    let pump = async move {
        let mut file = std::pin::pin!(file);
        let mut sent = 0;
        if pieces
            .send(message(Piece::Header(header(wish))))
            .await
            .is_err()
        {
            return Ok(());
        }
        while let Some(bytes) = file.next().await {
            let mut bytes = bytes.map_err(|_| SendError::Broken)?;
            sent += bytes.len();
            if sent > limits::UPLOAD_BYTES {
                return Err(SendError::Broken);
            }
            while !bytes.is_empty() {
                let chunk = bytes.split_to(bytes.len().min(limits::CHUNK_BYTES));
                // A registry that hangs up early has answered already; its answer says why.
                if pieces
                    .send(message(Piece::Chunk(chunk.to_vec())))
                    .await
                    .is_err()
                {
                    return Ok(());
                }
            }
        }
        if sent == 0 {
            Err(SendError::Empty)
        } else {
            Ok(())
        }
    };
    let call = async {
        let answer = services.registry(caller).import_address_file(request).await;
        answer.map_err(|status| SendError::Registry(Part::Registry.failed()(status)))
    };
    let ((), answer) = tokio::try_join!(pump, call)?;
    Ok(answer.into_inner())
}

fn message(part: Piece) -> ImportAddressFileRequest {
    ImportAddressFileRequest { part: Some(part) }
}

fn header(wish: &Wish) -> ImportHeader {
    ImportHeader {
        network: wish.network.to_string(),
        mode: wish.mode.into(),
        dry_run: wish.dry_run,
        charset: wish.charset.clone(),
        format: wish.format.clone(),
        hold: wish.hold,
        confirmed_ending: wish.confirmed_ending,
    }
}
