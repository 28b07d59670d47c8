//! Who sells.

use kernel::{Email, NetworkCode, Phone, ProviderId, Violation};

use super::hours;
use super::reading::Reading;

/// Characters of a presentation.
const PRESENTATION_CHARS_MAX: usize = 2_000;

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
    /// Where it tells how it handles personal data; https, or empty.
    pub privacy_url: String,
    /// Of its customer service, E.164; or empty.
    pub phone: String,
    /// When its customer service is open, in ON-API's grammar; or empty.
    pub opening_hours: String,
    /// https, or empty.
    pub website: String,
    /// What it says of itself; or empty.
    pub presentation: String,
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
    /// See [`Provider::phone`]; any usual spelling.
    pub phone: String,
    /// See [`Provider::opening_hours`].
    pub opening_hours: String,
    /// See [`Provider::website`].
    pub website: String,
    /// See [`Provider::presentation`].
    pub presentation: String,
}

impl Provider {
    /// Checks everything and says all that is wrong at once.
    ///
    /// # Errors
    /// Every field that breaks its rule.
    pub fn parse(network: NetworkCode, input: &ProviderInput) -> Result<Self, Vec<Violation>> {
        let mut read = Reading::default();
        let id = ProviderId::parse(&input.id);
        let id = read.parsed("provider_id", &input.id, id, |e| e.rule);
        let order_email = Email::parse(&input.order_email);
        let order_email = read.parsed("order_email", "", order_email, |e| e.rule);
        let name = read.text("name", &input.name, (1, 120));
        let privacy_url = read.https("privacy_url", &input.privacy_url, true);
        let phone = phone(&mut read, input.phone.trim());
        let opening_hours = input.opening_hours.trim().to_owned();
        if !opening_hours.is_empty() && !hours::are_hours(&opening_hours) {
            read.refuse("opening_hours", &opening_hours, hours::RULE);
        }
        let website = read.https("website", &input.website, true);
        let presentation = (0, PRESENTATION_CHARS_MAX);
        let presentation = read.text("presentation", &input.presentation, presentation);
        match (id, order_email) {
            (Some(id), Some(order_email)) if read.wrong.is_empty() => Ok(Self {
                network,
                id,
                name,
                order_email,
                privacy_url,
                phone,
                opening_hours,
                website,
                presentation,
            }),
            _ => Err(read.wrong),
        }
    }
}

fn phone(read: &mut Reading, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let phone = read.parsed("phone", "", Phone::parse(text), |e| e.rule);
    phone.map_or_else(String::new, |phone| phone.canonical().to_owned())
}
