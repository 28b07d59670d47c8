//! The network's technical services: each is of exactly one type (on-api.md §1.3), and at an access one provider has one
//! service of a type.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What a service is that the network has said nothing of. Broadband is what nearly every technical service is, and to take
/// two services for one type too many refuses an order, where one type too few would sell an access twice.
pub const USUAL_TYPE: &str = "Broadband";

/// What a network has said of a technical service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceRule {
    /// "Broadband", "Telephony", "TV", or the network's own word.
    #[serde(default = "usual_type", rename = "type")]
    pub service_type: String,
    /// Whether an order may take it over from another provider.
    #[serde(default)]
    pub forced_takeover: bool,
}

/// How a network handles technical orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TechnicalRules {
    /// Its staff carry them out. Else they are carried out at once, or when they were asked for.
    pub by_staff: bool,
    /// By the service's name.
    pub services: BTreeMap<String, ServiceRule>,
}

impl Default for ServiceRule {
    fn default() -> Self {
        Self {
            service_type: usual_type(),
            forced_takeover: false,
        }
    }
}

impl TechnicalRules {
    /// What is known of a service.
    pub fn service(&self, name: &str) -> ServiceRule {
        self.services.get(name).cloned().unwrap_or_default()
    }
}

fn usual_type() -> String {
    USUAL_TYPE.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_of_which_nothing_was_said_is_broadband_and_not_taken_over() {
        let rule = ServiceRule {
            service_type: "TV".to_owned(),
            forced_takeover: true,
        };
        let rules = TechnicalRules {
            by_staff: false,
            services: BTreeMap::from([("IPTV".to_owned(), rule.clone())]),
        };
        assert_eq!(rules.service("IPTV"), rule);
        let usual = rules.service("BB-100-100");
        assert_eq!(
            (usual.service_type.as_str(), usual.forced_takeover),
            ("Broadband", false)
        );
    }
}
