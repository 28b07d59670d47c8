//! The frame that the four services and the gateway share.
