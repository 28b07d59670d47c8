//! One test on both stores.

use crate::postgres::Postgres;

/// Names the stores to test on; unset means both.
pub const STORES_VARIABLE: &str = "UTTAG_TEST_STORES";

/// Runs one test on a SQLite file in a directory of its own, and on a database of the shared PostgreSQL.
///
/// The test gets the URL of an empty database. What it panics with says which store it was. With
/// `UTTAG_TEST_STORES=sqlite` in the environment the PostgreSQL half is left out (`scripts/test --quick`).
///
/// # Panics
/// When the test panics, or no PostgreSQL can be had.
pub async fn for_each_store<F, T>(test: F)
where
    F: Fn(String) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let file = directory.path().join("test.sqlite");
    on("SQLite", test(format!("sqlite:{}", file.display()))).await;

    if std::env::var(STORES_VARIABLE).is_ok_and(|stores| stores == "sqlite") {
        return;
    }
    let server = Postgres::shared()
        .await
        .expect("a private PostgreSQL starts");
    let url = server
        .database("store")
        .await
        .expect("a database can be made");
    on("PostgreSQL", test(url)).await;
}

async fn on(store: &str, test: impl Future<Output = ()> + Send + 'static) {
    if let Err(failed) = tokio::spawn(test).await {
        assert!(!failed.is_panic(), "the test fails on {store} (see above)");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test]
    async fn visits_both() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        for_each_store(|url| {
            let seen = Arc::clone(&seen);
            async move { seen.lock().unwrap().push(url[..6].to_owned()) }
        })
        .await;
        let both = std::env::var(STORES_VARIABLE).is_err();
        assert_eq!(
            *seen.lock().unwrap(),
            ["sqlite", "postgr"][..if both { 2 } else { 1 }]
        );
    }
}
