//! The arrows between the crates point down only, and each outside thing has one owner (docs/architecture.md).
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Lower crates know nothing of higher ones, and those of one floor nothing of each other.
const FLOORS: &[&[&str]] = &[
    &["kernel", "api", "mailbox"],
    &["service-kit"],
    &["messaging"],
    &["privacy"],
    &["mailer"],
    &[
        "chassis",
        "registry-migration",
        "orders-migration",
        "crm-migration",
        "rights-migration",
        "gateway-migration",
    ],
    &["registry", "orders", "crm", "rights", "gateway"],
    &["uttag"],
    &["e2e"],
    &["load"],
];

/// Used by tests of every floor, and built on nothing above the first ones.
const TESTKIT: &str = "testkit";

/// Not shipped: they may use the test kit.
const TESTERS: [&str; 2] = ["e2e", "load"];

/// Crates from outside that one of ours alone may use; `load` measures the broker without us.
const OWNED: &[(&str, &[&str])] = &[
    ("lapin", &["messaging", "load"]),
    ("lettre", &["mailer"]),
    ("askama", &["gateway"]),
];

/// package → (dependency, kind); the kind is "normal", "dev" or "build".
type Arrows = BTreeMap<String, Vec<(String, String)>>;

fn arrows() -> Arrows {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let arguments = [
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--offline",
        "--manifest-path",
        manifest,
    ];
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("normal").to_owned();
    let package = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap();
        (
            text(&package["name"]),
            dependencies
                .iter()
                .map(|d| (text(&d["name"]), text(&d["kind"])))
                .collect(),
        )
    };
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(package)
        .collect()
}

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&name))
}

#[test]
fn every_crate_has_a_floor() {
    for name in arrows().keys().filter(|name| *name != TESTKIT) {
        assert!(
            floor(name).is_some(),
            "{name} has no floor; give it one here and in docs/architecture.md"
        );
    }
}

#[test]
fn arrows_point_down_only() {
    for (name, dependencies) in arrows() {
        let Some(own) = floor(&name) else { continue };
        for (dependency, kind) in dependencies.iter().filter(|(_, kind)| kind != "dev") {
            if let Some(other) = floor(dependency) {
                assert!(
                    other < own,
                    "{name} must not depend on {dependency} ({kind})"
                );
            }
        }
    }
}

#[test]
fn no_service_depends_on_another_not_even_in_tests() {
    let services = FLOORS[6];
    for (name, dependencies) in arrows()
        .iter()
        .filter(|(name, _)| services.contains(&name.as_str()))
    {
        for (dependency, _) in dependencies {
            assert!(
                !services.contains(&dependency.as_str()),
                "{name} depends on {dependency}: they meet in proto/"
            );
            let owner = dependency.strip_suffix("-migration");
            let foreign = owner.is_some_and(|owner| owner != name && services.contains(&owner));
            assert!(!foreign, "{name} knows the schema of {dependency}");
        }
    }
}

#[test]
fn the_kernel_and_the_protos_stand_on_nothing_of_ours() {
    let arrows = arrows();
    for name in FLOORS[0] {
        let ours: Vec<_> = arrows[*name]
            .iter()
            .filter(|(d, _)| arrows.contains_key(d))
            .collect();
        assert!(ours.is_empty(), "{name} depends on {ours:?}");
    }
}

#[test]
fn the_test_kit_is_in_no_product() {
    for (name, dependencies) in arrows()
        .iter()
        .filter(|(name, _)| !TESTERS.contains(&name.as_str()))
    {
        let shipped = dependencies
            .iter()
            .any(|(d, kind)| d == TESTKIT && kind != "dev");
        assert!(!shipped, "{name} ships the test kit");
    }
}

#[test]
fn outside_things_have_one_owner() {
    for (name, dependencies) in arrows() {
        for (dependency, owners) in OWNED {
            let uses = dependencies
                .iter()
                .any(|(d, kind)| d == dependency && kind != "dev");
            assert!(
                !uses || owners.contains(&name.as_str()),
                "{name} uses {dependency}, which belongs to {owners:?}"
            );
        }
    }
}
