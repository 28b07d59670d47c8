//! The index of one network: a large part that does not change and a small one with what has changed since.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::{AccessState, AddressParts};

use super::base::{Base, IndexedAccess};
use super::build::Builder;
use super::candidates::Candidates;
use super::gone::Gone;
use super::query::{Token, joined, tokens};
use super::reason::Reason;
use super::segment::{Budget, Group, Search};
use super::text::fold;
use crate::domain::limits::QUERY_WORDS_MAX;

/// Accesses that the small part takes before both are made one: it is built anew with every change, which takes some
/// milliseconds for so many.
const CHANGED_MAX: u32 = 10_000;
/// Typos in one word that are looked for when fewer give nothing.
const TYPOS: [u8; 2] = [1, 2];

/// Finds the places of one network by typed text. It never changes: [`SearchIndex::with`] gives another one.
#[derive(Clone, Debug, Default)]
pub struct SearchIndex {
    large: Segment,
    small: Segment,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Segment {
    pub base: Arc<Base>,
    pub gone: Gone,
}

/// An access that a search has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Never leaves the service but inside a handle.
    pub access_id: String,
    /// Where it is.
    pub address: AddressParts,
    /// Text that tells flats apart where there is no number, or empty.
    pub distinguisher: String,
    /// How far it has come.
    pub state: AccessState,
    /// The services of which the file said that they can be had there, as they are stored.
    pub services: Option<String>,
    /// Why it was found: what became of each typed word.
    pub reasons: Vec<Reason>,
}

impl SearchIndex {
    /// The index of everything that was put in.
    pub fn of(builder: Builder) -> Self {
        let large = Segment {
            base: Arc::new(builder.build()),
            gone: Gone::default(),
        };
        Self {
            large,
            small: Segment::default(),
        }
    }

    /// How many accesses can be found.
    pub fn len(&self) -> usize {
        self.segments().iter().map(|s| s.len() as usize).sum()
    }

    /// Whether nothing can be found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes on the heap, summed over all parts.
    pub fn bytes(&self) -> usize {
        let bytes = |segment: &Segment| segment.base.bytes() + segment.gone.bytes();
        self.segments().into_iter().map(bytes).sum()
    }

    /// The sum of all versions, to compare with the database.
    pub fn checksum(&self) -> u64 {
        let mut sum = 0_u64;
        self.versions(|_, version| sum = sum.wrapping_add(version));
        sum
    }

    /// Every access's id and version; the small part's after the large one's, each in the order of the ids.
    pub fn versions<'a>(&'a self, mut each: impl FnMut(&'a str, u64)) {
        for segment in self.segments() {
            for access in segment.base.by_id.iter().filter(|a| !segment.gone.has(**a)) {
                let version = segment.base.versions[*access as usize];
                each(segment.base.ids.get(*access), version);
            }
        }
    }

    /// The version of an access that is in it.
    pub fn version(&self, access_id: &str) -> Option<u64> {
        self.segments().into_iter().find_map(|segment| {
            let access = segment.find(access_id)?;
            Some(segment.base.versions[access as usize])
        })
    }

