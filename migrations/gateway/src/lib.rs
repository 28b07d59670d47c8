//! The schema of the gateway database, step by step.
