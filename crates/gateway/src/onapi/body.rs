//! A JSON array that is written while it is read: at most one page of the registry is in memory, and the next is fetched
//! when the reader has taken this one. A failure in the middle breaks the answer off, so that half a list never looks
//! like a whole one.

use api::registry::AccessChange;
use axum::body::{Body, Bytes};
use chrono::{DateTime, Utc};
use futures::stream;
use serde::Serialize;
use service_kit::error as kit;

use super::changes::Changes;
use super::errors::Refusal;
use super::since::time_of;
use crate::services::{Failure, Part};

/// Lists that could not be read to their end.
const BROKEN_OFF: &str = "gateway_on_api_broken_off_total";

/// What a list makes of a change.
pub enum Said<T> {
    /// This.
    Item(T),
    /// Nothing.
    Nothing,
    /// Nothing, and nothing more.
    Over,
}

/// A list that has begun.
pub struct Listing {
    /// Everything up to this time is in the list, if the registry has said something at all.
    pub as_of: Option<DateTime<Utc>>,
    /// The array; none when it would be empty.
    pub body: Option<Body>,
}

/// What is left of a list.
struct Rest<F> {
    changes: Changes,
    say: F,
    /// Of the first page: what changes while the list is read may or may not be in it.
    as_of: Option<DateTime<Utc>>,
    any: bool,
    over: bool,
}

/// Begins a list: reads until there is something to say. `say` is given each change and the time up to which everything
/// is in the list.
///
/// # Errors
/// The registry fails before there is anything to say.
pub async fn begin<T, F>(changes: Changes, say: F) -> Result<Listing, Refusal>
where
    T: Serialize + 'static,
    F: FnMut(AccessChange, DateTime<Utc>) -> Said<T> + Send + 'static,
{
    let mut rest = Rest {
        changes,
        say,
        as_of: None,
        any: false,
        over: false,
    };
    let first = rest.next().await?;
    let as_of = rest.as_of;
    let body = first.map(|first| Body::from_stream(pieces(first, rest)));
    Ok(Listing { as_of, body })
}

/// The array in pieces: the first page, every other, the end.
fn pieces<T, F>(
    first: Vec<u8>,
    rest: Rest<F>,
) -> impl stream::Stream<Item = Result<Bytes, BrokenOff>> + Send
where
    T: Serialize + 'static,
    F: FnMut(AccessChange, DateTime<Utc>) -> Said<T> + Send + 'static,
{
    stream::try_unfold(Some((Some(first), rest)), |state| async move {
        let Some((first, mut rest)) = state else {
            return Ok(None);
        };
        let piece = match first {
            Some(first) => Some([b"[", first.as_slice()].concat()),
            None => rest.next().await.map_err(broken_off)?,
        };
        Ok(Some(match piece {
            Some(piece) => (Bytes::from(piece), Some((None, rest))),
            None => (Bytes::from_static(b"]"), None),
        }))
    })
}

impl<F> Rest<F> {
    /// The next page that has something to say, with its commas.
    async fn next<T>(&mut self) -> Result<Option<Vec<u8>>, Failure>
    where
        T: Serialize,
        F: FnMut(AccessChange, DateTime<Utc>) -> Said<T>,
    {
        let mut bytes = Vec::new();
        while bytes.is_empty() && !self.over {
            let Some(page) = self.changes.next().await? else {
                break;
            };
            let of_page = time_of(page.as_of.as_ref()).ok_or_else(|| malformed("as_of"))?;
            let as_of = *self.as_of.get_or_insert(of_page);
            for change in page.changes {
                match (self.say)(change, as_of) {
                    Said::Item(item) => self.write(&mut bytes, &item)?,
                    Said::Nothing => {}
                    Said::Over => {
                        self.over = true;
                        break;
                    }
                }
            }
        }
        Ok((!bytes.is_empty()).then_some(bytes))
    }

    fn write(&mut self, bytes: &mut Vec<u8>, item: &impl Serialize) -> Result<(), Failure> {
        if std::mem::replace(&mut self.any, true) {
            bytes.push(b',');
        }
        serde_json::to_writer(bytes, item).map_err(|_| malformed("change"))
    }
}

/// The registry has sent what its contract does not allow.
fn malformed(what: &str) -> Failure {
    Part::Registry.failed()(tonic::Status::internal(format!("{what} is missing")))
}

/// Why an answer ends in the middle; for the server, which closes the connection.
#[derive(Debug, thiserror::Error)]
#[error("the list could not be read to its end")]
struct BrokenOff;

fn broken_off(failure: Failure) -> BrokenOff {
    metrics::counter!(BROKEN_OFF).increment(1);
    let code = failure.status.code();
    let (reason, theirs) = (
        kit::reason_of(&failure.status),
        kit::error_id_of(&failure.status),
    );
    tracing::warn!(rpc.code = ?code, error.reason = reason, error.peer_id = theirs,
        "an ON-API list was broken off");
    BrokenOff
}
