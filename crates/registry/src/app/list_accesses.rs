//! Staff look for accesses by id or by text of the address; nobody's name is read.

use std::collections::HashMap;

use kernel::{AccessId, NetworkCode};

use super::{Page, PageRequest, Registry, RegistryError};
use crate::domain::access::services_at;
use crate::domain::limits::QUERY_CHARS;
use crate::store::access;

const ALL: &str = "accesses";
const FOUND: &str = "found";
/// Hits of a text that can be paged through; whoever wants more types more.
const HITS_MAX: usize = 1_000;

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
        let refused = || RegistryError::invalid("page.page_token", "", "the token was changed");
        let skip: usize = request
            .after(FOUND)?
            .map_or(Ok(0), |t| t.parse())
            .map_err(|_| refused())?;
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
        let hits: Vec<String> = self
            .indexes
            .of(network)
            .find(query, HITS_MAX)
            .into_iter()
            .map(|hit| hit.access_id)
            .collect();
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

    pub(super) fn services_of(
        &self,
        network: &NetworkCode,
        row: &access::Model,
    ) -> Result<Vec<String>, RegistryError> {
        let listed = row.listed_services()?;
        Ok(services_at(
            listed.as_deref(),
            row.access_state()?,
            self.default_services(network),
        ))
    }
}
