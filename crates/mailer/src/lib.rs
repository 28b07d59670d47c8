//! Mail queue, one row per recipient; templates; SMTP.
