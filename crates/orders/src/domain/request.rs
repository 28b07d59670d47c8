//! A request for an order, checked as far as it can be without asking anybody.

use chrono::{DateTime, Months, NaiveDate, Utc};
use kernel::Violation;
use uuid::Uuid;

use super::OfferingId;
use super::acceptance::{CURRENT_VERSION, Language};
use super::catalogue::campaign;
use super::customer::{Customer, CustomerInput};
use super::form::Scope;
use super::form::answer::{self, AnswerInput};
use super::swedish_time;

/// How far ahead a day may be wished: further, and the offer will have changed.
pub const MAX_MONTHS_AHEAD: u32 = 12;

/// Longest name of a channel, in characters: it is a word, "web".
const MAX_CHANNEL_CHARS: usize = 20;

/// What a caller asks for, unchecked.
#[derive(Clone, Debug, Default)]
pub struct OrderInput {
    /// A UUID chosen by the caller.
    pub command_id: String,
    /// From the registry's search.
    pub place_handle: String,
    /// Which offering.
    pub offering_id: String,
    /// Who orders.
    pub customer: CustomerInput,
    /// Version of the text that was shown.
    pub acceptance_version: String,
    /// Language of the text that was shown.
    pub acceptance_language: String,
    /// Whether the text was accepted.
    pub accepted: bool,
    /// "web", "phone" …
    pub channel: String,
    /// ISO 8601, or empty.
    pub requested_date: String,
    /// Of the network's form that was shown.
    pub network_form_version: u32,
    /// Of the provider's form that was shown.
    pub provider_form_version: u32,
    /// To both forms.
    pub answers: Vec<AnswerInput>,
    /// Of a campaign; any case; or empty.
    pub campaign_code: String,
    /// Of the price that was shown; empty: it is not compared.
    pub price_mark: String,
}

/// A request in which every field is right.
#[derive(Clone, Debug)]
pub struct OrderRequest {
    /// Names the request over its repeats.
    pub command_id: Uuid,
    /// Opaque; the registry says which place it is.
    pub place_handle: String,
    /// Which offering.
    pub offering_id: OfferingId,
    /// Who orders.
    pub customer: Customer,
    /// In which language the text was accepted.
    pub language: Language,
    /// "web", "phone" …
    pub channel: String,
    /// The day wanted; none is as soon as possible.
    pub requested_date: Option<NaiveDate>,
    /// Of the network's form that was shown.
    pub network_form_version: u32,
    /// Of the provider's form that was shown.
    pub provider_form_version: u32,
    /// Normalised; the forms have not been asked yet.
    pub answers: Vec<AnswerInput>,
    /// Of a campaign, as codes are compared; or empty.
    pub campaign_code: String,
    /// Of the price that was shown; empty: it is not compared.
    pub price_mark: String,
}

impl OrderRequest {
    /// Checks everything and says all that is wrong at once.
    pub fn parse(input: &OrderInput, now: DateTime<Utc>) -> Result<Self, Vec<Violation>> {
        let mut wrong = Vec::new();
        let today = swedish_time::day(now);
        let command_id = command_id(&input.command_id, &mut wrong);
        let offering_id = offering_id(&input.offering_id, &mut wrong);
        if input.place_handle.is_empty() {
            wrong.push(violation("place_handle", "", "required"));
        }
        let customer = Customer::parse(&input.customer, today, &mut wrong);
        let language = acceptance(input, &mut wrong);
        let channel = channel(&input.channel, &mut wrong);
        let requested_date = requested_date(&input.requested_date, today, &mut wrong);
        match (command_id, offering_id, customer, language) {
            (Some(command_id), Some(offering_id), Some(customer), Some(language))
                if wrong.is_empty() =>
            {
                Ok(Self {
                    command_id,
                    place_handle: input.place_handle.clone(),
                    offering_id,
                    customer,
                    language,
                    channel,
                    requested_date,
                    network_form_version: input.network_form_version,
                    provider_form_version: input.provider_form_version,
                    answers: answer::normalised(&input.answers),
                    campaign_code: campaign::same_code(&input.campaign_code),
                    price_mark: input.price_mark.clone(),
                })
            }
            _ => Err(wrong),
        }
    }

    /// Everything that makes two requests the same, in one text. It names the person: it may only be kept sealed.
    pub fn content(&self) -> String {
        let date = self
            .requested_date
            .map(|day| day.to_string())
            .unwrap_or_default();
        let mut parts = vec![
            self.place_handle.clone(),
            self.offering_id.to_string(),
            self.customer.name.as_str().to_owned(),
            self.customer.identity_number.canonical().to_owned(),
            self.customer.email.as_str().to_owned(),
            self.customer.phone.canonical().to_owned(),
            self.language.code().to_owned(),
            self.channel.clone(),
            date,
        ];
        // An order without answers says what it said before there were forms.
        parts.extend((!self.answers.is_empty()).then(|| self.said()));
        let code = (!self.campaign_code.is_empty()).then(|| format!("code:{}", self.campaign_code));
        parts.extend(code);
        parts.join("\n")
    }

