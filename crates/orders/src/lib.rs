//! Services at an address, orders brokered to providers.

pub mod domain;
