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

    /// Reads what [`fmt::Display`] wrote; nothing when it is no order number.
    pub fn parse(text: &str) -> Option<Self> {
        let (network, digits) = text.rsplit_once('-')?;
        let network = NetworkCode::parse(network).ok()?;
        let plain = digits.bytes().all(|b| b.is_ascii_digit());
        let count = digits
            .parse()
            .ok()
            .filter(|&count: &i64| plain && count >= 1)?;
        Some(Self { network, count })
    }

    /// The count of a number of this network; nothing when it is none, or another network's.
    pub fn count_in(network: &NetworkCode, text: &str) -> Option<i64> {
        let number = Self::parse(text).filter(|number| number.network == *network);
        number.map(|number| number.count)
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

    #[test]
    fn what_is_written_is_read_again_and_nothing_else() {
        let ham = NetworkCode::parse("HAM").unwrap();
        for count in [1, 123, 12_345_678] {
            let number = OrderNumber::new(ham.clone(), count);
            assert_eq!(OrderNumber::parse(&number.to_string()), Some(number));
        }
        for wrong in [
            "",
            "HAM",
            "HAM-",
            "HAM-0",
            "HAM-+1",
            "HAM--1",
            "-1",
            "ham 1",
            "HAM-99999999999999999999",
        ] {
            assert_eq!(OrderNumber::parse(wrong), None, "{wrong}");
        }
    }
}
