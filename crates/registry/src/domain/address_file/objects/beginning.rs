//! How the objects of a file begin, to find the next one behind a text that was not closed.

/// Bytes in which a brace and a first name stand; ON-API's longest name has 19.
const TAIL_BYTES: usize = 256;

/// The first name of the objects of a file, and what was last read behind a torn text.
#[derive(Debug, Default)]
pub(super) struct Beginning {
    /// With its quotes; empty while none is known.
    name: Vec<u8>,
    tail: Vec<u8>,
}

impl Beginning {
    /// Learns from an object, unless one before it has taught the name: `{"accessId": …`.
    pub fn learn(&mut self, object: &[u8]) {
        if self.name.is_empty() {
            first_name(object)
                .unwrap_or_default()
                .clone_into(&mut self.name);
        }
    }

    /// A text is torn; so much of its object has been read.
    pub fn search_behind(&mut self, object: &[u8]) {
        self.learn(object);
        let from = object.len().saturating_sub(TAIL_BYTES);
        object[from..].clone_into(&mut self.tail);
    }

    /// The next byte; the beginning of the next object when it ends with this byte.
    pub fn find(&mut self, byte: u8) -> Option<Vec<u8>> {
        if self.tail.len() >= 2 * TAIL_BYTES {
            self.tail.drain(..TAIL_BYTES);
        }
        self.tail.push(byte);
        let may_end = byte == b'"' && !self.name.is_empty();
        let before = self.tail.strip_suffix(self.name.as_slice());
        let before = before.filter(|_| may_end)?.trim_ascii_end();
        let brace = before.len().checked_sub(1)?;
        (before[brace] == b'{').then(|| self.tail.split_off(brace))
    }
}

/// The first name of an object with its quotes; nothing where it is not followed by a colon.
fn first_name(object: &[u8]) -> Option<&[u8]> {
    let inside = object.strip_prefix(b"{")?.trim_ascii_start();
    let after_quote = inside.strip_prefix(b"\"")?;
    let length = after_quote.iter().position(|&byte| byte == b'"')?;
    let (name, rest) = inside.split_at(length + 2);
    let is_plain = name.len() <= TAIL_BYTES / 2 && !name.contains(&b'\\');
    (is_plain && rest.trim_ascii_start().starts_with(b":")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name_from: &str, torn: &str, text: &str) -> Option<String> {
        let mut beginning = Beginning::default();
        beginning.learn(name_from.as_bytes());
        beginning.search_behind(torn.as_bytes());
        let next = text.bytes().find_map(|byte| beginning.find(byte));
        next.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn an_object_begins_with_a_brace_and_the_name_that_others_begin_with() {
        let right = r#"{"accessId":"1"}"#;
        let torn = r#"{"accessId":"2","city":"Ort},{""#;
        assert_eq!(
            found("", torn, r#"accessId":"3"}"#).unwrap(),
            r#"{"accessId""#
        );
        let spread = "\n { \n\t\"accessId\"";
        assert_eq!(found(right, "{\"x", spread).unwrap(), spread.trim_start());
        for other in [
            r#"{"service":1}"#,
            r#"{\"accessId\":1}"#,
            r#""accessId":1}"#,
        ] {
            assert_eq!(found(right, "{\"x", other), None, "{other}");
        }
        assert_eq!(
            found("", r#"{"accessId:"2""#, right),
            None,
            "no name is known"
        );
        let long = "x".repeat(10_000);
        assert_eq!(
            found(right, "{", &format!("{long}{right}")).unwrap(),
            r#"{"accessId""#
        );
    }
}
