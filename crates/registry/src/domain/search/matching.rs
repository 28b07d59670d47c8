//! The place of a given address: exact, probable, or none, and why.

use kernel::AddressParts;

use super::abbreviation::expansions;
use super::index::{Found, SearchIndex, Segment};
use super::meant::one_place;
use super::query::{Kind, Token, tokens};
use super::reason::Part;
use super::segment::{Budget, Search};
use super::text::{fold, words};
use super::typo::{Automaton, TYPOS_MAX};
use crate::domain::limits::QUERY_WORDS_MAX;

/// Streets that an address is compared with.
const STREETS_MAX: usize = 40;
/// Accesses of one house that are compared; a larger house is found by the apartment number.
const ACCESSES_MAX: usize = 2_000;
/// What a typo in the street's or the town's name weighs, for each.
const TYPO: u32 = 10;

/// What became of a given address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressMatch {
    /// It is there as given; several when it has several accesses.
    Exact(Vec<Found>),
    /// What comes near, best first, each with what differs. Street and apartment numbers are never other ones.
    Probable(Vec<(Found, Vec<Difference>)>),
    /// It is not there, for this reason.
    None(Missing),
}

/// What was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// No street has the name, or one near it.
    Street,
    /// The street is there, the number is not.
    Number,
    /// The house is there, the apartment is not.
    Apartment,
}

/// In what a place is not as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub part: Part,
    /// How.
    pub kind: DifferenceKind,
    /// What was given.
    pub given: String,
    /// What is there.
    pub found: String,
}

/// How a part of an address differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// One is an abbreviation of the other.
    Abbreviation,
    /// So many typos.
    Typos(u8),
    /// Another one.
    Other,
    /// There is one, which was not given.
    NotGiven,
    /// One was given, and it is not known there.
    NotKnown,
}

impl Difference {
    fn weight(&self) -> u32 {
        match (self.kind, self.part) {
            (DifferenceKind::Abbreviation, _) => 1,
            (DifferenceKind::Typos(typos), _) => TYPO * u32::from(typos),
            (DifferenceKind::NotGiven, Part::PostalCode | Part::City) => 0,
            (DifferenceKind::NotGiven | DifferenceKind::NotKnown, _) => 5,
            (DifferenceKind::Other, Part::PostalCode) => 15,
            (DifferenceKind::Other, _) => 40,
        }
    }
}

#[derive(Debug)]
struct Candidate {
    weight: u32,
    differences: Vec<Difference>,
    part: usize,
    access: u32,
}

impl SearchIndex {
    /// Looks for one address, whose parts need not be right, and for the flat in it that has this distinguisher; at most
    /// `limit` places. A part that is empty is not compared, apart from the number.
    pub fn match_address(
        &self,
        given: &AddressParts,
        distinguisher: &str,
        limit: usize,
    ) -> AddressMatch {
        let mut near = match self.near(given) {
            Ok(near) => near,
            Err(missing) => return AddressMatch::None(missing),
        };
        if !distinguisher.trim().is_empty() {
            near = self.distinguished(near, distinguisher);
            if near.is_empty() {
                return AddressMatch::None(Missing::Apartment);
            }
        }
        if near[0].weight == 0 {
            let exact = near.iter().take_while(|c| c.weight == 0);
            let exact = exact.map(|c| self.found(c)).collect();
            return one_place(exact, given, limit);
        }
        let best = near.into_iter().take(limit);
        AddressMatch::Probable(best.map(|c| (self.found(&c), c.differences)).collect())
    }

    /// Everything that has the address as given, whatever was not given: nobody is asked which was meant.
    pub fn at_address(&self, given: &AddressParts, limit: usize) -> Vec<Found> {
        let near = self.near(given).unwrap_or_default();
        let exact = near.iter().take_while(|c| c.weight == 0).take(limit);
        exact.map(|c| self.found(c)).collect()
    }

