#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::domain::address_file::CharsetProbe;

const TEXT: &str = "coID;accessId;streetName;streetNumber;postalCode;city;premisesType;note\n\
     SNFDMO;1;Götgatan;1;11846;Stockholm;RENTAL_APARTMENT;\"a;b\"\n\
     SNFDMO;2;Götgatan;2;1184;Stockholm;RENTAL_APARTMENT;c\n\
     SNFDMO;3;Götgatan\n";

fn judge() -> Judge {
    Judge {
        network: kernel::NetworkCode::parse("SNFDMO").unwrap(),
        today: chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
    }
}

fn hints(charset: Charset) -> Hints {
    Hints {
        charset,
        format: None,
    }
}

fn probe(bytes: &[u8]) -> Result<Charset, Refusal> {
    let mut probe = CharsetProbe::default();
    probe.feed(bytes);
    probe.finish(None)
}

fn open(bytes: &[u8]) -> Result<AddressFile<&[u8]>, Refusal> {
    AddressFile::open(bytes, hints(probe(bytes)?), judge()).unwrap()
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
        file.opened().rejected_header() + &file.opened().rejected_row(&rows[1].raw, violations);
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
fn a_wrong_number_of_fields_is_refused_without_an_access() {
    let rows: Vec<_> = open(TEXT.as_bytes()).unwrap().map(Result::unwrap).collect();
    let RowVerdict::Rejected {
        access_id,
        violations,
    } = &rows[2].verdict
    else {
        panic!()
    };
    assert_eq!(*access_id, None);
    assert_eq!(violations[0].rule, "the row has 3 fields, the header has 8");
}

#[test]
fn a_master_file_needs_no_header() {
    let row = "SNFDMO;Västerås;Bäckby;Dragverket 166;Spikverksgatan;128;B;;72474;;;;;\"1002;a\";4;2008-02-12;1;;S-1;3;1;;1;512;2";
    let header = field::MASTER.join(";");
    for (text, lines) in [
        (format!("{row}\n{row}\n"), [1, 2]),
        (format!("{header}\n{row}\n{row}"), [2, 3]),
    ] {
        let file = open(text.as_bytes()).unwrap();
        assert_eq!(file.opened().format(), Format::MdB1);
        let rows: Vec<_> = file.map(Result::unwrap).collect();
        assert_eq!(rows.iter().map(|r| r.line).collect::<Vec<_>>(), lines);
        assert!(
            rows.iter()
                .all(|r| matches!(&r.verdict, RowVerdict::Accepted(_))),
            "{rows:?}"
        );
    }
}

#[test]
fn a_list_is_no_text_of_on_api() {
    let access = |street: &str| {
        format!(
            r#"[{{"accessId":"1","streetName":{street},"postalCode":"72134","city":"Ort","countryCode":"SE","premisesType":"UNKNOWN","note":["kept"]}}]"#
        )
    };
    for (street, right) in [
        ("\"Byn\"", true),
        ("[\"Byn\"]", false),
        ("{\"a\":1}", false),
    ] {
        let text = access(street);
        let rows: Vec<_> = open(text.as_bytes()).unwrap().map(Result::unwrap).collect();
        let taken = matches!(rows[0].verdict, RowVerdict::Accepted(_));
        assert_eq!((rows.len(), taken), (1, right), "{street}");
    }
}

#[test]
fn accesses_of_every_version_of_on_api() {
    let text = r#"[
 {"accessId":"1","legacyAccessId":null,"streetName":"Kungsgatan","streetNumber":"10","streetLittera":"G","postalCode":"72134","city":"Västerås",
  "countryCode":"SE","premisesType":"MDU_APARTMENT","mduApartmentNumber":901,"outlet":"A","priceGroup":0,"accessState":"INMIGRATION"},
 {"accessId":"2","streetName":"Byvägen","streetNumber":"652-16","postalCode":"72134","city":"Västerås","countryCode":"SE",
  "premisesType":"RESIDENTIAL_HOUSE","accessState":"CONNECTED","coCpeSwitch":"X","secret":{"a":1},
  "services":[{"service":"BB-100","connection":"2015-01-02","available":"YES","disconnection":""},{"service":"TV","connection":"2014-01-02","available":"NO"}]},
 {"accessId":"3","streetName":"Byvägen","postalCode":"7213","city":"Västerås","countryCode":"SE","premisesType":"MDU_APARTMENT","accessState":"GONE"},
 {"accessId":"4",
]"#;
    let file = open(text.as_bytes()).unwrap();
    let opened = file.opened().clone();
    assert_eq!(
        (opened.format(), opened.says_of_residents()),
        (Format::OnApi, false)
    );
    let rows: Vec<_> = file.map(Result::unwrap).collect();
    assert_eq!(
        rows.iter().map(|r| r.line).collect::<Vec<_>>(),
        [2, 4, 7, 8, 9],
        "the fourth is torn, and the array is not closed"
    );
    let RowVerdict::Accepted(first) = &rows[0].verdict else {
        panic!("{:?}", rows[0])
    };
    assert_eq!(first.facts.address.apartment_number(), "0901");
    assert_eq!(
        (
            first.facts.price_group,
            first.facts.legacy_access_id.as_str()
        ),
        (Some(0), "")
    );
    let RowVerdict::Accepted(second) = &rows[1].verdict else {
        panic!("{:?}", rows[1])
    };
    assert_eq!(
        second.facts.services.as_deref(),
        Some(&["BB-100".to_owned()][..])
    );
    assert_eq!(second.facts.connected_on_text(), "2014-01-02");
    let names: Vec<_> = second
        .other_columns
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["secret", "services"]);
    let RowVerdict::Rejected {
        violations,
        access_id,
    } = &rows[2].verdict
    else {
        panic!()
    };
    assert_eq!(access_id.as_ref().unwrap().as_str(), "3");
    assert_eq!(violations.len(), 2, "{violations:?}");
    assert!(rows[3].verdict.access_id().is_none());

    let mended = opened.rejected_header()
        + &opened.rejected_row(&rows[2].raw, violations)
        + Opened::rejected_footer(Format::OnApi);
    assert!(mended.contains("rejected_because"), "{mended}");
    let mended = mended
        .replace("\"7213\"", "\"72134\"")
        .replace("GONE", "PLANNED")
        .replace("MDU_APARTMENT", "PUBLIC");
    let again: Vec<_> = open(mended.as_bytes())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(
        matches!(&again[0].verdict, RowVerdict::Accepted(row) if row.other_columns.is_empty()),
        "{again:?}"
    );
}

