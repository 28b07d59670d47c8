//! Contacts, consent, quarantine.
