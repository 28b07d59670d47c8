//! The log of an order in words.

use api::orders::{HandoverState, OrderLogEntry, OrderStatus};

use crate::i18n::{Texts, fill};
use crate::pages::view;

/// How the orders service begins a line of a handover that has no words of the provider's system.
const HANDED_OVER: &str = "handed over to the provider's system";

/// One line.
pub struct Line {
    pub at: String,
    pub kind: String,
    pub actor: String,
    pub text: String,
}

impl Line {
    pub fn of(entry: OrderLogEntry, t: &Texts) -> Self {
        Self {
            at: view::time(entry.at.as_ref()),
            kind: kind(&entry.kind, t).to_owned(),
            text: text(&entry, t),
            actor: entry.actor,
        }
    }
}

/// A kind of lines in words.
pub fn kind<'a>(kind: &'a str, t: &'a Texts) -> &'a str {
    let s = &t.staff;
    match kind {
        "placed" => s.log_placed,
        "status" => s.log_status,
        "disclosed" => s.log_disclosed,
        "mailed" => s.log_mailed,
        "message" => s.log_message,
        "reminded" => s.log_reminded,
        "escalated" => s.log_escalated,
        "handover" => s.log_handover,
        "erased" => s.log_erased,
        other => other,
    }
}

/// What the codes say; the text itself where there are none, as of a provider's message, or where they are new to us.
fn text(entry: &OrderLogEntry, t: &Texts) -> String {
    let s = &t.staff;
    let details: Vec<&str> = entry.details.iter().map(String::as_str).collect();
    match (entry.kind.as_str(), &details[..]) {
        ("placed", []) => String::new(),
        ("status", [from, to]) => format!("{} → {}", status(from, t), status(to, t)),
        ("mailed", ["customer"]) => s.log_mailed_customer.to_owned(),
        ("mailed", ["provider"]) => s.log_mailed_provider.to_owned(),
        // Of an erased customer the type is left, and no words.
        ("message", [kind]) if !entry.text.is_empty() => message(kind, &entry.text, t),
        ("reminded", [number]) => fill(s.log_reminded_number, number),
        ("escalated", []) => s.log_escalated_text.to_owned(),
        ("handover", [state]) => handover(state, &entry.text, t),
        ("disclosed", [class]) => fill(s.log_purpose, purpose(class, t)),
        _ => entry.text.clone(),
    }
}

fn status<'a>(word: &'a str, t: &'a Texts) -> &'a str {
    let name = format!("ORDER_STATUS_{}", word.to_ascii_uppercase());
    OrderStatus::from_str_name(&name).map_or(word, |status| view::order_status(status, t))
}

fn message(kind: &str, text: &str, t: &Texts) -> String {
    let s = &t.staff;
    match kind {
        "error" => fill(s.message_error, text),
        "alert" => fill(s.message_alert, text),
        "system" => fill(s.message_system, text),
        _ => text.to_owned(),
    }
}

/// What became of it, and what the provider's system said of it, if it said something.
fn handover(word: &str, text: &str, t: &Texts) -> String {
    let name = format!("HANDOVER_STATE_{}", word.to_ascii_uppercase());
    let state = HandoverState::from_str_name(&name);
    let state = state.map_or(word, |state| view::handover_state(state, t));
    if text.starts_with(HANDED_OVER) {
        state.to_owned()
    } else {
        format!("{state}: {text}")
    }
}

fn purpose<'a>(class: &'a str, t: &'a Texts) -> &'a str {
    let s = &t.staff;
    match class {
        "delivery" => s.purpose_delivery,
        "support" => s.purpose_support,
        "billing" => s.purpose_billing,
        "contact" => s.purpose_contact,
        "other" => s.purpose_other,
        unknown => unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, OrderLogEntry};
    use crate::i18n::Lang;

    fn line(kind: &str, text: &str, details: &[&str]) -> (String, String) {
        let entry = OrderLogEntry {
            kind: kind.to_owned(),
            text: text.to_owned(),
            details: details.iter().map(|&code| code.to_owned()).collect(),
            ..OrderLogEntry::default()
        };
        let line = Line::of(entry, Lang::Sv.texts());
        (line.kind, line.text)
    }

    #[test]
    fn our_own_words_are_translated_and_the_providers_are_not() {
        let of = |kind: &str, text: &str| (kind.to_owned(), text.to_owned());
        assert_eq!(
            line("status", "new → received", &["new", "received"]),
            of("Läge", "Ny → Mottagen")
        );
        assert_eq!(
            line("disclosed", "personal data fetched", &["delivery"]),
            of("Uppgifter hämtade", "Ändamål: leverans")
        );
        assert_eq!(
            line("reminded", "reminder to the provider, number 2", &["2"]),
            of("Påminnelse", "Påminnelse 2 till leverantören")
        );
        assert_eq!(
            line("message", "Vi ringer i morgon", &[]),
            of("Meddelande", "Vi ringer i morgon")
        );
        assert_eq!(
            line("message", "Porten finns ej", &["error"]),
            of("Meddelande", "Fel: Porten finns ej")
        );
        assert_eq!(
            line("message", "Vi ringer", &["log"]),
            of("Meddelande", "Vi ringer")
        );
        let handed = "Lämnad till leverantörens system";
        let ours = "handed over to the provider's system: confirmed";
        assert_eq!(
            line("handover", ours, &["confirmed"]),
            of(handed, "Mottagen")
        );
        assert_eq!(
            line("handover", "Okänt uttag", &["refused"]),
            of(handed, "Anropet fel: Okänt uttag")
        );
        assert_eq!(line("message", "", &["error"]), of("Meddelande", ""));
        assert_eq!(
            line("moved", "from here to there", &["here", "there"]),
            of("moved", "from here to there")
        );
    }
}