#[test]
fn a_stated_format_is_held_to() {
    let stated = |text: &'static [u8], format| {
        let hints = Hints {
            charset: Charset::Utf8,
            format: Some(format),
        };
        AddressFile::open(text, hints, judge())
            .unwrap()
            .map(|f| f.opened().format())
    };
    assert!(
        stated(
            b"accessId;streetName;postalCode;city;premisesType\n",
            Format::MdB2
        )
        .unwrap_err()
        .sentence
        .contains("lacks the mandatory columns coId")
    );
    assert_eq!(
        stated(
            b"accessId;streetName;postalCode;city;premisesType\n",
            Format::PiApi
        ),
        Ok(Format::PiApi)
    );
    assert!(
        stated(b"accessId;city\n", Format::OnApi)
            .unwrap_err()
            .sentence
            .contains("not JSON")
    );
    assert!(stated(b"[]", Format::MdB2).is_err());
}

#[test]
fn unusable_headers_are_refused() {
    assert_eq!(open(b"").unwrap_err().sentence, "the file is empty");
    assert!(
        open(b"hello\nworld\n")
            .unwrap_err()
            .sentence
            .contains("no header was found")
    );
    assert!(
        open(b"coId,accessId\n")
            .unwrap_err()
            .sentence
            .contains("lacks the mandatory columns")
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for charset in [Charset::Utf8, Charset::Latin1, Charset::Windows1252] {
            if let Ok(file) = AddressFile::open(bytes.as_slice(), hints(charset), judge()).unwrap() {
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
            let mut open = AddressFile::open(file.as_slice(), hints(charset), judge()).unwrap().unwrap();
            let rows: Vec<_> = open.by_ref().map(Result::unwrap).collect();
            for row in rows {
                if let RowVerdict::Rejected { violations, .. } = &row.verdict {
                    let _ = open.opened().rejected_row(&row.raw, violations);
                }
            }
        }
    }
}

#[test]
fn lines_that_end_with_a_carriage_return_alone_are_named() {
    let file = "coId;accessId;city\rSNFDMO;1;Ort\rSNFDMO;2;Ort\r";
    assert_eq!(open(file.as_bytes()).unwrap_err().reason, "FILE_LINE_ENDS");
}

#[test]
fn of_a_member_that_stands_twice_none_is_believed() {
    for (first, second) in [
        ("accessId", "accessId"),
        ("accessId", "ACCESSID"),
        ("x", "x"),
    ] {
        let json = format!(
            r#"[{{"{first}":"1","streetName":"Gatan","{second}":"2","postalCode":"72134","city":"Ort","premisesType":"OTHER"}}]"#
        );
        let row = open(json.as_bytes()).unwrap().next().unwrap().unwrap();
        let RowVerdict::Rejected { violations, .. } = row.verdict else {
            panic!("{json}")
        };
        assert_eq!(violations[0].reason, "MEMBER_TWICE");
        // What is given back, unmended, is rejected again, and has both.
        let file = open(json.as_bytes()).unwrap();
        let (head, foot) = (file.opened().rejected_header(), "\n]\n");
        let back = file.opened().rejected_row(&row.raw, &violations);
        assert!(
            back.contains(r#"\":\"1\""#) && back.contains(r#"\":\"2\""#),
            "{back}"
        );
        let back = format!("{head}{back}{foot}");
        let again = open(back.as_bytes()).unwrap().next().unwrap().unwrap();
        assert!(
            matches!(again.verdict, RowVerdict::Rejected { .. }),
            "{back}"
        );
    }
}

#[test]
fn a_service_is_sold_only_when_its_list_says_so_in_words_that_can_be_read() {
    let judged = |service: &str| {
        let json = format!(
            r#"[{{"accessId":"1","streetName":"Gatan","streetNumber":"3","postalCode":"72134","city":"Ort","countryCode":"SE",
            "premisesType":"RESIDENTIAL_HOUSE","services":{service}}}]"#
        );
        let row = open(json.as_bytes()).unwrap().next().unwrap().unwrap();
        match row.verdict {
            RowVerdict::Accepted(row) => Ok(row.facts.services.unwrap()),
            RowVerdict::Rejected { violations, .. } => Err(violations[0].reason.clone()),
        }
    };
    let of = |members: &str| judged(&format!(r#"[{{"service":"BB"{members}}}]"#));
    for members in [
        "",
        r#","available":"YES","disconnection":"""#,
        r#","availableDateTime":"2015-01-02T00:00:00Z","disconnectionDateTime":null"#,
        r#","available":true"#,
        r#","connection":"2015-01-02","available":"2015-01-02""#,
    ] {
        assert_eq!(of(members), Ok(vec!["BB".to_owned()]), "{members}");
    }
    for members in [
        r#","available":"NO""#,
        r#","available":false"#,
        r#","availableDateTime":"""#,
        r#","availableDateTime":"3030-12-12T00:00:01Z""#,
        r#","connection":"NO""#,
        r#","disconnection":"2020-12-31""#,
    ] {
        assert_eq!(of(members), Ok(Vec::new()), "{members}");
    }
    for (services, reason) in [
        (
            r#"[{"service":"BB","availableDateTime":"rubbish"}]"#,
            "DAY_INVALID",
        ),
        (
            r#"[{"service":"BB","disconnection":"31/12/2020"}]"#,
            "DAY_INVALID",
        ),
        (
            r#"[{"service":"BB","available":"12/24/2026"}]"#,
            "DAY_INVALID",
        ),
        (
            r#"[{"service":"BB","available":"NO","available":"YES"}]"#,
            "MEMBER_TWICE",
        ),
        (r#"["BB"]"#, "MEMBER_INVALID"),
        (r#"{"service":"BB"}"#, "MEMBER_INVALID"),
    ] {
        assert_eq!(judged(services), Err(reason.to_owned()), "{services}");
    }
}
