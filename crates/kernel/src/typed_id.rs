//! Ids that cannot be taken for each other.

/// Makes a newtype over `Uuid`: `typed_id!(OrderId)`, or with a doc comment before the name.
#[macro_export]
macro_rules! typed_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[doc = concat!("The id of one `", stringify!($name), "`; a UUIDv7.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($crate::private::Uuid);

        impl $name {
            /// A new id of the clock's time.
            pub fn generate(clock: &dyn $crate::Clock) -> Self {
                Self($crate::new_id(clock))
            }

            /// The id that storage holds.
            pub const fn from_uuid(id: $crate::private::Uuid) -> Self {
                Self(id)
            }

            /// The id for storage.
            pub const fn as_uuid(&self) -> $crate::private::Uuid {
                self.0
            }

            /// Takes an id from a caller.
            pub fn parse(text: &str) -> Result<Self, $crate::ParseError> {
                $crate::private::Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| $crate::ParseError::new("ID_INVALID", "an id is a UUID"))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl $crate::private::serde::Serialize for $name {
            fn serialize<S: $crate::private::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(&self.0)
            }
        }

        impl<'de> $crate::private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::private::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <String as $crate::private::serde::Deserialize>::deserialize(from)?;
                Self::parse(&text).map_err($crate::private::serde::de::Error::custom)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::SystemClock;

    typed_id!(ThingId);

    #[test]
    fn text_out_is_text_in() {
        let id = ThingId::generate(&SystemClock);
        assert_eq!(ThingId::parse(&id.to_string()).unwrap(), id);
        assert_eq!(ThingId::from_uuid(id.as_uuid()), id);
        assert_eq!(ThingId::parse("17").unwrap_err().reason, "ID_INVALID");
    }
}
