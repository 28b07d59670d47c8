//! Compiles the protos without protoc, and refuses to build when a method has no declared permission.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fmt::Write as _, fs};

use prost::Message as _;
use prost_reflect::DescriptorPool;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    roles: Vec<String>,
    #[serde(default)]
    services: Vec<String>,
}

/// audience → service → method → rule
type Matrix = BTreeMap<String, BTreeMap<String, BTreeMap<String, Rule>>>;

/// As seen from the package, where Cargo runs this: a path of the machine would survive in a target directory that
/// another clone uses next.
const PROTOS: &str = "../../proto";

fn main() -> anyhow::Result<()> {
    let root = Path::new(PROTOS);
    println!("cargo:rerun-if-changed={}", root.display());
    println!("cargo:rerun-if-changed=permissions.toml");

    let files = proto_files(root)?;
    let descriptors = protox::compile(&files, [root])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;

    let pool = DescriptorPool::from_file_descriptor_set(descriptors.clone())?;
    fs::write(out.join("permissions.rs"), permissions(&pool)?)?;

    tonic_prost_build::configure()
        .include_file("protos.rs")
        .compile_fds(descriptors)?;
    Ok(())
}

fn proto_files(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "proto") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn permissions(pool: &DescriptorPool) -> anyhow::Result<String> {
    let matrix: Matrix = toml::from_str(&fs::read_to_string("permissions.toml")?)?;
    let mut declared = BTreeSet::new();
    let mut code = String::from("pub(crate) static PERMISSIONS: &[Permission] = &[\n");
    for (audience, services) in &matrix {
        for (service, methods) in services {
            for (method, rule) in methods {
                let path = format!("/{service}/{method}");
                writeln!(
                    code,
                    "    Permission {{ method: {path:?}, audience: {audience:?}, roles: &{:?}, services: &{:?} }},",
                    rule.roles, rule.services
                )?;
                declared.insert(path);
            }
        }
    }
    code.push_str("];\n");

    let existing: BTreeSet<String> = pool
        .services()
        .flat_map(|s| {
            s.methods()
                .map(|m| format!("/{}/{}", m.parent_service().full_name(), m.name()))
                .collect::<Vec<_>>()
        })
        .collect();
    let undeclared: Vec<_> = existing.difference(&declared).collect();
    let unknown: Vec<_> = declared.difference(&existing).collect();
    anyhow::ensure!(
        undeclared.is_empty(),
        "permissions.toml: no row for {undeclared:?}"
    );
    anyhow::ensure!(
        unknown.is_empty(),
        "permissions.toml: no such method {unknown:?}"
    );
    Ok(code)
}
