//! What a customer accepts, and the information that GDPR art. 13 asks for, by version and language.
//!
//! A text that has been shown is never changed: a new wording is a new version.

/// The version that is shown and may be accepted now.
pub const CURRENT_VERSION: &str = "2026-11-22";

/// How long the record of an acceptance is kept, counted from the order: the limitation period within which a consumer
/// may complain of a service (konsumenttjänstlagen 1985:716, 17 §), on legal claims (GDPR art. 17(3)(e)).
pub const ACCEPTANCE_YEARS: u32 = 3;

/// The languages that the texts exist in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Swedish, the one that counts.
    Swedish,
    /// English.
    English,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Swedish, Self::English];

    /// "sv" or "en".
    pub const fn code(self) -> &'static str {
        match self {
            Self::Swedish => "sv",
            Self::English => "en",
        }
    }

    /// The language of a code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
    }
}

/// A text to accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptanceText {
    /// Its version, a date.
    pub version: &'static str,
    /// Its language.
    pub language: Language,
    /// What the customer agrees to: who receives what.
    pub text: String,
    /// Who, why, on which basis, how long, which rights (GDPR art. 13).
    pub information: String,
}

/// The present text in one language. `controller` is the network as it is named to people.
pub fn current(language: Language, controller: &str) -> AcceptanceText {
    let (text, information) = match language {
        Language::Swedish => (SV_TEXT, SV_INFORMATION),
        Language::English => (EN_TEXT, EN_INFORMATION),
    };
    AcceptanceText {
        version: CURRENT_VERSION,
        language,
        text: text.replace("{controller}", controller),
        information: information.replace("{controller}", controller),
    }
}

const SV_TEXT: &str = "Jag beställer tjänsten och godkänner att {controller} och den tjänsteleverantör jag har valt tar del av \
mitt namn, mitt person- eller samordningsnummer, min e-postadress, mitt telefonnummer, adressen där tjänsten ska \
levereras, det datum jag önskar och mina svar på de frågor som ställs i beställningen. Ingen annan får uppgifterna.";

const EN_TEXT: &str = "I order the service and accept that {controller} and the service provider that I have chosen see my name, my \
personal identity or coordination number, my e-mail address, my phone number, the address where the service is to be \
delivered, the date that I wish and my answers to the questions that are asked in the order. Nobody else receives them.";

const SV_INFORMATION: &str = "Personuppgiftsansvarig är {controller}. Uppgifterna används för att förmedla beställningen till den leverantör du \
har valt, för avtalet och leveransen, och för att hjälpa dig om något blir fel. Rättslig grund är avtal (artikel 6.1 b \
i dataskyddsförordningen). Personnumret behövs för att du säkert ska kunna identifieras (3 kap. 10 § \
dataskyddslagen). Uppgifterna sparas tills tjänsten är levererad och avtalet är slut, eller tills du begär att de \
raderas; svar på frågor kan raderas tidigare. Uppgiften om vad du godkände, när och hur sparas i tre år för rättsliga anspråk (artikel 17.3 e). \
Leverantören får dina uppgifter när den hämtar dem; varje hämtning antecknas och leverantören får besked om du begär \
radering. Du har rätt att få veta vilka uppgifter som finns om dig, att få dem rättade eller raderade, att \
begränsa eller invända mot behandlingen och att få ut dem. Du har 14 dagars ångerrätt. Är du missnöjd kan du klaga hos \
Integritetsskyddsmyndigheten (IMY).";

const EN_INFORMATION: &str = "The controller is {controller}. Your data is used to broker the order to the provider that you have chosen, for \
the agreement and the delivery, and to help you if something goes wrong. The legal basis is contract (GDPR art. 6(1)(b)). \
The identity number is needed so that you are identified with certainty (Swedish data protection act 3:10). The data \
is kept until the service has been delivered and the agreement has ended, or until you ask for erasure; answers to questions may be erased earlier. The record of \
what you accepted, when and how is kept for three years for legal claims (art. 17(3)(e)). The provider receives your \
data when it fetches it; each time is recorded, and the provider is told if you ask for erasure. You have the right to \
know what data is held about you, to have it corrected or erased, to restrict or object to the processing, and to \
receive it. You may withdraw within 14 days. You can complain to the Swedish Authority for Privacy Protection (IMY).";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    #[test]
    fn each_language_names_the_controller_and_the_authority() {
        for language in Language::ALL {
            let text = current(language, "Hammarby Stadsnät");
            assert!(text.text.contains("Hammarby Stadsnät"));
            assert!(text.information.starts_with(match language {
                Language::Swedish => "Personuppgiftsansvarig är Hammarby Stadsnät.",
                Language::English => "The controller is Hammarby Stadsnät.",
            }));
            assert!(text.information.contains("IMY"));
            assert!(!text.text.contains('{') && !text.information.contains('{'));
        }
    }
}
