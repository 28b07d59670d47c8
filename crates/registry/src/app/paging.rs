//! Pages of a list. A token is opaque to the caller and good for the list that gave it only.

use std::str::FromStr;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::RegistryError;
use crate::domain::limits::{PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX};

/// Which page is asked for.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// Rows wanted; 0 means the default.
    pub size: u32,
    /// The token of the page before; empty for the first.
    pub token: String,
}

/// One page and the way to the next.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Empty when this is the last page.
    pub next: String,
}

impl PageRequest {
    /// Rows to read, one more than are shown: it tells whether there is a next page.
    pub(super) fn size(&self) -> Result<usize, RegistryError> {
        match self.size {
            0 => Ok(PAGE_ROWS_DEFAULT as usize),
            size if size <= PAGE_ROWS_MAX => Ok(size as usize),
            size => {
                let rule = format!("a page has at most {PAGE_ROWS_MAX} rows");
                Err(RegistryError::invalid(
                    "page.page_size",
                    &size.to_string(),
                    rule,
                ))
            }
        }
    }

    /// What the token of this list says; nothing on the first page.
    pub(super) fn after(&self, list: &str) -> Result<Option<String>, RegistryError> {
        if self.token.is_empty() {
            return Ok(None);
        }
        let refused = || {
            RegistryError::invalid(
                "page.page_token",
                "",
                "a token is what this list gave with the page before",
            )
        };
        let bytes = URL_SAFE_NO_PAD.decode(&self.token).map_err(|_| refused())?;
        let text = String::from_utf8(bytes).map_err(|_| refused())?;
        let position = text
            .strip_prefix(list)
            .and_then(|t| t.strip_prefix(':'))
            .ok_or_else(refused)?;
        Ok(Some(position.to_owned()))
    }

    /// The same for a list whose positions are ids or numbers.
    pub(super) fn after_parsed<T: FromStr>(&self, list: &str) -> Result<Option<T>, RegistryError> {
        let refused = || RegistryError::invalid("page.page_token", "", "the token was changed");
        self.after(list)?
            .map(|position| position.parse().map_err(|_| refused()))
            .transpose()
    }
}

impl<T> Page<T> {
    /// Cuts rows that were read with one too many; `position` names the last one shown.
    pub(super) fn cut(
        mut rows: Vec<T>,
        size: usize,
        list: &str,
        position: impl Fn(&T) -> String,
    ) -> Self {
        let more = rows.len() > size;
        rows.truncate(size);
        let next = match rows.last() {
            Some(last) if more => URL_SAFE_NO_PAD.encode(format!("{list}:{}", position(last))),
            _ => String::new(),
        };
        Self { rows, next }
    }

    /// The same page with other rows.
    pub(super) fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(to).collect(),
            next: self.next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_to_the_next_page_of_its_own_list() {
        let page = Page::cut(vec![1, 2, 3], 2, "numbers", ToString::to_string);
        assert_eq!(page.rows, [1, 2]);
        let request = PageRequest {
            size: 2,
            token: page.next,
        };
        assert_eq!(request.after("numbers").unwrap().as_deref(), Some("2"));
        assert!(request.after("letters").is_err());
        assert!(
            Page::cut(vec![1, 2], 2, "numbers", ToString::to_string)
                .next
                .is_empty()
        );
    }

    #[test]
    fn pages_are_bounded() {
        assert_eq!(PageRequest::default().size().unwrap(), 50);
        assert!(
            PageRequest {
                size: 201,
                token: String::new()
            }
            .size()
            .is_err()
        );
        assert!(
            PageRequest {
                size: 1,
                token: "%".into()
            }
            .after("x")
            .is_err()
        );
    }
}
