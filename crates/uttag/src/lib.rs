//! The command line: serve, demo, import, migrate, backup, certificate.
