#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn read(text: &[u8]) -> Vec<Entry> {
    Records::new(text, b';', 2).map(Result::unwrap).collect()
}

fn row(line: u64, fields: &[&str]) -> Entry {
    Entry::Row {
        line,
        fields: fields.iter().map(|f| f.as_bytes().to_vec()).collect(),
    }
}

#[test]
fn line_ends_and_empty_rows() {
    assert_eq!(
        read(b"a;b\r\n\n;;\nc;d"),
        [row(1, &["a", "b"]), row(4, &["c", "d"])]
    );
    assert_eq!(read(b""), []);
}

#[test]
fn a_quoted_line_break_belongs_to_the_field() {
    assert_eq!(
        read(b"a;\"b\nc\"\nd;e"),
        [row(1, &["a", "b\nc"]), row(3, &["d", "e"])]
    );
}

#[test]
fn an_open_quote_costs_its_own_line_only() {
    let entries = read(b"a;\"b\nc;d\ne;f\n");
    assert!(
        matches!(&entries[0], Entry::Fault { line: 1, rule, .. } if *rule == QUOTE_OPEN),
        "{entries:?}"
    );
    assert_eq!(entries[1..], [row(2, &["c", "d"]), row(3, &["e", "f"])]);
}

#[test]
fn open_quotes_one_after_another_cost_a_line_each() {
    let mut text = b"a;\"b\n".to_vec();
    text.extend(b"x;y\n".repeat(30));
    let entries = read(&text);
    assert_eq!(entries.len(), 31);
    assert!(entries[1..].iter().all(|e| matches!(e, Entry::Row { .. })));
}

#[test]
fn a_stray_quote_does_not_close_another_one() {
    let lost = |entry: &Entry, at: u64| matches!(entry, Entry::Fault { line, .. } if *line == at);
    // Two rows apart, each begins a field with a quote that nobody closes.
    let entries = read(b"a;\"b\nc;d\ne;\"f\ng;h\n");
    assert!(lost(&entries[0], 1) && lost(&entries[2], 3), "{entries:?}");
    assert_eq!(
        [&entries[1], &entries[3]],
        [&row(2, &["c", "d"]), &row(4, &["g", "h"])]
    );
    // The second one ends its field: what is between them would be whole rows.
    let entries = read(b"a;\"b\nc;d\ne;f\"\ng;h\n");
    assert!(lost(&entries[0], 1), "{entries:?}");
    assert_eq!(
        entries[1..],
        [
            row(2, &["c", "d"]),
            row(3, &["e", "f\""]),
            row(4, &["g", "h"])
        ]
    );
}

#[test]
fn an_endless_line_is_cut_off_and_the_next_one_read() {
    let mut text = vec![b'x'; 3 * ROW_BYTES_MAX];
    text.extend(b"\nc;d\n");
    let entries = read(&text);
    assert!(
        matches!(&entries[0], Entry::Fault { line: 1, text, .. } if text.len() <= ROW_BYTES_MAX + 2)
    );
    assert_eq!(entries[1], row(2, &["c", "d"]));
}

proptest! {
    #[test]
    fn never_panics_and_lines_rise(bytes in proptest::collection::vec(prop_oneof![Just(b'"'), Just(b';'), Just(b'\n'), any::<u8>()], 0..400)) {
        let mut last = 0;
        for entry in read(&bytes) {
            let (Entry::Row { line, .. } | Entry::Fault { line, .. }) = entry;
            prop_assert!(line > last);
            last = line;
        }
    }
}
