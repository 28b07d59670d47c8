#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use proptest::prelude::*;

use super::super::check::{self, FieldInput, KindName};
use super::super::{Choice, Form, LocalText, TEXT_MAX};
use super::*;

fn text(text: &str) -> LocalText {
    LocalText {
        sv: text.to_owned(),
        en: text.to_owned(),
    }
}

fn field(key: &str, kind: KindName) -> FieldInput {
    FieldInput {
        key: key.to_owned(),
        kind: Some(kind),
        label: text(key),
        ..FieldInput::default()
    }
}

fn form(fields: &[FieldInput]) -> Form {
    Form {
        version: 1,
        fields: check::fields(fields).unwrap(),
    }
}

fn asked() -> OrderForms {
    let choices = ["own", "ours"].map(|value| Choice {
        value: value.to_owned(),
        label: text(value),
    });
    OrderForms {
        network: form(&[FieldInput {
            required: true,
            ..field("door_code", KindName::Text)
        }]),
        provider: form(&[
            FieldInput {
                not_personal: true,
                choices: choices.to_vec(),
                ..field("router", KindName::Choice)
            },
            FieldInput {
                required_if: Some(("router".to_owned(), "own".to_owned())),
                ..field("serial", KindName::Text)
            },
            FieldInput {
                min: Some(1),
                max: Some(9),
                not_personal: true,
                ..field("rooms", KindName::Number)
            },
            FieldInput {
                earliest_days: Some(0),
                latest_days: Some(7),
                ..field("visit", KindName::Date)
            },
            field("pets", KindName::YesNo),
        ]),
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn say(scope: Scope, key: &str, value: &str) -> AnswerInput {
    AnswerInput {
        scope: Some(scope),
        key: key.to_owned(),
        value: value.to_owned(),
    }
}

fn code() -> AnswerInput {
    say(Scope::Network, "door_code", "1234")
}

/// Field, value and rule of everything that is wrong.
fn wrong(answers: &[AnswerInput]) -> Vec<String> {
    check(&asked(), &normalised(answers), today())
        .unwrap_err()
        .into_iter()
        .map(|v| format!("{}={:?}: {}", v.field, v.value, v.rule))
        .collect()
}

#[test]
fn right_answers_are_taken_in_the_order_of_the_forms() {
    let answers = [
        say(Scope::Provider, "pets", "yes"),
        say(Scope::Provider, "visit", "2026-11-29"),
        say(Scope::Provider, "rooms", " 09 "),
        say(Scope::Provider, "serial", "  "),
        code(),
    ];
    let taken = check(&asked(), &normalised(&answers), today()).unwrap();
    let said: Vec<_> = taken
        .iter()
        .map(|a| (a.field.key.as_str(), a.value.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("door_code", "1234"),
            ("rooms", "9"),
            ("visit", "2026-11-29"),
            ("pets", "yes")
        ]
    );
}

#[test]
fn all_that_is_wrong_is_said_at_once_and_no_personal_value_is_repeated() {
    let answers = [
        say(
            Scope::Network,
            "door_code",
            &"x".repeat(TEXT_MAX as usize + 1),
        ),
        say(Scope::Provider, "router", "theirs"),
        say(Scope::Provider, "rooms", "12"),
        say(Scope::Provider, "visit", "2026-11-30"),
        say(Scope::Provider, "pets", "perhaps"),
        say(Scope::Provider, "unknown", "Anna"),
        say(Scope::Network, "Anna Provsson", "x"),
        AnswerInput {
            scope: None,
            ..code()
        },
        say(Scope::Provider, "rooms", "3"),
    ];
    assert_eq!(
        wrong(&answers),
        [
            "answers=\"\": network or provider as scope",
            "answers=\"\": a field of the form",
            "answers.provider.rooms=\"\": one answer",
            "answers.provider.unknown=\"\": a field of the form",
            "answers.network.door_code=\"\": at most 1000 characters",
            "answers.provider.router=\"theirs\": one of the choices",
            "answers.provider.visit=\"\": 2026-11-29 or earlier",
            "answers.provider.pets=\"\": yes or no",
        ]
    );
    let answers: Vec<_> = (0..=ANSWERS_MAX).map(|_| code()).collect();
    assert_eq!(wrong(&answers), ["answers=\"\": at most 80 answers"]);
}

#[test]
fn a_field_is_required_when_another_is_answered_so() {
    let missing = ["answers.provider.serial=\"\": required"];
    assert_eq!(
        wrong(&[code(), say(Scope::Provider, "router", "own")]),
        missing
    );
    let ours = [code(), say(Scope::Provider, "router", "ours")];
    assert!(check(&asked(), &normalised(&ours), today()).is_ok());
    assert_eq!(wrong(&[]), ["answers.network.door_code=\"\": required"]);
}

#[test]
fn named_rules_hold_texts_to_what_they_are() {
    let by = |pattern: &str, value: &str| {
        let form = form(&[FieldInput {
            pattern: pattern.to_owned(),
            ..field("f", KindName::Text)
        }]);
        let forms = OrderForms {
            network: form,
            ..OrderForms::default()
        };
        let taken = check(&forms, &[say(Scope::Network, "f", value)], today());
        taken.map(|mut answers| answers.remove(0).value).ok()
    };
    for (pattern, value, taken) in [
        ("digits", "0012", Some("0012")),
        ("digits", "12a", None),
        ("email", "anna@example.se", Some("anna@example.se")),
        ("email", "anna", None),
        ("phone", "070-174 06 05", Some("+46701740605")),
        ("phone", "12", None),
        ("postal_code", "721 34", Some("72134")),
        ("postal_code", "7213", None),
        ("organization_number", "212000-0142", Some("2120000142")),
        ("organization_number", "212000-0143", None),
        ("", "two\nlines", None),
    ] {
        assert_eq!(by(pattern, value).as_deref(), taken, "{pattern} {value}");
    }
}

proptest! {
    /// Whatever is said, a taken answer is one that its field takes again: the spelling is settled.
    #[test]
    fn what_is_taken_is_taken_again(value in "\\PC{0,12}", key in 0..5_usize) {
        let key = ["router", "serial", "rooms", "visit", "pets"][key];
        let said = normalised(&[code(), say(Scope::Provider, key, &value)]);
        if let Ok(taken) = check(&asked(), &said, today()) {
            let again: Vec<_> = taken.iter().map(|a| say(a.scope, &a.field.key, &a.value)).collect();
            prop_assert_eq!(check(&asked(), &normalised(&again), today()), Ok(taken));
        }
    }

    /// The order and the spaces of answers make no difference.
    #[test]
    fn the_same_answers_are_the_same(mut values in proptest::collection::vec("[a-z]{1,4}", 1..6)) {
        let one: Vec<_> = values.iter().map(|v| say(Scope::Network, v, v)).collect();
        values.reverse();
        let two: Vec<_> = values.iter().map(|v| say(Scope::Network, v, &format!(" {v} "))).collect();
        prop_assert!(normalised(&one) == normalised(&two));
    }
}
