//! Runs the binary.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// A command of `uttag` in a clean environment.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_uttag"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// What it printed.
pub fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A running `uttag serve` on free ports; killed when dropped.
pub struct Served {
    child: Child,
}

impl Served {
    /// Starts it and waits until it says that it is ready.
    pub fn start(data: &Path) -> Self {
        let folder = data.to_str().unwrap();
        let free = "127.0.0.1:0";
        let arguments = [
            "serve",
            "--data",
            folder,
            "--http",
            free,
            "--provider",
            free,
            "--market",
            free,
            "--admin",
            free,
        ];
        let log = data.join("serve.log");
        let mut child = command(&arguments)
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines
            .map_while(Result::ok)
            .any(|line| line.starts_with("ready"));
        assert!(
            ready,
            "uttag serve ended before it was ready: {}",
            std::fs::read_to_string(&log).unwrap()
        );
        Self { child }
    }

    /// SIGTERM, and whether it stopped in order.
    pub fn stop(mut self) -> bool {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().success()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if self.child.kill().is_ok() {
            drop(self.child.wait());
        }
    }
}
