//! The database as its administrator saves it and puts it back; the key store stays as it is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use privacy::FENCE;
use sea_orm::ConnectionTrait as _;
use service_kit::database::{Database, DatabaseConfig};

use super::World;

impl World {
    /// A copy of the database as it is now; of a file, it is made while the service is stopped.
    pub async fn save(&mut self) -> PathBuf {
        let file = self.directory.path().join("saved");
        if let Some(live) = self.live_file() {
            self.end().await;
            self.database.close().await.unwrap();
            std::fs::copy(live, &file).unwrap();
            self.take_over().await;
            self.look_anew().await;
        } else {
            let to = file.display().to_string();
            let how = ["--format=custom", "--file", &to, "--dbname", &self.url];
            run("pg_dump", &how);
        }
        file
    }

    /// A copy as [`Self::save`] makes it, of a file too while the service runs on.
    pub async fn save_running(&mut self) -> PathBuf {
        if self.live_file().is_none() {
            return self.save().await;
        }
        let file = self.directory.path().join("saved");
        let vacuum = format!("VACUUM INTO '{}'", file.display());
        let beside = sea_orm::Database::connect(&self.url).await.unwrap();
        beside.execute_unprepared(&vacuum).await.unwrap();
        beside.close().await.unwrap();
        file
    }

    /// The copy takes the place of the database, under whoever uses it. When the service has noticed, it can be looked
    /// into with [`Self::look_anew`].
    pub async fn put_back(&mut self, saved: &Path) {
        self.database.close().await.unwrap();
        if let Some(live) = self.live_file() {
            std::fs::copy(saved, live).unwrap();
        } else {
            let from = saved.display().to_string();
            let how = ["--clean", "--if-exists", "--single-transaction", "--dbname"];
            run("pg_restore", &[&how[..], &[&self.url, &from]].concat());
        }
    }

    /// Ends when the service has been fenced, and is open again.
    pub fn passes_the_fence(&self) -> impl Future<Output = ()> + use<> {
        let readiness = self.lifecycle.readiness.clone();
        async move {
            while !readiness.is_held(FENCE) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            readiness.wait_for(FENCE).await;
        }
    }

    /// The same while the service is stopped.
    pub async fn put_back_stopped(&mut self, saved: &Path) {
        self.put_back_and_see(saved, async |_| {}).await;
    }

    /// The same; what was put back can be looked at before the service starts on it.
    pub async fn put_back_and_see(&mut self, saved: &Path, look: impl AsyncFnOnce(&Self)) {
        self.end().await;
        self.put_back(saved).await;
        self.look_anew().await;
        look(self).await;
        self.database.close().await.unwrap();
        self.take_over().await;
        self.look_anew().await;
    }

    /// Looks into the database that there is now. After the service has opened it: whoever opens a file first watches it.
    pub async fn look_anew(&mut self) {
        let config = DatabaseConfig::new(self.url.as_str());
        self.database = Database::connect(&config).await.unwrap();
    }

    fn live_file(&self) -> Option<PathBuf> {
        self.url.strip_prefix("sqlite:").map(PathBuf::from)
    }
}

fn run(tool: &str, arguments: &[&str]) {
    let done = Command::new(testkit::postgres::program(tool).unwrap())
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{tool} failed: {said}");
}
