//! A provider's system that is called over the provider's side of ON-API: where, in which version, and what it can do.

pub mod handover;
pub mod order_message;
pub mod portal_link;
pub mod products;
pub mod secret;

use kernel::{ProviderId, Violation, typed_id};
use url::Url;

use secret::Credential;

typed_id!(ProviderSystemId);

/// Longest address.
pub const URL_MAX_CHARS: usize = 400;
/// Longest user name, password, key.
pub const SECRET_MAX_CHARS: usize = 255;
/// Shortest pre-shared key of signed links.
pub const PORTAL_KEY_MIN_CHARS: usize = 8;
/// Longest name of the network at the provider's portal.
pub const OPERATOR_MAX_CHARS: usize = 60;

/// A version of ON-API that has a provider's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiVersion {
    /// Of 2021.
    V2_5,
    /// Of 2024.
    V2_6,
}

impl ApiVersion {
    /// As paths have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2_5 => "2.5",
            Self::V2_6 => "2.6",
        }
    }

    /// The version of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::V2_5, Self::V2_6]
            .into_iter()
            .find(|version| version.as_str() == word)
    }
}

/// What a provider's system may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// What is sold: fetched.
    Products,
    /// Takes customers' orders.
    Order,
    /// Is told what the network has activated by itself.
    ActivationNotice,
    /// Says how a customer is reached.
    Contacts,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Products,
        Self::Order,
        Self::ActivationNotice,
        Self::Contacts,
    ];

    /// The word, which is the path's, too.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Order => "order",
            Self::ActivationNotice => "activationnotice",
            Self::Contacts => "contacts",
        }
    }

    /// The function of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// A provider's system as it is asked for. Its `Debug` says nothing.
#[derive(Clone, Default)]
pub struct SystemInput {
    /// Whose.
    pub provider: String,
    /// Where ON-API's paths begin.
    pub base_url: String,
    /// A word of [`ApiVersion`].
    pub api_version: String,
    /// Words of [`Function`].
    pub functions: Vec<String>,
    /// With a password; both empty: as they are.
    pub user_name: String,
    /// With a user name.
    pub password: String,
    /// Where a signed link leads; empty: none.
    pub portal_url: String,
    /// By which the provider knows the network there.
    pub portal_operator: String,
    /// Empty: as it is.
    pub portal_key: String,
}

impl std::fmt::Debug for SystemInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SystemInput(..)")
    }
}

/// A provider's system that may be.
#[derive(Clone, Debug)]
pub struct SystemRequest {
    /// Whose.
    pub provider: ProviderId,
    /// Whether it may be called is not said here.
    pub base_url: Url,
    /// See [`ApiVersion`].
    pub api_version: ApiVersion,
    /// Without repetitions.
    pub functions: Vec<Function>,
    /// None: as it is.
    pub credential: Option<Credential>,
    /// None: there is no portal.
    pub portal: Option<Portal>,
}

/// Where a signed link leads.
#[derive(Clone, Debug)]
pub struct Portal {
    /// https, without a query.
    pub url: Url,
    /// `ko`.
    pub operator: String,
    /// None: as it is.
    pub key: Option<Credential>,
}

impl SystemRequest {
    /// Every field that breaks its rule. No value is repeated: any of them may be a secret in the wrong field.
    pub fn parse(input: &SystemInput) -> Result<Self, Vec<Violation>> {
        let mut wrong = Vec::new();
        let provider = ProviderId::parse(&input.provider);
        let provider = provider.map_err(|e| refuse(&mut wrong, "provider_id", e.rule));
        let base_url = address(&input.base_url);
        if base_url.is_none() {
            refuse(&mut wrong, "base_url", ADDRESS);
        }
        let api_version = ApiVersion::parse(&input.api_version);
        if api_version.is_none() {
            refuse(&mut wrong, "api_version", "2.5 or 2.6");
        }
        let functions = functions(&mut wrong, &input.functions);
        let credential = credential(&mut wrong, input);
        let portal = portal(&mut wrong, input);
        match (provider, base_url, api_version) {
            (Ok(provider), Some(base_url), Some(api_version)) if wrong.is_empty() => Ok(Self {
                provider,
                base_url,
                api_version,
                functions,
                credential,
                portal,
            }),
            _ => Err(wrong),
        }
    }
}

const ADDRESS: &str =
    "an https address of at most 400 characters, without a user, a query and a fragment";

fn refuse(wrong: &mut Vec<Violation>, field: &str, rule: &str) {
    wrong.push(Violation::new(format!("system.{field}"), "", rule));
}

/// Without slashes at the end: what follows brings its own.
fn address(text: &str) -> Option<Url> {
    if text.chars().count() > URL_MAX_CHARS {
        return None;
    }
    let url: Url = text.trim().trim_end_matches('/').parse().ok()?;
    let bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    (bare && matches!(url.scheme(), "https" | "http") && url.has_host()).then_some(url)
}

