//! `uttag import list`: which imports there were.

use std::process::ExitCode;

use api::common::PageRequest;
use api::registry::ListImportsRequest;
use api::registry::registry_service_client::RegistryServiceClient;
use chassis::say;
use chrono::DateTime;
use kernel::SharedClock;

use super::ROLE;
use crate::cli::ListImports;
use crate::commands::operator::{Operator, refusal};

/// A line for each: id, when it came, outcome, mode, rows, and of them rejected.
pub async fn run(of: &ListImports, clock: SharedClock) -> anyhow::Result<ExitCode> {
    let operator = Operator::of(&of.data, of.network.as_deref(), clock).await?;
    let mut client = RegistryServiceClient::new(operator.registry(ROLE).await?);
    let request = ListImportsRequest {
        network: operator.network.to_string(),
        page: Some(PageRequest {
            page_size: of.limit,
            page_token: String::new(),
        }),
    };
    let answer = client.list_imports(request).await;
    let imports = answer.map_err(|status| refusal(&status))?.into_inner();
    for import in imports.imports {
        let received = import.received_at.unwrap_or_default();
        let received = DateTime::from_timestamp(received.seconds, 0).unwrap_or_default();
        say!(
            "{}  {}  {:<15}  {:<5}  rows {}  rejected {}",
            import.import_id,
            received.format("%Y-%m-%dT%H:%M:%SZ"),
            import.outcome,
            import
                .mode()
                .as_str_name()
                .trim_start_matches("IMPORT_MODE_")
                .to_lowercase(),
            import.rows,
            import.rejected
        );
    }
    Ok(ExitCode::SUCCESS)
}
