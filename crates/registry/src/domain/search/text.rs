//! Typed text and addresses as words that can be compared.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The words of a text: lower case, diacritics folded (`Götgatan` is found by `gotgatan`), cut at space and comma.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/'))
        .map(fold)
        .filter(|word| !word.is_empty())
        .collect()
}

/// A typed query as words: `721 34` is one postal code, and `lgh` says nothing.
pub(super) fn query_words(text: &str) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for word in words(text)
        .into_iter()
        .filter(|w| !matches!(w.as_str(), "lgh" | "lagenhet"))
    {
        match joined.last_mut() {
            Some(before) if is_digits(before, 3) && is_digits(&word, 2) => before.push_str(&word),
            _ => joined.push(word),
        }
    }
    joined
}

/// One word without case, diacritics and punctuation at its ends.
pub(super) fn fold(word: &str) -> String {
    let folded: String = word
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .flat_map(|c| match c {
            'ø' => vec!['o'],
            'æ' => vec!['a', 'e'],
            'ß' => vec!['s', 's'],
            'ð' => vec!['d'],
            other => vec![other],
        })
        .collect();
    folded
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_owned()
}

/// Whether one letter was added, left out, changed or swapped with its neighbour.
pub(super) fn one_typo_apart(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().abs_diff(right.len()) > 1 {
        return false;
    }
    let same_head = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    match (&left[same_head..], &right[same_head..]) {
        ([], _) | (_, []) => true,
        ([one, two, tail @ ..], [other_two, other_one, other_tail @ ..])
            if one == other_one && two == other_two && tail == other_tail =>
        {
            true
        }
        ([_, tail @ ..], [_, other_tail @ ..]) if tail == other_tail => true,
        (longer @ [_, tail @ ..], other @ [_, other_tail @ ..]) => {
            tail == other || longer == other_tail
        }
    }
}

fn is_digits(word: &str, length: usize) -> bool {
    word.len() == length && word.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding() {
        assert_eq!(
            words("Götgatan 12 B, 721 34 VÄSTERÅS"),
            ["gotgatan", "12", "b", "721", "34", "vasteras"]
        );
        assert_eq!(query_words("Götgatan 721 34"), ["gotgatan", "72134"]);
        assert_eq!(query_words("112 34"), ["11234"]);
        assert_eq!(fold("Ørsteds"), "orsteds");
        assert_eq!(fold("--"), "");
    }

    #[test]
    fn one_typo_is_one() {
        for (a, b) in [
            ("kungsgatan", "kungsgtan"),
            ("kungsgatan", "kungsgatann"),
            ("kungsgatan", "kungsgaten"),
            ("kungsgatan", "kugnsgatan"),
        ] {
            assert!(one_typo_apart(a, b) && one_typo_apart(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("kungsgatan", "drottninggatan"),
            ("kungsgatan", "kugnsgaten"),
            ("abcd", "abdce"),
        ] {
            assert!(!one_typo_apart(a, b), "{a} {b}");
        }
    }
}
