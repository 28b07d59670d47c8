//! Order forms: what a network asks in every order, and a provider in the orders of its own offerings. They define the fields
//! themselves; a form is put in versions, and an order keeps the one that it was placed with.

pub mod answer;
pub mod check;

use serde::{Deserialize, Serialize};

use super::acceptance::Language;
use kernel::ProviderId;

/// Fields of one form: people give up before this.
pub const FIELDS_MAX: usize = 40;
/// Choices of one field.
pub const CHOICES_MAX: usize = 60;
/// Characters of a key, and of a choice's value.
pub const KEY_MAX: usize = 40;
/// Characters of a label, in each language.
pub const LABEL_MAX: usize = 120;
/// Characters of a help text, in each language.
pub const HELP_MAX: usize = 1_000;
/// Characters of the longest answer.
pub const TEXT_MAX: u32 = 1_000;
/// Numbers on either side of zero: exact in every JSON reader.
pub const NUMBER_MAX: i64 = 1_000_000_000_000;
/// Days on either side of the day of the order that a date may be bound to.
pub const DATE_DAYS_MAX: i32 = 3_660;
/// Days after the end of an order that a purge rule may name. Below the period of the order itself.
pub const PURGE_DAYS_MAX: u32 = 365;

/// Violations that one refusal names: more do not fit into the trailers of an answer over HTTP/2.
pub const VIOLATIONS_MAX: usize = 60;

/// "yes" and "no", as answers say them.
pub const YES: &str = "yes";
/// See [`YES`].
pub const NO: &str = "no";

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormOwner {
    /// The network, in every order.
    Network,
    /// A provider, in orders of its offerings.
    Provider(ProviderId),
}

/// Whose form a field of an order is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The network's.
    Network,
    /// The provider's of the order.
    Provider,
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalText {
    /// Swedish.
    pub sv: String,
    /// English.
    pub en: String,
}

/// One of the answers of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Stable.
    pub value: String,
    /// For people.
    pub label: LocalText,
}

/// A closed set of named rules for a text: no expression of somebody else's is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// ASCII digits alone.
    Digits,
    /// An e-mail address.
    Email,
    /// A telephone number in any usual spelling; becomes E.164.
    Phone,
    /// A Swedish postal code.
    PostalCode,
    /// A Swedish organisation number with a right check digit.
    OrganizationNumber,
}

/// Of what kind an answer is, and its rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of text.
    Text {
        /// Characters at most.
        max_chars: u32,
        /// What it must look like.
        pattern: Option<Pattern>,
    },
    /// One of several.
    Choice {
        /// Which.
        choices: Vec<Choice>,
    },
    /// A whole number.
    Number {
        /// At least.
        min: Option<i64>,
        /// At most.
        max: Option<i64>,
    },
    /// A day.
    Date {
        /// Days from the day of the order, at least.
        earliest_days: Option<i32>,
        /// Days from the day of the order, at most.
        latest_days: Option<i32>,
    },
    /// Yes or no.
    YesNo,
}

/// Another field of the form whose answer makes this one required.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Which field.
    pub key: String,
    /// With which answer; none is any.
    pub value: Option<String>,
}

/// When a field must be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Never.
    Optional,
    /// Always.
    Required,
    /// When another field is answered so.
    If(Condition),
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Stable within the form.
    pub key: String,
    /// What is asked.
    pub label: LocalText,
    /// How to answer; may be empty.
    pub help: LocalText,
    /// Of what kind, with which rules.
    pub kind: FieldKind,
    /// Whether it must be answered.
    pub need: Need,
    /// Whether the answer says something of a person. A text always does.
    pub personal: bool,
    /// Days after the end of the order when the answer is deleted; none: kept with the order.
    pub purge_days: Option<u32>,
}

/// One version of a form that has passed [`check::fields`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Counts from 1; 0 is one that nobody has put.
    pub version: u32,
    /// In the order in which they are asked.
    pub fields: Vec<Field>,
}

/// The forms that an order answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderForms {
    /// The network's.
    pub network: Form,
    /// The provider's.
    pub provider: Form,
}

impl FormOwner {
    /// The provider's id; empty for the network.
    pub fn provider_id(&self) -> &str {
        match self {
            Self::Network => "",
            Self::Provider(id) => id.as_str(),
        }
    }
}

impl Scope {
    /// Both, in the order in which they are asked.
    pub const ALL: [Self; 2] = [Self::Network, Self::Provider];

    /// As it is stored, and as violations name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Provider => "provider",
        }
    }

    /// The scope of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

impl LocalText {
    /// In one language.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Swedish => &self.sv,
            Language::English => &self.en,
        }
    }
}

impl Pattern {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Digits,
        Self::Email,
        Self::Phone,
        Self::PostalCode,
        Self::OrganizationNumber,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Digits => "digits",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::PostalCode => "postal_code",
            Self::OrganizationNumber => "organization_number",
        }
    }
}

impl Form {
    /// The field of that key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}

impl OrderForms {
    /// The form of a scope.
    pub fn of(&self, scope: Scope) -> &Form {
        match scope {
            Scope::Network => &self.network,
            Scope::Provider => &self.provider,
        }
    }

    /// Every field with whose it is, in the order in which they are asked.
    pub fn fields(&self) -> impl Iterator<Item = (Scope, &Field)> {
        Scope::ALL.into_iter().flat_map(|scope| {
            self.of(scope)
                .fields
                .iter()
                .map(move |field| (scope, field))
        })
    }
}

impl Field {
    /// An answer in words: the label of a choice, yes or no; anything else is itself.
    pub fn words(&self, value: &str) -> LocalText {
        match (&self.kind, value) {
            (FieldKind::Choice { choices }, value) => choices
                .iter()
                .find(|choice| choice.value == value)
                .map_or_else(|| LocalText::same(value), |choice| choice.label.clone()),
            (FieldKind::YesNo, YES) => LocalText {
                sv: "Ja".to_owned(),
                en: "Yes".to_owned(),
            },
            (FieldKind::YesNo, NO) => LocalText {
                sv: "Nej".to_owned(),
                en: "No".to_owned(),
            },
            (_, value) => LocalText::same(value),
        }
    }
}

impl LocalText {
    fn same(text: &str) -> Self {
        Self {
            sv: text.to_owned(),
            en: text.to_owned(),
        }
    }
}
