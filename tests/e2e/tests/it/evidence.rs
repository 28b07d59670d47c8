//! Everything outside the databases that could name somebody: logs, traces, metrics, messages, the broker's files.

use std::path::Path;

use e2e::town::{SERVICES, Town};
use service_kit::telemetry::metrics_handle;
use testkit::canary::{Leak, Scanner};

use crate::tap::Tap;

/// The kinds of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Log,
    Trace,
    Metric,
    Message,
    BrokerFile,
}

impl Kind {
    pub const ALL: [Self; 5] = [
        Self::Log,
        Self::Trace,
        Self::Metric,
        Self::Message,
        Self::BrokerFile,
    ];
}

/// One piece: a line, an export, a page, a message, a file.
pub struct Piece {
    pub kind: Kind,
    pub from: String,
    pub bytes: Vec<u8>,
}

impl Piece {
    /// Who is named, and the text around it.
    pub fn accuse(&self, leaks: &[Leak]) -> String {
        let first = leaks.first().map_or(0, |leak| leak.at);
        let around = first.saturating_sub(200)..(first + 200).min(self.bytes.len());
        let text = String::from_utf8_lossy(&self.bytes[around]);
        format!("{:?} of {} names {leaks:?}: {text}", self.kind, self.from)
    }
}

/// What `/metrics` of every service says while they run.
pub async fn metrics(town: &Town) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for service in SERVICES {
        let page = town.metrics(service).await.unwrap();
        assert!(page.contains("holder_fenced"), "{service} has no metrics");
        pieces.push(piece(Kind::Metric, service, page));
    }
    pieces
}

/// What the tester's own recorder renders: the one of the services, in this process.
pub fn own_metrics() -> Piece {
    piece(Kind::Metric, "tester", metrics_handle().render())
}

/// Every line that a service has logged.
pub fn logs(town: &Town) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for service in SERVICES {
        let log = std::fs::read(town.log(service)).unwrap();
        assert!(!log.is_empty(), "{service} logs nothing");
        let lines = log.split(|byte| *byte == b'\n');
        pieces.extend(lines.map(|line| piece(Kind::Log, service, line)));
    }
    pieces
}

/// Every export of spans.
pub fn traces(town: &Town) -> Vec<Piece> {
    let collector = town.collector.as_ref().unwrap();
    let exports = collector.bytes();
    exports
        .into_iter()
        .map(|bytes| piece(Kind::Trace, "collector", bytes))
        .collect()
}

/// The broker's files first, while the messages of the tap still lie there; then the messages.
pub async fn broker(town: &Town, tap: Tap) -> Vec<Piece> {
    let mut pieces = Vec::new();
    files(&town.rabbit.data_directory(), &mut pieces);
    let messages = tap.drain().await.unwrap();
    pieces.extend(
        messages
            .into_iter()
            .map(|bytes| piece(Kind::Message, "tap", bytes)),
    );
    pieces
}

/// The pieces in which somebody is named, with who.
pub fn scan(scanner: &Scanner, pieces: Vec<Piece>) -> Vec<(Piece, Vec<Leak>)> {
    let scanned = pieces.into_iter().map(|piece| {
        let leaks = scanner.find(&piece.bytes);
        (piece, leaks)
    });
    scanned.filter(|(_, leaks)| !leaks.is_empty()).collect()
}

/// How many pieces there are of a kind.
pub fn count(pieces: &[Piece], kind: Kind) -> usize {
    pieces.iter().filter(|piece| piece.kind == kind).count()
}

fn piece(kind: Kind, from: &str, bytes: impl Into<Vec<u8>>) -> Piece {
    Piece {
        kind,
        from: from.to_owned(),
        bytes: bytes.into(),
    }
}

fn files(folder: &Path, pieces: &mut Vec<Piece>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, pieces);
        } else if let Ok(bytes) = std::fs::read(&path) {
            // A file that the broker has just removed is no finding.
            let from = path.display().to_string();
            pieces.push(piece(Kind::BrokerFile, &from, bytes));
        }
    }
}
