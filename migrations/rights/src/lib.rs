//! The schema of the rights database, step by step.
