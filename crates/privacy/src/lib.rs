//! Data map, vault, tokens, access log, ledger watermark and fence, the holder of personal data.
//!
//! A service declares what it holds ([`DataMap`]); sealing, finding, discovery, export and erasure come from it.

mod data_map;

pub use data_map::{Category, Column, ColumnKind, DataMap, Link, OnErasure, Retention, RowErasure, Table};
