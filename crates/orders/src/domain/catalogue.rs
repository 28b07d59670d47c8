//! Providers and what they sell.

use kernel::{Email, NetworkCode, ProviderId, Violation};

use super::OfferingId;

/// A service provider in a network.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The network that it sells in.
    pub network: NetworkCode,
    /// Its short, stable name.
    pub id: ProviderId,
    /// Its name for people.
    pub name: String,
    /// A function address for order mails: not a person's.
    pub order_email: Email,
    /// Where it tells how it handles personal data; https.
    pub privacy_url: String,
}

/// What a caller says of a provider, unchecked.
#[derive(Clone, Debug, Default)]
pub struct ProviderInput {
    /// See [`Provider::id`].
    pub id: String,
    /// See [`Provider::name`].
    pub name: String,
    /// See [`Provider::order_email`].
    pub order_email: String,
    /// See [`Provider::privacy_url`].
    pub privacy_url: String,
}

/// What a provider sells over one technical service of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offering {
    /// Its id.
    pub id: OfferingId,
    /// The network that it is sold in.
    pub network: NetworkCode,
    /// Who sells it.
    pub provider: ProviderId,
    /// The technical service that it needs: "BB-100-100".
    pub service: String,
    /// Its name for people.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Recurring price in öre a month, VAT included.
    pub monthly_price_ore: i64,
    /// Price at the start in öre, VAT included.
    pub start_price_ore: i64,
    /// Months; 0 is none.
    pub commitment_months: u32,
}

/// What a caller says of an offering, unchecked.
#[derive(Clone, Debug, Default)]
pub struct OfferingInput {
    /// Empty gives a new one.
    pub id: String,
    /// See [`Offering::provider`].
    pub provider: String,
    /// See [`Offering::service`].
    pub service: String,
    /// See [`Offering::name`].
    pub name: String,
    /// See [`Offering::description`].
    pub description: String,
    /// See [`Offering::monthly_price_ore`].
    pub monthly_price_ore: i64,
    /// See [`Offering::start_price_ore`].
    pub start_price_ore: i64,
    /// See [`Offering::commitment_months`].
    pub commitment_months: u32,
}

impl Provider {
    /// Checks everything and says all that is wrong at once.
    pub fn parse(network: NetworkCode, input: &ProviderInput) -> Result<Self, Vec<Violation>> {
        let mut wrong = Vec::new();
        let id = ProviderId::parse(&input.id)
            .map_err(|e| wrong.push(refused("provider_id", &input.id, e.rule)))
            .ok();
        let order_email = Email::parse(&input.order_email)
            .map_err(|e| wrong.push(refused("order_email", "", e.rule)))
            .ok();
        let name = text(&mut wrong, "name", &input.name, 1, 120);
        let privacy_url = text(&mut wrong, "privacy_url", &input.privacy_url, 0, 400);
        if !privacy_url.is_empty() && !privacy_url.starts_with("https://") {
            wrong.push(refused("privacy_url", &privacy_url, "an https address"));
        }
        match (id, order_email) {
            (Some(id), Some(order_email)) if wrong.is_empty() => Ok(Self {
                network,
                id,
                name,
                order_email,
                privacy_url,
            }),
            _ => Err(wrong),
        }
    }
}

impl Offering {
    /// Checks everything and says all that is wrong at once; `fresh` becomes the id of a new offering.
    pub fn parse(
        network: NetworkCode,
        input: &OfferingInput,
        fresh: OfferingId,
    ) -> Result<Self, Vec<Violation>> {
        let mut wrong = Vec::new();
        let id = match input.id.as_str() {
            "" => Some(fresh),
            given => OfferingId::parse(given)
                .map_err(|_| wrong.push(refused("offering_id", given, "a UUID")))
                .ok(),
        };
        let provider = ProviderId::parse(&input.provider)
            .map_err(|e| wrong.push(refused("provider_id", &input.provider, e.rule)))
            .ok();
        let service = text(&mut wrong, "service", &input.service, 1, 60);
        let name = text(&mut wrong, "name", &input.name, 1, 120);
        let description = text(&mut wrong, "description", &input.description, 0, 2_000);
        price(&mut wrong, "monthly_price_ore", input.monthly_price_ore);
        price(&mut wrong, "start_price_ore", input.start_price_ore);
        if input.commitment_months > 60 {
            wrong.push(refused(
                "commitment_months",
                &input.commitment_months.to_string(),
                "0 to 60 months",
            ));
        }
        match (id, provider) {
            (Some(id), Some(provider)) if wrong.is_empty() => Ok(Self {
                id,
                network,
                provider,
                service,
                name,
                description,
                monthly_price_ore: input.monthly_price_ore,
                start_price_ore: input.start_price_ore,
                commitment_months: input.commitment_months,
            }),
            _ => Err(wrong),
        }
    }
}

fn text(wrong: &mut Vec<Violation>, field: &str, value: &str, min: usize, max: usize) -> String {
    let value = value.trim();
    if !(min..=max).contains(&value.chars().count()) {
        wrong.push(refused(field, "", &format!("{min} to {max} characters")));
    }
    value.to_owned()
}

/// Highest price in öre: above it somebody has mistaken the unit.
const MAX_PRICE_ORE: i64 = 10_000_000;

fn price(wrong: &mut Vec<Violation>, field: &str, value: i64) {
    if !(0..=MAX_PRICE_ORE).contains(&value) {
        wrong.push(refused(field, &value.to_string(), "öre, 0 to 10,000,000"));
    }
}

fn refused(field: &str, value: &str, rule: &str) -> Violation {
    Violation::new(field, value, rule)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;
    use uuid::Uuid;

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let ham = NetworkCode::parse("HAM").unwrap();
        let input = OfferingInput {
            provider: "X".into(),
            monthly_price_ore: -1,
            ..OfferingInput::default()
        };
        let wrong =
            Offering::parse(ham.clone(), &input, OfferingId::from_uuid(Uuid::nil())).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            ["provider_id", "service", "name", "monthly_price_ore"]
        );

        let input = ProviderInput {
            privacy_url: "http://example.se".into(),
            ..ProviderInput::default()
        };
        let wrong = Provider::parse(ham, &input).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            ["provider_id", "order_email", "name", "privacy_url"]
        );
    }
}
