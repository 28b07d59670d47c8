//! What somebody typed, as words that each have to match.

use super::build::leading_digits;
use super::text::{Word, fold, words};

/// Words that only announce an apartment number; folded.
const APARTMENT_WORDS: [&str; 3] = ["lgh", "lagenhet", "lagenhetsnummer"];
/// Digits of a Swedish or Finnish postal code; no street number has as many.
const CODE_DIGITS: usize = 5;

/// What a typed word may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word of a street's or a town's name.
    Word,
    /// A letter after a number: an entrance letter, or a word of a name after all.
    Letter,
    /// A number, with or without an entrance letter; a postal code; an apartment number; or the number in a street's name.
    Number,
    /// Announced by `lgh`.
    Apartment,
}

/// One typed word.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub word: Word,
    /// Somebody may still be typing it.
    pub last: bool,
    pub number: Number,
}

/// A word that begins with a digit, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Number {
    /// The digits that it begins with.
    pub digits: u32,
    /// Without the letters at its end: `652-16` of `652-16a`.
    pub text: String,
    /// The letters at its end, folded.
    pub letters: String,
}

impl Token {
    /// Digits and nothing else.
    pub fn is_digits(&self) -> bool {
        self.word.written.bytes().all(|b| b.is_ascii_digit())
    }

    /// A postal code and nothing else.
    pub fn is_code(&self) -> bool {
        self.kind == Kind::Number && self.is_digits() && self.word.written.len() == CODE_DIGITS
    }
}

/// The typed words; `721 34` is one.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut announced = false;
    for word in words(text) {
        if APARTMENT_WORDS.contains(&word.folded.as_str()) {
            announced = true;
            continue;
        }
        if let Some(before) = tokens.last_mut().filter(|t| halves_of_code(t, &word)) {
            before.word.written.push_str(&word.written);
            before.word.folded.push_str(&word.folded);
            before.number = number(&before.word);
            continue;
        }
        let kind = kind(&word, tokens.last(), announced);
        announced = false;
        tokens.push(Token {
            kind,
            number: number(&word),
            word,
            last: false,
        });
    }
    // A space says that the word before is typed to its end.
    if let Some(last) = tokens.last_mut() {
        last.last = !text.ends_with(char::is_whitespace);
    }
    tokens
}

/// The same with two neighbours as one word: `kungs gatan` is Kungsgatan, and `721 3` will be a postal code.
pub(super) fn joined(tokens: &[Token], first: usize) -> Option<Vec<Token>> {
    let [one, two] = tokens.get(first..first + 2)? else {
        return None;
    };
    let words = one.kind == Kind::Word && matches!(two.kind, Kind::Word | Kind::Letter);
    let code = begins_code(one) && two.last && is_digits(&two.word.written, 1);
    if !words && !code {
        return None;
    }
    let written = format!("{}{}", one.word.written, two.word.written);
    let mut all = tokens.to_vec();
    all[first].word = Word {
        folded: fold(&written),
        written,
        shortened: two.word.shortened,
    };
    all[first].number = number(&all[first].word);
    all[first].last = two.last;
    all.remove(first + 1);
    Some(all)
}

fn kind(word: &Word, before: Option<&Token>, announced: bool) -> Kind {
    let is_number = word.written.starts_with(|c: char| c.is_ascii_digit());
    match (is_number, before) {
        (true, _) if announced => Kind::Apartment,
        (true, _) => Kind::Number,
        (false, Some(before))
            if before.kind == Kind::Number
                && before.number.letters.is_empty()
                && word.written.chars().count() == 1 =>
        {
            Kind::Letter
        }
        (false, _) => Kind::Word,
    }
}

fn halves_of_code(before: &Token, word: &Word) -> bool {
    begins_code(before) && is_digits(&word.written, 2)
}

fn begins_code(token: &Token) -> bool {
    token.kind == Kind::Number && is_digits(&token.word.written, 3)
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
}

fn number(word: &Word) -> Number {
    let text = word.written.trim_end_matches(|c: char| !c.is_ascii_digit());
    Number {
        digits: leading_digits(text),
        text: text.to_owned(),
        letters: fold(&word.written[text.len()..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(String, Kind)> {
        tokens(text)
            .into_iter()
            .map(|token| (token.word.written, token.kind))
            .collect()
    }

    #[test]
    fn an_address_is_taken_apart() {
        let of = |text: &str, kind| (text.to_owned(), kind);
        assert_eq!(
            kinds("Kungsgatan 10 G lgh 1101, 721 34 Västerås"),
            [
                of("kungsgatan", Kind::Word),
                of("10", Kind::Number),
                of("g", Kind::Letter),
                of("1101", Kind::Apartment),
                of("72134", Kind::Number),
                of("västerås", Kind::Word)
            ]
        );
        assert_eq!(kinds("v storgatan")[0], of("v", Kind::Word));
        assert!(tokens("lgh").is_empty() && tokens(" , ").is_empty());
        assert!(tokens("storgatan 1")[1].last && tokens("72134")[0].is_code());
        assert!(!tokens("storgatan 1 ")[1].last);
    }

    #[test]
    fn a_number_is_taken_apart() {
        let of = |text: &str| tokens(text).remove(0).number;
        assert_eq!((of("10g").digits, of("10g").letters), (10, "g".to_owned()));
        let meter = of("652-16A");
        assert_eq!((meter.digits, meter.text.as_str()), (652, "652-16"));
        assert_eq!(meter.letters, "a");
    }

    #[test]
    fn neighbours_become_one_word() {
        let two = tokens("kungs gatan 10");
        assert_eq!(joined(&two, 0).unwrap()[0].word.folded, "kungsgatan");
        assert!(joined(&two, 1).is_none() && joined(&two, 2).is_none());
        let code = tokens("721 3");
        assert_eq!(joined(&code, 0).unwrap()[0].word.written, "7213");
    }
}