    /// What comes near, best first; never empty.
    fn near(&self, given: &AddressParts) -> Result<Vec<Candidate>, Missing> {
        let mut missing = Missing::Street;
        let mut near: Vec<Candidate> = Vec::new();
        for typos in [0, 1, TYPOS_MAX] {
            for name in [with_town(given), only_words(&given.street_name)] {
                for (part, segment) in self.segments().into_iter().enumerate() {
                    near.extend(candidates(segment, part, &name, typos, given, &mut missing));
                }
                if !near.is_empty() {
                    near.sort_by_key(|candidate| candidate.weight);
                    return Ok(near);
                }
            }
        }
        Err(missing)
    }

    /// Those that have this distinguisher, or none that is known: it is never another one.
    fn distinguished(&self, near: Vec<Candidate>, given: &str) -> Vec<Candidate> {
        let mut left: Vec<_> = near
            .into_iter()
            .filter_map(|mut candidate| {
                let there = self.found(&candidate).distinguisher;
                if there.is_empty() {
                    let unknown = Difference {
                        part: Part::Distinguisher,
                        kind: DifferenceKind::NotKnown,
                        given: given.to_owned(),
                        found: String::new(),
                    };
                    candidate.weight += unknown.weight();
                    candidate.differences.push(unknown);
                } else if fold(&there) != fold(given) {
                    return None;
                }
                Some(candidate)
            })
            .collect();
        left.sort_by_key(|candidate| candidate.weight);
        left
    }

    fn found(&self, candidate: &Candidate) -> Found {
        self.segments()[candidate.part].found(candidate.access, Vec::new())
    }
}

fn only_words(text: &str) -> Vec<Token> {
    let mut all = tokens(text);
    all.truncate(QUERY_WORDS_MAX);
    for token in &mut all {
        token.kind = Kind::Word;
        token.last = false;
    }
    all
}

fn with_town(given: &AddressParts) -> Vec<Token> {
    let mut all = only_words(&given.street_name);
    all.extend(only_words(&given.city));
    all.truncate(QUERY_WORDS_MAX);
    all
}

/// The accesses of a part that come near the address; notes what was there when none does.
fn candidates(
    segment: &Segment,
    part: usize,
    name: &[Token],
    typos: u8,
    given: &AddressParts,
    missing: &mut Missing,
) -> Vec<Candidate> {
    let (base, mut near) = (&segment.base, Vec::new());
    if name.is_empty() {
        return near;
    }
    let mut budget = Budget::default();
    let of_segment = (&**base, &segment.gone);
    let mut search = Search::new(of_segment, name, typos, STREETS_MAX, &mut budget);
    for group in search.groups(&mut budget) {
        let mut of_street = Vec::new();
        of_street.extend(difference_of_names(
            Part::Street,
            &given.street_name,
            base.name(group.street),
        ));
        if !given.city.is_empty() {
            of_street.extend(difference_of_names(
                Part::City,
                &given.city,
                base.city(group.street),
            ));
        }
        if of_street
            .iter()
            .any(|d| d.part == Part::Street && d.kind == DifferenceKind::Other)
        {
            continue;
        }
        *missing = (*missing).max(Missing::Number);
        for house in group.houses.0..group.houses.1 {
            let Ok(of_house) =
                difference_of_numbers(given, base.number(house), base.littera(house))
            else {
                continue;
            };
            let mut there = base.accesses_of(house..house + 1);
            if there.all(|access| segment.gone.has(access)) {
                continue;
            }
            *missing = Missing::Apartment;
            let mut differences = of_street.clone();
            differences.extend(of_house);
            differences.extend(difference_of_codes(given, base.postal_code(house)));
            near.extend(
                accesses(segment, house, given)
                    .into_iter()
                    .map(|(access, apartment)| {
                        let mut differences = differences.clone();
                        differences.extend(apartment);
                        let weight = differences.iter().map(Difference::weight).sum();
                        Candidate {
                            weight,
                            differences,
                            part,
                            access,
                        }
                    }),
            );
        }
    }
    near
}

