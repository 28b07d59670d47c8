//! An order form that somebody edits. It is carried in the pages of the editor, and stored nowhere until it is saved. Pure.

use api::orders::{FormCondition, FormField, OrderForm};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prost::Message as _;

/// Fields that a draft may hold. The orders service takes 40; one more can be added, so that it can say so.
const FIELDS_MAX: usize = 41;

/// A form with the version that was edited. What is in it is checked when a field is applied and when it is saved.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft(OrderForm);

/// It is no draft of ours, or holds too much.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no draft of a form")]
pub struct DraftError;

impl Draft {
    /// Of the current version; who put it, and when, is not carried.
    pub fn of(form: OrderForm) -> Self {
        Self(OrderForm {
            put_at: None,
            put_by: String::new(),
            ..form
        })
    }

    /// As a page carried it.
    ///
    /// # Errors
    /// It is damaged.
    pub fn decode(text: &str) -> Result<Self, DraftError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| DraftError)?;
        let form = OrderForm::decode(bytes.as_slice()).map_err(|_| DraftError)?;
        if form.fields.len() > FIELDS_MAX {
            return Err(DraftError);
        }
        Ok(Self::of(form))
    }

    /// For the next page.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.encode_to_vec())
    }

    /// The form as it is now; its version is the one that was edited.
    pub fn form(&self) -> &OrderForm {
        &self.0
    }

    /// The field at a place.
    pub fn field(&self, index: usize) -> Option<&FormField> {
        self.0.fields.get(index)
    }

    /// Changes places with the field before; the first one stays.
    pub fn up(&mut self, index: usize) {
        if index > 0 && index < self.0.fields.len() {
            self.0.fields.swap(index - 1, index);
        }
    }

    /// Changes places with the field after; the last one stays.
    pub fn down(&mut self, index: usize) {
        if index + 1 < self.0.fields.len() {
            self.0.fields.swap(index, index + 1);
        }
    }

    /// Takes a field out. What depended on it is said to be wrong when the form is saved.
    pub fn remove(&mut self, index: usize) {
        if index < self.0.fields.len() {
            self.0.fields.remove(index);
        }
    }

    /// Puts a field in the place of one, or at the end. Where it gets another key, what depends on it follows.
    ///
    /// # Errors
    /// There is no such place, or no more room.
    pub fn put(&mut self, index: usize, field: FormField) -> Result<(), DraftError> {
        let fields = &mut self.0.fields;
        if index == fields.len() && index < FIELDS_MAX {
            fields.push(field);
            return Ok(());
        }
        let old = fields.get_mut(index).ok_or(DraftError)?;
        let (before, after) = (old.key.clone(), field.key.clone());
        *old = field;
        let dependent = |field: &mut FormField| {
            let condition = field.required_if.take();
            field.required_if = condition.map(|condition| renamed(condition, &before, &after));
        };
        if before != after && !fields.iter().any(|field| field.key == before) {
            fields.iter_mut().for_each(dependent);
        }
        Ok(())
    }
}

fn renamed(condition: FormCondition, before: &str, after: &str) -> FormCondition {
    if condition.key == before {
        FormCondition {
            key: after.to_owned(),
            ..condition
        }
    } else {
        condition
    }
}

#[cfg(test)]
mod tests {
    use super::{Draft, DraftError, FIELDS_MAX, FormCondition, FormField, OrderForm};

    fn field(key: &str, on: Option<&str>) -> FormField {
        FormField {
            key: key.to_owned(),
            required_if: on.map(|key| FormCondition {
                key: key.to_owned(),
                value: String::new(),
            }),
            ..FormField::default()
        }
    }

    fn draft() -> Draft {
        Draft::of(OrderForm {
            version: 3,
            put_by: "staff:1".to_owned(),
            fields: vec![field("a", None), field("b", Some("a")), field("c", None)],
            ..OrderForm::default()
        })
    }

    fn keys(draft: &Draft) -> String {
        let fields = draft.form().fields.iter();
        fields.map(|field| field.key.as_str()).collect()
    }

    #[test]
    fn fields_move_within_the_form_and_leave_it() {
        let mut moved = draft();
        moved.up(0);
        moved.down(2);
        moved.down(9);
        assert_eq!(keys(&moved), "abc");
        moved.down(0);
        moved.up(2);
        assert_eq!(keys(&moved), "bca");
        moved.remove(1);
        moved.remove(2);
        assert_eq!(keys(&moved), "ba");
    }

    #[test]
    fn what_depends_on_a_field_follows_its_key() {
        let mut changed = draft();
        changed.put(0, field("x", None)).unwrap();
        changed.put(3, field("d", None)).unwrap();
        assert_eq!(changed.put(9, field("e", None)), Err(DraftError));
        assert_eq!(keys(&changed), "xbcd");
        let condition = changed.field(1).unwrap().required_if.clone();
        assert_eq!(condition.unwrap().key, "x");
    }

    #[test]
    fn a_draft_comes_back_and_nothing_else_is_one() {
        let carried = draft();
        let again = Draft::decode(&carried.encode()).unwrap();
        assert_eq!(again, carried);
        assert_eq!((again.form().version, &*again.form().put_by), (3, ""));
        for damaged in ["?", "AAAA", "_____w"] {
            assert_eq!(Draft::decode(damaged), Err(DraftError), "{damaged}");
        }
        let many = (0..=FIELDS_MAX).map(|_| field("k", None)).collect();
        let many = Draft(OrderForm {
            fields: many,
            ..OrderForm::default()
        });
        assert_eq!(Draft::decode(&many.encode()), Err(DraftError));
    }
}
