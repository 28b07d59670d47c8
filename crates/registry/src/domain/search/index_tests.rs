#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use proptest::prelude::*;

use super::super::reason::{How, Part};
use super::super::sample::{Row, index_of};
use super::*;

fn rows() -> Vec<Row> {
    vec![
        Row::new("1", "Kungsgatan 10 G", "721 34 Västerås", "1102"),
        Row::new("2", "Kungsgatan 10 G", "721 34 Västerås", "1101"),
        Row::new("3", "Kungsgatan 1 ", "721 34 Västerås", ""),
        Row::new("4", "Kungsgatan 100 ", "702 10 Örebro", ""),
        Row::new("5", "Bergbyvägen 652-16 A", "186 70 Brottby", ""),
        Row::new("6", "Norrgården  ", "792 90 Mora", ""),
        Row::new("7", "Nils-Ersgatan 3 ", "792 30 Mora", ""),
        Row::new("8", "Västra Storgatan 7 ", "702 11 Örebro", ""),
        Row::new("9", "S:t Eriksgatan 4 ", "112 39 Stockholm", "0901"),
        Row::new("10", "Väg 99 12 ", "792 30 Mora", ""),
        Row::new("11", "Ærøgade 2 ", "1050 København", ""),
        Row::new("12", "V. Långg. 5 ", "702 11 Örebro", ""),
    ]
}

fn ids(index: &SearchIndex, query: &str) -> Vec<String> {
    index
        .find(query, 10)
        .into_iter()
        .map(|f| f.access_id)
        .collect()
}

fn find(query: &str) -> Vec<String> {
    ids(&index_of(&rows()), query)
}

fn why(query: &str) -> Vec<(String, Part, How)> {
    let found = index_of(&rows()).find(query, 1).remove(0);
    found
        .reasons
        .into_iter()
        .map(|r| (r.typed, r.part, r.how))
        .collect()
}

#[test]
fn finds_by_every_part_of_an_address_in_any_order() {
    for (query, expected) in [
        ("kungsgatan 10 g", vec!["2", "1"]),
        ("Kungsgatan 10G, 721 34 Västerås", vec!["2", "1"]),
        ("väst 10 g kungsg", vec!["2", "1"]),
        ("72134 10g kungsgatan", vec!["2", "1"]),
        ("kungsgatan 10g lgh 1102", vec!["1"]),
        ("kungsgatan 10g 1102", vec!["1"]),
        ("1102 kungsgatan 10g västerås", vec!["1"]),
        ("bergbyvagen 652-16a", vec!["5"]),
        ("bergbyvägen 652-16 a", vec!["5"]),
        ("bergbyvägen 652", vec!["5"]),
        ("kungsg10g väs", vec!["2", "1"]),
        ("1 kungsg västerås", vec!["3"]),
        ("norrgarden mora", vec!["6"]),
        ("ersgatan", vec!["7"]),
        ("nils-ersg", vec!["7"]),
        ("nilsersgatan", vec!["7"]),
        ("nils ers gatan", vec!["7"]),
        ("kungs gatan 100", vec!["4"]),
        ("79230 mora", vec!["7", "10"]),
        ("väg 99 12", vec!["10"]),
        ("792 3", vec!["7", "10"]),
    ] {
        assert_eq!(find(query), expected, "{query}");
    }
}

#[test]
fn letters_may_be_typed_in_any_spelling() {
    for query in ["aeroegade", "ærøgade", "arogade 2", "ÆRØGADE kobenhavn"] {
        assert_eq!(find(query), ["11"], "{query}");
    }
    for query in [
        "kungsgatan vasteras 1 ",
        "kungsgatan 1 vaesteraas",
        "KUNGSGATAN 1 VÄSTERÅS",
    ] {
        assert_eq!(find(query), ["3"], "{query}");
    }
}

#[test]
fn abbreviations_are_understood_on_both_sides() {
    for (query, expected) in [
        ("v. storg. 7", "8"),
        ("v storgatan", "8"),
        ("sankt eriksgatan 4", "9"),
        ("st eriksg", "9"),
        ("S:t Eriksg. 4", "9"),
        ("västra långgatan 5", "12"),
        ("v långg 5", "12"),
    ] {
        assert_eq!(find(query), [expected], "{query}");
    }
}

