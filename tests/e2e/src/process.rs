//! A service as a child process, so that it can be killed.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::Context as _;

/// A running service; killed when dropped.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts the binary of that name with nothing but this environment; what it says goes to the end of `log`.
    ///
    /// # Errors
    /// The binary is not built.
    pub fn start(name: &str, environment: &[(String, String)], log: &Path) -> anyhow::Result<Self> {
        Self::start_with(name, &[], environment, log)
    }

    /// [`Process::start`] with arguments.
    ///
    /// # Errors
    /// The binary is not built.
    pub fn start_with(
        name: &str,
        arguments: &[&str],
        environment: &[(String, String)],
        log: &Path,
    ) -> anyhow::Result<Self> {
        let binary = binary(name)?;
        let output = OpenOptions::new().create(true).append(true).open(log)?;
        let child = Command::new(&binary)
            .args(arguments)
            .env_clear()
            .envs(environment.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        Ok(Self { child })
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// The system does not say.
    pub fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// SIGTERM, and waits for the end.
    ///
    /// # Errors
    /// It cannot be signalled.
    pub fn terminate(mut self) -> anyhow::Result<ExitStatus> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status()?;
        anyhow::ensure!(sent.success(), "cannot send SIGTERM to process {id}");
        Ok(self.child.wait()?)
    }

    /// SIGKILL: no drain, no flush.
    ///
    /// # Errors
    /// It cannot be signalled.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        if self.child.kill().is_ok() {
            drop(self.child.wait());
        }
    }
}

/// Binaries lie beside the directory of a test and beside another binary: `cargo test --workspace` and
/// `cargo build --workspace` put them there.
pub fn binary(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let own = own.parent().context("a binary lies in a directory")?;
    let folder = match own.parent() {
        Some(above) if own.ends_with("deps") => above,
        _ => own,
    };
    let path = folder.join(name);
    anyhow::ensure!(
        path.is_file(),
        "{} is not built: cargo build --workspace --bins",
        path.display()
    );
    Ok(path)
}
