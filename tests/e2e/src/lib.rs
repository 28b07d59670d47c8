//! The whole chain, from outside.
