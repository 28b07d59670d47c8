//! How a house answers the numbers that were typed: with its number and letter, its postal code, its apartments. Nothing is
//! forgiven here.

use std::ops::Range;

use super::super::base::{Base, NO_APARTMENT};
use super::super::query::{Kind, Token};
use super::super::reason::{How, Part};
use super::super::text::fold;
use super::super::vocabulary::count;
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
    /// The houses of a street that can answer at all: they stand in the order of their numbers, so that those before and
    /// behind a number that nothing else can be need no look.
    pub(super) fn narrowed(&self, houses: Range<u32>, fit: &StreetFit) -> Range<u32> {
        let mut tokens = self.tokens.iter().enumerate();
        let Some((_, token)) = tokens.find(|(place, _)| self.is_house_number(*place, fit)) else {
            return houses;
        };
        let of_street = &self.base.houses[houses.start as usize..houses.end as usize];
        let typed = token.number.digits;
        let before = of_street.partition_point(|house| house.digits < typed);
        let goes_on = token.last && token.is_digits();
        let end = if goes_on {
            of_street.len()
        } else {
            of_street.partition_point(|house| house.digits <= typed)
        };
        houses.start + count(before)..houses.start + count(end)
    }

    /// Whether a typed number can be that of a house and nothing else.
    fn is_house_number(&self, place: usize, fit: &StreetFit) -> bool {
        let codes = &self.codes[place];
        self.tokens[place].kind == Kind::Number
            && codes.exact.is_none()
            && codes.beginning.is_empty()
            && self.divisors[place].is_none()
            && fit.names[place].is_none()
    }

    pub(super) fn house_fit(&self, house: u32, fit: &StreetFit) -> Option<(u32, bool)> {
        let (mut score, mut whole) = (fit.score, fit.whole);
        for (place, token) in self.tokens.iter().enumerate() {
            if token.kind == Kind::Word {
                continue;
            }
            let (how, more) = self
                .number_fit(house, place)
                .map(|(_, how, score)| (how, score))
                .or_else(|| self.apartment_fit(house, place))
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

    fn apartment_fit(&self, house: u32, place: usize) -> Option<(How, u32)> {
        self.divisors[place]?;
        let mut accesses = self.base.accesses_of(house..house + 1);
        let how = accesses.find_map(|access| self.apartment_how(access, place))?;
        Some((how, how.score()))
    }

    /// How an access's apartment number answers.
    pub(super) fn apartment_how(&self, access: u32, place: usize) -> Option<How> {
        let divisor = self.divisors[place]?;
        let number = self.base.apartments[access as usize];
        let typed = self.tokens[place].number.digits;
        let met = number != NO_APARTMENT && u32::from(number) / divisor == typed;
        let how = if divisor == 1 {
            How::Exact
        } else {
            How::Beginning
        };
        met.then_some(how)
    }

    /// Whether an access is one of those that were meant: by its apartment, where one was asked for.
    pub(super) fn means(&self, house: u32, access: u32) -> bool {
        let asks = |(place, token): &(usize, &Token)| {
            token.kind == Kind::Apartment
                || (token.kind == Kind::Number
                    && self.number_fit(house, *place).is_none()
                    && self.apartment_fit(house, *place).is_some())
        };
        let mut asking = self.tokens.iter().enumerate().filter(asks);
        !self.gone.has(access)
            && asking.all(|(place, _)| self.apartment_how(access, place).is_some())
    }
}

/// What an apartment number's four digits are divided by to compare them with those that were typed; nothing when these
/// cannot be one.
pub(super) fn apartment_divisor(tokens: &[Token], token: &Token) -> Option<u32> {
    let typed = token.word.written.len();
    let announced = token.kind == Kind::Apartment;
    let may_begin =
        announced || (token.last && typed >= APARTMENT_BEGINNING && has_other_number(tokens));
    match typed {
        _ if !token.is_digits() => None,
        4 => Some(1),
        1..4 if may_begin => Some(10_u32.pow(4 - u32::try_from(typed).unwrap_or(4))),
        _ => None,
    }
}

fn has_other_number(tokens: &[Token]) -> bool {
    tokens.iter().filter(|t| t.kind == Kind::Number).count() > 1
}

#[cfg(test)]
#[path = "houses_tests.rs"]
mod tests;
