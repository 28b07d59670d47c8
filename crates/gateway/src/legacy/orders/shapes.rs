//! Orders, customers and lines of a log as they leave.

use api::common::Address;
use api::orders::{FormScope, GivenAnswer, Order, OrderLogEntry, OrderStatus};
use chrono::DateTime;
use chrono_tz::Europe::Stockholm;
use prost_types::Timestamp;

use super::lookup::{Told, id_of};
use crate::legacy::content::Content;

type Fields = Vec<(&'static str, Content)>;

/// What a customer has written to the provider.
const MESSAGE: &str = "message";

/// Any day suits.
const SOON: &str = "asap";

/// An order of the list.
pub fn order(order: &Order) -> Content {
    Content::Fields(order_fields(order))
}

/// An order by itself: the same, and what the list has no room for.
pub fn order_info(order: &Order) -> Content {
    let mut fields = order_fields(order);
    fields.extend([
        ("number", text(&order.order_number)),
        ("changed", text(time(order.changed_at.as_ref()))),
        ("socket", text(&order.access_id)),
        ("service_uid", text(&order.service)),
        ("service_name", text(&order.offering_name)),
    ]);
    Content::Fields(fields)
}

fn order_fields(order: &Order) -> Fields {
    let delivery = match order.requested_date.as_str() {
        "" => SOON.to_owned(),
        day => format!("{day} 00:00:00"),
    };
    vec![
        ("id", text(id_of(order))),
        ("type", text("order")),
        ("date", text(time(order.placed_at.as_ref()))),
        ("status", text(status(order.status()))),
        ("service", text(&order.offering_id)),
        ("xsp", text(&order.provider_id)),
        ("delivery", text(delivery)),
        ("customer", text(id_of(order))),
    ]
}

/// The word for a state. There is none for an order that was withdrawn from: it will not be delivered, either.
fn status(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Unspecified => "",
        OrderStatus::New => "new",
        OrderStatus::Received => "received",
        OrderStatus::Active => "active",
        OrderStatus::Waiting => "waiting",
        OrderStatus::Delivered => "delivered",
        OrderStatus::Cancelled | OrderStatus::Withdrawn => "cancelled",
    }
}

/// A customer of the list.
pub fn customer(order: &Order, told: &Told) -> Content {
    let mut fields = customer_fields(order, told);
    fields.push(("date", text(time(order.placed_at.as_ref()))));
    Content::Fields(fields)
}

/// A customer with the place, and beside it what the form asked more.
pub fn customer_info(order: &Order, told: &Told) -> Fields {
    let mut customer = customer_fields(order, told);
    let place = &told.address;
    customer.extend([
        ("address", text(street(place))),
        ("zip", text(&place.postal_code)),
        ("city", text(&place.city)),
    ]);
    vec![
        ("customer", Content::Fields(customer)),
        ("data", Content::Named(data(told))),
    ]
}

/// The flat: its number, or what the network tells it apart by.
fn premise(told: &Told) -> &str {
    match told.address.apartment_number.as_str() {
        "" => &told.distinguisher,
        number => number,
    }
}

/// What is always asked, then the answers to the forms, each under its field's key. A key that is taken has the form's owner
/// before it; a field `message` is what the service guide's own form calls so.
fn data(told: &Told) -> Vec<(String, Content)> {
    let answer = |one: &GivenAnswer| text(&one.value);
    let message = told.answers.iter().find(|one| one.key == MESSAGE);
    let mut data = vec![
        (MESSAGE.to_owned(), message.map_or_else(|| text(""), answer)),
        ("phone".to_owned(), text(&told.customer.phone)),
        ("premise".to_owned(), text(premise(told))),
    ];
    for one in &told.answers {
        if message.is_some_and(|shown| std::ptr::eq(shown, one)) {
            continue;
        }
        let taken = data.iter().any(|(name, _)| *name == one.key);
        let name = if taken {
            format!("{}_{}", owner(one.scope()), one.key)
        } else {
            one.key.clone()
        };
        data.push((name, answer(one)));
    }
    data
}

fn owner(scope: FormScope) -> &'static str {
    match scope {
        FormScope::Network => "network",
        FormScope::Provider | FormScope::Unspecified => "provider",
    }
}

fn customer_fields(order: &Order, told: &Told) -> Fields {
    let (first, last) = names(&told.customer.name);
    vec![
        ("id", text(id_of(order))),
        ("socket", text(&order.access_id)),
        ("serial", text(&told.customer.identity_number)),
        ("firstname", text(first)),
        ("surname", text(last)),
        ("email", text(&told.customer.email)),
    ]
}

/// We know one name, and take its last word for the surname: both together are right in any case.
fn names(name: &str) -> (&str, &str) {
    name.rsplit_once(' ').unwrap_or(("", name))
}

fn street(place: &Address) -> String {
    let number = format!("{}{}", place.street_number, place.street_littera);
    format!("{} {number}", place.street_name)
        .trim_end()
        .to_owned()
}

/// A line of the log. The type of a message is its own, if it has one; of everything else `status` or `log`.
pub fn line(entry: &OrderLogEntry) -> Content {
    let kind = match (entry.kind.as_str(), entry.details.first()) {
        ("message", Some(kind)) => kind.as_str(),
        ("status", _) => "status",
        _ => "log",
    };
    Content::Fields(vec![
        ("date", text(time(entry.at.as_ref()))),
        ("type", text(kind)),
        ("from", text(&entry.actor)),
        ("message", text(&entry.text)),
    ])
}

/// "2026-11-22 13:00:00", by Swedish clocks.
fn time(at: Option<&Timestamp>) -> String {
    let at = at.and_then(|at| DateTime::from_timestamp(at.seconds, 0));
    at.map(|at| {
        let local = at.with_timezone(&Stockholm);
        local.format("%Y-%m-%d %H:%M:%S").to_string()
    })
    .unwrap_or_default()
}

fn text(text: impl Into<String>) -> Content {
    Content::Text(text.into())
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn the_last_word_is_the_surname() {
        assert_eq!(names("Anna Maria Provsson"), ("Anna Maria", "Provsson"));
        assert_eq!(names("Madonna"), ("", "Madonna"));
    }
}
