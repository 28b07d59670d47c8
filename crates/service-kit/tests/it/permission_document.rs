//! `docs/permissions.md` is the permission matrix, written out. `UPDATE=1 cargo test -p service-kit` writes it anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");

/// The order in which the columns stand: staff first, then those from outside, then our own services.
const ROLES: [&str; 10] = [
    "admin",
    "importer",
    "customer_service",
    "compliance",
    "dpo",
    "protected_data",
    "public",
    "provider",
    "provisioning",
    "service",
];

const HEAD: &str = "\
# Who may call what

Written from `crates/api/permissions.toml` by a test; change that file, then `UPDATE=1 cargo test -p service-kit --test it
permission_document`. Everything that is not marked is denied. The build fails when a method of the protos is missing here,
and `crates/service-kit/tests/it/permissions.rs` holds every cell to expectations of its own.

`admin`, `importer`, `customer_service`, `compliance`, `dpo` and `protected_data` are roles of staff; `public` is a visitor of
the web pages, `provider` a provider's system with its credential, `provisioning` a network's provisioning system with an import
credential, `service` another enrolled service that speaks for itself. Whatever the role, a caller that is bound to a network or a
provider reaches rows of that one only. Health (`grpc.health.v1`) is open.
";

#[test]
fn the_document_shows_the_matrix_as_it_is() {
    let wanted = document();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(FILE, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(Path::new(FILE)).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/permissions.md is stale; UPDATE=1 writes it anew"
    );
}

fn document() -> String {
    let known: BTreeSet<&str> = ROLES.into();
    let mut text = HEAD.to_owned();
    let mut section = "";
    for permission in api::permissions() {
        let (service, method) = split(permission.method);
        if service != section {
            section = service;
            let columns = ROLES.join(" | ");
            let _ = write!(
                text,
                "\n## {service}\n\nAudience `{}`.\n\n| method | {columns} |\n|---{}|\n",
                permission.audience,
                "|:-:".repeat(ROLES.len())
            );
        }
        for role in permission.roles {
            assert!(known.contains(role), "a column for {role} is missing");
        }
        let cells = ROLES.map(|role| cell(role, permission));
        let _ = writeln!(text, "| `{method}` | {} |", cells.join(" | "));
    }
    text
}

fn cell(role: &str, permission: &api::Permission) -> String {
    if !permission.roles.contains(&role) {
        return String::new();
    }
    if role == "service" && !permission.services.is_empty() {
        return permission.services.join(", ");
    }
    "✓".to_owned()
}

/// "/uttag.orders.v1.OrdersService/PlaceOrder" → service and method.
fn split(method: &str) -> (&str, &str) {
    method
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or((method, ""))
}
