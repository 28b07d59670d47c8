#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use super::super::sample::{Row, index_of};
use super::*;

fn rows() -> Vec<Row> {
    vec![
        Row::new("1", "Kungsgatan 10 G", "721 34 Västerås", "1101"),
        Row::new("2", "Kungsgatan 10 G", "721 34 Västerås", "1102"),
        Row::new("3", "Kungsgatan 1 ", "721 34 Västerås", ""),
        Row::new("4", "Kungsgatan 1 ", "702 10 Örebro", ""),
        Row::new("5", "Västra Storgatan 7 ", "702 11 Örebro", ""),
        Row::new("6", "Ekvägen 2 A", "702 11 Örebro", ""),
        Row::new("7", "Väg 99 12 ", "792 30 Mora", ""),
    ]
}

fn matched(line: &str, town: &str, apartment: &str) -> AddressMatch {
    let row = Row::new("", line, town, apartment);
    index_of(&rows()).match_address(&row.indexed().address(), "", 5)
}

fn exact(line: &str, town: &str, apartment: &str) -> Vec<String> {
    match matched(line, town, apartment) {
        AddressMatch::Exact(found) => found.into_iter().map(|f| f.access_id).collect(),
        other => panic!("{other:?}"),
    }
}

fn probable(line: &str, town: &str, apartment: &str) -> Vec<(String, Vec<(Part, DifferenceKind)>)> {
    match matched(line, town, apartment) {
        AddressMatch::Probable(near) => near
            .into_iter()
            .map(|(f, d)| {
                (
                    f.access_id,
                    d.into_iter().map(|d| (d.part, d.kind)).collect(),
                )
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_address_as_it_is_is_exact() {
    assert_eq!(exact("Kungsgatan 10 G", "721 34 Västerås", "1102"), ["2"]);
    assert_eq!(exact("kungsgatan 1 ", "721 34 VASTERAS", ""), ["3"]);
    assert_eq!(exact("Kungsgatan 1 ", "702 10 Örebro", ""), ["4"]);
    assert_eq!(
        exact("Kungsgatan 1 ", "702 10 ", ""),
        ["4"],
        "the town was not given"
    );
    assert_eq!(exact("Väg 99 12 ", "792 30 Mora", ""), ["7"]);
}

#[test]
fn what_comes_near_is_probable_and_says_what_differs() {
    use DifferenceKind::{Abbreviation, NotGiven, NotKnown, Other, Typos};
    let one = |id: &str, differences: &[_]| (id.to_owned(), differences.to_vec());
    let near = probable("Kungsgatn 1 ", "721 34 Västerås", "");
    assert_eq!(near, [one("3", &[(Part::Street, Typos(1))])]);
    let near = probable("Kungsgatan 1 ", "721 99 Västerås", "");
    assert_eq!(near, [one("3", &[(Part::PostalCode, Other)])]);
    let near = probable("V. Storg. 7 ", "702 11 Örebro", "");
    assert_eq!(near, [one("5", &[(Part::Street, Abbreviation)])]);
    let near = probable("Ekvägen 2 ", "702 11 Örebro", "");
    assert_eq!(near, [one("6", &[(Part::Littera, NotGiven)])]);
    let near = probable("Kungsgatan 1 B", "702 10 Örebro", "");
    assert_eq!(near, [one("4", &[(Part::Littera, NotKnown)])]);
    let near = probable("Kungsgatan 10 G", "721 34 Västerås", "");
    assert_eq!(
        near,
        [
            one("1", &[(Part::Apartment, NotGiven)]),
            one("2", &[(Part::Apartment, NotGiven)])
        ]
    );
    let near = probable("Kungsgatan 1 ", "721 34 Västerås", "1101");
    assert_eq!(near, [one("3", &[(Part::Apartment, NotKnown)])]);
    let near = probable("Kungsgatan 1 ", "721 34 Mora", "");
    assert_eq!(
        near[0],
        one("3", &[(Part::City, Other)]),
        "the code decides"
    );
}

#[test]
fn an_address_that_several_towns_have_needs_the_town() {
    use DifferenceKind::NotGiven;
    let near = probable("Kungsgatan 1 ", "", "");
    let town = |id: &str| (id.to_owned(), vec![(Part::City, NotGiven)]);
    assert_eq!(near, [town("4"), town("3")]);
    let AddressMatch::Probable(near) = matched("Kungsgatan 1 ", "", "") else {
        panic!("it is in two towns");
    };
    let towns: Vec<_> = near.iter().map(|(_, d)| d[0].found.as_str()).collect();
    assert_eq!(towns, ["Örebro", "Västerås"]);
    assert_eq!(
        exact("Kungsgatan 1 ", " Örebro", ""),
        ["4"],
        "the code was not given"
    );
    assert_eq!(exact("Ekvägen 2 A", "", ""), ["6"], "there is one");
    let given = Row::new("", "Kungsgatan 1 ", "", "");
    let all = index_of(&self::rows()).at_address(&given.indexed().address(), 5);
    assert_eq!(all.len(), 2, "whoever asks for everything gets it");

    let rows = [("1", "721 34"), ("2", "721 35")];
    let rows = rows.map(|(id, code)| Row::new(id, "Byvägen 1 ", &format!("{code} Västerås"), ""));
    let given = Row::new("", "Byvägen 1 ", " Västerås", "");
    let AddressMatch::Probable(near) =
        index_of(&rows).match_address(&given.indexed().address(), "", 5)
    else {
        panic!("it has two postal codes");
    };
    let codes = near
        .iter()
        .map(|(_, d)| (d[0].part, d[0].kind, d[0].found.as_str()));
    let codes: Vec<_> = codes.collect();
    let code = |found| (Part::PostalCode, NotGiven, found);
    assert_eq!(codes, [code("72134"), code("72135")]);
}

#[test]
fn flats_that_only_their_distinguishers_tell_apart_need_one() {
    use DifferenceKind::{NotGiven, NotKnown};
    let flat = |id: &str, distinguisher: &str| Row {
        distinguisher: distinguisher.to_owned(),
        ..Row::new(id, "Byvägen 1 ", "721 34 Västerås", "")
    };
    let index = index_of(&[flat("1", "2 tr vä"), flat("2", "3 tr"), flat("3", "")]);
    let given = flat("", "");
    let matched = |distinguisher: &str| match index.match_address(
        &given.indexed().address(),
        distinguisher,
        5,
    ) {
        AddressMatch::Exact(found) => found.into_iter().map(|f| (f.access_id, None)).collect(),
        AddressMatch::Probable(near) => near
            .into_iter()
            .map(|(f, d)| {
                (
                    f.access_id,
                    Some((d[0].part, d[0].kind, d[0].found.clone())),
                )
            })
            .collect(),
        AddressMatch::None(missing) => panic!("{missing:?}"),
    };
    let differs = |id: &str, kind, found: &str| {
        let found = found.to_owned();
        (id.to_owned(), Some((Part::Distinguisher, kind, found)))
    };
    let all: Vec<_> = matched("");
    assert_eq!(
        all,
        [
            differs("3", NotGiven, ""),
            differs("1", NotGiven, "2 tr vä"),
            differs("2", NotGiven, "3 tr")
        ]
    );
    assert_eq!(matched("2 TR VA"), [("1".to_owned(), None)]);
    assert_eq!(matched("4 tr"), [differs("3", NotKnown, "")]);
    let all = index.at_address(&given.indexed().address(), 5);
    assert_eq!(all.len(), 3, "whoever asks for everything gets it");
}

#[test]
fn what_is_not_there_says_what_is_missing() {
    for (line, town, apartment, missing) in [
        ("Drottninggatan 1 ", "721 34 Västerås", "", Missing::Street),
        ("Kungsgatan 2 ", "721 34 Västerås", "", Missing::Number),
        ("Ekvägen 2 B", "702 11 Örebro", "", Missing::Number),
        (
            "Kungsgatan 10 G",
            "721 34 Västerås",
            "1103",
            Missing::Apartment,
        ),
        (" 1 ", "721 34 Västerås", "", Missing::Street),
    ] {
        assert_eq!(
            matched(line, town, apartment),
            AddressMatch::None(missing),
            "{line}"
        );
    }
}

#[test]
fn a_house_whose_accesses_have_all_ended_is_not_there() {
    let index = index_of(&rows());
    let given = Row::new("", "Kungsgatan 10 G", "721 34 Västerås", "1101");
    let missing = |taken: &[&str]| match index.with(&[], taken).match_address(
        &given.indexed().address(),
        "",
        5,
    ) {
        AddressMatch::None(missing) => missing,
        other => panic!("{other:?}"),
    };
    assert_eq!(missing(&["1"]), Missing::Apartment);
    assert_eq!(missing(&["1", "2"]), Missing::Number);
    let all: Vec<_> = rows().into_iter().map(|row| row.id).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(missing(&all), Missing::Street);
}
