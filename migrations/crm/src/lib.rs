//! The schema of the crm database, step by step.
