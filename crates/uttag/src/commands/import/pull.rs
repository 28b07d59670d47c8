//! `uttag import pull`: the registry fetches the file by itself; this begins it, waits, and says what came of it.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use api::registry::pull_service_client::PullServiceClient;
use api::registry::registry_service_client::RegistryServiceClient;
use api::registry::{GetImportRequest, GetPullRequest, ImportReport, Pull, StartPullRequest};
use chassis::say;
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Stockholm;
use kernel::SharedClock;

use super::super::operator::{Operator, refusal};
use super::{ROLE, code, print, tell};
use crate::cli::PullAccesses;

/// How often it is asked how far it is.
const ASK: Duration = Duration::from_secs(1);

/// Exit code 0 clean or unchanged, 2 some rows rejected, 1 nothing applied; with `--status` of what was last.
pub(super) async fn run(arguments: &PullAccesses, clock: SharedClock) -> anyhow::Result<ExitCode> {
    let operator = Operator::of(&arguments.data, arguments.network.as_deref(), clock).await?;
    let mut pull = if arguments.status {
        state(&operator).await?
    } else {
        start(&operator, arguments.again).await?
    };
    if !arguments.status {
        while pull.running {
            tell("fetching");
            tokio::time::sleep(ASK).await;
            pull = state(&operator).await?;
        }
        tell("");
    }
    show(&pull);
    conclude(&operator, &pull).await
}

async fn start(operator: &Operator, again: bool) -> anyhow::Result<Pull> {
    let network = operator.network.to_string();
    let mut client = PullServiceClient::new(operator.registry(ROLE).await?);
    let answer = client.start_pull(StartPullRequest { network, again }).await;
    let answer = answer.map_err(|status| refusal(&status))?.into_inner();
    answer.pull.context("the registry said nothing")
}

/// Asked with a token of its own each time: fetching may outlast one.
async fn state(operator: &Operator) -> anyhow::Result<Pull> {
    let network = operator.network.to_string();
    let mut client = PullServiceClient::new(operator.registry(ROLE).await?);
    let answer = client.get_pull(GetPullRequest { network }).await;
    let answer = answer.map_err(|status| refusal(&status))?.into_inner();
    answer.pull.context("the registry said nothing")
}

async fn conclude(operator: &Operator, pull: &Pull) -> anyhow::Result<ExitCode> {
    let has_report = pull.outcome == "imported" || pull.failure == "refused";
    let mut ended = match pull.outcome.as_str() {
        "failed" => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    };
    if has_report && !pull.import_id.is_empty() {
        let report = report(operator, pull).await?;
        print(&report);
        ended = code(&report);
    }
    Ok(ended)
}

async fn report(operator: &Operator, pull: &Pull) -> anyhow::Result<ImportReport> {
    let mut client = RegistryServiceClient::new(operator.registry(ROLE).await?);
    let request = GetImportRequest {
        network: pull.network.clone(),
        import_id: pull.import_id.clone(),
    };
    let answer = client.get_import(request).await;
    let answer = answer.map_err(|status| refusal(&status))?.into_inner();
    answer.report.context("the registry sent no report")
}

fn show(pull: &Pull) {
    let ended = match (pull.running, pull.outcome.as_str()) {
        (true, _) => "fetching".to_owned(),
        (_, "") => "never fetched".to_owned(),
        (_, "failed") => {
            let status = pull.http_status.map(|status| format!(" {status}"));
            format!("failed: {}{}", pull.failure, status.unwrap_or_default())
        }
        (_, outcome) => outcome.to_owned(),
    };
    say!(
        "{}  {ended}  {}",
        pull.network,
        time(pull.ended_at.as_ref())
    );
    say!(
        "last success {}  next attempt {}  planned {}",
        time(pull.succeeded_at.as_ref()),
        time(pull.next_attempt_at.as_ref()),
        time(pull.planned_at.as_ref()),
    );
    if pull.alarm_failed {
        say!("ALARM: the attempts of the last night failed");
    }
    if pull.alarm_late {
        say!("ALARM: nothing has been fetched for longer than expected");
    }
}

fn time(at: Option<&prost_types::Timestamp>) -> String {
    let at = at.and_then(|at| DateTime::<Utc>::from_timestamp(at.seconds, 0));
    at.map_or_else(
        || "-".to_owned(),
        |at| {
            at.with_timezone(&Stockholm)
                .format("%Y-%m-%d %H:%M")
                .to_string()
        },
    )
}
