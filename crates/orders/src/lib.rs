//! Services at an address, orders brokered to providers.
