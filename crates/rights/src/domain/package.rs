//! The package of an access request (art. 15): one JSON document, and one page that a person can read.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// What the package is about.
#[derive(Clone, Debug)]
pub struct About {
    /// The request.
    pub request_id: String,
    /// The controller.
    pub network: String,
    /// When it came in.
    pub received: String,
    /// When every holder had answered.
    pub completed: String,
    /// "sv" or "en".
    pub language: String,
}

/// Headings in both languages.
struct Words {
    lang: &'static str,
    title: &'static str,
    intro: &'static str,
    request: &'static str,
    controller: &'static str,
    received: &'static str,
    completed: &'static str,
    nothing: &'static str,
    purpose: &'static str,
    basis: &'static str,
    retention: &'static str,
    days_after: &'static str,
    may_receive: &'static str,
    received_by: &'static str,
    read_by: &'static str,
    nobody: &'static str,
    rights: &'static str,
}

const SV: Words = Words {
    lang: "sv",
    title: "Registerutdrag",
    intro: "Det här är alla uppgifter som vi behandlar om dig, från varje tjänst som har svarat.",
    request: "Begäran",
    controller: "Personuppgiftsansvarig",
    received: "Mottagen",
    completed: "Sammanställd",
    nothing: "Inga uppgifter om dig.",
    purpose: "Ändamål",
    basis: "Rättslig grund",
    retention: "Lagringstid",
    days_after: "dagar från",
    may_receive: "Kan lämnas till",
    received_by: "Har lämnats till",
    read_by: "Har lästs av",
    nobody: "ingen",
    rights: "Du kan begära rättelse, radering eller begränsning, invända mot behandlingen och klaga hos \
             Integritetsskyddsmyndigheten (IMY).",
};

const EN: Words = Words {
    lang: "en",
    title: "Copy of your personal data",
    intro: "This is all data that we process about you, from every service that has answered.",
    request: "Request",
    controller: "Controller",
    received: "Received",
    completed: "Compiled",
    nothing: "No data about you.",
    purpose: "Purpose",
    basis: "Legal basis",
    retention: "Kept for",
    days_after: "days from",
    may_receive: "May be given to",
    received_by: "Has been given to",
    read_by: "Has been read by",
    nobody: "nobody",
    rights: "You may ask for rectification, erasure or restriction, object to the processing, and complain to the Swedish \
             Authority for Privacy Protection (IMY).",
};

/// The document for programs: every holder's part as it was submitted.
#[must_use]
pub fn json(about: &About, holders: &[Value]) -> Vec<u8> {
    let document = json!({
        "request_id": about.request_id,
        "network": about.network,
        "received": about.received,
        "completed": about.completed,
        "holders": holders,
    });
    serde_json::to_vec_pretty(&document).expect("a JSON value serialises")
}

/// The page for people.
#[must_use]
pub fn html(about: &About, holders: &[Value]) -> String {
    let words = if about.language == "en" { &EN } else { &SV };
    let mut page = String::new();
    head(&mut page, words, about);
    for holder in holders {
        section(&mut page, words, holder);
    }
    put(
        &mut page,
        format_args!("<footer><p>{}</p></footer></body></html>\n", words.rights),
    );
    page
}

fn head(page: &mut String, words: &Words, about: &About) {
    put(
        page,
        format_args!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title><style>{STYLE}</style></head>\
             <body><h1>{}</h1><p>{}</p><dl>",
            words.lang, words.title, words.title, words.intro
        ),
    );
    term(page, words.request, &about.request_id);
    term(page, words.controller, &about.network);
    term(page, words.received, &about.received);
    term(page, words.completed, &about.completed);
    page.push_str("</dl>\n");
}

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
dt{font-weight:600}dd{margin:0 0 .5rem}table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;\
padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}";

fn section(page: &mut String, words: &Words, holder: &Value) {
    put(
        page,
        format_args!("<section><h2>{}</h2>\n", escaped(text(holder, "holder"))),
    );
    let categories = list(holder, "categories");
    if categories
        .iter()
        .all(|category| list(category, "records").is_empty())
    {
        put(page, format_args!("<p>{}</p>", words.nothing));
    }
    for category in categories {
        categories_part(page, words, category);
    }
    lines(page, words, words.received_by, list(holder, "recipients"));
    lines(page, words, words.read_by, list(holder, "access_log"));
    page.push_str("</section>\n");
}

fn categories_part(page: &mut String, words: &Words, category: &Value) {
    let purpose = text(
        category,
        if words.lang == "sv" {
            "purpose_sv"
        } else {
            "purpose_en"
        },
    );
    put(
        page,
        format_args!("<h3>{}</h3><dl>", escaped(text(category, "name"))),
    );
    term(page, words.purpose, purpose);
    term(page, words.basis, text(category, "legal_basis"));
    let retention = &category["retention"];
    let days = retention["period_days"].as_u64().unwrap_or_default();
    term(
        page,
        words.retention,
        &format!("{days} {} {}", words.days_after, text(retention, "starts")),
    );
    let recipients: Vec<&str> = list(category, "recipients")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    term(
        page,
        words.may_receive,
        if recipients.is_empty() {
            words.nobody.to_owned()
        } else {
            recipients.join(", ")
        }
        .as_str(),
    );
    page.push_str("</dl>\n");
    for record in list(category, "records") {
        table(page, text(record, "record"), &record["fields"]);
    }
}

fn lines(page: &mut String, words: &Words, heading: &str, rows: &[Value]) {
    put(page, format_args!("<h3>{heading}</h3>"));
    if rows.is_empty() {
        put(page, format_args!("<p>{}</p>", words.nobody));
    }
    for row in rows {
        table(page, "", row);
    }
}

fn table(page: &mut String, caption: &str, fields: &Value) {
    put(
        page,
        format_args!("<table><caption>{}</caption>", escaped(caption)),
    );
    for (name, value) in fields.as_object().into_iter().flatten() {
        put(
            page,
            format_args!(
                "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                escaped(name),
                escaped(&shown(value))
            ),
        );
    }
    page.push_str("</table>\n");
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn term(page: &mut String, name: &str, value: &str) {
    put(
        page,
        format_args!("<dt>{name}</dt><dd>{}</dd>", escaped(value)),
    );
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn put(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text)
        .expect("writing to a String does not fail");
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    #[test]
    fn what_people_wrote_cannot_become_markup() {
        let about = About {
            request_id: "r".into(),
            network: "MALAR".into(),
            received: "2026-01-01".into(),
            completed: "2026-01-02".into(),
            language: "en".into(),
        };
        let holder = json!({
            "holder": "crm",
            "categories": [{
                "name": "contact", "purpose_sv": "Svara", "purpose_en": "Answer", "legal_basis": "art. 6(1)(a)",
                "retention": { "period_days": 30, "starts": "contact" }, "recipients": [],
                "records": [{ "record": "contact:1", "fields": { "note": "<script>alert('x')</script>" } }],
            }],
            "recipients": [], "access_log": [],
        });
        let page = html(&about, std::slice::from_ref(&holder));
        assert!(!page.contains("<script>"));
        assert!(page.contains("&lt;script&gt;"));
        assert!(page.contains("30 days from contact"));
        let document: Value = serde_json::from_slice(&super::json(&about, &[holder])).unwrap();
        assert_eq!(document["holders"][0]["holder"], "crm");
    }
}
