//! A provider's extract as a file: `GET /api/v1/market/accesses.csv` and `.txt`. It is the contract's columns under their
//! MdB2 names, written while it is read; nothing says anything about a person (MDB-3).

mod body;
mod caller;
mod file;
mod since;
mod table;

#[doc(hidden)]
pub use file::{__path_csv, __path_txt};
pub use file::{csv, txt};

use axum::Router;
use axum::routing::get;

use crate::state::Gateway;

/// `/market/…`.
pub fn routes() -> Router<Gateway> {
    Router::new()
        .route("/market/accesses.csv", get(csv))
        .route("/market/accesses.txt", get(txt))
}
