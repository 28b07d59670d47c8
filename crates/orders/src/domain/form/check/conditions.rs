//! Which fields are required when others are answered: no unknown field, no circle, no answer that there cannot be.

use std::collections::HashMap;

use super::Wrong;
use crate::domain::form::{Condition, Field, FieldKind, NO, Need, YES};

/// Checks that every condition is about another field, about an answer that it can have, and leads to an end.
pub(super) fn conditions(fields: &[Field], wrong: &mut Wrong) {
    let of_key: HashMap<&str, &Field> = fields
        .iter()
        .map(|field| (field.key.as_str(), field))
        .collect();
    for (index, field) in fields.iter().enumerate() {
        let Need::If(condition) = &field.need else {
            continue;
        };
        match of_key.get(condition.key.as_str()) {
            None => {
                let rule = "the key of another field of the form";
                wrong.at(index, "required_if.key", &condition.key, rule);
            }
            Some(_) if in_circle(&field.key, &of_key) => {
                let rule = "no circle: a field must not depend on itself";
                wrong.at(index, "required_if.key", &condition.key, rule);
            }
            Some(other) => compared(index, condition, other, wrong),
        }
    }
}

/// A field depends on one other at most: following them leads back here, or ends, or runs into a circle of others.
fn in_circle(start: &str, of_key: &HashMap<&str, &Field>) -> bool {
    let mut at = start;
    for _ in 0..of_key.len() {
        let Some(Need::If(condition)) = of_key.get(at).map(|field| &field.need) else {
            return false;
        };
        at = &condition.key;
        if at == start {
            return true;
        }
    }
    false
}

fn compared(index: usize, condition: &Condition, other: &Field, wrong: &mut Wrong) {
    let Some(value) = &condition.value else {
        return;
    };
    let rule = match &other.kind {
        FieldKind::Choice { choices } if choices.iter().any(|c| c.value == *value) => return,
        FieldKind::Choice { .. } => "one of the choices of the other field",
        FieldKind::YesNo if [YES, NO].contains(&value.as_str()) => return,
        FieldKind::YesNo => "yes or no",
        _ => "empty: only a choice, yes or no can be compared",
    };
    wrong.at(index, "required_if.value", value, rule);
}
