//! The offerings of an order page, and how the page names what is asked of each: of the first as if it were alone, of the
//! others with their number.

use api::orders::{FormScope, OrderItem};

use super::{choice, question};
use crate::http::fields::Fields;

/// Offerings of a page at most, as the orders service has it.
pub const ITEMS_MAX: usize = 10;

/// The offerings of a page: one at least, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Items(Vec<String>);

impl Items {
    /// What was chosen; nothing when that is none, or more than [`ITEMS_MAX`].
    pub fn of(chosen: impl Iterator<Item = String>) -> Option<Self> {
        let mut items: Vec<String> = Vec::new();
        for id in chosen {
            let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if !plain || id.is_empty() || items.len() > ITEMS_MAX {
                return None;
            }
            if !items.contains(&id) {
                items.push(id);
            }
        }
        (!items.is_empty() && items.len() <= ITEMS_MAX).then_some(Self(items))
    }

    /// As they stand in an address.
    pub fn parse(path: &str) -> Option<Self> {
        Self::of(path.split(',').map(str::to_owned))
    }

    /// For an address.
    pub fn path(&self) -> String {
        self.0.join(",")
    }

    /// For the address of the page without one of them; nothing when it is the only one.
    pub fn without(&self, item: usize) -> Option<String> {
        let others = self.0.iter().enumerate().filter(|(at, _)| *at != item);
        Self::of(others.map(|(_, id)| id.clone())).map(|items| items.path())
    }

    /// Their ids.
    pub fn ids(&self) -> &[String] {
        &self.0
    }

    /// What is ordered, as the page says it.
    pub fn ordered(&self, fields: &Fields) -> Vec<OrderItem> {
        let item = |(at, id): (usize, &String)| {
            let of = |name: &str| fields.text(&named(name, at));
            OrderItem {
                offering_id: id.clone(),
                // What is no number is no version that there is, and the page is shown again.
                provider_form_version: of("provider_form_version").parse().unwrap_or_default(),
                answers: question::answers(fields, FormScope::Provider, &provider_prefix(at)),
                campaign_code: choice::code(&of("campaign_code")),
                price_mark: of("price_mark"),
            }
        };
        self.0.iter().enumerate().map(item).collect()
    }
}

/// The name of a field that each offering has.
pub fn named(field: &str, item: usize) -> String {
    match item {
        0 => field.to_owned(),
        item => format!("{field}{}", item + 1),
    }
}

/// What the names of a provider's questions begin with.
pub fn provider_prefix(item: usize) -> String {
    format!("{}-", named("provider", item))
}

/// The item that a violation of the orders service is about, and its field: "items[1].price_mark".
pub fn of_item(violation: &str) -> Option<(usize, &str)> {
    let (item, field) = violation.strip_prefix("items[")?.split_once("].")?;
    Some((item.parse().ok()?, field))
}

#[cfg(test)]
mod tests {
    use super::{Items, named, of_item, provider_prefix};

    #[test]
    fn what_is_chosen_stands_in_the_address_once() {
        let items = Items::parse("a-1,b-2,a-1").map(|items| items.path());
        assert_eq!(items.as_deref(), Some("a-1,b-2"));
        let one = Items::parse("a-1");
        assert_eq!(one.and_then(|one| one.without(0)), None);
        let two = Items::parse("a-1,b-2");
        assert_eq!(two.and_then(|two| two.without(0)).as_deref(), Some("b-2"));
        let eleven: Vec<String> = (0..11).map(|n| format!("a-{n}")).collect();
        for wrong in ["", "a,,b", "a b", "../x", &eleven.join(",")] {
            assert_eq!(Items::parse(wrong), None, "{wrong}");
        }
        assert!(Items::parse(&eleven[1..].join(",")).is_some());
    }

    #[test]
    fn the_first_has_no_number() {
        assert_eq!(named("price_mark", 0), "price_mark");
        assert_eq!(named("price_mark", 1), "price_mark2");
        assert_eq!(provider_prefix(2), "provider3-");
        assert_eq!(of_item("items[12].price_mark"), Some((12, "price_mark")));
        for other in ["price_mark", "items", "items[x].y", "items[1]"] {
            assert_eq!(of_item(other), None, "{other}");
        }
    }
}