fn functions(wrong: &mut Vec<Violation>, words: &[String]) -> Vec<Function> {
    let mut all = Vec::new();
    for word in words {
        match Function::parse(word) {
            Some(function) if !all.contains(&function) => all.push(function),
            Some(_) => {}
            None => refuse(
                wrong,
                "functions",
                "products, order, activationnotice, contacts",
            ),
        }
    }
    all
}

/// HTTP Basic (RFC 7617): no colon in a user name, no control characters.
fn credential(wrong: &mut Vec<Violation>, input: &SystemInput) -> Option<Credential> {
    let (user, password) = (&input.user_name, &input.password);
    if user.is_empty() && password.is_empty() {
        return None;
    }
    if !is_secret(user, 1) || user.contains(':') {
        let rule = "1 to 255 characters without a colon, with a password";
        refuse(wrong, "user_name", rule);
    }
    if !is_secret(password, 1) {
        refuse(wrong, "password", "1 to 255 characters, with a user name");
    }
    Some(Credential::basic(user, password))
}

fn portal(wrong: &mut Vec<Violation>, input: &SystemInput) -> Option<Portal> {
    let key = Some(input.portal_key.as_str()).filter(|key| !key.is_empty());
    if key.is_some_and(|key| !is_secret(key, PORTAL_KEY_MIN_CHARS)) {
        refuse(wrong, "portal_key", "8 to 255 characters");
    }
    let operator = input.portal_operator.trim();
    if input.portal_url.is_empty() {
        if key.is_some() || !operator.is_empty() {
            refuse(
                wrong,
                "portal_url",
                "required with the other fields of the portal",
            );
        }
        return None;
    }
    let url = address(&input.portal_url);
    if url.as_ref().is_none_or(|url| url.scheme() != "https") {
        refuse(wrong, "portal_url", ADDRESS);
    }
    if !(1..=OPERATOR_MAX_CHARS).contains(&operator.chars().count()) {
        refuse(wrong, "portal_operator", "1 to 60 characters");
    }
    Some(Portal {
        url: url?,
        operator: operator.to_owned(),
        key: key.map(Credential::key),
    })
}

fn is_secret(text: &str, least: usize) -> bool {
    (least..=SECRET_MAX_CHARS).contains(&text.chars().count())
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right() -> SystemInput {
        SystemInput {
            provider: "nordbredband".to_owned(),
            base_url: "https://sp.example.se/onapi/".to_owned(),
            api_version: "2.6".to_owned(),
            functions: vec!["order".to_owned(), "order".to_owned()],
            user_name: "ham".to_owned(),
            password: "s3cret".to_owned(),
            portal_url: "https://sp.example.se/portal".to_owned(),
            portal_operator: "ham_net".to_owned(),
            portal_key: "secret-password".to_owned(),
        }
    }

    #[test]
    fn a_system_is_read_and_prints_no_secret() {
        let parsed = SystemRequest::parse(&right()).unwrap();
        assert_eq!(parsed.base_url.as_str(), "https://sp.example.se/onapi");
        assert_eq!(parsed.functions, [Function::Order]);
        assert!(!format!("{:?} {parsed:?}", right()).contains("secret"));
        let kept = SystemInput {
            user_name: String::new(),
            password: String::new(),
            portal_key: String::new(),
            ..right()
        };
        let kept = SystemRequest::parse(&kept).unwrap();
        assert!(kept.credential.is_none() && kept.portal.unwrap().key.is_none());
    }

    #[test]
    fn every_wrong_field_is_named_and_no_value_repeated() {
        let wrong = SystemInput {
            provider: "s3cret!".to_owned(),
            base_url: "https://u:s3cret@sp.example.se/".to_owned(),
            api_version: "2.4".to_owned(),
            functions: vec!["coorder".to_owned()],
            user_name: "s3cret:".to_owned(),
            password: String::new(),
            portal_url: "http://sp.example.se/s3cret".to_owned(),
            portal_operator: String::new(),
            portal_key: "s3cret".to_owned(),
        };
        let wrong = SystemRequest::parse(&wrong).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "system.provider_id",
                "system.base_url",
                "system.api_version",
                "system.functions",
                "system.user_name",
                "system.password",
                "system.portal_key",
                "system.portal_url",
                "system.portal_operator",
            ]
        );
        assert!(!format!("{wrong:?}").contains("s3cret"));
        let alone = SystemInput {
            portal_url: String::new(),
            ..right()
        };
        let wrong = SystemRequest::parse(&alone).unwrap_err();
        assert_eq!(wrong[0].field, "system.portal_url");
    }
}
