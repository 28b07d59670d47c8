//! Builds the part of the index that does not change.

use std::collections::{HashMap, HashSet};

use kernel::AccessState;

use super::abbreviation::expansions;
use super::base::{Base, House, IndexedAccess, NO_APARTMENT, NOT_LISTED, Role, Street, with_role};
use super::text::{fold, words};
use super::texts::{Interned, Lists, Texts};
use super::vocabulary::{Vocabulary, count};

/// Takes accesses one by one, in any order; quickest in that of their ids.
#[derive(Debug, Default)]
pub struct Builder {
    texts: Interned,
    streets: HashMap<[u32; 3], u32>,
    street_keys: Vec<[u32; 3]>,
    accesses: Vec<Arrived>,
    ids: Texts,
}

#[derive(Clone, Copy, Debug)]
struct Arrived {
    street: u32,
    digits: u32,
    number: u32,
    littera: u32,
    postal_code: u32,
    services: u32,
    distinguisher: u32,
    version: u64,
    apartment: u16,
    state: AccessState,
    /// Its place among those that arrived, which is the number of its id.
    arrival: u32,
}

impl Builder {
    /// Adds an access. One with the same id must not be in it yet.
    pub fn add(&mut self, access: &IndexedAccess<'_>) {
        let key = [access.street_name, access.city, access.country_code]
            .map(|text| self.texts.number(text));
        let next = count(self.street_keys.len());
        let street = *self.streets.entry(key).or_insert(next);
        if street == next {
            self.street_keys.push(key);
        }
        let number = access.street_number;
        let arrived = Arrived {
            street,
            digits: leading_digits(number),
            number: self.texts.number(number),
            littera: self.texts.number(access.street_littera),
            postal_code: self.texts.number(access.postal_code),
            services: access.services.map_or(NOT_LISTED, |s| self.texts.number(s)),
            distinguisher: self.texts.number(access.distinguisher),
            version: access.version,
            apartment: access.apartment_number.parse().unwrap_or(NO_APARTMENT),
            state: access.state,
            arrival: self.ids.push(access.access_id),
        };
        self.accesses.push(arrived);
    }

    /// Puts everything in order.
    pub(super) fn build(mut self) -> Base {
        let street_order = self.order_streets();
        self.order_accesses(&street_order);
        let mut base = Base {
            postal_codes: self.postal_codes(),
            ..Base::default()
        };
        self.fill_places(&mut base, &street_order);
        self.fill_accesses(&mut base);
        base.texts = std::mem::take(&mut self.texts.texts);
        base.texts.shrink();
        drop(self);
        fill_words(&mut base);
        fill_distinguisher_words(&mut base);
        base
    }

    /// The streets in the order of a directory: by name, then by town.
    fn order_streets(&self) -> Vec<u32> {
        let folded = self.texts.ranks(|text| (fold(text), text.to_owned()));
        let mut order: Vec<u32> = (0..count(self.street_keys.len())).collect();
        order.sort_unstable_by_key(|street| {
            self.street_keys[*street as usize].map(|text| folded[text as usize])
        });
        order
    }

    fn order_accesses(&mut self, street_order: &[u32]) {
        let mut place = vec![0; street_order.len()];
        for (new, old) in street_order.iter().enumerate() {
            place[*old as usize] = count(new);
        }
        let ranks = self.texts.ranks(str::to_owned);
        let rank = |text: u32| ranks[text as usize];
        for access in &mut self.accesses {
            access.street = place[access.street as usize];
        }
        let ids = &self.ids;
        self.accesses.sort_unstable_by(|a, b| {
            let key = |access: &Arrived| {
                (
                    access.street,
                    access.digits,
                    rank(access.number),
                    rank(access.littera),
                    rank(access.postal_code),
                    access.apartment.wrapping_add(1),
                    rank(access.distinguisher),
                )
            };
            key(a)
                .cmp(&key(b))
                .then_with(|| ids.get(a.arrival).cmp(ids.get(b.arrival)))
        });
    }

