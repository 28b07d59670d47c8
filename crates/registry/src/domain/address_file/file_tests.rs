#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::domain::address_file::CharsetProbe;

const TEXT: &str = "coID;accessId;streetName;streetNumber;postalCode;city;premisesType;note\n\
     SNFDMO;1;Götgatan;1;11846;Stockholm;RENTAL_APARTMENT;\"a;b\"\n\
     SNFDMO;2;Götgatan;2;1184;Stockholm;RENTAL_APARTMENT;c\n\
     SNFDMO;3;Götgatan\n";

fn network() -> NetworkCode {
    NetworkCode::parse("SNFDMO").unwrap()
}

fn probe(bytes: &[u8]) -> Result<Charset, Refusal> {
    let mut probe = CharsetProbe::default();
    probe.feed(bytes);
    probe.finish(None)
}

fn open(bytes: &[u8]) -> Result<AddressFile<&[u8]>, Refusal> {
    AddressFile::open(bytes, probe(bytes)?, network()).unwrap()
}

#[test]
fn three_delimiters_three_charsets_with_and_without_mark_say_the_same() {
    let expected: Vec<_> = open(TEXT.as_bytes())
        .unwrap()
        .map(|r| r.unwrap().verdict)
        .collect();
    assert!(
        matches!(&expected[0], RowVerdict::Accepted(row) if row.facts.address.street_name() == "Götgatan")
    );
    for delimiter in ["\t", ",", ";"] {
        let text = TEXT
            .replace(';', delimiter)
            .replace(&format!("a{delimiter}b"), "a;b");
        let single_byte = encoding_rs::WINDOWS_1252.encode(&text).0.into_owned();
        let windows = [single_byte.as_slice(), b"SNFDMO\x96\n"].concat();
        for (bytes, charset) in [
            (text.clone().into_bytes(), Charset::Utf8),
            (format!("\u{feff}{text}").into_bytes(), Charset::Utf8),
            (single_byte.clone(), Charset::Latin1),
            (windows, Charset::Windows1252),
        ] {
            let file = open(&bytes).unwrap();
            assert_eq!(file.opened().charset, charset);
            let verdicts: Vec<_> = file.map(|r| r.unwrap().verdict).take(3).collect();
            assert_eq!(verdicts, expected, "{delimiter:?} {charset:?}");
        }
    }
}

#[test]
fn lines_are_counted_from_the_header() {
    let text = format!("\nsep=;\n{TEXT}");
    let lines: Vec<_> = open(text.as_bytes())
        .unwrap()
        .map(|r| r.unwrap().line)
        .collect();
    assert_eq!(lines, [4, 5, 6]);
}

#[test]
fn a_rejected_row_can_be_mended_and_comes_back() {
    let mut file = open(TEXT.as_bytes()).unwrap();
    let rows: Vec<_> = file.by_ref().map(Result::unwrap).collect();
    let RowVerdict::Rejected { violations, .. } = &rows[1].verdict else {
        panic!()
    };
    let out =
        file.opened().rejected_header() + &file.opened().rejected_row(&rows[1].fields, violations);
    assert!(
        out.contains("rejected_because") && out.contains("postalCode: a Swedish postal code"),
        "{out}"
    );
    let mended = out.replace(";1184;", ";11846;");
    let again: Vec<_> = open(mended.as_bytes())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(
        matches!(&again[0].verdict, RowVerdict::Accepted(row) if row.other_columns.len() == 1),
        "{again:?}"
    );
    let second = open(out.as_bytes()).unwrap();
    assert_eq!(
        second
            .opened()
            .rejected_header()
            .matches("rejected_because")
            .count(),
        1
    );
}

#[test]
fn unusable_headers_are_refused() {
    assert_eq!(open(b"").unwrap_err().0, "the file is empty");
    assert!(
        open(b"hello\nworld\n")
            .unwrap_err()
            .0
            .contains("no header was found")
    );
    assert!(
        open(b"coId,accessId\n")
            .unwrap_err()
            .0
            .contains("lacks the mandatory columns")
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for charset in [Charset::Utf8, Charset::Latin1, Charset::Windows1252] {
            if let Ok(file) = AddressFile::open(bytes.as_slice(), charset, network()).unwrap() {
                file.for_each(drop);
            }
        }
        let _ = probe(&bytes);
    }

    #[test]
    fn arbitrary_rows_under_a_right_header_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let header = b"coID;accessId;streetName;postalCode;city;premisesType;extra\n";
        let file = [header.as_slice(), &bytes].concat();
        for charset in [Charset::Utf8, Charset::Latin1, Charset::Windows1252] {
            let mut open = AddressFile::open(file.as_slice(), charset, network()).unwrap().unwrap();
            let rows: Vec<_> = open.by_ref().map(Result::unwrap).collect();
            for row in rows {
                if let RowVerdict::Rejected { violations, .. } = &row.verdict {
                    let _ = open.opened().rejected_row(&row.fields, violations);
                }
            }
        }
    }
}
