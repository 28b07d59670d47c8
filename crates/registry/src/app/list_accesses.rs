//! Staff look for accesses by their ids, property, outlet or text of the address; nobody's name is read.

use std::collections::{HashMap, HashSet};

use kernel::{AccessId, NetworkCode};

use super::{Page, PageRequest, Registry, RegistryError};
use crate::domain::limits::QUERY_CHARS;
use crate::store::access::{self, Key};

const ALL: &str = "accesses";
const FOUND: &str = "found";
/// Hits of a text that can be paged through; whoever wants more types more.
const HITS_MAX: usize = 1_000;
/// A shorter part of a designation stands in too many.
const PROPERTY_CHARS_MIN: usize = 3;

impl Registry {
    /// One page of accesses with their services.
    ///
    /// # Errors
    /// The page or the query is asked for wrongly, or the database fails.
    pub async fn list_accesses(
        &self,
        network: &NetworkCode,
        query: &str,
        request: &PageRequest,
    ) -> Result<Page<(access::Model, Vec<String>)>, RegistryError> {
        let query = query.trim();
        if query.chars().count() > *QUERY_CHARS.end() {
            return Err(RegistryError::invalid(
                "query",
                "",
                "a search is at most 80 characters",
            ));
        }
        let page = if query.is_empty() {
            self.all_accesses(network, request).await?
        } else {
            self.found_accesses(network, query, request).await?
        };
        let services = page
            .rows
            .iter()
            .map(|row| self.services_of(network, row))
            .collect::<Result<Vec<_>, _>>()?;
        let mut services = services.into_iter();
        Ok(page.map(|row| (row, services.next().unwrap_or_default())))
    }

    async fn all_accesses(
        &self,
        network: &NetworkCode,
        request: &PageRequest,
    ) -> Result<Page<access::Model>, RegistryError> {
        let size = request.size()?;
        let after = request.after(ALL)?.unwrap_or_default();
        let rows = access::page(
            &self.outbox.database().reader(),
            network,
            &after,
            size as u64 + 1,
        )
        .await?;
        Ok(Page::cut(rows, size, ALL, |row| row.access_id.clone()))
    }

    async fn found_accesses(
        &self,
        network: &NetworkCode,
        query: &str,
        request: &PageRequest,
    ) -> Result<Page<access::Model>, RegistryError> {
        let size = request.size()?;
        let skip: usize = request.after_parsed(FOUND)?.unwrap_or(0);
        let reader = self.outbox.database().reader();
        let exact = match AccessId::parse(query) {
            Ok(id) => access::find(&reader, network, &id).await?,
            Err(_) => None,
        };
        if let Some(row) = exact {
            return Ok(Page {
                rows: vec![row],
                next: String::new(),
            });
        }
        let hits = self.hits(network, query).await?;
        let hits: Vec<(usize, String)> = hits
            .into_iter()
            .enumerate()
            .skip(skip)
            .take(size + 1)
            .collect();
        let page = Page::cut(hits, size, FOUND, |(position, _)| {
            (position + 1).to_string()
        });
        let ids: Vec<String> = page.rows.iter().map(|(_, id)| id.clone()).collect();
        let rows = access::by_ids(&reader, network, &ids).await?;
        let mut rows: HashMap<_, _> = rows
            .into_iter()
            .map(|row| (row.access_id.clone(), row))
            .collect();
        let rows = ids.iter().filter_map(|id| rows.remove(id)).collect();
        Ok(Page {
            rows,
            next: page.next,
        })
    }

    /// The ids of accesses that a text may mean: by the id in other letters, by the id before, by the property, by the address, by the outlet's label;
    /// and if nothing has any of these, by a part of the property's designation.
    async fn hits(&self, network: &NetworkCode, query: &str) -> Result<Vec<String>, RegistryError> {
        let reader = self.outbox.database().reader();
        let spellings = spellings(query);
        let mut hits = Vec::new();
        for key in [Key::Id, Key::LegacyId, Key::Property] {
            hits.extend(access::ids_by_key(&reader, network, key, &spellings, HITS_MAX).await?);
        }
        let by_address = self.indexes.of(network).find(query, HITS_MAX);
        hits.extend(by_address.into_iter().map(|hit| hit.access_id));
        hits.extend(access::ids_by_key(&reader, network, Key::Outlet, &spellings, HITS_MAX).await?);
        if hits.is_empty() && query.chars().count() >= PROPERTY_CHARS_MIN {
            hits = access::ids_by_part_of_property(&reader, network, &spellings, HITS_MAX).await?;
        }
        let mut seen = HashSet::new();
        hits.retain(|id| seen.insert(id.clone()));
        hits.truncate(HITS_MAX);
        Ok(hits)
    }

    /// The services that can be had there now.
    pub(super) fn services_of(
        &self,
        network: &NetworkCode,
        row: &access::Model,
    ) -> Result<Vec<String>, RegistryError> {
        let available = row.available_services()?;
        let line = row.line(available.as_deref());
        Ok(self.services(network).at(line, row.access_state()?))
    }
}

/// How a designation or id may be stored: as typed, all in large or small letters, or each word with a large one. Databases do
/// not agree on what å is in large letters.
fn spellings(text: &str) -> Vec<String> {
    let words = text.split_whitespace().map(|word| {
        let mut letters = word.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters.flat_map(char::to_lowercase)).collect()
    });
    let typed = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut all = vec![
        typed.to_uppercase(),
        typed.to_lowercase(),
        words.collect::<Vec<String>>().join(" "),
        typed,
    ];
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::spellings;

    #[test]
    fn a_designation_is_looked_for_in_every_usual_spelling() {
        let all = [
            "VÄSTERÅS ÅBY 1:66",
            "Västerås Åby 1:66",
            "västerås  åby 1:66",
        ];
        for typed in all {
            let found = spellings(typed);
            for stored in [
                "VÄSTERÅS ÅBY 1:66",
                "Västerås Åby 1:66",
                "västerås åby 1:66",
            ] {
                assert!(found.contains(&stored.to_owned()), "{typed}: {found:?}");
            }
        }
        assert_eq!(spellings("166"), ["166"]);
    }
}