    /// The answers in one text that no answer can imitate.
    fn said(&self) -> String {
        let said: Vec<[&str; 3]> = self
            .answers
            .iter()
            .map(|a| [a.scope.map_or("", Scope::as_str), &a.key, &a.value])
            .collect();
        serde_json::to_string(&said).expect("texts are plain data")
    }
}

fn command_id(text: &str, wrong: &mut Vec<Violation>) -> Option<Uuid> {
    Uuid::try_parse(text)
        .map_err(|_| wrong.push(violation("command_id", text, "a UUID")))
        .ok()
}

fn offering_id(text: &str, wrong: &mut Vec<Violation>) -> Option<OfferingId> {
    OfferingId::parse(text)
        .map_err(|_| wrong.push(violation("offering_id", text, "a UUID")))
        .ok()
}

fn acceptance(input: &OrderInput, wrong: &mut Vec<Violation>) -> Option<Language> {
    if input.acceptance_version != CURRENT_VERSION {
        wrong.push(violation(
            "acceptance_version",
            &input.acceptance_version,
            "the version that is shown now",
        ));
    }
    if !input.accepted {
        wrong.push(violation("accepted", "", "the text must be accepted"));
    }
    let language = Language::parse(&input.acceptance_language);
    if language.is_none() {
        wrong.push(violation(
            "acceptance_language",
            &input.acceptance_language,
            "\"sv\" or \"en\"",
        ));
    }
    language
}

fn channel(text: &str, wrong: &mut Vec<Violation>) -> String {
    let is_word = !text.is_empty()
        && text.len() <= MAX_CHANNEL_CHARS
        && text.bytes().all(|b| b.is_ascii_lowercase());
    if !is_word {
        wrong.push(violation(
            "channel",
            "",
            "a word in lower case, at most 20 letters",
        ));
    }
    text.to_owned()
}

fn requested_date(text: &str, today: NaiveDate, wrong: &mut Vec<Violation>) -> Option<NaiveDate> {
    if text.is_empty() {
        return None;
    }
    let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") else {
        wrong.push(violation("requested_date", text, "a day as YYYY-MM-DD"));
        return None;
    };
    if day < today {
        wrong.push(violation("requested_date", text, "today or later"));
    }
    if day > today + Months::new(MAX_MONTHS_AHEAD) {
        wrong.push(violation("requested_date", text, "within 12 months"));
    }
    Some(day)
}

fn violation(field: &str, value: &str, rule: &str) -> Violation {
    let value: String = value.chars().take(40).collect();
    Violation::new(field, value, rule)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;
    use chrono::TimeZone as _;

    fn good() -> OrderInput {
        OrderInput {
            command_id: "0199f3a0-0000-7000-8000-000000000001".into(),
            place_handle: "handle".into(),
            offering_id: "0199f3a0-0000-7000-8000-000000000002".into(),
            customer: CustomerInput {
                name: "Anna Provsson".into(),
                identity_number: "900118-9811".into(),
                email: "anna@example.se".into(),
                phone: "070-174 06 05".into(),
            },
            acceptance_version: CURRENT_VERSION.into(),
            acceptance_language: "sv".into(),
            accepted: true,
            channel: "web".into(),
            requested_date: "2026-12-01".into(),
            ..OrderInput::default()
        }
    }

    fn now() -> DateTime<Utc> {
        // Already the 22nd in Stockholm.
        Utc.with_ymd_and_hms(2026, 11, 21, 23, 30, 0).unwrap()
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let input = OrderInput {
            requested_date: "2026-11-21".into(),
            ..OrderInput::default()
        };
        let wrong = OrderRequest::parse(&input, now()).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "command_id",
                "offering_id",
                "place_handle",
                "customer.name",
                "customer.identity_number",
                "customer.email",
                "customer.phone",
                "acceptance_version",
                "accepted",
                "acceptance_language",
                "channel",
                "requested_date"
            ]
        );
    }

    #[test]
    fn a_day_is_today_or_later_by_the_customers_calendar() {
        for (day, ok) in [
            ("2026-11-21", false),
            ("2026-11-22", true),
            ("2027-11-22", true),
            ("2027-11-23", false),
        ] {
            let input = OrderInput {
                requested_date: day.into(),
                ..good()
            };
            assert_eq!(OrderRequest::parse(&input, now()).is_ok(), ok, "{day}");
        }
    }

    #[test]
    fn spelling_does_not_make_another_request() {
        let one = OrderRequest::parse(&good(), now()).unwrap().content();
        let mut input = good();
        input.customer.identity_number = "199001189811".into();
        input.customer.phone = "+46701740605".into();
        assert_eq!(OrderRequest::parse(&input, now()).unwrap().content(), one);
        input.channel = "phone".into();
        assert_ne!(OrderRequest::parse(&input, now()).unwrap().content(), one);
    }
}
