//! What an address file may say and what a place is: rules without store or wire.

pub mod access;
pub mod address_file;
pub mod disclosure;
pub mod handle;
pub mod import;
pub mod limits;
pub mod market;
pub mod position;
pub mod pull;
pub mod search;
pub mod services;
