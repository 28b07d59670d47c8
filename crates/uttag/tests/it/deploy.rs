//! The files below `deploy/` fit each other, and what `uttag dev-certs` makes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::uttag::{run, text};

const SERVICES: [&str; 5] = ["registry", "orders", "crm", "rights", "gateway"];
/// A service drains for 20 seconds and closes its stores after that.
const DRAIN_SECONDS: u32 = 20;

#[test]
fn everything_that_a_container_mounts_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let trial = folder.path().join("trial");
    let output = run(&["dev-certs", trial.to_str().unwrap()]);
    assert!(output.status.success(), "{}", text(&output));

    let mut trials = 0;
    for (container, block) in containers() {
        for (source, _) in mounts(&block) {
            let path = if let Some(made) = source.strip_prefix("./trial/") {
                trials += 1;
                trial.join(made)
            } else {
                deploy().join(&source)
            };
            assert!(path.exists(), "{container} mounts {source}");
        }
    }
    assert!(trials > SERVICES.len(), "no mount was looked at");
}

#[test]
fn a_service_finds_what_its_settings_name_and_no_other_services_secrets() {
    let containers = containers();
    for service in SERVICES {
        let mounts = mounts(&containers[service]);
        let own = format!("/{service}");
        for (_, target) in &mounts {
            let secret = target.contains("/secrets/") || target.contains("/identity/");
            assert!(!secret || target.ends_with(&own), "{service}: {target}");
        }
        let settings = read("config/common.env") + &read(&format!("config/{service}.env"));
        let paths: Vec<_> = settings
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once("=/").map(|(_, path)| format!("/{path}")))
            .collect();
        assert!(paths.len() > 5, "{service} reads no files");
        for path in paths {
            assert!(
                mounts
                    .iter()
                    .any(|(_, target)| Path::new(&path).starts_with(target)),
                "{service} is told to read {path}, which is not mounted"
            );
        }
    }
}

#[test]
fn database_and_broker_see_passwords_and_no_keys() {
    let containers = containers();
    for container in ["postgres", "rabbitmq"] {
        for (_, target) in mounts(&containers[container]) {
            assert!(
                !target.contains("/secrets") || target.ends_with("password"),
                "{container}: {target}"
            );
        }
    }
}

#[test]
fn the_database_is_made_in_a_folder_that_its_user_may_own() {
    let postgres = &containers()["postgres"];
    let (_, volume) = postgres
        .lines()
        .filter_map(mount)
        .find(|(source, _)| source == "postgres")
        .unwrap();
    let folder = value(postgres, "PGDATA").unwrap();
    assert!(folder.starts_with(&format!("{volume}/")), "{folder}");
}

#[test]
fn no_container_is_killed_while_it_drains() {
    let compose = read("compose.yaml");
    let (shared, _) = compose.split_once("\nservices:\n").unwrap();
    let patience = value(shared, "stop_grace_period").unwrap();
    let seconds: u32 = patience.strip_suffix('s').unwrap().parse().unwrap();
    assert!(seconds > DRAIN_SECONDS, "{patience}");
    for service in SERVICES {
        assert!(containers()[service].contains("<<: *service"), "{service}");
    }
}

/// The text of each container's block.
fn containers() -> BTreeMap<String, String> {
    let compose = read("compose.yaml");
    let (_, services) = compose.split_once("\nservices:\n").unwrap();
    let (services, _) = services.split_once("\nvolumes:\n").unwrap();
    let mut found = BTreeMap::<String, String>::new();
    let mut name = String::new();
    for line in services.lines() {
        let title = line
            .strip_prefix("  ")
            .filter(|rest| !rest.starts_with([' ', '#']))
            .and_then(|rest| rest.strip_suffix(':'));
        if let Some(title) = title {
            title.clone_into(&mut name);
        }
        let block = found.entry(name.clone()).or_default();
        block.push_str(line);
        block.push('\n');
    }
    found
}

/// Files and folders of the machine, with where they are mounted.
fn mounts(block: &str) -> Vec<(String, String)> {
    block
        .lines()
        .filter_map(mount)
        .filter(|(source, _)| source.starts_with("./"))
        .collect()
}

fn mount(line: &str) -> Option<(String, String)> {
    let entry = line.trim().strip_prefix("- ")?;
    let (source, target) = entry.split_once(":/")?;
    let target = target.strip_suffix(":ro").unwrap_or(target);
    Some((source.to_owned(), format!("/{target}")))
}

fn value<'a>(block: &'a str, key: &str) -> Option<&'a str> {
    block
        .lines()
        .find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(": "))
}

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy")
}

fn read(file: &str) -> String {
    fs::read_to_string(deploy().join(file)).unwrap()
}