#[test]
fn exact_comes_before_beginning_and_a_number_begins_only_at_the_end() {
    assert_eq!(find("kungsgatan 1"), ["3", "2", "1", "4"]);
    assert_eq!(find("kungsgatan 1 väst"), ["3"]);
    assert!(find("ku 2 väst").is_empty());
}

#[test]
fn typos_are_forgiven_in_words_and_never_in_numbers() {
    for (query, expected) in [
        ("kunsgatan 100", "4"),
        ("kungsgatan 100 orebor", "4"),
        ("bregbyvägne 652", "5"),
        ("norrgådren", "6"),
        ("ungsgatan 100", "4"),
        ("wästra storgattan", "8"),
    ] {
        assert_eq!(find(query), [expected], "{query}");
    }
    for query in [
        "kungsgatan 101",
        "kungsgatan 10h",
        "kungsgatan 1 72143",
        "kungsgatan 10g lgh 1103",
    ] {
        assert!(find(query).is_empty(), "{query}");
    }
}

#[test]
fn every_hit_says_why() {
    let of = |typed: &str, part, how| (typed.to_owned(), part, how);
    assert_eq!(
        why("kungsgatan 10g 1102 vasteras"),
        [
            of("kungsgatan", Part::Street, How::Exact),
            of("10g", Part::Number, How::Exact),
            of("1102", Part::Apartment, How::Exact),
            of("vasteras", Part::City, How::Diacritics)
        ]
    );
    assert_eq!(
        why("v. storgtan örebro"),
        [
            of("v", Part::Street, How::Abbreviation),
            of("storgtan", Part::Street, How::Typos(1)),
            of("örebro", Part::City, How::Exact)
        ]
    );
    assert_eq!(
        why("bergb 652 186"),
        [
            of("bergb", Part::Street, How::Beginning),
            of("652", Part::Number, How::Beginning),
            of("186", Part::PostalCode, How::Beginning)
        ]
    );
}

#[test]
fn without_a_number_streets_share_the_places() {
    let mut rows: Vec<Row> = (1..=30)
        .map(|n| {
            Row::new(
                &format!("a{n:02}"),
                &format!("Ekgatan {n} "),
                "721 34 Västerås",
                "",
            )
        })
        .collect();
    rows.push(Row::new("b", "Ekvägen 1 ", "721 34 Västerås", ""));
    let found = ids(&index_of(&rows), "ek");
    assert_eq!((found.len(), found.last().unwrap().as_str()), (10, "b"));
}

#[test]
fn the_limit_holds_and_nothing_finds_nothing() {
    let index = index_of(&rows());
    assert_eq!(index.find("kungsgatan", 2).len(), 2);
    assert!(find("").is_empty() && find("  , ").is_empty() && find("lgh").is_empty());
    assert!(find("a b c d e f g h i j k l m").is_empty());
    assert!(SearchIndex::default().find("x", 5).is_empty());
    assert!(index.find("kungsgatan", 0).is_empty());
}

#[test]
fn accesses_come_change_and_go() {
    let index = index_of(&rows());
    let new = Row::new("13", "Kungsgatan 12 ", "721 34 Västerås", "");
    let moved = Row::new("3", "Nygatan 1 ", "721 34 Västerås", "");
    let next = index.with(&[new.indexed(), moved.indexed()], &["4", "unknown"]);
    assert_eq!(ids(&next, "kungsgatan 12"), ["13"]);
    assert_eq!(ids(&next, "nygatan"), ["3"]);
    assert_eq!(ids(&next, "kungsgatan 1"), ["2", "1", "13"]);
    assert!(ids(&next, "kungsgatan 100").is_empty());
    assert_eq!((index.len(), next.len()), (12, 12));
    assert_eq!(
        ids(&index, "kungsgatan 100"),
        ["4"],
        "the one before is as it was"
    );
    let back = next.with(
        &[Row::new("4", "Kungsgatan 100 ", "702 10 Örebro", "").indexed()],
        &["13"],
    );
    let back = back.with(
        &[Row::new("3", "Kungsgatan 1 ", "721 34 Västerås", "").indexed()],
        &[],
    );
    assert_eq!(
        (back.len(), back.checksum()),
        (index.len(), index.checksum())
    );
    assert_eq!(ids(&back, "kungsgatan 1"), ids(&index, "kungsgatan 1"));
}

