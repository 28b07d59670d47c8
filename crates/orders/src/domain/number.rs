//! The number that people use for an order: "HAM-000123".

use std::fmt;

use kernel::NetworkCode;

/// An order number: the network's code and a count that rises by one within the network.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrderNumber {
    network: NetworkCode,
    count: i64,
}

impl OrderNumber {
    /// The number with this count. Counts start at 1; a lower one is a broken invariant of the counter.
    pub fn new(network: NetworkCode, count: i64) -> Self {
        debug_assert!(count >= 1, "order counts start at 1");
        Self { network, count }
    }

    /// The count within the network.
    pub const fn count(&self) -> i64 {
        self.count
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:06}", self.network, self.count)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    #[test]
    fn six_digits_then_as_many_as_it_takes() {
        let ham = NetworkCode::parse("HAM").unwrap();
        assert_eq!(OrderNumber::new(ham.clone(), 123).to_string(), "HAM-000123");
        assert_eq!(
            OrderNumber::new(ham, 12_345_678).to_string(),
            "HAM-12345678"
        );
    }
}