/// The accesses of a house that the apartment may be, with what differs.
fn accesses(segment: &Segment, house: u32, given: &AddressParts) -> Vec<(u32, Option<Difference>)> {
    let mut text = String::new();
    let there: Vec<(u32, String)> = segment
        .base
        .accesses_of(house..house + 1)
        .filter(|access| !segment.gone.has(*access))
        .take(ACCESSES_MAX)
        .map(|access| {
            (
                access,
                segment
                    .base
                    .access(access, &mut text)
                    .apartment_number
                    .to_owned(),
            )
        })
        .collect();
    let flats = there.iter().filter(|(_, a)| *a != there[0].1).count() > 0;
    let differs = |kind, found: &str| Difference {
        part: Part::Apartment,
        kind,
        given: given.apartment_number.clone(),
        found: found.to_owned(),
    };
    there
        .into_iter()
        .filter_map(|(access, apartment)| {
            if apartment == given.apartment_number {
                return Some((access, None));
            }
            if given.apartment_number.is_empty() {
                let which = flats.then(|| differs(DifferenceKind::NotGiven, &apartment));
                return Some((access, which));
            }
            apartment
                .is_empty()
                .then(|| (access, Some(differs(DifferenceKind::NotKnown, ""))))
        })
        .collect()
}

fn difference_of_names(part: Part, given: &str, found: &str) -> Option<Difference> {
    let (one, other) = (fold(given), fold(found));
    if one == other {
        return None;
    }
    let distance = || {
        let automaton = Automaton::of(one.as_bytes(), TYPOS_MAX)?;
        let start = automaton.start();
        let last = other
            .bytes()
            .fold(start, |states, byte| automaton.step(&states, byte));
        automaton.distance(&last)
    };
    let kind = if abbreviates(given, found) || abbreviates(found, given) {
        DifferenceKind::Abbreviation
    } else if let Some(typos) = distance() {
        DifferenceKind::Typos(typos)
    } else {
        DifferenceKind::Other
    };
    Some(Difference {
        part,
        kind,
        given: given.to_owned(),
        found: found.to_owned(),
    })
}

/// Whether every word of the one is a word of the other, or stands for it.
fn abbreviates(short: &str, long: &str) -> bool {
    let (short, long) = (words(short), words(long));
    short.len() == long.len()
        && short.iter().zip(&long).all(|(short, long)| {
            short.folded == long.folded
                || expansions(&short.folded, short.shortened).contains(&long.folded)
        })
}

/// What differs in number and entrance letter; an error when it is another house.
fn difference_of_numbers(
    given: &AddressParts,
    number: &str,
    littera: &str,
) -> Result<Option<Difference>, AnotherHouse> {
    if fold(&given.street_number) + &fold(&given.street_littera) == fold(number) + &fold(littera) {
        return Ok(None);
    }
    if fold(&given.street_number) != fold(number) {
        return Err(AnotherHouse);
    }
    let kind = match (given.street_littera.is_empty(), littera.is_empty()) {
        (true, false) => DifferenceKind::NotGiven,
        (false, true) => DifferenceKind::NotKnown,
        _ => return Err(AnotherHouse),
    };
    Ok(Some(Difference {
        part: Part::Littera,
        kind,
        given: given.street_littera.clone(),
        found: littera.to_owned(),
    }))
}

/// The number is not the one that was given.
struct AnotherHouse;

fn difference_of_codes(given: &AddressParts, found: &str) -> Option<Difference> {
    let code: String = given
        .postal_code
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    (!code.is_empty() && !code.eq_ignore_ascii_case(found)).then(|| Difference {
        part: Part::PostalCode,
        kind: DifferenceKind::Other,
        given: given.postal_code.clone(),
        found: found.to_owned(),
    })
}

#[cfg(test)]
#[path = "matching_tests.rs"]
mod tests;
