//! The whole chain, from outside.
#![allow(
    clippy::disallowed_methods,
    reason = "the story is played by the clock of the machine"
)]

pub mod books;
pub mod collector;
pub mod compliance;
pub mod desk;
pub mod doors;
pub mod dump;
pub mod house;
pub mod partners;
pub mod people;
pub mod process;
pub mod story;
pub mod survey;
pub mod town;