#[test]
fn many_changes_make_one_part_again() {
    let mut index = index_of(&rows());
    let many: Vec<Row> = (0..=CHANGED_MAX)
        .map(|n| {
            Row::new(
                &format!("m{n}"),
                &format!("Mängdgatan {n} "),
                "721 34 Västerås",
                "",
            )
        })
        .collect();
    let indexed: Vec<_> = many.iter().map(Row::indexed).collect();
    index = index.with(&indexed, &["1"]);
    assert_eq!((index.small.len(), index.large.gone.count()), (0, 0));
    assert_eq!(index.len(), many.len() + 11);
    assert_eq!(
        ids(&index, "mangdgatan 77"),
        [
            "m77", "m770", "m771", "m772", "m773", "m774", "m775", "m776", "m777", "m778"
        ]
    );
}

#[test]
fn a_house_without_the_apartment_takes_no_place() {
    let index = index_of(&rows());
    let moved = Row::new("1", "Kungsgatan 10 G", "721 35 Västerås", "1102");
    let next = index.with(&[moved.indexed()], &[]);
    let found: Vec<_> = next
        .find("kungsgatan 10g lgh 1102", 1)
        .into_iter()
        .map(|f| f.access_id)
        .collect();
    assert_eq!(found, ["1"], "the house before has another apartment still");
    let without = next.with(&[], &["1"]);
    assert!(ids(&without, "kungsgatan 10g lgh 1102").is_empty());
    assert!(ids(&next, "kungsgatan 10g 1101 1102").is_empty());
}

#[test]
fn letters_and_digits_may_come_in_parts_and_other_widths() {
    for query in [
        "ku\u{308}ngsgatan 10g va\u{308}stera\u{30a}s",
        "Kungsgatan １０G",
        "721 34Va\u{308}stera\u{30a}s kungsgatan 10g",
    ] {
        assert_eq!(find(query), ["2", "1"], "{query}");
    }
}

/// What may be typed by somebody who means ill: answered soon, whatever it is.
#[test]
fn a_hostile_search_is_bounded() {
    let mut dice = 7_u64;
    let mut letter = || {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b"abdeiklnorstvg"[(dice >> 33) as usize % 14])
    };
    let rows: Vec<Row> = (0..20_000)
        .map(|n| {
            let name: String = (0..9).map(|_| letter()).collect();
            Row::new(
                &n.to_string(),
                &format!("{name}gatan {} ", n % 200),
                "721 34 Västerås",
                "1101",
            )
        })
        .collect();
    let index = index_of(&rows);
    let words = |word: &str, times: usize| vec![word; times].join(" ");
    for query in [
        words("norrgatan", 8),
        words("aaaaa", 12),
        words("a", 12),
        words("1", 12),
        words("10 a", 6),
        words("1101", 12),
        words("99999999999999999999", 4),
        words("s", 40),
        words("...", 20),
        words("👩\u{200d}👩\u{200d}👧", 12),
        format!("a{}", "\u{301}".repeat(200)),
        "\u{fdfa}".repeat(80),
        "x".repeat(200),
        "12345678".repeat(25),
        "norragatanvastra".repeat(12),
    ] {
        let started = std::time::Instant::now();
        let found = index.find(&query, 20);
        // A debug build on a busy machine; the limits let none of them take more than some milliseconds otherwise.
        assert!(
            started.elapsed().as_secs() < 3,
            "{query}: {:?}",
            started.elapsed()
        );
        assert!(found.len() <= 20);
        let mut given = rows[0].indexed().address();
        given.street_name = query;
        let started = std::time::Instant::now();
        index.match_address(&given, "", 20);
        assert!(started.elapsed().as_secs() < 3, "{:?}", started.elapsed());
    }
}

