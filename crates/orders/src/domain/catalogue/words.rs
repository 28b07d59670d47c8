//! The closed lists of the catalogue, in ON-API's words.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$what:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $($(#[$what])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What a word means.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }

            /// What a word that is none should have been.
            pub const RULE: &str = concat!("one of" $(, " ", $word)*);
        }
    };
}

words! {
    /// What a product is.
    Category {
        /// Access to the internet.
        Internet = "internet",
        /// Television.
        Tv = "tv",
        /// Telephony.
        Telephony = "telephony",
        /// Alarms, sensors and the like.
        SmartHome = "smarthome",
        /// Of computers and people.
        Security = "security",
    }
}

words! {
    /// Who may buy an offering.
    ConsumerType {
        /// A household.
        Residential = "residential",
        /// A company.
        Business = "business",
        /// A student.
        Student = "student",
        /// A pensioner.
        Senior = "senior",
        /// Who owns the property.
        PropertyOwner = "propertyOwner",
    }
}

words! {
    /// What a document is.
    DocumentKind {
        /// The conditions of the contract.
        Terms = "termsAndConditions",
        /// How personal data is handled.
        PrivacyPolicy = "privacyPolicy",
        /// A picture.
        Logo = "logo",
    }
}

words! {
    /// How a campaign changes the price of a month.
    CampaignKind {
        /// So many per cent less.
        Percentage = "percentage",
        /// So many öre less.
        Amount = "amount",
        /// So many öre.
        FixedPrice = "fixedPrice",
        /// So many öre more.
        Surcharge = "surcharge",
    }
}
