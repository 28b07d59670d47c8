//! Step 5: staff decide; every holder erases or retains with proof; the provider acknowledges; the certificate is checked offline.

use std::path::Path;

use anyhow::Context as _;
use api::orders::{AcknowledgeNoticeRequest, GetPersonalDataRequest, ListNoticesRequest};
use serde_json::Value;
use tokio::process::Command;

use super::stage::Stage;
use super::{import, people, provider, rights};
use crate::demo::Sabotage;

/// Decision, proof, notice, certificate, and nobody comes back.
pub async fn play(stage: &mut Stage) -> anyhow::Result<String> {
    let request = std::fs::read_to_string(stage.results.join("request"))?;
    let preview = rights::look(stage, &request).await?;
    for holder in ["registry", "orders", "crm"] {
        anyhow::ensure!(
            preview.text().contains(holder),
            "the preview does not show {holder}"
        );
    }
    if !stage.broken(Sabotage::Erasure) {
        let form = preview.form(&format!("/staff/requests/{request}/decide"))?;
        stage.compliance.browser.submit(form).await?;
    }
    rights::reaches(stage, &request, &["completed", "partially_retained"]).await?;
    acknowledge(stage, &request).await?;

    let path = stage.results.join("certificate.json");
    let document = stage
        .compliance
        .browser
        .download(&format!("/en/staff/requests/{request}/certificate"))
        .await?;
    for trace in people::TRACES {
        anyhow::ensure!(
            !String::from_utf8_lossy(&document).contains(trace),
            "the certificate names the person"
        );
    }
    std::fs::write(&path, &document)?;
    if stage.broken(Sabotage::Certificate) {
        flip(&path)?;
    }
    anyhow::ensure!(verify(stage, &path).await?, "the certificate is not valid");
    let forged = stage.results.join("forged.json");
    std::fs::write(&forged, &document)?;
    flip(&forged)?;
    anyhow::ensure!(
        !verify(stage, &forged).await?,
        "a certificate with a flipped bit passes for valid"
    );
    std::fs::remove_file(&forged)?;

    gone(stage).await?;
    Ok(format!("certificate {}", path.display()))
}

/// The provider that fetched the order is told, and says that it has acted.
async fn acknowledge(stage: &Stage, request: &str) -> anyhow::Result<()> {
    let system = provider::sign_in(stage, &people::FIRST).await?;
    let notice = stage
        .until("the provider has a notice", async || {
            let ask = ListNoticesRequest {
                include_acknowledged: false,
            };
            Ok(system
                .clone()
                .list_notices(ask)
                .await?
                .into_inner()
                .notices
                .pop())
        })
        .await?;
    if !stage.broken(Sabotage::Notice) {
        let ask = AcknowledgeNoticeRequest {
            notice_id: notice.notice_id,
        };
        system.clone().acknowledge_notice(ask).await?;
    }
    let order_id = notice
        .order_ids
        .first()
        .context("the notice names no order")?
        .clone();
    let ask = GetPersonalDataRequest {
        order_id,
        purpose: "look again".to_owned(),
    };
    anyhow::ensure!(
        system.clone().get_personal_data(ask).await.is_err(),
        "the provider can still fetch the person"
    );
    stage
        .until("the acknowledgement is on record", async || {
            let page = rights::look(stage, request).await?;
            let row =
                page.text_of("tr:has(td:first-child:not(:empty)):last-of-type td:last-child")?;
            Ok(row.starts_with("20").then_some(()))
        })
        .await
}

/// The same file does not bring the person back, and no service has anything of them but what the law keeps.
async fn gone(stage: &mut Stage) -> anyhow::Result<()> {
    import::again(stage).await?;
    let contacts = stage
        .admin
        .browser
        .open("/en/staff/contacts?state=confirmed")
        .await?
        .text();
    anyhow::ensure!(
        !contacts.contains("Testbolaget"),
        "the contact is still there"
    );

    let again = rights::open(stage, "access").await?;
    rights::reaches(stage, &again, &["completed"]).await?;
    let json = stage
        .compliance
        .browser
        .download(&format!("/en/staff/requests/{again}/package/json"))
        .await?;
    let package: Value = serde_json::from_slice(&json)?;
    let holders = package["holders"]
        .as_array()
        .context("the package has no holders")?;
    // The rights service holds this very request, which staff have just typed the person into.
    for part in holders.iter().filter(|part| part["holder"] != "rights") {
        let text = part.to_string();
        let left = people::TRACES
            .iter()
            .filter(|trace| text.contains(**trace))
            .count();
        anyhow::ensure!(left == 0, "{} still knows the person", part["holder"]);
    }
    anyhow::ensure!(
        holders.len() >= 5,
        "only {} holders were asked again",
        holders.len()
    );
    Ok(())
}

async fn verify(stage: &Stage, certificate: &Path) -> anyhow::Result<bool> {
    let status = Command::new(std::env::current_exe()?)
        .args(["certificate", "verify"])
        .arg(certificate)
        .arg("--key")
        .arg(stage.folder.anchor())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .await?;
    Ok(status.success())
}

fn flip(path: &Path) -> anyhow::Result<()> {
    let mut bytes = std::fs::read(path)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    Ok(std::fs::write(path, bytes)?)
}
