//! The address registry: accesses in by file and API, found by search.

pub mod domain;
