//! Ends private servers and removes their directory when the test process is gone, however it went.

use std::{
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::Context;

/// A directory with servers in it. Its watcher holds the other end of a pipe: when this process ends, or this value is
/// dropped, the pipe closes, the watcher ends every process whose id lies in `*.pid` there and removes the directory.
#[derive(Debug)]
pub(crate) struct Guard {
    base: PathBuf,
    /// Its standard input is the pipe.
    watcher: Child,
}

/// A process is ours only if it still works inside the directory: ids are used again.
const WATCH: &str = r#"
cat >/dev/null
ours() { case "$(readlink "/proc/$1/cwd")" in "$base"*) return 0;; *) return 1;; esac; }
base=$1
for signal in INT KILL; do
  for file in "$base"/*.pid; do
    [ -f "$file" ] && pid=$(head -n 1 "$file") && ours "$pid" && kill -$signal "$pid"
  done
  [ $signal = KILL ] || sleep 1
done
sleep 0.2
rm -rf -- "$base"
"#;

impl Guard {
    /// Makes an empty directory under the system's temporary directory and watches over it.
    pub(crate) fn new(kind: &str) -> anyhow::Result<Self> {
        let base =
            std::env::temp_dir().join(format!("uttag-test-{kind}-{:016x}", rand::random::<u64>()));
        std::fs::DirBuilder::new()
            .mode(0o711)
            .create(&base)
            .with_context(|| format!("cannot make {}", base.display()))?;
        let watcher = Command::new("setsid")
            .args(["sh", "-c", WATCH, "watch"])
            .arg(&base)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start the watcher of a private server")?;
        Ok(Self { base, watcher })
    }

    /// The directory.
    pub(crate) fn base(&self) -> &Path {
        &self.base
    }

    /// Puts a process under watch.
    pub(crate) fn watch(&self, name: &str, process: &Child) -> anyhow::Result<()> {
        let file = self.base.join(format!("{name}.pid"));
        std::fs::write(file, process.id().to_string()).context("cannot note a process id")
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        // The watcher ends by itself within two seconds; waiting keeps a long test run free of zombies.
        drop(self.watcher.wait());
    }
}

/// Sends a signal to a process of ours.
pub(crate) fn signal(process: &Child, signal: &str) -> anyhow::Result<()> {
    let sent = Command::new("kill")
        .arg(format!("-{signal}"))
        .arg(process.id().to_string())
        .status()?;
    anyhow::ensure!(
        sent.success(),
        "cannot send {signal} to process {}",
        process.id()
    );
    Ok(())
}

/// Whether this process is root, which PostgreSQL refuses to be.
pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}
