//! Searching in a part of the index: streets by words, then their houses by numbers, both with limits.

use std::ops::Range;

use super::base::{Base, NO_APARTMENT, Role, word_and_role};
use super::candidates::Candidates;
use super::query::{Kind, Token};
use super::reason::{How, Part, Reason};
use super::text::fold;
use super::vocabulary::WordId;
use crate::domain::limits::QUERY_WORDS_MAX;

/// Streets that one search looks at. A single letter begins more in a large network; then the first ones are as good as any.
const STREETS_MAX: usize = 3_000;
/// Streets that all attempts to understand one search look at together.
const ALL_STREETS_MAX: usize = 2 * STREETS_MAX;
/// Houses that all attempts to understand one search look at together.
const ALL_HOUSES_MAX: usize = 30_000;
/// Digits of a postal code that find it before it is typed to its end; fewer are a street number.
const CODE_BEGINNING: usize = 3;
/// Digits of an apartment number that find it before it is typed to its end.
const APARTMENT_BEGINNING: usize = 2;
/// The more of a word was typed, the likelier it is meant: what all of it is worth.
const NEAR: usize = 50;
/// A town says less than a street.
const TOWN_LESS: u32 = 50;
/// What is added when all words of the street's name were typed.
const COVERED: u32 = 100;
/// What a number is worth when the house has an entrance letter that was not asked for.
const WITHOUT_LITTERA: u32 = 20;
/// The beginning of a postal code says less than that of a street number.
const CODE_LESS: u32 = 100;

/// The accesses of a part that are still there.
#[derive(Clone, Debug, Default)]
pub(super) struct Gone {
    bits: Vec<u64>,
    count: u32,
}

impl Gone {
    /// Takes an access away; it was there.
    pub fn take(&mut self, access: u32) {
        let (place, bit) = (access as usize / 64, 1 << (access % 64));
        if self.bits.len() <= place {
            self.bits.resize(place + 1, 0);
        }
        if self.bits[place] & bit == 0 {
            self.bits[place] |= bit;
            self.count += 1;
        }
    }

    /// Whether it was taken away.
    pub fn has(&self, access: u32) -> bool {
        let word = self.bits.get(access as usize / 64);
        word.is_some_and(|word| word & (1 << (access % 64)) != 0)
    }

    /// How many were.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.bits.capacity() * size_of::<u64>()
    }
}

/// Accesses that belong together: all of a street, or all of a house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub score: u32,
    pub street: u32,
    /// First house and the one after the last.
    pub houses: (u32, u32),
    /// All words were found whole and without a typo.
    pub whole: bool,
}

/// What may still be looked at for one search, whatever is tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    streets: usize,
    houses: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            streets: ALL_STREETS_MAX,
            houses: ALL_HOUSES_MAX,
        }
    }
}

/// A postal code that a typed number is, and those that begin so.
#[derive(Clone, Debug, Default)]
struct Codes {
    exact: Option<u32>,
    beginning: Range<u32>,
}

/// One attempt to understand what was typed.
#[derive(Debug)]
pub(super) struct Search<'a> {
    base: &'a Base,
    gone: &'a Gone,
    tokens: &'a [Token],
    candidates: Vec<Candidates>,
    codes: Vec<Codes>,
    keep: usize,
    found: Vec<Group>,
    worst: Option<Group>,
    budget: Budget,
}

/// Where the word stands among those of the street, how it is meant, and what that is worth.
type BestWord = (usize, How, u32);

/// How the words of a street answer.
#[derive(Clone, Copy, Debug)]
struct StreetFit {
    score: u32,
    whole: bool,
    /// For each typed word that is none: how the street's name answers it nevertheless, as in "Väg 99".
    names: [Option<(How, u32)>; QUERY_WORDS_MAX],
}

impl<'a> Search<'a> {
    /// Prepares to find so many groups.
    pub fn new(
        base: &'a Base,
        gone: &'a Gone,
        tokens: &'a [Token],
        typos: u8,
        keep: usize,
    ) -> Self {
        let candidates = tokens
            .iter()
            .map(|token| Candidates::of(&base.vocabulary, token, typos))
            .collect();
        Self {
            base,
            gone,
            tokens,
            candidates,
            codes: tokens.iter().map(|token| Codes::of(base, token)).collect(),
            keep,
            found: Vec::new(),
            worst: None,
            budget: Budget::default(),
        }
    }

