//! Every sentence that a person reads, in Swedish and in English, in one place. The two stand side by side in one macro
//! line, so that neither language can lack a key; a test refuses empty and untranslated ones.

mod common;
mod compliance;
mod contracts;
mod credentials;
mod forms;
mod network;
mod office;
mod people;
mod public;
pub(crate) mod pulls;
pub(crate) mod refusals;
pub(crate) mod rejections;
mod staff;
mod systems;
mod technical;
mod webhooks;

use std::fmt;

/// One area's texts: a struct with a field per key and a constant per language.
macro_rules! texts {
    ($(#[$doc:meta])* $name:ident { $($key:ident: $sv:literal, $en:literal;)* }) => {
        $(#[$doc])*
        #[allow(missing_docs, reason = "the texts say what they are")]
        #[derive(Debug)]
        pub struct $name { $(pub $key: &'static str,)* }

        impl $name {
            /// Swedish.
            pub const SV: Self = Self { $($key: $sv,)* };
            /// English.
            pub const EN: Self = Self { $($key: $en,)* };
            /// Key, Swedish, English; for the test.
            #[cfg(test)]
            pub(super) const ALL: &[(&str, &str, &str)] = &[$((stringify!($key), $sv, $en),)*];
        }
    };
}
pub(crate) use texts;

/// The languages of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Lang {
    /// Swedish, the default.
    #[default]
    Sv,
    /// English.
    En,
}

/// All texts of one language.
#[derive(Debug)]
pub struct Texts {
    /// Words that several pages share, states and roles.
    pub common: common::Common,
    /// The visitors' pages.
    pub public: public::Public,
    /// The staff's pages.
    pub staff: staff::Staff,
    /// The compliance pages.
    pub compliance: compliance::Compliance,
    /// Contracts of providers.
    pub contracts: contracts::Contracts,
    /// Credentials of systems.
    pub credentials: credentials::Credentials,
    /// The forms of orders.
    pub forms: forms::Forms,
    /// The network's own page.
    pub network: network::Network,
    /// All orders at once.
    pub office: office::Office,
    /// People at an access.
    pub people: people::People,
    /// The address file that is fetched every night.
    pub pulls: pulls::Pulls,
    /// Why a row of an address file was refused.
    pub rejections: rejections::Rejections,
    /// Why an address file was refused as a whole.
    pub refusals: refusals::Refusals,
    /// Providers' systems.
    pub systems: systems::Systems,
    /// Technical orders.
    pub technical: technical::Technical,
    /// Endpoints of providers' systems.
    pub webhooks: webhooks::Webhooks,
}

static SWEDISH: Texts = Texts {
    common: common::Common::SV,
    public: public::Public::SV,
    staff: staff::Staff::SV,
    compliance: compliance::Compliance::SV,
    contracts: contracts::Contracts::SV,
    credentials: credentials::Credentials::SV,
    forms: forms::Forms::SV,
    network: network::Network::SV,
    office: office::Office::SV,
    people: people::People::SV,
    pulls: pulls::Pulls::SV,
    refusals: refusals::Refusals::SV,
    rejections: rejections::Rejections::SV,
    systems: systems::Systems::SV,
    technical: technical::Technical::SV,
    webhooks: webhooks::Webhooks::SV,
};

static ENGLISH: Texts = Texts {
    common: common::Common::EN,
    public: public::Public::EN,
    staff: staff::Staff::EN,
    compliance: compliance::Compliance::EN,
    contracts: contracts::Contracts::EN,
    credentials: credentials::Credentials::EN,
    forms: forms::Forms::EN,
    network: network::Network::EN,
    office: office::Office::EN,
    people: people::People::EN,
    pulls: pulls::Pulls::EN,
    refusals: refusals::Refusals::EN,
    rejections: rejections::Rejections::EN,
    systems: systems::Systems::EN,
    technical: technical::Technical::EN,
    webhooks: webhooks::Webhooks::EN,
};

impl Lang {
    /// The language of a code: "sv" or "en".
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "sv" => Some(Self::Sv),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The code, as in the path and in `lang`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Sv => "sv",
            Self::En => "en",
        }
    }

    /// The other one, for the language switch.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Sv => Self::En,
            Self::En => Self::Sv,
        }
    }

    /// The language's own name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sv => "Svenska",
            Self::En => "English",
        }
    }

    /// The texts.
    pub fn texts(self) -> &'static Texts {
        match self {
            Self::Sv => &SWEDISH,
            Self::En => &ENGLISH,
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Puts a value where the text says `{}`.
pub fn fill(text: &str, value: impl fmt::Display) -> String {
    text.replacen("{}", &value.to_string(), 1)
}

#[cfg(test)]
mod tests {
    use super::{
        common::Common, compliance::Compliance, contracts::Contracts, credentials::Credentials,
        forms::Forms, network::Network, office::Office, people::People, public::Public,
        pulls::Pulls, refusals::Refusals, rejections::Rejections, staff::Staff, systems::Systems,
        technical::Technical, webhooks::Webhooks,
    };

    /// Words that are the same in both languages.
    const SAME: &[&str] = &["site", "status", "csv", "version"];

    #[test]
    fn every_key_has_both_languages() {
        let areas = [
            Common::ALL,
            Public::ALL,
            Staff::ALL,
            Compliance::ALL,
            Contracts::ALL,
            Credentials::ALL,
            Forms::ALL,
            Network::ALL,
            Office::ALL,
            People::ALL,
            Pulls::ALL,
            Refusals::ALL,
            Rejections::ALL,
            Systems::ALL,
            Technical::ALL,
            Webhooks::ALL,
        ];
        for (key, swedish, english) in areas.into_iter().flatten() {
            assert!(!swedish.trim().is_empty(), "{key} lacks Swedish");
            assert!(!english.trim().is_empty(), "{key} lacks English");
            assert!(
                swedish != english || SAME.contains(key),
                "{key} is not translated"
            );
            assert_eq!(
                swedish.matches("{}").count(),
                english.matches("{}").count(),
                "{key}: places to fill differ"
            );
        }
    }
}
