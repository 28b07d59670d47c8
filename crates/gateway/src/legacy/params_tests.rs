use proptest::prelude::*;
use url::form_urlencoded;

use super::*;

fn read(query: &str) -> Result<Params, Unreadable> {
    Params::of(form_urlencoded::parse(query.as_bytes()).into_owned())
}

fn post(params: &Params, place: usize) -> (&str, Vec<(&str, &str)>) {
    let (key, fields) = &params.posts[place];
    let fields = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    (key, fields.collect())
}

#[test]
fn arrays_as_php_writes_them() {
    let params = read(
        "method=insert_posts&hash=%20ab%20&posts%5Bb%5D%5BcoId%5D=HAM&posts[a][coId]=V%C3%A4s+t&posts[b][city]=1&posts[b][city]=2",
    )
    .unwrap();
    assert_eq!(
        (params.text("method"), params.text("hash")),
        ("insert_posts", "ab")
    );
    assert_eq!(params.text("nothing"), "");
    assert_eq!(
        post(&params, 0),
        ("b", vec![("city", "2"), ("coId", "HAM")])
    );
    assert_eq!(post(&params, 1), ("a", vec![("coId", "Väs t")]));
    let params = read("data[coId]=HAM&data[remark]=a%26b%5B%5D").unwrap();
    assert_eq!(params.data["remark"], "a&b[]");
}

#[test]
fn arrays_as_json() {
    let query = |name: &str, json: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair(name, json).finish()
    };
    let data = read(&query("data", r#"{"coId":"HAM","n":7,"x":null,"y":true}"#))
        .unwrap()
        .data;
    let values: Vec<&str> = data.values().map(String::as_str).collect();
    assert_eq!(values, ["HAM", "7", "", "1"]);
    let params = read(&query("posts", r#"{"z":{"coId":"1"},"a":{"coId":"2"}}"#)).unwrap();
    assert_eq!((post(&params, 0).0, post(&params, 1).0), ("z", "a"));
    for wrong in ["[1]", "{", "{\"a\":{\"b\":{}}}", "{\"a\":1}", "x"] {
        assert_eq!(
            read(&query("posts", wrong)),
            Err(Unreadable::Json),
            "{wrong}"
        );
    }
}

#[test]
fn what_is_no_array_is_said_and_what_is_not_ours_is_passed_over() {
    for wrong in [
        "data[",
        "data]",
        "data[a",
        "data[a]b",
        "data[a][b]",
        "data[a]][b",
        "posts[a][b][c]",
        "posts[a]x[b]",
    ] {
        let expected = if wrong == "data]" {
            Ok(())
        } else {
            Err(Unreadable::Array)
        };
        assert_eq!(read(&format!("{wrong}=1")).map(drop), expected, "{wrong}");
    }
    assert!(read("utm[a][b][c]=1&x[=2&=3").unwrap().posts.is_empty());
    assert_eq!(
        post(&read("posts[][coId]=1").unwrap(), 0).0,
        "",
        "refused later, by its name"
    );
    let many = "a=1&".repeat(limits::LEGACY_PARAMETERS + 1);
    assert_eq!(read(&many), Err(Unreadable::TooMany));
}

#[test]
fn nothing_that_was_sent_is_in_its_debug_text() {
    let params = read("api_key=swordfish&data[residentName]=Tolvan+Testsson").unwrap();
    let text = format!("{params:?}");
    assert!(
        !text.contains("swordfish") && !text.contains("Tolvan"),
        "{text}"
    );
}

proptest! {
    #[test]
    fn nothing_that_is_sent_breaks_it(query in any::<Vec<u8>>(), text in "[a-z\\[\\]=&%0-9{}\":]{0,80}") {
        for query in [query, text.into_bytes()] {
            let sent = form_urlencoded::parse(&query).count();
            let params = Params::of(form_urlencoded::parse(&query).into_owned());
            let read = params.map_or(0, |params| params.plain.len() + params.posts.len().min(sent));
            prop_assert!(read <= 2 * sent);
        }
    }

    /// What a sender writes in PHP's notation comes out as it went in, in its order.
    #[test]
    fn posts_come_through(posts in proptest::collection::vec(
        ("[a-z]{1,4}", proptest::collection::btree_map("[a-zA-Z]{1,6}", any::<String>(), 1..5)), 1..8,
    )) {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut wanted: Vec<(String, Fields)> = Vec::new();
        for (key, fields) in posts {
            for (name, value) in &fields {
                query.append_pair(&format!("posts[{key}][{name}]"), value);
            }
            match wanted.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => known.extend(fields),
                None => wanted.push((key, fields)),
            }
        }
        prop_assert_eq!(read(&query.finish()).unwrap().posts, wanted);
    }
}
