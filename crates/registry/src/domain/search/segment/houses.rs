//! How a house answers the numbers that were typed: with its number and letter, its postal code, its apartments. Nothing is
//! forgiven here.

use std::ops::Range;

use super::super::base::{Base, NO_APARTMENT};
use super::super::query::{Kind, Token};
use super::super::reason::{How, Part};
use super::super::text::fold;
use super::Search;
use super::streets::{NEAR, StreetFit};

/// Digits of a postal code that find it before it is typed to its end; fewer are a street number.
const CODE_BEGINNING: usize = 3;
/// Digits of an apartment number that find it before it is typed to its end.
const APARTMENT_BEGINNING: usize = 2;
/// What a number is worth when the house has an entrance letter that was not asked for.
const WITHOUT_LITTERA: u32 = 20;
/// The beginning of a postal code says less than that of a street number.
const CODE_LESS: u32 = 100;

/// A postal code that a typed number is, and those that begin so.
#[derive(Clone, Debug, Default)]
pub(super) struct Codes {
    pub exact: Option<u32>,
    pub beginning: Range<u32>,
}

impl Codes {
    pub(super) fn of(base: &Base, token: &Token) -> Self {
        let typed = &token.word.written;
        if token.kind != Kind::Number || !token.is_digits() || typed.len() < CODE_BEGINNING {
            return Self::default();
        }
        let beginning = base.postal_codes(typed);
        let is_exact = |code: &u32| base.texts.get(base.postal_codes[*code as usize]) == typed;
        let exact = Some(beginning.start)
            .filter(|_| !beginning.is_empty())
            .filter(is_exact);
        let of_last = if token.last { beginning } else { 0..0 };
        Self {
            exact,
            beginning: exact.map_or(of_last, |code| code..code + 1),
        }
    }
}

impl Search<'_> {
    pub(super) fn house_fit(&self, house: u32, fit: &StreetFit) -> Option<(u32, bool)> {
        let (mut score, mut whole) = (fit.score, fit.whole);
        for (place, token) in self.tokens.iter().enumerate() {
            if token.kind == Kind::Word {
                continue;
            }
            let (how, more) = self
                .number_fit(house, place)
                .map(|(_, how, score)| (how, score))
                .or_else(|| self.apartment_fit(house, token))
                .or(fit.names[place])?;
            whole &= how.is_whole();
            score += more;
        }
        Some((score, whole))
    }

    /// How the house's number, entrance letter or postal code answers.
    pub(super) fn number_fit(&self, house: u32, place: usize) -> Option<(Part, How, u32)> {
        let token = &self.tokens[place];
        match token.kind {
            Kind::Letter => {
                let same = fold(self.base.littera(house)) == token.word.folded;
                same.then_some((Part::Littera, How::Exact, How::Exact.score()))
            }
            Kind::Number if token.is_digits() => self.digits_fit(house, place),
            Kind::Number => self.lettered_fit(house, token),
            Kind::Word | Kind::Apartment => None,
        }
    }

    /// Digits alone: a street number whatever its entrance letter, or a postal code.
    fn digits_fit(&self, house: u32, place: usize) -> Option<(Part, How, u32)> {
        let (token, at) = (&self.tokens[place], &self.base.houses[house as usize]);
        let (typed, whole) = (&token.number, How::Exact.score());
        let same = at.digits == typed.digits;
        if same && self.base.number(house) == typed.text {
            let lettered = !self.base.littera(house).is_empty();
            let less = if lettered { WITHOUT_LITTERA } else { 0 };
            return Some((Part::Number, How::Exact, whole - less));
        }
        let codes = &self.codes[place];
        if codes.exact == Some(at.postal_code) {
            return Some((Part::PostalCode, How::Exact, whole));
        }
        let mut shorter = at.digits / 10;
        while token.last && shorter > typed.digits {
            shorter /= 10;
        }
        let begins = same || (token.last && shorter == typed.digits && typed.digits > 0);
        if begins && self.base.number(house).starts_with(&typed.text) {
            let near = NEAR * typed.text.len() / self.base.number(house).len().max(1);
            let score = How::Beginning.score() + u32::try_from(near).unwrap_or(0);
            return Some((Part::Number, How::Beginning, score));
        }
        let code = codes.beginning.contains(&at.postal_code);
        let score = How::Beginning.score() - CODE_LESS;
        code.then_some((Part::PostalCode, How::Beginning, score))
    }

    /// A number that is more than digits, whether the file has its letter in a column of its own or not.
    fn lettered_fit(&self, house: u32, token: &Token) -> Option<(Part, How, u32)> {
        let (typed, whole) = (&token.number, How::Exact.score());
        if self.base.houses[house as usize].digits != typed.digits {
            return None;
        }
        let number = self.base.number(house);
        let written = fold(number) + &fold(self.base.littera(house));
        if written == token.word.folded {
            return Some((Part::Number, How::Exact, whole));
        }
        if typed.letters.is_empty() && number == typed.text {
            return Some((Part::Number, How::Exact, whole - WITHOUT_LITTERA));
        }
        (token.last && written.starts_with(&token.word.folded)).then_some((
            Part::Number,
            How::Beginning,
            How::Beginning.score(),
        ))
    }

    fn apartment_fit(&self, house: u32, token: &Token) -> Option<(How, u32)> {
        let divisor = self.apartment_divisor(token)?;
        let accesses = self.base.accesses_of(house..house + 1);
        let numbers = &self.base.apartments[accesses.start as usize..accesses.end as usize];
        let met = numbers.iter().any(|number| {
            *number != NO_APARTMENT && u32::from(*number) / divisor == token.number.digits
        });
        let how = if divisor == 1 {
            How::Exact
        } else {
            How::Beginning
        };
        met.then_some((how, how.score()))
    }

    /// How an access's apartment number answers.
    pub(super) fn apartment_how(&self, access: u32, token: &Token) -> Option<How> {
        let divisor = self.apartment_divisor(token)?;
        let number = self.base.apartments[access as usize];
        let met = number != NO_APARTMENT && u32::from(number) / divisor == token.number.digits;
        let how = if divisor == 1 {
            How::Exact
        } else {
            How::Beginning
        };
        met.then_some(how)
    }

    /// What an apartment number's four digits are divided by to compare them with those that were typed; nothing when
    /// these cannot be one.
    fn apartment_divisor(&self, token: &Token) -> Option<u32> {
        let typed = token.word.written.len();
        let announced = token.kind == Kind::Apartment;
        let may_begin =
            announced || (token.last && typed >= APARTMENT_BEGINNING && self.has_other_number());
        match typed {
            _ if !token.is_digits() => None,
            4 => Some(1),
            1..4 if may_begin => Some(10_u32.pow(4 - u32::try_from(typed).unwrap_or(4))),
            _ => None,
        }
    }

    fn has_other_number(&self) -> bool {
        let numbers = self
            .tokens
            .iter()
            .filter(|token| token.kind == Kind::Number);
        numbers.count() > 1
    }

    /// Whether an access is one of those that were meant: by its apartment, where one was asked for.
    pub(super) fn means(&self, house: u32, access: u32) -> bool {
        let asks = |(place, token): &(usize, &Token)| {
            token.kind == Kind::Apartment
                || (token.kind == Kind::Number
                    && self.number_fit(house, *place).is_none()
                    && self.apartment_fit(house, token).is_some())
        };
        let mut asking = self.tokens.iter().enumerate().filter(asks);
        !self.gone.has(access)
            && asking.all(|(_, token)| self.apartment_how(access, token).is_some())
    }
}
