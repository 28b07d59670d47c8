//! The schema of the registry database, step by step.
