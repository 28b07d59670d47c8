//! Names that can stand as elements in an answer.

use crate::limits;

/// Whether a post may be called so: the key is an element of the answer (XML 1.0 §2.3, its ASCII part).
pub fn is_element(name: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let first = name.bytes().next();
    name.len() <= limits::LEGACY_KEY_CHARS
        && first.is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && name.bytes().all(inner)
}

#[cfg(test)]
mod tests {
    use super::is_element;

    #[test]
    fn a_key_is_an_element_or_none() {
        for right in ["post1", "_1", "a.b-c_d", "Rad7"] {
            assert!(is_element(right), "{right}");
        }
        let long = "x".repeat(65);
        for wrong in ["", "0", "-a", "a b", "a<b", "å", "a:b", long.as_str()] {
            assert!(!is_element(wrong), "{wrong}");
        }
    }
}