    /// An index with these accesses put in or changed, and these taken out.
    #[must_use]
    pub fn with(&self, put: &[IndexedAccess<'_>], taken_out: &[&str]) -> Self {
        let mut next = self.clone();
        for access_id in put
            .iter()
            .map(|a| a.access_id)
            .chain(taken_out.iter().copied())
        {
            for segment in [&mut next.large, &mut next.small] {
                if let Some(access) = segment.find(access_id) {
                    segment.gone.take(access);
                }
            }
        }
        let mut builder = Builder::default();
        let changed = next.small.len() + u32::try_from(put.len()).unwrap_or(u32::MAX);
        let all = changed.saturating_add(next.large.gone.count()) > CHANGED_MAX;
        if all {
            next.large.put_into(&mut builder);
            next.large = Segment::default();
        }
        next.small.put_into(&mut builder);
        let mut seen = HashSet::new();
        // Of an access that comes twice the last one counts.
        let last: Vec<_> = put
            .iter()
            .rev()
            .filter(|a| seen.insert(a.access_id))
            .collect();
        last.into_iter()
            .rev()
            .for_each(|access| builder.add(access));
        let built = Segment {
            base: Arc::new(builder.build()),
            gone: Gone::default(),
        };
        next.small = Segment::default();
        *(if all {
            &mut next.large
        } else {
            &mut next.small
        }) = built;
        next
    }

    /// At most `limit` places, best first. Every typed word must be met by the address, in any order: words of the
    /// street's and the town's name whole, by their beginning, as an abbreviation, or, where that gives too little, with
    /// typos; numbers, letters and postal codes as they are, or by their beginning while they are typed. Where no number is
    /// typed, several streets share the places. Where no address has all of it, some words may be those by which the network
    /// tells flats without a number apart.
    pub fn find(&self, query: &str, limit: usize) -> Vec<Found> {
        let typed = tokens(query);
        if typed.is_empty() || typed.len() > QUERY_WORDS_MAX || limit == 0 {
            return Vec::new();
        }
        let found = self.find_addresses(&typed, limit);
        if found.is_empty() {
            return self.find_flats(&typed, limit);
        }
        found
    }

    fn find_addresses(&self, typed: &[Token], limit: usize) -> Vec<Found> {
        let mut budget = Budget::default();
        let plain = self.attempt(typed, 0, limit, &mut budget);
        if plain.groups.len() >= limit || plain.groups.iter().any(|(_, group)| group.whole) {
            return self.answer(&plain, limit);
        }
        if Candidates::may_differ(typed, TYPOS[0]) {
            let with_typo = self.attempt(typed, TYPOS[0], limit, &mut budget);
            if !with_typo.groups.is_empty() {
                return self.answer(&with_typo, limit);
            }
        } else if !plain.groups.is_empty() {
            return self.answer(&plain, limit);
        }
        for first in 0..typed.len() {
            let Some(joined) = joined(typed, first) else {
                continue;
            };
            for typos in [0, TYPOS[0]] {
                let found = self.attempt(&joined, typos, limit, &mut budget);
                if !found.groups.is_empty() {
                    return self.answer(&found, limit);
                }
            }
        }
        if !Candidates::may_differ(typed, TYPOS[1]) {
            return Vec::new();
        }
        let with_typos = self.attempt(typed, TYPOS[1], limit, &mut budget);
        self.answer(&with_typos, limit)
    }

    /// The best groups of both parts.
    pub(super) fn attempt<'a>(
        &'a self,
        typed: &'a [Token],
        typos: u8,
        limit: usize,
        budget: &mut Budget,
    ) -> Attempt<'a> {
        let mut groups = Vec::new();
        let mut searches = self.segments().map(|segment| {
            Search::new((&segment.base, &segment.gone), typed, typos, limit, budget)
        });
        for (part, search) in searches.iter_mut().enumerate() {
            let of_part = search.groups(budget).into_iter();
            groups.extend(of_part.map(|group| (part, group)));
        }
        if self.small.base.len() > 0 {
            groups.sort_by_cached_key(|(part, group)| {
                (u32::MAX - group.score, self.directory_key(*part, group))
            });
        }
        Attempt { searches, groups }
    }

    /// By what equal groups of both parts are ordered.
    fn directory_key(&self, part: usize, group: &Group) -> DirectoryKey {
        let base = &self.segments()[part].base;
        let (name, city) = (base.name(group.street), base.city(group.street));
        let (first, end) = group.houses;
        let one = end - first == 1;
        DirectoryKey {
            street: [fold(name), name.to_owned(), fold(city), city.to_owned()],
            digits: if one {
                base.houses[first as usize].digits
            } else {
                0
            },
            house: if one {
                [
                    base.number(first),
                    base.littera(first),
                    base.postal_code(first),
                ]
                .map(str::to_owned)
            } else {
                Default::default()
            },
        }
    }

    pub(super) fn answer(&self, attempt: &Attempt<'_>, limit: usize) -> Vec<Found> {
        let segments = self.segments();
        let groups = attempt.groups.iter().take(limit);
        let members = groups.map(|(part, group)| {
            let accesses = attempt.searches[*part].accesses(group.houses.0..group.houses.1, limit);
            (*part, group.street, accesses)
        });
        let mut found = Vec::with_capacity(limit);
        for (part, street, accesses) in shared(members.collect(), limit) {
            for (house, access) in accesses {
                let reasons = attempt.searches[part].reasons(street, house, access);
                found.push(segments[part].found(access, reasons));
            }
        }
        found
    }

    pub(super) fn segments(&self) -> [&Segment; 2] {
        [&self.large, &self.small]
    }
}

/// One way to understand what was typed, and what it gave: groups with the part that each is of.
pub(super) struct Attempt<'a> {
    searches: [Search<'a>; 2],
    groups: Vec<(usize, Group)>,
}

/// Accesses with their houses, of a street in a part.
type Members = (usize, u32, Vec<(u32, u32)>);

/// Gives every group one place as long as there are any, and what is left to the first ones.
fn shared(groups: Vec<Members>, limit: usize) -> Vec<Members> {
    let groups: Vec<_> = groups
        .into_iter()
        .filter(|(_, _, a)| !a.is_empty())
        .take(limit)
        .collect();
    let mut left = limit - groups.len();
    groups
        .into_iter()
        .map(|(part, street, mut accesses)| {
            accesses.truncate(1 + left);
            left -= accesses.len() - 1;
            (part, street, accesses)
        })
        .collect()
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct DirectoryKey {
    street: [String; 4],
    digits: u32,
    house: [String; 3],
}

impl Segment {
    fn len(&self) -> u32 {
        self.base.len() - self.gone.count()
    }

    fn find(&self, access_id: &str) -> Option<u32> {
        self.base
            .find(access_id)
            .filter(|access| !self.gone.has(*access))
    }

    fn put_into(&self, builder: &mut Builder) {
        let mut apartment = String::new();
        for access in self.base.by_id.iter().filter(|a| !self.gone.has(**a)) {
            builder.add(&self.base.access(*access, &mut apartment));
        }
    }

    pub fn found(&self, access: u32, reasons: Vec<Reason>) -> Found {
        let mut apartment = String::new();
        let access = self.base.access(access, &mut apartment);
        Found {
            access_id: access.access_id.to_owned(),
            address: access.address(),
            distinguisher: access.distinguisher.to_owned(),
            state: access.state,
            services: access.services.map(str::to_owned),
            reasons,
        }
    }
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
