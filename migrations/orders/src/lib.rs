//! The schema of the orders database, step by step.
