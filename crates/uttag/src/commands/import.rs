//! `uttag import`: an address file into a running installation.

mod list;
mod pull;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use api::registry::import_address_file_request::Part;
use api::registry::registry_service_client::RegistryServiceClient;
use api::registry::{
    ApplyImportRequest, DropImportRequest, ImportAddressFileRequest, ImportAddressFileResponse,
    ImportHeader, ImportMode, ImportReport, RejectedRow, StreamRejectedRowsRequest,
    UndoImportRequest,
};
use chassis::say;
use kernel::{NetworkCode, SharedClock};
use service_kit::grpc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_stream::wrappers::ReceiverStream;

use super::operator::{Operator, refusal};
use crate::cli::{Format, HeldImport, Import, ImportAccesses, Mode};

/// Bytes per message; the server takes at most 1 MiB.
const CHUNK: usize = 256 * 1024;
/// As what the operator imports.
const ROLE: &str = "importer";
/// Some rows were rejected (decisions: 0 clean, 2 some rejected, 1 nothing applied).
const SOME_REJECTED: u8 = 2;

/// Exit code 0 clean, 2 some rows rejected, 1 nothing applied.
pub async fn run(command: Import, clock: SharedClock) -> anyhow::Result<ExitCode> {
    match command {
        Import::Accesses(arguments) => accesses(arguments, clock).await,
        Import::Pull(arguments) => pull::run(&arguments, clock).await,
        Import::Apply(held) => decide(Decision::Apply, &held, clock).await,
        Import::Undo(held) => decide(Decision::Undo, &held, clock).await,
        Import::Drop(held) => decide(Decision::Drop, &held, clock).await,
        Import::List(of) => list::run(&of, clock).await,
    }
}

/// Sends the file and says what came of it.
async fn accesses(arguments: ImportAccesses, clock: SharedClock) -> anyhow::Result<ExitCode> {
    let operator = Operator::of(&arguments.data, arguments.network.as_deref(), clock).await?;
    let network = operator.network.clone();
    let mut client = RegistryServiceClient::new(operator.registry(ROLE).await?);
    let answer = send(&mut client, &network, &arguments).await?;
    let report = answer.report.context("the registry sent no report")?;
    if let Some(path) = &arguments.rejected {
        if report.rejected > 0 {
            write_rejected(&mut client, &report, path).await?;
        } else {
            forget_rejected(path).await?;
        }
    }
    match &arguments.report {
        Some(path) => write(path, &serde_json::to_vec_pretty(&as_json(&report))?).await?,
        None => print(&report),
    }
    Ok(code(&report))
}

#[derive(Clone, Copy)]
enum Decision {
    Apply,
    Undo,
    Drop,
}

async fn decide(
    decision: Decision,
    held: &HeldImport,
    clock: SharedClock,
) -> anyhow::Result<ExitCode> {
    let operator = Operator::of(&held.data, held.network.as_deref(), clock).await?;
    let mut client = RegistryServiceClient::new(operator.registry(ROLE).await?);
    let (network, import_id) = (operator.network.to_string(), held.import_id.clone());
    let steps = match decision {
        Decision::Apply => {
            let request = ApplyImportRequest {
                network,
                import_id,
                confirmed_ending: held.confirm_ending,
            };
            client.apply_import(request).await
        }
        Decision::Undo => {
            let request = UndoImportRequest { network, import_id };
            client.undo_import(request).await
        }
        Decision::Drop => {
            let request = DropImportRequest { network, import_id };
            let answer = client.drop_import(request).await;
            let answer = answer.map_err(|status| refusal(&status))?.into_inner();
            print(&answer.report.context("the registry sent no report")?);
            return Ok(ExitCode::SUCCESS);
        }
    };
    let mut steps = steps.map_err(|status| refusal(&status))?.into_inner();
    let mut done = None;
    while let Some(step) = steps.message().await.map_err(|status| refusal(&status))? {
        tell(&format!("{} {}", step.step, step.done));
        done = step.report.or(done);
    }
    tell("");
    let report = done.context("the registry sent no report")?;
    print(&report);
    Ok(match decision {
        Decision::Apply => code(&report),
        // What was rejected when it came in has nothing to do with taking it back.
        Decision::Undo | Decision::Drop => ExitCode::SUCCESS,
    })
}

/// How far it is, for somebody who watches.
#[expect(clippy::print_stderr, reason = "progress is for the terminal")]
fn tell(line: &str) {
    use std::io::IsTerminal as _;
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{line}");
    }
}

async fn write_rejected(
    client: &mut Client,
    report: &ImportReport,
    path: &Path,
) -> anyhow::Result<()> {
    let request = StreamRejectedRowsRequest {
        network: report.network.clone(),
        import_id: report.import_id.clone(),
    };
    let answer = client.stream_rejected_rows(request).await;
    let mut chunks = answer.map_err(|status| refusal(&status))?.into_inner();
    // The rows name residents. What an earlier import left there may be open to others: it is replaced.
    forget_rejected(path).await?;
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let file = options.open(path).await;
    let mut file = file.with_context(|| format!("cannot write {}", path.display()))?;
    while let Some(chunk) = chunks.message().await.map_err(|status| refusal(&status))? {
        file.write_all(&chunk.chunk).await?;
    }
    Ok(file.flush().await?)
}

