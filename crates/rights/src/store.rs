//! Rows and queries. Everything that belongs to a network is asked for with it.

pub mod amendment;
pub mod answer;
pub mod cases;
pub mod certificate;
pub mod disclosure;
pub mod export_part;
pub mod holder;
pub mod holders;
pub mod part;
pub mod parts;
pub mod recipient_notice;
pub mod request;
pub mod turns;
pub mod words;
