//! What JSON leaves open.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// Whether a member stands twice in an object of the text, in whatever case, or in one within it. RFC 8259, section 4, leaves open which
/// of them counts, and a map keeps the last: what somebody else has read may be the other. The text is valid JSON.
pub fn stands_twice(text: &str) -> bool {
    serde_json::from_str::<Once>(text).is_err()
}

/// A value whose objects have each member once, in whatever case.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Walk;

        impl<'de> Visitor<'de> for Walk {
            type Value = Once;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value whose members stand once")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Once, A::Error> {
                let mut seen = BTreeSet::new();
                while let Some((name, Once)) = map.next_entry::<String, Once>()? {
                    if !seen.insert(name.trim().to_lowercase()) {
                        return Err(A::Error::custom("it stands twice"));
                    }
                }
                Ok(Once)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Once, A::Error> {
                while let Some(Once) = list.next_element()? {}
                Ok(Once)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Once, E> {
                Ok(Once)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Once, E> {
                Ok(Once)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Once, E> {
                Ok(Once)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Once, E> {
                Ok(Once)
            }

            fn visit_str<E>(self, _: &str) -> Result<Once, E> {
                Ok(Once)
            }

            fn visit_unit<E>(self) -> Result<Once, E> {
                Ok(Once)
            }
        }

        deserializer.deserialize_any(Walk)
    }
}

#[cfg(test)]
mod tests {
    use super::stands_twice;

    #[test]
    fn a_member_stands_once_in_each_object() {
        for once in [
            r#"{"a":1,"b":[{"a":null},{"a":1.5}],"c":{"a":"a"}}"#,
            "[]",
            "\"a\"",
            "18446744073709551615",
            "-1",
            "true",
        ] {
            assert!(!stands_twice(once), "{once}");
        }
        for twice in [
            r#"{"a":1,"a":1}"#,
            r#"{"accessId":"1","ACCESSID":"2"}"#,
            r#"[{"b":[{"c":{"d":1,"d ":2}}]}]"#,
        ] {
            assert!(stands_twice(twice), "{twice}");
        }
    }
}
