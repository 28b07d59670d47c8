//! Typed text and addresses as words that can be compared.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Letters after a number that are more than an entrance letter: a space was left out.
const NAME_CHARS: usize = 3;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Without case, diacritics and punctuation: what is compared.
    pub folded: String,
    /// In lower case as it was written, to tell whether only diacritics differ.
    pub written: String,
    /// A point follows or a colon is in it, as in `V.` and `S:t`.
    pub shortened: bool,
}

/// The words of a text. Cut at space, comma, hyphen, slash and point, and where a digit follows a letter that begins the
/// word (`Storgatan10`) or a name follows a number (`72134Västerås`); a word that begins with a digit keeps its hyphens
/// (`652-16A`).
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut written = String::new();
    // A letter may come as two characters, a digit as a wide or a raised one.
    for c in text.nfkc().flat_map(char::to_lowercase) {
        let digits = written.starts_with(|c: char| c.is_ascii_digit());
        let cuts = match c {
            '-' => !digits,
            '.' | ',' | ';' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}' => true,
            c if c.is_ascii_digit() && !digits && !written.is_empty() => {
                push(&mut words, &mut written, false);
                false
            }
            c => c.is_whitespace(),
        };
        if cuts {
            push(&mut words, &mut written, c == '.');
        } else {
            written.push(c);
        }
    }
    push(&mut words, &mut written, false);
    words
}

fn push(words: &mut Vec<Word>, written: &mut String, point: bool) {
    let mut written = std::mem::take(written);
    if let Some(name) = name_after_number(&written) {
        let mut number: String = std::mem::replace(&mut written, name);
        number.truncate(number.len() - written.len());
        push(words, &mut number, false);
    }
    let folded = fold(&written);
    if !folded.is_empty() {
        words.push(Word {
            shortened: point || written.contains(':'),
            folded,
            written,
        });
    }
}

/// The name that was typed without a space after a number.
fn name_after_number(written: &str) -> Option<String> {
    let name = written.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    let is_name = name.len() < written.len()
        && name.chars().count() >= NAME_CHARS
        && name.chars().all(char::is_alphabetic);
    is_name.then(|| name.to_owned())
}

/// A text without case, diacritics and anything that is neither letter nor digit. One spelling for each letter of the
/// Nordic languages, however it is typed: å, ä, æ, aa and ae become a; ö, ø and oe become o. The beginning of a text
/// folds to the beginning of what the text folds to, so that a search finds what is typed half.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        for byte in text.bytes().filter(u8::is_ascii_alphanumeric) {
            put(&mut folded, byte.to_ascii_lowercase().into());
        }
        return folded;
    }
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        for c in c.to_lowercase() {
            match c {
                'æ' => put(&mut folded, 'a'),
                'ø' | 'œ' => put(&mut folded, 'o'),
                'ð' | 'đ' => put(&mut folded, 'd'),
                'ł' => put(&mut folded, 'l'),
                'ß' => folded.push_str("ss"),
                'þ' => folded.push_str("th"),
                c if c.is_alphanumeric() => put(&mut folded, c),
                _ => {}
            }
        }
    }
    folded
}

fn put(folded: &mut String, c: char) {
    let last = folded.as_bytes().last();
    if !matches!((last, c), (Some(b'a'), 'a' | 'e') | (Some(b'o'), 'e')) {
        folded.push(c);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|w| w.folded).collect()
    }

    #[test]
    fn one_spelling_for_each_letter() {
        for (text, same) in [
            ("Västerås", "vasteras"),
            ("Vaesteraas", "VÄSTERÅS"),
            ("Ærøskøbing", "aeroeskoebing"),
            ("Göteborg", "goeteborg"),
            ("Aarhus", "Århus"),
            ("Jyväskylä", "jyvaskyla"),
            ("Linnégatan", "linnegatan"),
        ] {
            assert_eq!(fold(text), fold(same));
        }
        assert_eq!(fold("--"), "");
    }

    #[test]
    fn words_are_cut_where_people_leave_the_space_out() {
        assert_eq!(
            folded("V.Storgatan10, 721 34 VÄSTERÅS"),
            ["v", "storgatan", "10", "721", "34", "vasteras"]
        );
        assert_eq!(
            folded("Nils-Ersgatan 10 g"),
            ["nils", "ersgatan", "10", "g"]
        );
        assert_eq!(folded("Bergbyvägen 652-16A"), ["bergbyvagen", "65216a"]);
        assert_eq!(folded("10gb 72134Västerås"), ["10gb", "72134", "vasteras"]);
        assert!(words("S:t Eriksgatan")[0].shortened);
        assert!(words("V. Storgatan")[0].shortened);
        assert!(!words("V Storgatan")[0].shortened);
    }

    proptest! {
        #[test]
        fn the_beginning_folds_to_the_beginning(text in "[a-zåäöæøéA-ZÅÄÖ :.'0-9]{0,12}", cut in 0_usize..12) {
            let beginning: String = text.chars().take(cut).collect();
            prop_assert!(fold(&text).starts_with(&fold(&beginning)));
        }
    }
}
