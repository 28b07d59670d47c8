//! `uttag import`: an address file into a running installation.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use api::registry::import_address_file_request::Part;
use api::registry::registry_service_client::RegistryServiceClient;
use api::registry::{
    ImportAddressFileRequest, ImportAddressFileResponse, ImportHeader, ImportMode, ImportReport,
};
use kernel::{NetworkCode, SharedClock};
use service_kit::caller::{Caller, CallerKind, TokenIssuer};
use service_kit::grpc::{self, Endpoint};
use service_kit::identity::Identity;
use tokio::io::AsyncReadExt as _;
use tokio_stream::wrappers::ReceiverStream;

use crate::cli::{Import, Mode};
use crate::embedded::Addresses;
use crate::folder::Folder;

/// Bytes per message; the server takes at most 1 MiB.
const CHUNK: usize = 256 * 1024;
/// How long the operator's token is good for; a file takes less.
const TOKEN: Duration = Duration::from_mins(10);
/// Some rows were rejected (decisions: 0 clean, 2 some rejected, 1 nothing applied).
const SOME_REJECTED: u8 = 2;

/// Sends the file and says what came of it. Exit code 0 clean, 2 some rows rejected, 1 nothing applied.
pub async fn import(arguments: Import, clock: SharedClock) -> anyhow::Result<ExitCode> {
    let folder = Folder::existing(&arguments.data.path)?;
    let client = client(&folder, &arguments.network, clock).await?;
    let ImportAddressFileResponse {
        report,
        rejected_file,
    } = send(client, &arguments).await?;
    let report = report.context("the registry sent no report")?;
    if let Some(path) = &arguments.rejected
        && !rejected_file.is_empty()
    {
        write(path, &rejected_file).await?;
    }
    match &arguments.report {
        Some(path) => write(path, &serde_json::to_vec_pretty(&as_json(&report))?).await?,
        None => print(&report),
    }
    Ok(code(&report))
}

async fn client(
    folder: &Folder,
    network: &str,
    clock: SharedClock,
) -> anyhow::Result<RegistryServiceClient<grpc::ClientChannel>> {
    let path = folder.addresses();
    let text = tokio::fs::read(&path)
        .await
        .with_context(|| "no installation runs here; start `uttag serve` first")?;
    let addresses: Addresses = serde_json::from_slice(&text)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let registry = addresses
        .grpc
        .get("registry")
        .context("the running installation has no registry")?;

    // Whoever may read the gateway's key may speak for the installation's operator.
    let gateway = Arc::new(Identity::load(folder.identity("gateway"), "gateway")?);
    let operator = Caller {
        kind: CallerKind::Staff,
        id: "operator".to_owned(),
        roles: vec!["importer".to_owned()],
        network: Some(NetworkCode::parse(network)?),
        provider: None,
        purpose: Some("address import".to_owned()),
    };
    let token = TokenIssuer::new(gateway, clock).issue(&operator, "registry", TOKEN);
    let channel = grpc::channel(&Endpoint::plain(*registry))?;
    Ok(RegistryServiceClient::new(grpc::with_token(channel, token)))
}

/// The header, then the file in pieces; never the whole file in memory. A file that cannot be read to its end breaks the
/// call off, so that the registry cannot take a part for the whole.
async fn send(
    mut client: RegistryServiceClient<grpc::ClientChannel>,
    arguments: &Import,
) -> anyhow::Result<ImportAddressFileResponse> {
    let mut file = tokio::fs::File::open(&arguments.file)
        .await
        .with_context(|| format!("cannot read {}", arguments.file.display()))?;
    let (pieces, requests) = tokio::sync::mpsc::channel(2);
    pieces.send(header(arguments)).await?;
    let pump = async move {
        loop {
            let mut piece = vec![0; CHUNK];
            let read = file
                .read(&mut piece)
                .await
                .context("the file cannot be read to its end")?;
            piece.truncate(read);
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
    Ok(answer.into_inner())
}

fn header(arguments: &Import) -> ImportAddressFileRequest {
    let mode = match arguments.mode {
        Mode::Full => ImportMode::Full,
        Mode::Delta => ImportMode::Delta,
    };
    let header = ImportHeader {
        network: arguments.network.clone(),
        mode: mode.into(),
        dry_run: arguments.dry_run,
        charset: arguments.charset.clone().unwrap_or_default(),
    };
    ImportAddressFileRequest {
        part: Some(Part::Header(header)),
    }
}

fn refusal(status: &tonic::Status) -> anyhow::Error {
    let violations = service_kit::error::violations_of(status);
    if violations.is_empty() {
        return anyhow::anyhow!("the registry refused: {}", status.message());
    }
    let lines: Vec<_> = violations
        .iter()
        .map(|v| format!("  {}: {}", v.field, v.rule))
        .collect();
    anyhow::anyhow!(
        "the registry refused: {}\n{}",
        status.message(),
        lines.join("\n")
    )
}

fn code(report: &ImportReport) -> ExitCode {
    match (report.outcome.as_str(), report.rejected) {
        ("refused", _) => ExitCode::FAILURE,
        (_, 0) => ExitCode::SUCCESS,
        _ => ExitCode::from(SOME_REJECTED),
    }
}

fn print(report: &ImportReport) {
    println!(
        "{}: {} rows ({}, {})",
        report.outcome, report.rows, report.charset, report.delimiter
    );
    println!(
        "added {}  changed {}  unchanged {}  ended {}  rejected {}",
        report.added, report.changed, report.unchanged, report.ended, report.rejected
    );
    if !report.refusal.is_empty() {
        println!("{}", report.refusal);
    }
    for row in &report.rejections {
        println!(
            "line {}: {} = {:?}: {}",
            row.line, row.field, row.value, row.rule
        );
    }
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
        "residents_suppressed": report.residents_suppressed,
        "charset": report.charset,
        "delimiter": report.delimiter,
        "unknown_columns": report.unknown_columns,
        "rejections": report.rejections.iter().map(|row| serde_json::json!({
            "line": row.line, "field": row.field, "value": row.value, "rule": row.rule,
        })).collect::<Vec<_>>(),
    })
}

async fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    tokio::fs::write(path, bytes)
        .await
        .with_context(|| format!("cannot write {}", path.display()))
}
