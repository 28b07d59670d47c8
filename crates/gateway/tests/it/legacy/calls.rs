//! What arrives at the registry, in whatever way it was sent; and what is not written down.

use std::io;
use std::sync::{Arc, Mutex};

use api::registry::Post;
use reqwest::multipart::Form;
use reqwest::{Method, StatusCode};
use tracing_subscriber::fmt::MakeWriter;

use super::{PATH, POST, System};
use crate::browser::answer;
use crate::harness::World;

fn last(world: &World) -> Vec<Post> {
    world
        .fakes
        .seen()
        .provisioning
        .calls
        .last()
        .unwrap()
        .clone()
}

fn fields(post: &Post) -> Vec<(&str, &str)> {
    let fields = post.fields.iter();
    fields
        .map(|field| (field.name.as_str(), field.value.as_str()))
        .collect()
}

#[tokio::test]
async fn a_post_is_the_same_by_address_form_parts_and_json() {
    let world = World::ready().await;
    let system = System::of(&world, "HAM").await;
    let hash = system.hash().await;
    let mut sent = vec![("method", "insert_post"), ("hash", &hash)];
    sent.extend(POST);
    assert_eq!(system.get(&sent).await.status, StatusCode::OK);
    let first = last(&world);
    assert_eq!(
        fields(&first[0]),
        [
            ("accessId", "81883"),
            ("coId", "HAM"),
            ("streetName", "Kungsgatan")
        ]
    );

    let json = r#"{"coId":"HAM","accessId":81883,"streetName":"Kungsgatan"}"#;
    let form = Form::new().text("hash", hash.clone()).text("data", json);
    let request = system
        .browser
        .request(Method::POST, &format!("{PATH}/?method=insert_post"));
    let got = answer(request.multipart(form).send().await.unwrap()).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.body);
    assert_eq!(last(&world), first);
    assert_eq!(
        system.post("", &sent[..1]).await.status,
        StatusCode::UNAUTHORIZED,
        "the body wins"
    );
    assert_eq!(world.fakes.seen().provisioning.calls.len(), 2);
}

#[tokio::test]
async fn a_hundred_posts_are_one_call_in_their_order() {
    let world = World::ready().await;
    let system = System::of(&world, "HAM").await;
    let hash = system.hash().await;
    let body = |count: u32| {
        let posts = (0..count)
            .rev()
            .map(|n| format!("&posts%5Bpost{n}%5D%5BstreetName%5D=V%C3%A4gen+{n}"));
        format!("hash={hash}{}", posts.collect::<String>())
    };
    let send = async |count| {
        let request = system
            .browser
            .request(Method::POST, &format!("{PATH}?method=insert_posts"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        answer(request.body(body(count)).send().await.unwrap()).await
    };
    let got = send(100).await;
    assert!(
        got.body
            .contains("<message>100 successes, 0 errors, 100 processed</message>"),
        "{}",
        got.body
    );
    let posts = last(&world);
    assert_eq!((posts.len(), posts[0].key.as_str()), (100, "post99"));
    assert_eq!(fields(&posts[0]), [("streetName", "Vägen 99")]);
    let got = send(101).await;
    assert_eq!(got.status, StatusCode::BAD_REQUEST);
    assert!(
        got.body.contains("At most 100 posts per request"),
        "{}",
        got.body
    );
    assert_eq!(
        world.fakes.seen().provisioning.calls.len(),
        1,
        "nothing of it was inserted"
    );
}

#[tokio::test]
async fn what_is_no_call_is_refused_in_the_envelope() {
    let world = World::ready().await;
    let system = System::of(&world, "HAM").await;
    let put = system
        .browser
        .request(Method::PUT, PATH)
        .send()
        .await
        .unwrap();
    let put = answer(put).await;
    assert_eq!(put.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(put.body.contains("<status>failed</status>"), "{}", put.body);
    let large = "x".repeat(1024 * 1024 + 1);
    let got = system.post("insert_post", &[("data[a]", &large)]).await;
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(got.body.contains("<status>failed</status>"), "{}", got.body);
    for (name, value) in [("data[a", "1"), ("posts", "[1]")] {
        let got = system
            .get(&[("method", "insert_post"), (name, value)])
            .await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{name}");
        assert!(
            got.body.starts_with("<?xml") && got.body.contains("can not be read"),
            "{}",
            got.body
        );
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

/// Calls until one is heard.
const ATTEMPTS: usize = 20;

impl Log {
    /// What the gateway wrote. Other crates' lines at this level show the sender's own side, which is in this process, too.
    fn ours(&self) -> String {
        let written = self.0.lock().unwrap().clone();
        String::from_utf8(written)
            .unwrap()
            .lines()
            .filter(|line| line.contains("gateway") || line.contains("http.request"))
            .collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// One thread, so that everything that the gateway says is heard here.
#[tokio::test(flavor = "current_thread")]
async fn no_key_no_hash_and_no_name_is_written_down() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(log.clone())
        .finish();
    let world = World::ready().await;
    let system = System::of(&world, "HAM").await;
    let hash = {
        let _heard = tracing::subscriber::set_default(subscriber);
        // A span that a test beside made for the first time just now is thought to interest nobody: think again.
        for _ in 0..ATTEMPTS {
            tracing::callsite::rebuild_interest_cache();
            system.get(&[("method", "none")]).await;
            if log.ours().contains("/legacy/mdb2") {
                break;
            }
        }
        let credential = [
            ("method", "api_login"),
            ("api_user", system.user.as_str()),
            ("api_key", &system.key),
        ];
        let hash = super::hash_of(&system.get(&credential).await);
        let named = [
            ("method", "insert_post"),
            ("hash", &hash),
            ("data[residentName]", "Tolvan Testsson"),
        ];
        assert_eq!(system.get(&named).await.status, StatusCode::BAD_REQUEST);
        let wrong = [
            ("method", "api_login"),
            ("api_user", "1001"),
            ("api_key", "swordfish"),
        ];
        assert_eq!(system.get(&wrong).await.status, StatusCode::UNAUTHORIZED);
        hash
    };
    let ours = log.ours();
    assert!(ours.contains("/legacy/mdb2"), "{ours}");
    for secret in [system.key.as_str(), &hash, "Tolvan", "swordfish"] {
        assert!(!ours.contains(secret), "{secret}");
    }
}
