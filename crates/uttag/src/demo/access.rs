//! Step 7: the person asks what is held, and gets it from every holder.

use super::stage::Stage;
use super::{people, rights};
use crate::demo::Sabotage;

/// A package as JSON and as a page, with what each holder has.
pub async fn play(stage: &mut Stage) -> anyhow::Result<String> {
    if stage.broken(Sabotage::Access) {
        stage.installation.stop_service("orders").await?;
    }
    let request = rights::open(stage, "access").await?;
    rights::reaches(stage, &request, &["completed"]).await?;
    let base = format!("/en/staff/requests/{request}/package");
    let json = stage
        .compliance
        .browser
        .download(&format!("{base}/json"))
        .await?;
    let html = stage
        .compliance
        .browser
        .download(&format!("{base}/html"))
        .await?;
    std::fs::write(stage.results.join("access.json"), &json)?;
    std::fs::write(stage.results.join("access.html"), &html)?;

    let package: serde_json::Value = serde_json::from_slice(&json)?;
    let text = package.to_string();
    for holder in ["registry", "orders", "crm", "gateway", "rights"] {
        anyhow::ensure!(
            text.contains(&format!("\"{holder}\"")),
            "the package has no part of {holder}"
        );
    }
    for fact in [
        people::NAME,
        people::EMAIL,
        "191212121212",
        people::FIRST.id,
    ] {
        anyhow::ensure!(
            text.contains(fact),
            "the package lacks something that is held"
        );
    }
    anyhow::ensure!(
        String::from_utf8_lossy(&html).contains(people::NAME),
        "the page does not name the person"
    );
    Ok(format!(
        "{} bytes of JSON and a page, from every holder",
        json.len()
    ))
}
