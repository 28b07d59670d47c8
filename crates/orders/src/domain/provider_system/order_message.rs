//! What a provider's system is told of a customer's order (ON-API 2.6, spec_sp/order and spec_sp/ordernotice).
//!
//! Members without a value are left out, never null. `Debug` says nothing: it names the customer.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use kernel::AccessId;
use serde::Serialize;

use crate::domain::swedish_time;

/// Digits that a Swedish mobile number begins with after the country (PTS, telephone numbering plan, NDC 7x).
const MOBILE: &str = "+467";
/// Digits of a personal identity number before the hyphen.
const IDENTITY_DATE_DIGITS: usize = 8;

/// The body of `order/` and `activationnotice/`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderMessage {
    #[serde(skip_serializing_if = "Option::is_none")]
    co_order_id: Option<String>,
    co_access_id: String,
    operation: &'static str,
    order_date_time: String,
    requested_date_time: String,
    products: [Product; 1],
    customer_details: CustomerDetails,
}

impl std::fmt::Debug for OrderMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OrderMessage(..)")
    }
}

/// Which of the provider's offerings; and what the network has made of it, if it has.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// The provider's id of the product.
    pub product_id: String,
    /// The provider's id of the offering.
    pub offering_id: String,
    /// The technical service. A string, as the examples have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub co_product: Option<String>,
    /// The subscription at the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub co_subscription_id: Option<String>,
}

/// The customer as the order has it. `Debug` says nothing.
#[derive(Clone)]
pub struct CustomerOf {
    /// As the customer writes it.
    pub name: String,
    /// Twelve digits.
    pub identity_number: String,
    /// As the customer writes it.
    pub email: String,
    /// E.164.
    pub phone: String,
    /// Where the service is delivered; the guide asks for no other address.
    pub street: (String, String, String),
    /// Postal code and city.
    pub city: (String, String),
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerDetails {
    identified_customer: bool,
    personal_identity_number: String,
    first_name: String,
    last_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_phone: Option<String>,
    email: String,
    invoice_details: InvoiceDetails,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct InvoiceDetails {
    #[serde(skip_serializing_if = "String::is_empty")]
    street_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    street_number: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    street_littera: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    postal_code: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    city: String,
}

/// When an order was placed and when it is wanted.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// The day wanted, by Swedish clocks; none: as soon as possible.
    pub day: Option<NaiveDate>,
}

impl OrderMessage {
    /// Of an order. `network_order` is the network's technical order, when it has activated by itself.
    pub fn new(
        network_order: Option<String>,
        access: &AccessId,
        when: When,
        product: Product,
        customer: CustomerOf,
    ) -> Self {
        let wanted = when.day.map(swedish_time::first_moment);
        let wanted = wanted.unwrap_or(when.placed_at).max(when.placed_at);
        Self {
            co_order_id: network_order,
            co_access_id: access.to_string(),
            operation: "ACTIVATE",
            order_date_time: date_time(when.placed_at),
            requested_date_time: date_time(wanted),
            products: [product],
            customer_details: CustomerDetails::of(customer),
        }
    }
}

impl CustomerDetails {
    fn of(customer: CustomerOf) -> Self {
        let (first_name, last_name) = names(&customer.name);
        let is_mobile = customer.phone.starts_with(MOBILE);
        let phone = Some(customer.phone);
        let (street_name, street_number, street_littera) = customer.street;
        let (postal_code, city) = customer.city;
        Self {
            // The customer has typed the number, and nobody has seen an identity.
            identified_customer: false,
            personal_identity_number: hyphenated(&customer.identity_number),
            first_name,
            last_name,
            mobile_phone: phone.clone().filter(|_| is_mobile),
            phone: phone.filter(|_| !is_mobile),
            email: customer.email,
            invoice_details: InvoiceDetails {
                street_name,
                street_number,
                street_littera,
                postal_code: postal_code.replace(' ', ""),
                city,
            },
        }
    }
}

/// RFC 3339 in UTC, to the second.
fn date_time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `YYYYMMDD-XXXX` of twelve digits.
fn hyphenated(number: &str) -> String {
    match number.split_at_checked(IDENTITY_DATE_DIGITS) {
        Some((date, rest)) => format!("{date}-{rest}"),
        None => number.to_owned(),
    }
}

/// The guide asks for the name as a whole: its last word is the last name, which may be blank.
fn names(name: &str) -> (String, String) {
    match name.trim().rsplit_once(char::is_whitespace) {
        Some((first, last)) => (first.trim_end().to_owned(), last.to_owned()),
        None => (name.trim().to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(phone: &str, day: Option<&str>) -> serde_json::Value {
        let when = When {
            placed_at: "2026-11-22T12:00:00.987654Z".parse().unwrap(),
            day: day.map(|day| day.parse().unwrap()),
        };
        let product = Product {
            product_id: "p-1".to_owned(),
            offering_id: "o-1".to_owned(),
            co_product: None,
            co_subscription_id: None,
        };
        let customer = CustomerOf {
            name: "Anna Maria Provsson".to_owned(),
            identity_number: "199001189811".to_owned(),
            email: "anna@example.com".to_owned(),
            phone: phone.to_owned(),
            street: ("Kungsgatan".to_owned(), "10".to_owned(), String::new()),
            city: ("721 34".to_owned(), "Västerås".to_owned()),
        };
        let access = AccessId::parse("HAM-A-1").unwrap();
        let message = OrderMessage::new(None, &access, when, product, customer);
        assert_eq!(format!("{message:?}"), "OrderMessage(..)");
        serde_json::to_value(message).unwrap()
    }

    #[test]
    fn formats_are_those_of_the_specification() {
        let told = message("+46701740605", Some("2026-12-01"));
        let expected = serde_json::json!({
            "coAccessId": "HAM-A-1",
            "operation": "ACTIVATE",
            "orderDateTime": "2026-11-22T12:00:00Z",
            "requestedDateTime": "2026-11-30T23:00:00Z",
            "products": [{"productId": "p-1", "offeringId": "o-1"}],
            "customerDetails": {
                "identifiedCustomer": false,
                "personalIdentityNumber": "19900118-9811",
                "firstName": "Anna Maria",
                "lastName": "Provsson",
                "mobilePhone": "+46701740605",
                "email": "anna@example.com",
                "invoiceDetails": {
                    "streetName": "Kungsgatan",
                    "streetNumber": "10",
                    "postalCode": "72134",
                    "city": "Västerås"
                }
            }
        });
        assert_eq!(told, expected);
    }

    #[test]
    fn nothing_is_wanted_before_it_was_ordered() {
        for day in [None, Some("2026-11-22")] {
            let told = message("+46214930", day);
            assert_eq!(told["requestedDateTime"], "2026-11-22T12:00:00Z");
            assert_eq!(told["customerDetails"]["phone"], "+46214930");
            assert_eq!(told["customerDetails"].get("mobilePhone"), None);
        }
        assert_eq!(names("Cher"), ("Cher".to_owned(), String::new()));
    }
}
