//! A provider's system that reads a whole network over ON-API: the gateway's JSON, HTTP Basic, one request.

use std::process::Command;
use std::time::Instant;

use anyhow::Context as _;
use e2e::process::binary;
use e2e::town::{NETWORK, Town};
use futures::StreamExt as _;

use crate::cost::{Costs, peak_mib};

/// What every access begins with; it stands nowhere else.
const MEMBER: &[u8] = b"\"accessId\":";

/// What was read.
#[derive(Clone, Copy, Debug)]
pub struct Pull {
    /// Millions of bytes of JSON a second.
    pub megabytes: f64,
    /// What the gateway's memory grew by at its peak, MiB.
    pub memory: f64,
}

/// Reads all accesses. The provider must have a contract that includes ON-API.
///
/// # Errors
/// The gateway refuses it, or gives other than `accesses` accesses.
pub async fn pull(
    town: &Town,
    provider: &str,
    accesses: u32,
    costs: Costs,
) -> anyhow::Result<Pull> {
    gateway(town, &["network", "put", NETWORK, "Testnätet"])?;
    let of = ["--network", NETWORK, "--provider", provider];
    let create = [&["provider", "credential", "create"], of.as_slice()].concat();
    let made = gateway(town, &create)?;
    let address = town.addresses("gateway").http;
    let url = format!("http://{address}/onapi/2.6/accesses/");
    let before = peak_mib("gateway")?;
    let spending = costs.begin(&town.postgres).await?;
    let started = Instant::now();
    let answer = reqwest::Client::new()
        .get(url)
        .basic_auth(
            word_after(&made, "client_id")?,
            Some(word_after(&made, "client_secret")?),
        )
        .send()
        .await?
        .error_for_status()?;
    let (mut bytes, mut given) = (0_usize, 0_u32);
    let mut pieces = answer.bytes_stream();
    let mut rest = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        bytes += piece.len();
        rest.extend_from_slice(&piece);
        given += u32::try_from(memchr::memmem::find_iter(&rest, MEMBER).count())?;
        rest.drain(..rest.len() - unfinished(&rest));
    }
    let took = started.elapsed().as_secs_f64();
    anyhow::ensure!(given == accesses, "{given} of {accesses} accesses came");
    println!("  {given} accesses over ON-API, {bytes} bytes, in {took:.1} s");
    let thousands = usize::try_from(accesses / 1_000)?.max(1);
    spending
        .print(&town.postgres, "1,000 accesses", thousands)
        .await?;
    Ok(Pull {
        megabytes: f64::from(u32::try_from(bytes / 1_000)?) / 1_000.0 / took,
        memory: peak_mib("gateway")? - before,
    })
}

/// How many bytes at the end of a piece may be the beginning of a member.
fn unfinished(piece: &[u8]) -> usize {
    let longest = piece.len().min(MEMBER.len() - 1);
    (1..=longest)
        .rev()
        .find(|&length| MEMBER.starts_with(&piece[piece.len() - length..]))
        .unwrap_or(0)
}

/// Runs a command of an operator beside the gateway; what it said.
fn gateway(town: &Town, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(binary("gateway")?)
        .args(arguments)
        .env_clear()
        .envs(town.environment("gateway")?)
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{arguments:?}: {said}");
    Ok(String::from_utf8(output.stdout)?)
}

fn word_after(text: &str, label: &str) -> anyhow::Result<String> {
    let (_, rest) = text
        .split_once(label)
        .with_context(|| format!("no {label}"))?;
    let word = rest.split_whitespace().next();
    Ok(word.with_context(|| format!("no {label}"))?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_cut_in_two_is_kept_for_the_next_piece() {
        assert_eq!(unfinished(b"{\"acce"), 5);
        assert_eq!(unfinished(b"{\"accessId\":"), 0);
        assert_eq!(unfinished(b""), 0);
    }
}
