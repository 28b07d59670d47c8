//! What an operator of the distributed way does by command: in the gateway's container, and with each service's doctor.

use e2e::process::binary;
use e2e::town::{NETWORK, SERVICES, Town};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_administers_and_examines_a_town() {
    let mut town = Town::start().await.unwrap();
    credentials_work_at_the_running_gateway(&town).await;
    for service in SERVICES {
        let healthy = doctor(&town, service, &[]);
        assert!(
            healthy.succeeded && healthy.says("0 wrong"),
            "{service}: {}",
            healthy.text
        );
    }
    the_broker_is_examined(&town).await;
    stores_are_examined(&town).await;
    town.kill("rights").unwrap();
    let alone = doctor(&town, "orders", &[]);
    assert!(
        !alone.succeeded && alone.says("WRONG  rights: https://"),
        "{}",
        alone.text
    );
    assert!(alone.says("ok     peers.registry"), "{}", alone.text);
}

async fn credentials_work_at_the_running_gateway(town: &Town) {
    let gateway = |arguments: &[&str]| run(town, "gateway", arguments, &[]);
    let credential = |verb, more: &[&str]| {
        let of = [
            "provider",
            "credential",
            verb,
            "--network",
            NETWORK,
            "--provider",
            "testtv",
        ];
        gateway(&[of.as_slice(), more].concat())
    };
    let nowhere = credential("create", &[]);
    assert!(
        !nowhere.succeeded && nowhere.says("there is no network"),
        "{}",
        nowhere.text
    );
    assert!(gateway(&["network", "put", NETWORK, "Testnätet"]).succeeded);
    assert!(gateway(&["network", "list"]).says("Testnätet"));

    let first = credential("create", &[]);
    assert!(first.succeeded, "{}", first.text);
    let second = credential("rotate", &[]);
    for made in [&first, &second] {
        assert_eq!(token(town, made).await, 200, "{}", made.text);
    }
    let client_id = first.word_after("client_id");
    let other = [
        "provider",
        "credential",
        "revoke",
        "--network",
        NETWORK,
        "--provider",
        "other",
        &client_id,
    ];
    let foreign = gateway(&other);
    assert!(
        !foreign.succeeded,
        "another provider's credential is revoked: {}",
        foreign.text
    );
    assert!(credential("revoke", &[&client_id]).succeeded);
    assert_eq!(token(town, &first).await, 401);
    assert_eq!(token(town, &second).await, 200);
    let listed = credential("list", &[]);
    assert!(listed.says("valid") && listed.says("revoked") && !listed.says("client_secret"));

    let invited = gateway(&[
        "user",
        "create",
        "--network",
        NETWORK,
        "--name",
        "Ada Admin",
        "--email",
        "ada@tstnet.example",
        "--roles",
        "admin",
    ]);
    let path = invited.text.trim();
    let url = format!("http://{}{path}", town.addresses("gateway").http);
    assert_eq!(reqwest::get(url).await.unwrap().status(), 200, "{path}");
}

async fn the_broker_is_examined(town: &Town) {
    let stranger = [(
        "UTTAG__MESSAGING__CA_FILE",
        town.anchor_file().display().to_string(),
    )];
    let untrusted = doctor(town, "orders", &stranger);
    assert!(untrusted.says("WRONG  broker"), "{}", untrusted.text);

    let vhost = town.broker_url();
    let vhost = vhost.rsplit('/').next().unwrap();
    let everything = "^uttag\\..*$";
    for arguments in [
        ["add_user", "crm", "secret", "", "", "", ""].as_slice(),
        &[
            "set_permissions",
            "-p",
            vhost,
            "crm",
            everything,
            everything,
            everything,
        ],
        &[
            "set_topic_permissions",
            "-p",
            vhost,
            "crm",
            "uttag.orders",
            r"^crm\.",
            ".*",
        ],
    ] {
        let given: Vec<_> = arguments
            .iter()
            .copied()
            .filter(|a| !a.is_empty())
            .collect();
        town.rabbit.control(&given).await.unwrap();
    }
    let own = town.environment("orders").unwrap();
    let (_, url) = own
        .iter()
        .find(|(key, _)| key == "UTTAG__MESSAGING__URL")
        .unwrap();
    let (_, host) = url.rsplit_once('@').unwrap();
    let as_another = [(
        "UTTAG__MESSAGING__URL",
        format!("amqps://crm:secret@{host}"),
    )];
    let refused = doctor(town, "orders", &as_another);
    assert!(
        refused.says("WRONG  broker: may not publish to uttag.orders"),
        "{}",
        refused.text
    );
}

async fn stores_are_examined(town: &Town) {
    let nowhere = "postgres://nobody:secret@127.0.0.1:1/ledger".to_owned();
    let without_ledger = doctor(
        town,
        "rights",
        &[("UTTAG__SETTINGS__LEDGER__DATABASE__URL", nowhere.clone())],
    );
    assert!(
        without_ledger.says("WRONG  ledger"),
        "{}",
        without_ledger.text
    );
    assert!(!without_ledger.says("secret"), "{}", without_ledger.text);

    let silent = ("UTTAG__MAIL__SMTP_URL", "smtp://127.0.0.1:1".to_owned());
    let without_mail = doctor(town, "crm", &[silent]);
    assert!(
        without_mail.says("WRONG  mail server"),
        "{}",
        without_mail.text
    );

    let away = doctor(town, "crm", &[("UTTAG__DATABASE__URL", nowhere)]);
    assert!(
        away.says("WRONG  database") && away.says("refused"),
        "{}",
        away.text
    );

    // Somebody lost the key store, and made an empty one.
    let empty = town.postgres.database("empty").await.unwrap();
    let empty = [("UTTAG__KEYS__DATABASE__URL", empty)];
    let keyless = doctor(town, "crm", &empty);
    assert!(
        keyless.says("WRONG  keys in the store: the database is in use"),
        "{}",
        keyless.text
    );
}

async fn token(town: &Town, made: &Ran) -> u16 {
    let url = format!("http://{}/oauth2/token", town.addresses("gateway").http);
    let form = [
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", made.word_after("client_id")),
        ("client_secret", made.word_after("client_secret")),
    ];
    let response = reqwest::Client::new()
        .post(url)
        .form(&form)
        .send()
        .await
        .unwrap();
    let status = response.status();
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        status.is_success(),
        body["access_token"].is_string(),
        "{body}"
    );
    status.as_u16()
}

/// What a command said, and whether it succeeded.
struct Ran {
    succeeded: bool,
    text: String,
}

impl Ran {
    fn says(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    fn word_after(&self, label: &str) -> String {
        let (_, rest) = self.text.split_once(label).unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

fn doctor(town: &Town, service: &str, instead: &[(&str, String)]) -> Ran {
    run(town, service, &["doctor"], instead)
}

/// Runs a binary beside the service: with its environment, but for some of it.
fn run(town: &Town, service: &str, arguments: &[&str], instead: &[(&str, String)]) -> Ran {
    let output = std::process::Command::new(binary(service).unwrap())
        .args(arguments)
        .env_clear()
        .envs(town.environment(service).unwrap())
        .envs(instead.iter().map(|(key, value)| (key, value)))
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    Ran {
        succeeded: output.status.success(),
        text: String::from_utf8(text).unwrap(),
    }
}
