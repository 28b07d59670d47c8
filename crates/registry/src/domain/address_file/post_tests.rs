use chrono::NaiveDate;
use kernel::NetworkCode;
use proptest::prelude::*;

use super::*;

const RIGHT: [(&str, &str); 6] = [
    ("coId", "SNFDMO"),
    ("accessId", "81883"),
    ("streetName", "Kungsgatan"),
    ("postalCode", "72134"),
    ("city", "Västerås"),
    ("premisesType", "RENTAL_APARTMENT"),
];

fn judge() -> Judge {
    Judge {
        network: NetworkCode::parse("SNFDMO").unwrap(),
        today: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
    }
}

fn fields(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let kept = RIGHT
        .iter()
        .filter(|(n, _)| !changes.iter().any(|(c, _)| c == n));
    kept.chain(changes)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn judged(changes: &[(&str, &str)]) -> JudgedPost {
    Post::read(fields(changes))
        .unwrap()
        .judge(&judge())
        .unwrap()
}

fn broken(verdict: &RowVerdict) -> Vec<(&str, &str)> {
    match verdict {
        RowVerdict::Accepted(_) => Vec::new(),
        RowVerdict::Rejected { violations, .. } => violations
            .iter()
            .map(|v| (v.field.as_str(), v.reason.as_str()))
            .collect(),
    }
}

#[test]
fn a_post_is_judged_as_a_row_of_a_file() {
    assert!(broken(&judged(&[]).verdict).is_empty());
    let wrong = judged(&[("postalCode", "7213"), ("streetName", "")]);
    assert_eq!(
        broken(&wrong.verdict),
        [
            ("streetName", "FIELD_EMPTY"),
            ("postalCode", "POSTAL_CODE_INVALID")
        ]
    );
    assert_eq!(
        broken(&judged(&[("coId", "OTHER")]).verdict),
        [("coId", "NETWORK_OTHER")]
    );
    assert!(broken(&judged(&[("remark", "\"a;b\"\nc")]).verdict).is_empty());
}

#[test]
fn what_is_missing_altogether_is_empty() {
    let post = Post::read(vec![("accessId".to_owned(), "1".to_owned())]).unwrap();
    let verdict = post.judge(&judge()).unwrap().verdict;
    let named: Vec<_> = broken(&verdict)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(
        named,
        ["coId", "streetName", "city", "postalCode", "premisesType"]
    );
    let nothing = Post::read(vec![("city".to_owned(), "  ".to_owned())]).unwrap();
    let nothing = nothing.judge(&judge()).unwrap();
    assert_eq!(broken(&nothing.verdict).len(), 6);
    assert_eq!(nothing.post, Post::of_access(&judge(), None));
}

#[test]
fn a_post_that_would_spoil_a_file_is_kept_without_what_spoils_it() {
    for (changes, field) in [
        (&[("city", "VÃ¤sterÃ¥s")][..], "city"),
        (&[("city", "V\u{fffd}sterås")], "city"),
        (&[("city", "a\0b")], "city"),
        (&[("remark", "a\n\n\n\n\n\n\n\n\n\nb")], ""),
    ] {
        let post = judged(changes);
        assert_eq!(broken(&post.verdict)[0].0, field, "{changes:?}");
        assert_eq!(
            post.verdict.access_id().map(AccessId::as_str),
            Some("81883")
        );
        assert_eq!(post.post.fields()[1].1, "81883");
        assert_eq!(post.post.fields().len(), 2);
    }
    let long = "x".repeat(POST_BYTES_MAX);
    assert_eq!(
        broken(&judged(&[("remark", &long)]).verdict),
        [("", "ROW_TOO_LONG")]
    );
}

#[test]
fn names_are_spelled_in_one_way_and_stand_once() {
    let spelled = |name: &str| Post::read(vec![(name.to_owned(), String::new())]).unwrap();
    for (name, as_mdb2) in [
        ("coID", "coId"),
        ("citynet", "coId"),
        ("outletId", "outlet"),
        ("Remark", "Remark"),
    ] {
        assert_eq!(spelled(name).fields()[0].0, as_mdb2);
    }
    assert!(spelled("rejected_because").fields().is_empty());
    assert!(Post::read(fields(&[("citynet", "SNFDMO")])).is_err());
    assert!(Post::read(fields(&[("remark", "a"), ("REMARK", "b")])).is_err());
    for name in ["", "a b", "a;b", "1a", "a\n", "å", &"a".repeat(65)] {
        assert!(
            Post::read(vec![(name.to_owned(), String::new())]).is_err(),
            "{name:?}"
        );
    }
    let many = (0..=POST_FIELDS_MAX).map(|n| (format!("f{n}"), String::new()));
    assert!(Post::read(many.collect()).is_err());
}

#[test]
fn a_header_has_a_limit_that_costs_the_post_too_many_only() {
    let wide = |letter: char| {
        let fields = (0..POST_FIELDS_MAX).map(|n| (format!("{letter}{n}"), String::new()));
        Post::read(fields.collect()).unwrap()
    };
    let mut headings = Headings::default();
    assert!(headings.make_room_for(&wide('a')));
    let before = headings.clone();
    assert!(!headings.make_room_for(&wide('b')));
    assert_eq!(headings, before);
    assert!(headings.make_room_for(&wide('a')));
}

#[test]
fn silence_is_told_from_having_no_field() {
    let names = |sent: &[(&str, &str)]| Post::read(fields(sent)).unwrap().names();
    let one = names(&[("residentName", ""), ("owner", "x")]);
    assert_eq!(one, names(&[("OWNER", ""), ("residentname", "y")]));
    assert_ne!(one, names(&[("owner", "x")]));
}

proptest! {
    /// What was right alone is right among others, under a header that is wider, and means the same.
    #[test]
    fn a_right_post_is_right_in_every_file(
        street in "\\PC{0,30}",
        remark in "[a-zåÅ\";,\t\r\n ]{0,30}",
        wider in proptest::collection::vec("[a-z]{1,6}", 0..20),
    ) {
        let alone = judged(&[("streetName", &street), ("remark", &remark)]);
        let RowVerdict::Accepted(row) = alone.verdict else { return Ok(()) };
        let mut headings = Headings::default();
        let others = wider.into_iter().map(|name| (name, "x".to_owned())).collect::<std::collections::BTreeMap<_, _>>();
        if let Ok(other) = Post::read(others.into_iter().collect()) {
            prop_assert!(headings.make_room_for(&other));
        }
        prop_assert!(headings.make_room_for(&alone.post));
        let text = headings.line() + &headings.row(&alone.post);
        let mut probe = CharsetProbe::default();
        probe.feed(text.as_bytes());
        prop_assert!(probe.finish(Some(Charset::Utf8)).is_ok());
        let hints = Hints { charset: Charset::Utf8, format: Some(Format::MdB2) };
        let rows = AddressFile::open(text.as_bytes(), hints, judge()).unwrap().unwrap();
        let verdicts: Vec<_> = rows.map(|row| row.unwrap().verdict).collect();
        prop_assert_eq!(verdicts, vec![RowVerdict::Accepted(row)]);
    }

    #[test]
    fn nothing_that_is_posted_breaks_the_reader(
        names in proptest::collection::vec("\\PC{0,8}", 0..6),
        value in any::<String>(),
    ) {
        let sent = names.into_iter().map(|name| (name, value.clone())).collect();
        if let Ok(post) = Post::read(sent) {
            post.judge(&judge()).unwrap();
        }
    }
}

#[test]
fn an_empty_mandatory_field_is_said_to_be_empty_and_nothing_else() {
    for (field, _) in RIGHT {
        for nothing in ["", "  "] {
            let judged = judged(&[(field, nothing)]);
            assert_eq!(broken(&judged.verdict), [(field, "FIELD_EMPTY")]);
        }
        let without = fields(&[]).into_iter().filter(|(name, _)| name != field);
        let judged = Post::read(without.collect()).unwrap().judge(&judge());
        let verdict = judged.unwrap().verdict;
        assert_eq!(broken(&verdict), [(field, "FIELD_EMPTY")]);
        let RowVerdict::Rejected { violations, .. } = verdict else {
            panic!("{field} was taken")
        };
        assert_eq!(violations[0].rule, format!("{field} must not be empty"));
    }
}
