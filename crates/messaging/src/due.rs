//! Now and later, for delivery.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, Utc};

/// Now by the clock of the machine, to the microsecond (what a database keeps).
#[expect(
    clippy::disallowed_methods,
    reason = "delivery is about now, not about the domain's today"
)]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// Now plus a while.
pub(crate) fn after(wait: Duration) -> DateTime<Utc> {
    now() + chrono::Duration::from_std(wait).unwrap_or(chrono::Duration::days(1))
}

/// A random wait up to `first`·2^`failures`, at most `longest` ("full jitter": those who failed together do not come back together).
pub(crate) fn full_jitter(first: Duration, longest: Duration, failures: u32) -> Duration {
    let ceiling = first
        .saturating_mul(2_u32.saturating_pow(failures))
        .min(longest);
    ceiling.mul_f64(rand::random::<f64>())
}
