//! A house that runs Uttag the embedded way: `uttag serve`, one process, SQLite.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use serde::Deserialize;
use testkit::smtp::SmtpSink;

use crate::doors::Doors;
use crate::process::Process;
use crate::town::PATIENCE;

/// An installation in a folder.
pub struct House {
    /// Where its people receive mail.
    pub mailbox: SmtpSink,
    folder: tempfile::TempDir,
    process: Option<Process>,
}

#[derive(Deserialize)]
struct Addresses {
    provider: SocketAddr,
    admin: SocketAddr,
    grpc: BTreeMap<String, SocketAddr>,
}

impl House {
    /// Makes a folder and starts in it.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start() -> anyhow::Result<Self> {
        service_kit::install_crypto();
        let mut house = Self {
            mailbox: SmtpSink::start().await?,
            folder: tempfile::tempdir()?,
            process: None,
        };
        house.launch().await?;
        Ok(house)
    }

    /// Starts the process and waits until it says that it is ready.
    ///
    /// # Errors
    /// It ends, or is not ready in time.
    pub async fn launch(&mut self) -> anyhow::Result<()> {
        let log = self.log();
        if log.exists() {
            std::fs::remove_file(&log)?;
        }
        let data = self.data().display().to_string();
        let (any, mail) = ("127.0.0.1:0", self.mailbox.url());
        let arguments = [
            "serve",
            "--data",
            &data,
            "--http",
            any,
            "--provider",
            any,
            "--admin",
            any,
            "--smtp",
            &mail,
        ];
        let mut process = Process::start_with("uttag", &arguments, &[], &log)?;
        let started = Instant::now();
        loop {
            let said = std::fs::read_to_string(&log)?;
            if said.lines().any(|line| line.starts_with("ready ")) {
                break;
            }
            anyhow::ensure!(process.ended()?.is_none(), "uttag ended:\n{said}");
            anyhow::ensure!(started.elapsed() < PATIENCE, "uttag is not ready:\n{said}");
            testkit::pause().await;
        }
        self.process = Some(process);
        Ok(())
    }

    /// SIGTERM, and waits for the end.
    ///
    /// # Errors
    /// It was not running, or did not end in order.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        let process = self.process.take().context("not running")?;
        let status = process.terminate()?;
        anyhow::ensure!(status.success(), "uttag ended with {status}");
        Ok(())
    }

    /// Its doors; they are others after each start.
    ///
    /// # Errors
    /// It has not told its addresses.
    pub fn doors(&self) -> anyhow::Result<Doors> {
        let addresses = self.addresses()?;
        Ok(Doors {
            gateway: self.data().join("secrets").join("gateway"),
            tls: None,
            services: addresses.grpc,
            provider: addresses.provider,
        })
    }

    /// What it says on `/metrics`.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn metrics(&self) -> anyhow::Result<String> {
        let url = format!("http://{}/metrics", self.addresses()?.admin);
        Ok(reqwest::get(&url).await?.error_for_status()?.text().await?)
    }

    /// The database file of a service.
    pub fn database(&self, service: &str) -> PathBuf {
        self.data().join("db").join(format!("{service}.sqlite"))
    }

    /// A place for the tester's own files.
    pub fn aside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What it logs.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("uttag.log")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn addresses(&self) -> anyhow::Result<Addresses> {
        let text = std::fs::read(self.data().join("run").join("addresses.json"))?;
        Ok(serde_json::from_slice(&text)?)
    }
}
