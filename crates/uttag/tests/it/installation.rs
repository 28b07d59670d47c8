//! An installation in a folder, and what an operator does with its address files.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};
use serde_json::Value;

use crate::uttag::{Served, command, run, text};

pub const NETWORK: &str = "TSTNET";
const HEADER: &str =
    "coId;accessId;streetName;streetNumber;postalCode;city;premisesType;residentName\n";

/// Its folder; it runs until it is stopped or killed.
pub struct Installation {
    folder: tempfile::TempDir,
    served: Option<Served>,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub text: String,
}

impl Said {
    /// The id of the import that it is about.
    pub fn import(&self) -> String {
        let (_, after) = self.text.split_once("import ").unwrap();
        after.split_whitespace().next().unwrap().to_owned()
    }
}

impl Installation {
    /// With these settings of the registry.
    pub fn start(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = format!("[settings]\n{settings}\n");
        std::fs::write(folder.path().join("registry.toml"), settings).unwrap();
        let served = Some(Served::start(folder.path()));
        Self { folder, served }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// SIGKILL: no drain, no flush.
    pub fn kill(&mut self) {
        self.served.take();
    }

    pub fn start_again(&mut self) {
        self.served = Some(Served::start(self.folder.path()));
    }

    /// A row for each number: an access, and whoever lives there.
    pub fn file(&self, name: &str, rows: impl IntoIterator<Item = String>) -> PathBuf {
        let path = self.folder.path().join(name);
        let rows: String = rows.into_iter().collect();
        std::fs::write(&path, format!("{HEADER}{rows}")).unwrap();
        path
    }

    /// `uttag import …` in the network of the tests.
    pub fn import(&self, arguments: &[&str]) -> Said {
        self.import_in(NETWORK, arguments)
    }

    pub fn import_in(&self, network: &str, arguments: &[&str]) -> Said {
        let output = run(&self.arguments(network, arguments));
        Said {
            code: output.status.code().unwrap(),
            text: text(&output),
        }
    }

    /// The same beside the test.
    pub fn import_beside(&self, arguments: &[&str]) -> std::process::Child {
        command(&self.arguments(NETWORK, arguments))
            .spawn()
            .unwrap()
    }

    fn arguments<'a>(&'a self, network: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
        let of = [
            "--data",
            self.path().to_str().unwrap(),
            "--network",
            network,
        ];
        let (verb, rest) = arguments.split_first().unwrap();
        [&["import", *verb][..], &of, rest].concat()
    }

    /// What a complete file would do to what the registry holds: added, changed, unchanged, ended.
    pub fn beside(&self, file: &Path) -> [u64; 4] {
        let report = self.path().join("compared.json");
        let arguments = [
            "accesses",
            file.to_str().unwrap(),
            "--mode",
            "full",
            "--dry-run",
            "--confirm-ending",
            "1000000",
            "--report",
            report.to_str().unwrap(),
        ];
        let said = self.import(&arguments);
        assert!([0, 2].contains(&said.code), "{said:?}");
        let report: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
        ["added", "changed", "unchanged", "ended"].map(|count| report[count].as_u64().unwrap())
    }

    /// Rows in the registry's database, looked at from outside.
    pub fn count(&self, table_and_condition: &str) -> i64 {
        let file = self.path().join("db/registry.sqlite");
        let sql = format!("SELECT COUNT(*) AS n FROM {table_and_condition}");
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let url = format!("sqlite:{}?mode=ro", file.display());
            let database = Database::connect(url).await.unwrap();
            let statement = Statement::from_string(DbBackend::Sqlite, sql);
            let row = database.query_one_raw(statement).await.unwrap();
            let count = row.unwrap().try_get("", "n").unwrap();
            database.close().await.unwrap();
            count
        })
    }
}

/// A row: an access at that number of the street, and whoever lives there.
pub fn row(id: u32, number: u32, resident: &str) -> String {
    format!("{NETWORK};T-{id};Storgatan;{number};72134;Västerås;OTHER;{resident}\n")
}

/// Rows of these accesses, each at its own number.
pub fn rows(ids: std::ops::RangeInclusive<u32>) -> impl Iterator<Item = String> {
    ids.map(|id| row(id, id, &format!("Tolvan Testsson {id}")))
}