    fn postal_codes(&self) -> Vec<u32> {
        let mut codes: Vec<u32> = self.accesses.iter().map(|a| a.postal_code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes.sort_unstable_by_key(|code| self.texts.texts.get(*code));
        codes.shrink_to_fit();
        codes
    }

    fn fill_places(&self, base: &mut Base, street_order: &[u32]) {
        let mut code_places: HashMap<u32, u32> = HashMap::new();
        for (place, code) in base.postal_codes.iter().enumerate() {
            code_places.insert(*code, count(place));
        }
        let mut before: Option<Arrived> = None;
        let mut codes = Vec::new();
        for (position, access) in self.accesses.iter().enumerate() {
            let same_street = before.is_some_and(|b| b.street == access.street);
            if !same_street {
                let [name, city, country] =
                    self.street_keys[street_order[access.street as usize] as usize];
                base.streets.push(Street {
                    name,
                    city,
                    country,
                    houses: count(base.houses.len()),
                    words: 0,
                });
            }
            let house = |a: &Arrived| (a.number, a.littera, a.postal_code);
            if !same_street || before.is_some_and(|b| house(&b) != house(access)) {
                let postal_code = code_places[&access.postal_code];
                codes.push((postal_code, access.street));
                base.houses.push(House {
                    digits: access.digits,
                    number: access.number,
                    littera: access.littera,
                    postal_code,
                    accesses: count(position),
                });
            }
            before = Some(*access);
        }
        codes.sort_unstable();
        base.streets_of_code = Lists::of(count(base.postal_codes.len()), &codes);
        close(base, count(self.accesses.len()));
    }

    fn fill_accesses(&mut self, base: &mut Base) {
        base.apartments = self.accesses.iter().map(|a| a.apartment).collect();
        base.states = self.accesses.iter().map(|a| a.state).collect();
        base.services = self.accesses.iter().map(|a| a.services).collect();
        base.distinguishers = self.accesses.iter().map(|a| a.distinguisher).collect();
        base.versions = self.accesses.iter().map(|a| a.version).collect();
        let mut sorted = true;
        for arrival in 1..self.ids.len() {
            let arrival = count(arrival);
            sorted &= self.ids.get(arrival - 1) < self.ids.get(arrival);
        }
        let mut by_id = vec![0; self.accesses.len()];
        for (place, access) in self.accesses.iter().enumerate() {
            base.ids.push(self.ids.get(access.arrival));
            by_id[access.arrival as usize] = count(place);
        }
        base.ids.shrink();
        self.ids = Texts::default();
        self.accesses = Vec::new();
        if !sorted {
            by_id.sort_unstable_by(|a, b| base.ids.get(*a).cmp(base.ids.get(*b)));
        }
        base.by_id = by_id;
    }
}

/// The last of "the first of".
fn close(base: &mut Base, accesses: u32) {
    base.streets.push(Street {
        name: 0,
        city: 0,
        country: 0,
        houses: count(base.houses.len()),
        words: 0,
    });
    base.houses.push(House {
        digits: 0,
        number: 0,
        littera: 0,
        postal_code: 0,
        accesses,
    });
    base.streets.shrink_to_fit();
    base.houses.shrink_to_fit();
}

fn fill_words(base: &mut Base) {
    let mut all = Interned::default();
    let mut of_streets: Vec<(u32, u32, Role)> = Vec::new();
    let mut towns: HashMap<u32, Vec<u32>> = HashMap::new();
    for street in 0..base.street_count() {
        let names = words(base.name(street));
        base.streets[street as usize].words = count(names.len());
        let mut put = |word: &str, role: Role| of_streets.push((street, all.number(word), role));
        for name in &names {
            put(&name.folded, Role::Name);
            for written in expansions(&name.folded, name.shortened) {
                put(&written, Role::Written);
            }
        }
        if names.len() > 1 {
            put(&fold(base.name(street)), Role::Joined);
        }
        let city = base.streets[street as usize].city;
        let town = towns.entry(city).or_insert_with(|| {
            let mut town: Vec<u32> = words(base.texts.get(city))
                .iter()
                .map(|word| all.number(&word.folded))
                .collect();
            if town.len() > 1 {
                town.push(all.number(&fold(base.texts.get(city))));
            }
            town
        });
        of_streets.extend(town.iter().map(|word| (street, *word, Role::Town)));
    }
    let ranks = all.ranks(str::to_owned);
    let mut sorted: Vec<&str> = (0..count(all.texts.len()))
        .map(|n| all.texts.get(n))
        .collect();
    sorted.sort_unstable();
    base.vocabulary = Vocabulary::of(sorted.into_iter());
    let mut of_words: Vec<(u32, u32)> = of_streets
        .iter()
        .map(|(street, word, _)| (ranks[*word as usize], *street))
        .collect();
    of_words.sort_unstable();
    base.streets_of_word = Lists::of(base.vocabulary.len(), &of_words);
    let mut with_roles: Vec<(u32, u32)> = of_streets
        .iter()
        .map(|(street, word, role)| (*street, with_role(ranks[*word as usize], *role)))
        .collect();
    with_roles.sort_unstable();
    base.words_of_street = Lists::of(base.street_count(), &with_roles);
}

fn fill_distinguisher_words(base: &mut Base) {
    let different: HashSet<u32> = base.distinguishers.iter().copied().collect();
    let texts = different.into_iter().map(|text| base.texts.get(text));
    let all = texts.flat_map(words).map(|word| word.folded);
    base.distinguisher_words = all.collect();
}

/// The number that a text begins with; 0 when it begins with none, or with one that no street has.
pub(super) fn leading_digits(text: &str) -> u32 {
    let end = text
        .bytes()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().unwrap_or(0)
}
