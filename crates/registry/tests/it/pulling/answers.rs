//! What the other system answers, and what of it is believed.

use std::time::Duration;

use axum::http::header;
use axum::response::{IntoResponse as _, Redirect};
use testkit::store::for_each_store;

use super::{imports, pull_now, text, world};
use crate::provisioning::{Site, encrypted, file, raw, slow, status};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_that_is_too_large_compressed_or_of_unknown_length() {
    for_each_store(|url| async {
        let site = Site::serve().await;
        let world = world(url, &site.url(), "bytes_max = 500").await;
        let large = text(1..=20);
        let in_pieces = large.clone();
        site.answers(move |_, _| file(&large, "\"one\""));
        assert_eq!(pull_now(&world, false).await.failure, "too_large");
        site.answers(move |_, _| slow(&in_pieces, Duration::ZERO));
        assert_eq!(pull_now(&world, false).await.failure, "too_large");
        site.answers(|_, _| ([(header::CONTENT_ENCODING, "gzip")], text(1..=1)).into_response());
        assert_eq!(pull_now(&world, false).await.failure, "compressed");
        site.answers(|_, _| "\u{feff} \r\n".into_response());
        assert_eq!(pull_now(&world, false).await.failure, "not_an_address_file");
        site.answers(|_, _| status(304));
        assert_eq!(
            pull_now(&world, false).await.failure,
            "status",
            "nothing is known yet"
        );
        assert_eq!(
            (world.count("access").await, imports(&world).await.len()),
            (0, 0)
        );
        site.answers(|_, _| slow(&text(1..=2), Duration::ZERO));
        assert_eq!(
            pull_now(&world, false).await.outcome,
            "imported",
            "chunks say their end"
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_ends_with_its_connection_is_not_believed() {
    for_each_store(|url| async {
        let answer = format!(
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
            text(1..=3)
        );
        let address = raw(answer).await;
        let world = world(url, &format!("http://{address}/f"), "").await;
        assert_eq!(pull_now(&world, false).await.failure, "length_unknown");
        assert_eq!(world.count("access").await, 0);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_followed_within_the_host_and_the_credential_goes_nowhere_else() {
    for_each_store(|url| async {
        let (site, elsewhere) = (Site::serve().await, Site::serve().await);
        let world = world(url, &site.url(), "").await;
        elsewhere.answers(|_, _| file(&text(1..=1), "\"one\""));
        let away = elsewhere.url();
        site.answers(move |_, _| Redirect::temporary(&away).into_response());
        assert_eq!(pull_now(&world, false).await.failure, "redirected");
        assert_eq!(elsewhere.asked().len(), 0);
        site.answers(|path, _| match path {
            "/accesses.csv" => Redirect::temporary("/tonight.csv").into_response(),
            _ => file(&text(1..=1), "\"one\""),
        });
        assert_eq!(pull_now(&world, false).await.outcome, "imported");
        assert!(
            site.asked()
                .last()
                .unwrap()
                .contains_key(header::AUTHORIZATION)
        );
        site.answers(|_, _| Redirect::temporary("/accesses.csv").into_response());
        assert_eq!(
            pull_now(&world, true).await.failure,
            "redirected",
            "in a circle"
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_believed_when_its_authority_is() {
    let body = text(1..=2);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    service_kit::install_crypto();
    let (address, authority) = encrypted(format!("{head}{body}")).await;
    let site = format!("https://localhost:{}/f", address.port());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, authority).unwrap();
    let trusts = format!("ca_file = '{}'", file.display());
    for (more, failure, accesses) in [("", "unreachable", 0), (trusts.as_str(), "", 2)] {
        let database = folder.path().join(format!("{accesses}.sqlite"));
        let world = world(format!("sqlite:{}", database.display()), &site, more).await;
        assert_eq!(pull_now(&world, false).await.failure, failure);
        assert_eq!(world.count("access").await, accesses);
        world.stop().await;
    }
}
