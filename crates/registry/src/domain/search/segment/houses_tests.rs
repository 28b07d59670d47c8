#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use super::super::super::build::Builder;
use super::super::super::gone::Gone;
use super::super::super::query::tokens;
use super::super::super::sample::Row;
use super::super::{Budget, Search};
use crate::domain::search::base::Base;

/// A street with all kinds of numbers, and one whose name has a number.
fn base() -> Base {
    let mut rows = Vec::new();
    for number in 1..=130 {
        let littera = ["", "A", "B"][number % 3];
        let line = format!("Provgatan {number} {littera}");
        let apartment = if number % 4 == 0 { "1101" } else { "" };
        let code = ["721 34", "721 35", "130 41"][number % 3];
        let town = format!("{code} Västerås");
        rows.push(Row::new(&format!("a{number}"), &line, &town, apartment));
    }
    for (id, number) in [("range", "652-16"), ("none", ""), ("written", "12C")] {
        let line = format!("Provgatan {number} ");
        rows.push(Row::new(id, &line, "721 34 Västerås", ""));
    }
    for number in 1..=20 {
        let line = format!("Väg 99 {number} ");
        rows.push(Row::new(
            &format!("w{number}"),
            &line,
            "721 34 Västerås",
            "",
        ));
    }
    let mut builder = Builder::default();
    for row in &rows {
        builder.add(&row.indexed());
    }
    builder.build()
}

#[test]
fn a_house_that_is_not_looked_at_would_not_have_answered() {
    let (base, gone) = (base(), Gone::default());
    let numbers = [
        "1",
        "12",
        "12c",
        "12 c",
        "13",
        "130",
        "652",
        "652-16",
        "0",
        "99",
        "99 1",
        "721",
        "72134",
        "1 1101",
        "12 lgh 1101",
        "4 11",
        "131",
        "999999999999",
    ];
    let (mut looked, mut left) = (0, 0);
    for typed in numbers {
        for text in [
            "provgatan {}",
            "provgatan {} ",
            "{} provgatan",
            "väg {}",
            "väg {} ",
        ] {
            let query = text.replace("{}", typed);
            let tokens = tokens(&query);
            let mut budget = Budget::default();
            let search = Search::new((&base, &gone), &tokens, 0, 10, &mut budget);
            for street in 0..base.street_count() {
                let Some(fit) = search.street_fit(street, None) else {
                    continue;
                };
                let houses = base.houses_of(street);
                let narrowed = search.narrowed(houses.clone(), &fit);
                assert!(narrowed.start >= houses.start && narrowed.end <= houses.end);
                for house in houses.filter(|house| !narrowed.contains(house)) {
                    left += 1;
                    assert_eq!(
                        search.house_fit(house, &fit),
                        None,
                        "{query:?} at house {house}"
                    );
                }
                looked += narrowed.len();
            }
        }
    }
    assert!(left > looked, "{left} left out, {looked} looked at");
}
