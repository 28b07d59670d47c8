//! How a provider's message about an order is meant (market-database API, message types of the service guide).

/// The type of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageType {
    /// Something is wrong.
    Error,
    /// Important about this order.
    Alert,
    /// Of the provider's order system.
    System,
    /// Anything else.
    Log,
}

impl MessageType {
    /// Every type.
    pub const ALL: [Self; 4] = [Self::Error, Self::Alert, Self::System, Self::Log];

    /// The word that is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Alert => "alert",
            Self::System => "system",
            Self::Log => "log",
        }
    }

    /// The type of a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::MessageType;

    #[test]
    fn words_and_types_are_the_same_set() {
        for kind in MessageType::ALL {
            assert_eq!(MessageType::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(MessageType::parse("warning"), None);
        assert_eq!(MessageType::parse(""), None);
    }
}
