//! `uttag certificate verify`: offline, without any access to the system.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use chassis::say;
use kernel::Clock;
use service_kit::identity::TrustAnchor;

use rights::certificate::Body;

use crate::cli::Certificate;

/// Checks and says what the certificate proves. Exit code 0 valid, 1 not.
pub fn run(command: &Certificate, _clock: &dyn Clock) -> anyhow::Result<ExitCode> {
    let Certificate::Verify { file, key } = command;
    verify(file, key)
}

fn verify(file: &Path, key: &Path) -> anyhow::Result<ExitCode> {
    let document = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let anchor = TrustAnchor::load(key)?;
    let verified = rights::certificate::verify_with(&document, &anchor)
        .with_context(|| format!("{} is NOT a valid certificate", file.display()))?;
    print(&verified.body);
    Ok(ExitCode::SUCCESS)
}

fn print(body: &Body) {
    say!(
        "valid      {} of network {}",
        body.request.id,
        body.request.network
    );
    say!("outcome    {}, {}", body.request.kind, body.request.outcome);
    say!("received   {}", body.dates.received);
    say!("completed  {}", body.dates.completed);
    say!("backups    expire {}", body.dates.backups_expire);
    for holder in &body.holders {
        say!(
            "holder     {} (ledger entry {})",
            holder.holder,
            holder.ledger_entry
        );
        for line in &holder.categories {
            let kept = if line.retain_until.is_empty() {
                String::new()
            } else {
                format!(
                    ", retained until {} on {}",
                    line.retain_until, line.legal_basis
                )
            };
            say!(
                "           {}: erased {:?}{kept}",
                line.category,
                line.erased
            );
        }
    }
    for recipient in &body.recipients {
        say!("recipient  {}", recipient.recipient);
    }
}