    /// The best groups, best first, as far as the budget reaches.
    pub fn groups(&mut self, budget: &mut Budget) -> Vec<Group> {
        if self.base.street_count() == 0 || self.hopeless() {
            return Vec::new();
        }
        self.budget = *budget;
        match (self.driver(), self.code_driver()) {
            (Some((_, streets)), Some(codes)) if codes.len() < streets => {
                self.by_street(codes.iter().copied());
            }
            (Some((driver, _)), _) => self.by_word(driver),
            (None, Some(codes)) => self.by_street(codes.iter().copied()),
            (None, None) => self.by_street(0..self.base.street_count()),
        }
        *budget = self.budget;
        self.trim();
        std::mem::take(&mut self.found)
    }

    /// A word that no street can answer.
    fn hopeless(&self) -> bool {
        let mut pairs = self.tokens.iter().zip(&self.candidates);
        pairs.any(|(token, candidates)| token.kind == Kind::Word && candidates.is_empty())
    }

    /// The word that the fewest streets answer, and how many these are.
    fn driver(&self) -> Option<(usize, usize)> {
        let lists = &self.base.streets_of_word;
        (0..self.tokens.len())
            .filter(|place| self.tokens[*place].kind == Kind::Word)
            .map(|place| (place, self.candidates[place].streets(lists)))
            .min_by_key(|(_, streets)| *streets)
    }

