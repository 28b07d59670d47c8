//! What a person is known by, and the opaque subject that a service keeps rows under.

use kernel::{AccessId, Email, IdentityNumber, PersonName, Phone};

kernel::typed_id!(
    /// One person within one network and one service; it says nothing to anybody else.
    SubjectId
);

/// Something that a person is found by.
#[derive(Clone, Debug)]
pub enum Identifier {
    /// Personal identity number, co-ordination number, or a sole trader's organisation number.
    IdentityNumber(IdentityNumber),
    /// E-mail address.
    Email(Email),
    /// Telephone number.
    Phone(Phone),
    /// A resident: the full name together with the access.
    NameAtAccess {
        /// The full name.
        name: PersonName,
        /// Where the person lives.
        access: AccessId,
    },
}

/// An identifier, and whether the person has proven that it is theirs.
#[derive(Clone, Debug)]
pub struct Known {
    /// The identifier.
    pub identifier: Identifier,
    /// Whether it is proven (a confirmed mail, a sign-in, staff who saw a document). Only proven ones widen a search.
    pub verified: bool,
}

/// Where a fact about a person comes from; it decides whether an earlier erasure stands against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The person acts: an order, a registration. Lifts an earlier suppression.
    OwnAct,
    /// Staff record it on a new basis. Lifts an earlier suppression.
    Staff,
    /// A file without origin times. An erased person stays out.
    Import,
}

/// The answer to "under which subject does this person's row go".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// A person not known before.
    New(SubjectId),
    /// A person known already.
    Existing(SubjectId),
    /// The person has been erased, and this origin does not bring them back: store nothing of them.
    Suppressed,
}

impl Admission {
    /// The subject to store under; nothing when suppressed.
    pub fn subject(self) -> Option<SubjectId> {
        match self {
            Self::New(subject) | Self::Existing(subject) => Some(subject),
            Self::Suppressed => None,
        }
    }
}

impl Known {
    /// A proven identifier.
    pub fn verified(identifier: Identifier) -> Self {
        Self {
            identifier,
            verified: true,
        }
    }

    /// A claimed identifier.
    pub fn unverified(identifier: Identifier) -> Self {
        Self {
            identifier,
            verified: false,
        }
    }
}

impl Identifier {
    /// The kind of key: "identity_number", "email", "phone", "name_at_access".
    pub fn field(&self) -> &'static str {
        match self {
            Self::IdentityNumber(_) => IDENTITY_NUMBER,
            Self::Email(_) => EMAIL,
            Self::Phone(_) => PHONE,
            Self::NameAtAccess { .. } => NAME_AT_ACCESS,
        }
    }

    /// The one spelling that tokens are made of.
    pub(crate) fn canonical(&self) -> String {
        match self {
            Self::IdentityNumber(number) => number.canonical().to_string(),
            Self::Email(email) => email.canonical(),
            Self::Phone(phone) => phone.canonical().to_string(),
            Self::NameAtAccess { name, access } => {
                format!("{}\u{1f}{}", name.normalised(), access.as_str())
            }
        }
    }
}

/// The kind of key that a stored word names.
pub(crate) fn field_named(word: &str) -> Option<&'static str> {
    [IDENTITY_NUMBER, EMAIL, PHONE, NAME_AT_ACCESS]
        .into_iter()
        .find(|field| *field == word)
}

pub(crate) const IDENTITY_NUMBER: &str = "identity_number";
pub(crate) const EMAIL: &str = "email";
pub(crate) const PHONE: &str = "phone";
pub(crate) const NAME_AT_ACCESS: &str = "name_at_access";
