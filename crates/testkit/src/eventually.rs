//! Waiting for a condition instead of sleeping.

/// Waits until a condition holds, at most this long; the condition may `.await`. Panics with the condition's text.
///
/// ```ignore
/// testkit::eventually!(Duration::from_secs(5), inbox.len().await == 3);
/// ```
#[macro_export]
macro_rules! eventually {
    ($timeout:expr, $condition:expr $(,)?) => {{
        let patience: ::std::time::Duration = $timeout;
        let started = ::std::time::Instant::now();
        while !$condition {
            assert!(
                started.elapsed() < patience,
                "after {patience:?} it still does not hold that {}",
                stringify!($condition)
            );
            $crate::pause().await;
        }
    }};
}

/// The pause between two looks at a condition.
#[doc(hidden)]
pub async fn pause() {
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        time::Duration,
    };

    #[tokio::test]
    async fn looks_until_it_holds() {
        let looks = AtomicU32::new(0);
        eventually!(
            Duration::from_secs(5),
            looks.fetch_add(1, Ordering::SeqCst) >= 3
        );
        assert_eq!(looks.load(Ordering::SeqCst), 4);
    }

    #[tokio::test]
    #[should_panic(expected = "it still does not hold that 1 > 2")]
    async fn says_what_did_not_come_true() {
        eventually!(Duration::from_millis(50), 1 > 2);
    }
}
