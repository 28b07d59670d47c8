//! Letters that were lost before the file was written: what its bytes cannot tell, because they are right as they are.

/// What is wrong with the letters of a text, if anything is.
pub(super) fn of(text: &str) -> Option<&'static str> {
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let after = letters.peek().copied().unwrap_or(' ');
        if before.is_alphabetic() && after.is_lowercase() {
            match letter {
                '?' => {
                    return Some(
                        "a question mark stands within a word: a letter was lost when the file was written",
                    );
                }
                '{' | '}' | '|' | '[' | ']' | '\\' => {
                    return Some(
                        "a bracket stands for a letter, as in the Swedish ISO 646 (SEN 85 02 00); export the file as utf-8",
                    );
                }
                _ => {}
            }
        }
        before = letter;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_sign_within_a_word_was_a_letter() {
        for damaged in ["V?ster?s", "V{ster}s", "Malm|vägen", "Link\\ping"] {
            assert!(of(damaged).is_some(), "{damaged}");
        }
        for right in [
            "Västerås",
            "Storgatan?",
            "Västerås [centrum]",
            "A/B",
            "Vem? Var?",
        ] {
            assert!(of(right).is_none(), "{right}");
        }
    }
}
