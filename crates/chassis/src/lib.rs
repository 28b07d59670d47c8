//! The frame that the four services and the gateway share: connect the parts, raise the fence, serve.
//!
//! A service is its routes, its event handlers and its data map. Everything else is here, once, so that whoever has
//! learned how one service starts and stops knows all of them.

mod connect;
mod listeners;
mod repeat;
mod say;
mod serve;

pub mod doctor;
pub mod feed;
pub mod process;

pub use connect::{Chassis, Surroundings};
pub use listeners::{Bound, Listeners};
pub use say::said;
pub use serve::{GrpcDoor, Serve};

/// A call is many small pieces of memory, asked for by one thread and given back by another: the system's allocator takes a
/// fifth of the time of a search (docs/benchmarks.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