    /// The streets of the postal code that was typed, or is being typed where nothing else was.
    fn code_driver(&self) -> Option<&'a [u32]> {
        let words = self.tokens.iter().any(|token| token.kind == Kind::Word);
        let at = self
            .tokens
            .iter()
            .zip(&self.codes)
            .position(|(token, codes)| token.is_code() || !(words || codes.beginning.is_empty()))?;
        let codes = &self.codes[at].beginning;
        Some(self.base.streets_of_code.range(codes.start, codes.end))
    }

    fn by_word(&mut self, driver: usize) {
        let base = self.base;
        let pairs: Vec<(WordId, u32)> = self.candidates[driver]
            .words()
            .flat_map(|word| {
                base.streets_of_word
                    .get(word)
                    .iter()
                    .map(move |s| (word, *s))
            })
            .take(STREETS_MAX.min(self.budget.streets))
            .collect();
        self.budget.streets -= pairs.len();
        for (word, street) in pairs {
            // A street comes once for each of its words that was meant: it counts at the best one.
            let best = self.best_word(driver, street);
            let at = best.map(|(at, _, _)| base.words_of_street.get(street)[at]);
            if at.map(|number| word_and_role(number).0) == Some(word) {
                self.street(street, Some((driver, best)));
            }
        }
    }

    fn by_street(&mut self, streets: impl Iterator<Item = u32>) {
        let mut before = None;
        for street in streets {
            if self.budget.houses == 0 || self.budget.streets == 0 {
                break;
            }
            self.budget.streets -= 1;
            if before.replace(street) != Some(street) {
                self.street(street, None);
            }
        }
    }

    fn street(&mut self, street: u32, known: Option<(usize, Option<BestWord>)>) {
        let Some(fit) = self.street_fit(street, known) else {
            return;
        };
        let houses = self.base.houses_of(street);
        if self.tokens.iter().all(|token| token.kind == Kind::Word) {
            self.offer(Group {
                score: fit.score,
                street,
                houses: (houses.start, houses.end),
                whole: fit.whole,
            });
            return;
        }
        for house in houses {
            if self.budget.houses == 0 {
                return;
            }
            self.budget.houses -= 1;
            if let Some((score, whole)) = self.house_fit(house, &fit) {
                self.offer(Group {
                    score,
                    street,
                    houses: (house, house + 1),
                    whole,
                });
            }
        }
    }

    /// The word of the street that a typed word means best.
    fn best_word(&self, token: usize, street: u32) -> Option<BestWord> {
        let candidates = &self.candidates[token];
        let typed = self.tokens[token].word.folded.len();
        let mut best: Option<BestWord> = None;
        for (at, number) in self.base.words_of_street.get(street).iter().enumerate() {
            let (word, role) = word_and_role(*number);
            let Some(mut how) = candidates.how(word) else {
                continue;
            };
            if role == Role::Written && how == How::Exact {
                how = How::Abbreviation;
            }
            let length = usize::from(self.base.vocabulary.length(word)).max(1);
            let near = NEAR * typed.min(length) / length;
            let less = if role == Role::Town { TOWN_LESS } else { 0 };
            let score = how.score() + u32::try_from(near).unwrap_or(0) - less;
            if best.is_none_or(|(_, _, least)| score > least) {
                best = Some((at, how, score));
            }
        }
        best
    }

    fn street_fit(
        &self,
        street: u32,
        known: Option<(usize, Option<BestWord>)>,
    ) -> Option<StreetFit> {
        let mut fit = StreetFit {
            score: 0,
            whole: true,
            names: [None; QUERY_WORDS_MAX],
        };
        let words = self.base.words_of_street.get(street);
        let (mut covered, mut joined) = (0_u64, false);
        for (place, token) in self.tokens.iter().enumerate() {
            let best = match known {
                Some((of, best)) if of == place => best,
                _ => self.best_word(place, street),
            };
            if token.kind != Kind::Word {
                fit.names[place] = best.map(|(_, how, score)| (how, score));
                continue;
            }
            let (at, how, score) = best?;
            fit.score += score;
            fit.whole &= how.is_whole();
            match word_and_role(words[at]).1 {
                Role::Joined => joined = true,
                Role::Name | Role::Written => covered |= 1 << at.min(63),
                Role::Town => {}
            }
        }
        let words = self.base.streets[street as usize].words.max(1);
        let covered = if joined {
            words
        } else {
            covered.count_ones().min(words)
        };
        fit.score += COVERED * covered / words;
        Some(fit)
    }

    fn house_fit(&self, house: u32, fit: &StreetFit) -> Option<(u32, bool)> {
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
    fn number_fit(&self, house: u32, place: usize) -> Option<(Part, How, u32)> {
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
    fn apartment_how(&self, access: u32, token: &Token) -> Option<How> {
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
    fn means(&self, house: u32, access: u32) -> bool {
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

    fn offer(&mut self, group: Group) {
        if self
            .worst
            .is_some_and(|worst| order(&group, &worst).is_gt())
            || self.is_gone(&group)
        {
            return;
        }
        self.found.push(group);
        if self.found.len() >= 8 * self.keep.max(8) {
            self.trim();
        }
    }

    fn is_gone(&self, group: &Group) -> bool {
        let mut accesses = self.base.accesses_of(group.houses.0..group.houses.1);
        self.gone.count() > 0 && accesses.all(|access| self.gone.has(access))
    }

    fn trim(&mut self) {
        self.found.sort_unstable_by(order);
        if self.found.len() > self.keep {
            self.found.truncate(self.keep);
            self.worst = self.found.last().copied();
        }
    }

    /// What became of each typed word at an access of a house.
    pub fn reasons(&self, street: u32, house: u32, access: u32) -> Vec<Reason> {
        let mut reasons = Vec::with_capacity(self.tokens.len());
        for (place, token) in self.tokens.iter().enumerate() {
            let number = self
                .number_fit(house, place)
                .map(|(part, how, _)| (part, how));
            let apartment = || {
                let how = self.apartment_how(access, token)?;
                Some((Part::Apartment, how))
            };
            let answer = match token.kind {
                Kind::Word => self.word_reason(place, street),
                Kind::Apartment => apartment(),
                Kind::Letter | Kind::Number => number
                    .or_else(apartment)
                    .or_else(|| self.word_reason(place, street)),
            };
            let typed = token.word.written.clone();
            reasons.extend(answer.map(|(part, how)| Reason { typed, part, how }));
        }
        reasons
    }

    fn word_reason(&self, token: usize, street: u32) -> Option<(Part, How)> {
        let (at, how, _) = self.best_word(token, street)?;
        let (_, role) = word_and_role(self.base.words_of_street.get(street)[at]);
        let (part, text) = match role {
            Role::Town => (Part::City, self.base.city(street)),
            _ => (Part::Street, self.base.name(street)),
        };
        let written = &self.tokens[token].word.written;
        let as_written = || text.to_lowercase().contains(written.as_str());
        let only_folded = how == How::Exact && !as_written();
        Some((part, if only_folded { How::Diacritics } else { how }))
    }

    /// Accesses of houses, those that were meant.
    pub fn accesses(&self, houses: Range<u32>, limit: usize) -> Vec<(u32, u32)> {
        let mut all = Vec::new();
        for house in houses {
            let accesses = self.base.accesses_of(house..house + 1);
            let meant = accesses.filter(|access| self.means(house, *access));
            all.extend(meant.take(limit - all.len()).map(|access| (house, access)));
            if all.len() >= limit {
                break;
            }
        }
        all
    }
}

impl Codes {
    fn of(base: &Base, token: &Token) -> Self {
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

/// Best first; equal ones as in a street directory.
fn order(a: &Group, b: &Group) -> std::cmp::Ordering {
    b.score
        .cmp(&a.score)
        .then_with(|| (a.street, a.houses).cmp(&(b.street, b.houses)))
}
