//! One row as fields: quoting as in RFC 4180, tolerant where files in the field are sloppy.

/// What became of the quotes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Each is closed.
    Closed,
    /// Each is closed, but after one of them text goes on: either of them may be a stray one.
    Torn,
    /// One is still open at the end.
    Open,
}

/// Cuts a row.
///
/// A field is quoted when its first byte is a quote; text after the closing quote is kept; a quote elsewhere is itself.
pub(super) fn split(row: &[u8], delimiter: u8) -> (Vec<Vec<u8>>, Quotes) {
    let mut fields = vec![Vec::new()];
    let mut quoted = false;
    let mut at_start = true;
    let (mut closed, mut torn) = (false, false);
    let mut bytes = row.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if quoted && bytes.peek() == Some(&b'"') => {
                bytes.next();
                push(&mut fields, b'"');
            }
            b'"' if quoted => (quoted, closed) = (false, true),
            b'"' if at_start => quoted = true,
            _ if byte == delimiter && !quoted => {
                fields.push(Vec::new());
                (at_start, closed) = (true, false);
                continue;
            }
            _ => {
                torn |= closed && !byte.is_ascii_whitespace();
                push(&mut fields, byte);
            }
        }
        at_start = false;
    }
    let quotes = match (quoted, torn) {
        (true, _) => Quotes::Open,
        (false, true) => Quotes::Torn,
        (false, false) => Quotes::Closed,
    };
    (fields, quotes)
}

/// Writes a field so that [`split`] reads it back.
pub(super) fn quote(text: &str, delimiter: u8) -> String {
    let needs_quotes = text
        .bytes()
        .any(|b| b == delimiter || matches!(b, b'"' | b'\n' | b'\r'));
    if needs_quotes {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn push(fields: &mut [Vec<u8>], byte: u8) {
    if let Some(field) = fields.last_mut() {
        field.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(row: &str) -> Vec<String> {
        split(row.as_bytes(), b',')
            .0
            .into_iter()
            .map(|f| String::from_utf8(f).unwrap())
            .collect()
    }

    #[test]
    fn quotes() {
        assert_eq!(texts(r#"a,"b,c",d"#), ["a", "b,c", "d"]);
        assert_eq!(texts(r#""say ""hi""",x"#), [r#"say "hi""#, "x"]);
        assert_eq!(texts(r#""Villa" Solhem,x"#), ["Villa Solhem", "x"]);
        assert_eq!(texts(r#"12" pipe,x"#), [r#"12" pipe"#, "x"]);
        assert_eq!(texts(""), [""]);
        assert_eq!(texts(","), ["", ""]);
        for (row, quotes) in [
            (r#"a,"open"#, Quotes::Open),
            (r#"a,"closed" ,b"#, Quotes::Closed),
            (r#""Villa" Solhem,x"#, Quotes::Torn),
            (r#"12" pipe,x"#, Quotes::Closed),
        ] {
            assert_eq!(split(row.as_bytes(), b',').1, quotes, "{row}");
        }
    }

    proptest! {
        #[test]
        fn what_is_quoted_reads_back(fields in proptest::collection::vec("[a-zåäö \",;\\n]{0,12}", 1..6)) {
            let row = fields.iter().map(|f| quote(f, b',')).collect::<Vec<_>>().join(",");
            prop_assert_eq!(texts(&row), fields);
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let (fields, _) = split(&bytes, b';');
            prop_assert!(!fields.is_empty());
        }
    }
}
