#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use proptest::prelude::*;

use super::*;

pub(in crate::domain::form) fn both(text: &str) -> LocalText {
    LocalText {
        sv: text.to_owned(),
        en: format!("{text} in English"),
    }
}

pub(in crate::domain::form) fn input(key: &str, kind: KindName) -> FieldInput {
    FieldInput {
        key: key.to_owned(),
        kind: Some(kind),
        label: both(key),
        choices: match kind {
            KindName::Choice => vec![choice("own"), choice("ours")],
            _ => Vec::new(),
        },
        ..FieldInput::default()
    }
}

fn choice(value: &str) -> Choice {
    Choice {
        value: value.to_owned(),
        label: both(value),
    }
}

fn depends(key: &str, on: &str, value: &str) -> FieldInput {
    FieldInput {
        required_if: Some((on.to_owned(), value.to_owned())),
        ..input(key, KindName::YesNo)
    }
}

/// Field and rule of everything that is wrong.
fn wrong(inputs: &[FieldInput]) -> Vec<(String, String)> {
    let wrong = fields(inputs).unwrap_err();
    wrong.into_iter().map(|v| (v.field, v.rule)).collect()
}

fn places(inputs: &[FieldInput]) -> Vec<String> {
    wrong(inputs).into_iter().map(|(field, _)| field).collect()
}

#[test]
fn a_right_form_is_taken_as_it_was_sent() {
    let form = [
        input("router", KindName::Choice),
        depends("serial", "router", "own"),
        FieldInput {
            min: Some(1),
            max: Some(9),
            not_personal: true,
            purge_days: Some(30),
            ..input("rooms", KindName::Number)
        },
    ];
    let taken = fields(&form).unwrap();
    assert_eq!(taken.len(), 3);
    let need = Need::If(Condition {
        key: "router".to_owned(),
        value: Some("own".to_owned()),
    });
    assert_eq!(taken[1].need, need);
    assert!(taken[0].personal && !taken[2].personal);
    assert_eq!(fields(&[]), Ok(Vec::new()), "nothing is asked any more");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let form = [
        FieldInput::default(),
        FieldInput {
            label: LocalText {
                sv: "a".repeat(LABEL_MAX + 1),
                en: "Line\nbreak".to_owned(),
            },
            help: LocalText {
                sv: "Bara svenska".to_owned(),
                en: String::new(),
            },
            max_chars: TEXT_MAX + 1,
            pattern: "(a+)+$".to_owned(),
            not_personal: true,
            purge_days: Some(PURGE_DAYS_MAX + 1),
            ..input("Bad-Key", KindName::Text)
        },
        FieldInput {
            choices: vec![choice("a"), choice("a")],
            ..input("twice", KindName::Choice)
        },
        FieldInput {
            choices: Vec::new(),
            ..input("none", KindName::Choice)
        },
        FieldInput {
            min: Some(5),
            max: Some(4),
            pattern: "digits".to_owned(),
            ..input("twice", KindName::Number)
        },
        FieldInput {
            earliest_days: Some(-DATE_DAYS_MAX - 1),
            required: true,
            required_if: Some(("nowhere".to_owned(), String::new())),
            ..input("day", KindName::Date)
        },
    ];
    assert_eq!(
        places(&form),
        [
            "fields[0].key",
            "fields[0].label.sv",
            "fields[0].label.en",
            "fields[0].type",
            "fields[1].key",
            "fields[1].label.sv",
            "fields[1].label.en",
            "fields[1].help",
            "fields[1].not_personal",
            "fields[1].purge_days",
            "fields[1].max_chars",
            "fields[1].pattern",
            "fields[2].choices[1].value",
            "fields[3].choices",
            "fields[4].pattern",
            "fields[4].max",
            "fields[5].earliest_days",
            "fields[5].required_if",
            "fields[4].key",
            "fields[5].required_if.key",
        ]
    );
}

#[test]
fn a_condition_is_about_another_field_and_an_answer_that_it_can_have() {
    let form = [
        input("router", KindName::Choice),
        input("name", KindName::Text),
        depends("a", "router", "theirs"),
        depends("b", "name", "Anna"),
        depends("c", "a", "maybe"),
        depends("d", "name", ""),
    ];
    assert_eq!(
        places(&form),
        ["a", "b", "c"].map(|key| {
            let index = form.iter().position(|f| f.key == key).unwrap();
            format!("fields[{index}].required_if.value")
        })
    );
}

#[test]
fn no_field_depends_on_itself_over_others_or_not() {
    let form = [
        depends("a", "b", ""),
        depends("b", "a", ""),
        depends("self", "self", "yes"),
        depends("outside", "a", ""),
    ];
    assert_eq!(
        places(&form),
        [0, 1, 2].map(|index| format!("fields[{index}].required_if.key"))
    );
}

#[test]
fn a_form_has_a_limit() {
    let form: Vec<_> = (0..=FIELDS_MAX)
        .map(|n| input(&format!("f{n}"), KindName::YesNo))
        .collect();
    assert_eq!(places(&form), ["fields"]);
    assert!(fields(&form[1..]).is_ok());
}

proptest! {
    /// Whatever is depended upon, the check ends, and what it takes has no circle: from each field an end is reached.
    #[test]
    fn what_is_taken_has_no_circle(on in proptest::collection::vec(proptest::option::of(0..12_usize), 1..12)) {
        let form: Vec<_> = on.iter().enumerate().map(|(index, on)| match on {
            Some(other) => depends(&format!("f{index}"), &format!("f{other}"), ""),
            None => input(&format!("f{index}"), KindName::YesNo),
        }).collect();
        match fields(&form) {
            Ok(taken) => for start in &taken {
                let mut at = start;
                for _ in 0..taken.len() {
                    let Need::If(condition) = &at.need else { break };
                    at = taken.iter().find(|field| field.key == condition.key).unwrap();
                }
                prop_assert_eq!(&at.need, &Need::Optional);
            },
            Err(wrong) => prop_assert!(!wrong.is_empty()),
        }
    }

    /// What is stored is read again as it was.
    #[test]
    fn a_stored_form_is_read_again(sv in "[a-zåäö ]{1,20}x", days in proptest::option::of(0..=PURGE_DAYS_MAX)) {
        let form = [FieldInput {
            label: LocalText { sv: sv.clone(), en: sv },
            purge_days: days,
            ..input("key", KindName::Choice)
        }, depends("b", "key", "own")];
        let taken = fields(&form).unwrap();
        let text = serde_json::to_string(&taken).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<Field>>(&text).unwrap(), taken);
    }

    /// No sent text brings the check down.
    #[test]
    fn any_text_is_taken_or_refused(key in ".{0,60}", label in ".{0,200}", pattern in ".{0,20}") {
        let form = [FieldInput {
            label: LocalText { sv: label.clone(), en: label },
            pattern,
            ..input(&key, KindName::Text)
        }];
        match fields(&form) {
            Ok(taken) => prop_assert_eq!(taken.len(), 1),
            Err(wrong) => prop_assert!(wrong.iter().all(|v| v.value.chars().count() <= SHOWN_MAX)),
        }
    }
}