/// Takes away what an earlier import wrote: the file holds what this one has rejected, or is not there.
async fn forget_rejected(path: &Path) -> anyhow::Result<()> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot replace {}", path.display()))
        }
        _ => Ok(()),
    }
}

type Client = RegistryServiceClient<grpc::ClientChannel>;

/// The header, then the file in pieces; never the whole file in memory. A file that cannot be read to its end breaks the
/// call off, so that the registry cannot take a part for the whole.
async fn send(
    client: &mut Client,
    network: &NetworkCode,
    arguments: &ImportAccesses,
) -> anyhow::Result<ImportAddressFileResponse> {
    let mut file = tokio::fs::File::open(&arguments.file)
        .await
        .with_context(|| format!("cannot read {}", arguments.file.display()))?;
    let length = file
        .metadata()
        .await
        .map(|about| about.len())
        .unwrap_or_default();
    let (pieces, requests) = tokio::sync::mpsc::channel(2);
    pieces.send(header(network, arguments)).await?;
    let pump = async move {
        let mut sent = 0_u64;
        loop {
            let mut piece = vec![0; CHUNK];
            let read = file
                .read(&mut piece)
                .await
                .context("the file cannot be read to its end")?;
            piece.truncate(read);
            sent += read as u64;
            tell(&format!("{} of {} KiB sent", sent / 1024, length / 1024));
            let request = ImportAddressFileRequest {
                part: Some(Part::Chunk(piece)),
            };
            // A registry that hangs up early has answered already; its answer says why.
            if read == 0 || pieces.send(request).await.is_err() {
                return anyhow::Ok(());
            }
        }
    };
    let call = async {
        let answer = client
            .import_address_file(ReceiverStream::new(requests))
            .await;
        answer.map_err(|status| refusal(&status))
    };
    let ((), answer) = tokio::try_join!(pump, call)?;
    tell("");
    Ok(answer.into_inner())
}

fn header(network: &NetworkCode, arguments: &ImportAccesses) -> ImportAddressFileRequest {
    let mode = match arguments.mode {
        Mode::Full => ImportMode::Full,
        Mode::Delta => ImportMode::Delta,
    };
    let header = ImportHeader {
        network: network.to_string(),
        mode: mode.into(),
        dry_run: arguments.dry_run,
        charset: arguments.charset.clone().unwrap_or_default(),
        format: match arguments.format {
            Format::Auto => "",
            Format::Mdb2 => "mdb2",
            Format::Mdb1 => "mdb1",
            Format::PiApi => "pi-api",
            Format::OnApi => "on-api",
        }
        .to_owned(),
        hold: arguments.hold,
        confirmed_ending: arguments.confirm_ending,
    };
    ImportAddressFileRequest {
        part: Some(Part::Header(header)),
    }
}

fn code(report: &ImportReport) -> ExitCode {
    match (report.outcome.as_str(), report.rejected) {
        // Dropped: others did something to the posts that it is made of, or it was given up, while it came in.
        ("refused" | "dropped", _) => ExitCode::FAILURE,
        (_, 0) => ExitCode::SUCCESS,
        _ => ExitCode::from(SOME_REJECTED),
    }
}

fn print(report: &ImportReport) {
    say!(
        "{}: {} rows ({}, {}, {})  import {}",
        report.outcome,
        report.rows,
        report.format,
        report.charset,
        report.delimiter,
        report.import_id
    );
    say!(
        "added {}  changed {}  unchanged {}  ended {}  rejected {}",
        report.added,
        report.changed,
        report.unchanged,
        report.ended,
        report.rejected
    );
    if report.rejected_left_out > 0 {
        say!(
            "{} of the rejected rows are not in their file: somebody whom they name was erased",
            report.rejected_left_out
        );
    }
    if !report.refusal.is_empty() {
        say!("{}", report.refusal);
    }
    for row in &report.rejections {
        say_row("", row);
    }
    if report.remarked > 0 {
        say!("{} rows were taken with a remark", report.remarked);
    }
    for row in &report.remarks {
        say_row("remark, ", row);
    }
}

fn say_row(kind: &str, row: &RejectedRow) {
    let RejectedRow {
        line,
        field,
        value,
        rule,
        ..
    } = row;
    say!("{kind}line {line}: {field} = {value:?}: {rule}");
}

fn as_json(report: &ImportReport) -> serde_json::Value {
    serde_json::json!({
        "import_id": report.import_id,
        "network": report.network,
        "outcome": report.outcome,
        "refusal": report.refusal,
        "dry_run": report.dry_run,
        "rows": report.rows,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "ended": report.ended,
        "rejected": report.rejected,
        "rejected_left_out": report.rejected_left_out,
        "residents_suppressed": report.residents_suppressed,
        "format": report.format,
        "charset": report.charset,
        "delimiter": report.delimiter,
        "unknown_columns": report.unknown_columns,
        "rejections": rows(&report.rejections),
        "remarked": report.remarked,
        "remarks": rows(&report.remarks),
    })
}

fn rows(rows: &[RejectedRow]) -> Vec<serde_json::Value> {
    let row = |row: &RejectedRow| {
        serde_json::json!({
            "line": row.line, "field": row.field, "value": row.value, "rule": row.rule,
        })
    };
    rows.iter().map(row).collect()
}

async fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    tokio::fs::write(path, bytes)
        .await
        .with_context(|| format!("cannot write {}", path.display()))
}
