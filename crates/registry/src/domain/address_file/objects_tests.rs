use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Vec<(u64, String, Option<ParseError>)> {
    Objects::new(text.as_bytes())
        .map(Result::unwrap)
        .map(|o| {
            (
                o.line,
                String::from_utf8_lossy(&o.bytes).into_owned(),
                o.fault,
            )
        })
        .collect()
}

#[test]
fn an_array_one_object_and_objects_by_line() {
    let a = r#"{"a":"}]\"{","b":[{}]}"#;
    for text in [format!("[{a},\n {a}]\n"), format!("{a}\n{a}")] {
        assert_eq!(
            read(&text),
            [(1, a.to_owned(), None), (2, a.to_owned(), None)]
        );
    }
    assert_eq!(read("[]"), []);
    assert_eq!(read(" \n"), []);
}

#[test]
fn damage_costs_its_own_object_only() {
    let found = read("[{\"a\":1},\n{\"a\":\"open\n},\n{\"a\":3},\nnull,\n{\"a\":4}]");
    let faults: Vec<_> = found
        .iter()
        .map(|(line, _, fault)| (*line, *fault))
        .collect();
    assert_eq!(
        faults,
        [
            (1, None),
            (2, Some(TORN)),
            (4, None),
            (5, Some(NOT_AN_OBJECT)),
            (6, None)
        ]
    );
    for cut in ["[{\"a\":1}", "[{\"a\":1},", "[{\"a\":1},{\"a\":"] {
        let last = read(cut).pop().unwrap();
        assert_eq!(last.2, Some(CUT), "{cut}");
    }
    let long = format!("[{{\"a\":\"{}\"}},{{}}]", "x".repeat(70_000));
    assert_eq!(
        read(&long).iter().map(|o| o.2).collect::<Vec<_>>(),
        [Some(TOO_LONG), None]
    );
}

/// What became of each object: `ok` or the reason.
fn reasons(text: &str) -> Vec<(u64, &'static str)> {
    let found = read(text).into_iter();
    found
        .map(|(line, _, fault)| (line, fault.map_or("ok", |fault| fault.reason)))
        .collect()
}

#[test]
fn a_torn_text_takes_no_other_object_with_it() {
    let access =
        |id: u32| format!(r#"{{"accessId":"{id}","city":"Ort","services":[{{"service":"A"}}]}}"#);
    let (one, three) = (access(1), access(3));
    for torn in [
        r#"{"accessId":"2","city":"Ort,"services":[{"service":"A"}]}"#,
        r#"{"accessId":"2,"city":"Ort","services":[{"service":"A"}]}"#,
        r#"{"accessId":"2","city":"Ort","services":[{"service":"A}]}"#,
        r#"{"accessId":"2","city":"12" Ort","services":[]}"#,
        r#"{"accessId":"2","city":"Ort}"#,
        r#"{"accessId":"2","city":Ort"}"#,
    ] {
        for between in [",", ", ", ",\n", "\n, ", "\n"] {
            let text = format!("[{one}{between}{torn}{between}{three}]");
            let found = read(&text);
            let faults: Vec<_> = found.iter().map(|(_, _, fault)| *fault).collect();
            assert_eq!(faults, [None, Some(TORN), None], "{text}");
            assert_eq!((&found[0].1, &found[2].1), (&one, &three), "{text}");
            let lines = between.matches('\n').count() as u64;
            assert_eq!(
                (found[1].0, found[2].0),
                (1 + lines, 1 + 2 * lines),
                "{text}"
            );
            // As the first and as the last object.
            assert_eq!(reasons(&format!("[{torn}{between}{one}]"))[1].1, "ok");
            let last = reasons(&format!("[{one}{between}{torn}]"));
            assert_eq!((last.len(), last[0].1), (2, "ok"), "{text}");
        }
    }
}

#[test]
fn what_only_looks_like_the_next_object_is_not_taken_for_one() {
    let escaped =
        r#"[{"accessId":"1","note":"12" pipe","x":"{\"accessId\":\"9\"}"},{"accessId":"2"}]"#;
    assert_eq!(reasons(escaped), [(1, "QUOTE_OPEN"), (1, "ok")]);
    // Objects in another order are taken up with the next that is in this one.
    let order = r#"[{"accessId":"1","city":"O},{"city":"O","accessId":"2"},{"accessId":"3"}]"#;
    assert_eq!(reasons(order), [(1, "QUOTE_OPEN"), (1, "ok")]);
    assert_eq!(read(order)[1].1, r#"{"accessId":"3"}"#);
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), braces in "[\\[\\]{},\"\\\\\\n]{0,40}") {
        Objects::new(bytes.as_slice()).for_each(drop);
        Objects::new(braces.as_bytes()).for_each(drop);
    }
}
