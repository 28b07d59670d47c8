//! The body of a file: written while it is read, a few pages of the registry in memory at most. Whatever goes wrong on
//! the way breaks the answer off, so that half a file never looks like a whole one; a reader that takes nothing for a
//! while is left, so that it does not hold a stream of the registry.

use std::time::Duration;

use api::registry::access_change::Change;
use api::registry::{MarketAccess, StreamAccessesResponse};
use axum::body::{Body, Bytes};
use futures::stream;
use service_kit::error as kit;
use service_kit::shares::Share;
use tokio::sync::mpsc;
use tonic::Status;

use super::table::Table;
use crate::app::market_pages::MarketPages;
use crate::limits;

/// Files that ended before their end.
const BROKEN_OFF: &str = "gateway_market_files_broken_off_total";
/// Pieces that wait for the reader.
const PIECES: usize = 1;

/// Why a body ends in the middle; for the server, which closes the connection.
#[derive(Debug, thiserror::Error)]
#[error("the file could not be read to its end")]
struct BrokenOff;

/// A piece on its way to the reader. Only `End` is the end: a channel that closes without one broke off.
enum Piece {
    Lines(Vec<u8>),
    End,
}

/// The file from its first page on; it keeps its share until it is over.
pub fn body(
    table: Table,
    first: Option<StreamAccessesResponse>,
    pages: MarketPages,
    file: Share<String>,
) -> Body {
    let (sender, receiver) = mpsc::channel(PIECES);
    tokio::spawn(async move {
        let _file = file;
        if let Err(reason) = write(&table, first, pages, &sender).await {
            metrics::counter!(BROKEN_OFF).increment(1);
            tracing::warn!(reason, "a market file was broken off");
        }
    });
    Body::from_stream(stream::try_unfold(receiver, |mut receiver| async move {
        match receiver.recv().await {
            Some(Piece::Lines(lines)) => Ok(Some((Bytes::from(lines), receiver))),
            Some(Piece::End) => Ok(None),
            None => Err(BrokenOff),
        }
    }))
}

/// Sends the lines; says why it cannot go on.
async fn write(
    table: &Table,
    first: Option<StreamAccessesResponse>,
    mut pages: MarketPages,
    to: &mpsc::Sender<Piece>,
) -> Result<(), String> {
    let headings = table.headings().map_err(|error| kit::chain(&error))?;
    send(to, Piece::Lines(headings)).await?;
    let mut page = first;
    while let Some(changes) = page {
        let rows = table.rows(accesses(changes));
        let rows = rows.map_err(|error| kit::chain(&error))?;
        if !rows.is_empty() {
            send(to, Piece::Lines(rows)).await?;
        }
        page = pages.next().await.map_err(|status| said(&status))?;
    }
    send(to, Piece::End).await
}

async fn send(to: &mpsc::Sender<Piece>, piece: Piece) -> Result<(), String> {
    let patience = Duration::from_millis(limits::MARKET_STALL_MS);
    let sent = to.send_timeout(piece, patience).await;
    sent.map_err(|_| "the reader has gone or takes nothing".to_owned())
}

/// What has gone since the reading began cannot be said in a file; the next one lacks it.
fn accesses(page: StreamAccessesResponse) -> impl Iterator<Item = MarketAccess> {
    page.changes
        .into_iter()
        .filter_map(|change| match change.change {
            Some(Change::Put(access)) => Some(access),
            Some(Change::Removed(_)) | None => None,
        })
}

/// Code and reason of a failure of the registry; not its text.
fn said(status: &Status) -> String {
    let reason = kit::reason_of(status).unwrap_or_default();
    format!("the registry: {:?} {reason}", status.code())
}