/// What [`SearchIndex::find`] finds without typos, abbreviations and words written together, by looking at everything.
fn naive(rows: &[Row], query: &str) -> Vec<String> {
    let typed = tokens(query);
    let numbers = typed
        .iter()
        .filter(|token| token.kind == super::super::query::Kind::Number);
    let several = numbers.count() > 1;
    let meets = |row: &Row| {
        let mut names: Vec<String> = Vec::new();
        for text in [&row.street, &row.city] {
            let words: Vec<_> = super::super::text::words(text)
                .into_iter()
                .map(|w| w.folded)
                .collect();
            if words.len() > 1 {
                names.push(fold(text));
            }
            names.extend(words);
        }
        typed.iter().all(|token| {
            use super::super::query::Kind;
            let word = &token.word.folded;
            match token.kind {
                Kind::Word => names.iter().any(|name| name.starts_with(word.as_str())),
                Kind::Letter => {
                    fold(&row.littera) == *word
                        || names
                            .iter()
                            .any(|n| n == word || (token.last && n.starts_with(word.as_str())))
                }
                Kind::Apartment => row.apartment == token.word.written,
                Kind::Number => {
                    let whole = row.number.clone() + &fold(&row.littera);
                    let (n, code) = (&token.word.written, &row.code);
                    row.number == *n
                        || whole == *word
                        || row.apartment == *n
                        || code == n
                        // The beginning of an apartment's, beside another number.
                        || (token.last
                            && several
                            && n.len() >= 2
                            && row.apartment.starts_with(n.as_str()))
                        || (token.last
                            && (whole.starts_with(word.as_str())
                                || n.len() >= 3 && code.starts_with(n.as_str())))
                }
            }
        })
    };
    let mut found: Vec<_> = rows
        .iter()
        .filter(|row| meets(row))
        .map(|row| row.id.clone())
        .collect();
    found.sort();
    found
}

fn any_row() -> impl Strategy<Value = Row> {
    let street = prop::sample::select(vec![
        "Ekgatan",
        "Ekvägen",
        "Norra Ekgatan",
        "Alvägen",
        "Ekåsvägen",
        "Björkgatan",
        "Norra Al",
    ]);
    let city = prop::sample::select(vec![
        ("72134", "Västerås"),
        ("72135", "Västerås"),
        ("79230", "Mora"),
        ("18670", "Ekerö Norra"),
    ]);
    let littera = prop::sample::select(vec!["", "A", "B"]);
    let flat = prop::sample::select(vec!["", "1001", "1102"]);
    (street, 1_u32..13, littera, city, flat).prop_map(
        |(street, number, littera, (code, city), flat)| {
            Row::new(
                "",
                &format!("{street} {number} {littera}"),
                &format!("{code} {city}"),
                flat,
            )
        },
    )
}

fn any_query() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "e", "ek", "ekg", "ekgatan", "norra", "no", "al", "alva", "vasteras", "väst", "mora",
        "ekas", "norraek", "björk", "1", "2", "11", "12", "1a", "12 b", "a", "1001", "1102",
        "lgh 1001", "72134", "721 34", "792", "18670", "ekero",
    ]);
    prop::collection::vec(word, 1..4).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn finds_what_looking_at_everything_finds(rows in prop::collection::vec(any_row(), 1..40), query in any_query(), changed in 0_usize..40) {
        let mut rows = rows;
        for (n, row) in rows.iter_mut().enumerate() {
            row.id = format!("id-{n:02}");
        }
        let expected = naive(&rows, &query);
        // Some of them come later, and some were something else before.
        let late = rows.len() - changed.min(rows.len());
        let mut before = rows[..late].to_vec();
        if let Some(first) = before.first_mut() {
            "Annan väg".clone_into(&mut first.street);
        }
        let changes: Vec<_> = rows[..1].iter().chain(&rows[late..]).map(Row::indexed).collect();
        for index in [index_of(&rows), index_of(&before).with(&changes, &[])] {
            prop_assert_eq!(index.len(), rows.len());
            let mut found = ids_all(&index, &query);
            found.sort();
            if expected.is_empty() {
                // With typos there may be something.
                continue;
            }
            let exact: Vec<_> = index.find(&query, 1_000).into_iter().filter(|f| !has_typos(f)).map(|f| f.access_id).collect();
            let mut exact = exact;
            exact.sort();
            prop_assert_eq!(&exact, &expected, "{}", query);
        }
    }

    #[test]
    fn never_panics(query in ".*", limit in 1_usize..20) {
        prop_assert!(index_of(&rows()).find(&query, limit).len() <= limit);
    }
}

fn ids_all(index: &SearchIndex, query: &str) -> Vec<String> {
    index
        .find(query, 1_000)
        .into_iter()
        .map(|f| f.access_id)
        .collect()
}

fn has_typos(found: &Found) -> bool {
    found
        .reasons
        .iter()
        .any(|r| matches!(r.how, How::Typos(_) | How::BeginningTypos(_)))
}
