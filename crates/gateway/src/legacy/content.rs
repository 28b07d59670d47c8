//! What a response holds besides its message: elements in elements, as XML or as JSON.

use serde_json::{Map, Value};

/// What stands in an element.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// A text.
    Text(String),
    /// Elements of ours.
    Fields(Vec<(&'static str, Content)>),
    /// Elements that a form has named.
    Named(Vec<(String, Content)>),
    /// The same element several times, or never; in JSON an array, however many there are.
    List(Vec<Content>),
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Customers are among what is answered.
        f.write_str("Content(..)")
    }
}

impl Content {
    /// Writes it as the element of this name, or as several.
    pub fn xml(&self, name: &str, out: &mut String) {
        match self {
            Self::Text(text) => element(name, out, |out| out.push_str(&escaped(text))),
            Self::Fields(fields) => elements(name, fields, out),
            Self::Named(fields) => elements(name, fields, out),
            Self::List(items) => {
                for item in items {
                    item.xml(name, out);
                }
            }
        }
    }

    /// The same as JSON.
    pub fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Fields(fields) => members(fields),
            Self::Named(fields) => members(fields),
            Self::List(items) => items.iter().map(Self::json).collect(),
        }
    }
}

fn elements(name: &str, fields: &[(impl AsRef<str>, Content)], out: &mut String) {
    element(name, out, |out| {
        for (name, content) in fields {
            content.xml(name.as_ref(), out);
        }
    });
}

fn members(fields: &[(impl AsRef<str>, Content)]) -> Value {
    let member =
        |(name, content): &(_, Content)| (AsRef::<str>::as_ref(name).to_owned(), content.json());
    Value::Object(fields.iter().map(member).collect::<Map<_, _>>())
}

fn element(name: &str, out: &mut String, write: impl FnOnce(&mut String)) {
    out.extend(["<", name, ">"]);
    write(out);
    out.extend(["</", name, ">"]);
}

/// Text of an element. Quotes stay as they are: senders compare whole texts, and some have them. A character that XML 1.0
/// (§2.2) does not have, which a provider may have written into a message, would make the whole unreadable.
pub fn escaped(text: &str) -> String {
    let known = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let text: String = text
        .chars()
        .map(|c| {
            if known(c) {
                c
            } else {
                char::REPLACEMENT_CHARACTER
            }
        })
        .collect();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::Content;

    fn text(text: &str) -> Content {
        Content::Text(text.to_owned())
    }

    #[test]
    fn elements_hold_elements_and_lists_are_arrays() {
        let some = |items: Vec<Content>| Content::Fields(vec![("order", Content::List(items))]);
        let order = |id: &str| Content::Fields(vec![("id", text(id))]);
        for (content, xml, json) in [
            (some(vec![]), "<r></r>", r#"{"order":[]}"#),
            (
                some(vec![order("1")]),
                "<r><order><id>1</id></order></r>",
                r#"{"order":[{"id":"1"}]}"#,
            ),
            (
                some(vec![order("1"), order("2")]),
                "<r><order><id>1</id></order><order><id>2</id></order></r>",
                r#"{"order":[{"id":"1"},{"id":"2"}]}"#,
            ),
        ] {
            let mut out = String::new();
            content.xml("r", &mut out);
            assert_eq!(
                (out.as_str(), content.json().to_string().as_str()),
                (xml, json)
            );
        }
    }

    #[test]
    fn whatever_was_written_the_answer_can_be_read() {
        let mut out = String::new();
        text("<a> & \"b\"\u{0}\u{b}\u{ffff}\n\u{1f600}").xml("t", &mut out);
        assert_eq!(
            out,
            "<t>&lt;a&gt; &amp; \"b\"\u{fffd}\u{fffd}\u{fffd}\n\u{1f600}</t>"
        );
        assert!(!format!("{:?}", text("Anna")).contains("Anna"));
    }
}
