//! HTTP for browsers and partners.
