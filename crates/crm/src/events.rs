//! What this service tells others. It listens to nobody but the rights service, which the chassis does.

pub mod outgoing;
