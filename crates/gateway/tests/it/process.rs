//! The gateway as it is started: configuration, chassis, fence, HTTP, stop.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chassis::{Listeners, Surroundings};
use gateway::{Config, DEFAULTS};
use kernel::{Clock as _, SystemClock};
use messaging::LocalBus;
use service_kit::config::load_with;
use service_kit::identity::{Authority, Identity};
use service_kit::lifecycle::Lifecycle;
use service_kit::secret::Key32;

fn config(files: &Path) -> Config {
    let authority = Authority::create(files.join("authority")).unwrap();
    Identity::load_or_enrol(
        files.join("identity"),
        "gateway",
        &authority,
        SystemClock.now(),
    )
    .unwrap();
    let at = |name: &str| files.join(name).display().to_string();
    std::fs::write(at("anchor.pub"), authority.anchor().to_text()).unwrap();
    for key in ["master.key", "pepper.key"] {
        Key32::load_or_create(at(key)).unwrap();
    }
    let keys = [
        ("GRPC__ADDRESS", "127.0.0.1:0".to_owned()),
        ("DATABASE__URL", format!("sqlite:{}", at("gateway.sqlite"))),
        (
            "KEYS__DATABASE__URL",
            format!("sqlite:{}", at("keys.sqlite")),
        ),
        ("KEYS__MASTER_KEY_FILE", at("master.key")),
        ("KEYS__PEPPER_FILE", at("pepper.key")),
        ("IDENTITY__DIRECTORY", at("identity")),
        ("IDENTITY__ANCHOR_FILE", at("anchor.pub")),
        ("RIGHTS__URL", "http://127.0.0.1:1".to_owned()),
        ("SETTINGS__HTTP", "127.0.0.1:0".to_owned()),
    ];
    load_with(
        DEFAULTS,
        None,
        keys.map(|(key, value)| (format!("UTTAG__{key}"), value)),
    )
    .unwrap()
}

#[tokio::test]
async fn it_starts_behind_the_fence_and_stops_in_order() {
    service_kit::install_crypto();
    let files = tempfile::tempdir().unwrap();
    let config = config(files.path());
    let listeners = Listeners::bind(&config, Some(config.settings.http))
        .await
        .unwrap();
    let base = format!(
        "http://{}",
        listeners.http.as_ref().unwrap().local_addr().unwrap()
    );
    let lifecycle = Lifecycle::new();
    let bus = Some(LocalBus::default());
    let surroundings = Surroundings {
        bus,
        clock: Arc::new(SystemClock),
        lifecycle: lifecycle.clone(),
    };
    gateway::run(config, listeners, surroundings).await.unwrap();

    let get = |path: &str| reqwest::get(format!("{base}{path}"));
    assert_eq!(get("/assets/htmx.min.js").await.unwrap().status(), 200);
    let page = get("/sv/").await.unwrap();
    assert_eq!(
        page.status(),
        503,
        "the ledger is out of reach: nobody is served"
    );
    assert!(
        page.text()
            .await
            .unwrap()
            .contains("Tillfälligt otillgängligt")
    );

    lifecycle.stop();
    lifecycle.drained(Duration::from_secs(10)).await.unwrap();
    assert!(
        get("/assets/htmx.min.js").await.is_err(),
        "the port is closed"
    );
}
