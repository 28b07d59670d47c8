//! Which events a pattern means: the rules of an AMQP topic exchange, for every transport.

/// Whether `event_type` ("orders.order.placed.v1") matches `pattern`, in which `*` is one word and `#` any number of words.
pub(crate) fn matches(pattern: &str, event_type: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('.').collect();
    let words: Vec<&str> = event_type.split('.').collect();
    matches_words(&pattern, &words)
}

fn matches_words(pattern: &[&str], words: &[&str]) -> bool {
    match pattern.split_first() {
        None => words.is_empty(),
        Some((&"#", rest)) => {
            (0..=words.len()).any(|skipped| matches_words(rest, &words[skipped..]))
        }
        Some((&word, rest)) => words.split_first().is_some_and(|(&first, left)| {
            (word == "*" || word == first) && matches_words(rest, left)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn words_stars_and_hashes() {
        for (pattern, event_type, expected) in [
            ("orders.order.placed.v1", "orders.order.placed.v1", true),
            ("orders.order.placed.v1", "orders.order.placed.v2", false),
            ("*.holder.announced.v1", "crm.holder.announced.v1", true),
            ("*.holder.announced.v1", "a.crm.holder.announced.v1", false),
            ("rights.#", "rights.execution.ordered.v1", true),
            ("rights.#", "rights", true),
            ("#", "anything.at.all", true),
            ("#.v1", "orders.order.placed.v1", true),
            ("orders.*", "orders", false),
        ] {
            assert_eq!(
                matches(pattern, event_type),
                expected,
                "{pattern} {event_type}"
            );
        }
    }
}
