//! A link by which a customer is handed over to the provider's portal (ON-API 2.6, spec_sp/web_portal).

use aws_lc_rs::hmac;
use chrono::{DateTime, SecondsFormat, Utc};
use kernel::AccessId;
use url::Url;

use super::secret::Credential;

/// A MAC address as ON-API writes it: `^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$`, in upper case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacAddress(String);

impl MacAddress {
    /// Takes six pairs of hexadecimal digits with colons between.
    pub fn parse(text: &str) -> Option<Self> {
        let pairs: Vec<_> = text.split(':').collect();
        let is_pair = |pair: &&str| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit());
        let right = pairs.len() == 6 && pairs.iter().all(is_pair);
        right.then(|| Self(text.to_ascii_uppercase()))
    }
}

/// The link: `ko`, `accessId`, `mac`, `tid`, and `hash`, the HMAC-SHA256 of the four before it, without anything between and
/// before they are encoded. `tid` is the time to the millisecond: the provider takes it for as long as it likes.
pub fn signed(
    portal: &Url,
    operator: &str,
    (access, mac): (&AccessId, &MacAddress),
    now: DateTime<Utc>,
    key: &Credential,
) -> Url {
    let tid = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let values = [
        ("ko", operator),
        ("accessId", access.as_str()),
        ("mac", mac.0.as_str()),
        ("tid", tid.as_str()),
    ];
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()));
    let mut link = portal.clone();
    for (name, value) in values {
        context.update(value.as_bytes());
        link.query_pairs_mut().append_pair(name, value);
    }
    let hash = hex::encode(context.sign());
    link.query_pairs_mut().append_pair("hash", &hash);
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification; its key is in the text of 2.3.1.
    #[test]
    fn the_link_is_that_of_the_specification() {
        let link = signed(
            &"https://sp.example.com/some-path".parse().unwrap(),
            "example_net",
            (
                &AccessId::parse("ABCD1234").unwrap(),
                &MacAddress::parse("01:23:45:67:89:ab").unwrap(),
            ),
            "2017-08-15T06:58:26.628Z".parse().unwrap(),
            &Credential::key("secret-password"),
        );
        let hash = "16eec7df7085f2de0a8d351ac4c75a0c02fb775c5eb823f96e6fb19bedaf65ed";
        let pairs: Vec<_> = link.query_pairs().into_owned().collect();
        let expected = [
            ("ko", "example_net"),
            ("accessId", "ABCD1234"),
            ("mac", "01:23:45:67:89:AB"),
            ("tid", "2017-08-15T06:58:26.628Z"),
            ("hash", hash),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs, expected);
        assert!(
            link.as_str()
                .starts_with("https://sp.example.com/some-path?ko=example_net&")
        );
    }

    #[test]
    fn a_mac_address_is_six_pairs() {
        for wrong in [
            "",
            "01:23:45:67:89",
            "01-23-45-67-89-AB",
            "01:23:45:67:89:AG",
            "0123456789AB",
        ] {
            assert_eq!(MacAddress::parse(wrong), None, "{wrong}");
        }
    }
}
