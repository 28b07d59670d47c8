//! Step 6: one service is away; the request waits and says for whom; it comes back and the request goes on by itself.

use super::rights;
use super::stage::Stage;
use crate::demo::Sabotage;

const AWAY: &str = "crm";

/// Returns the id of the erasure request through `stage`'s results.
pub async fn play(stage: &mut Stage) -> anyhow::Result<String> {
    stage.installation.stop_service(AWAY).await?;
    let request = rights::open(stage, "erasure").await?;
    let what = format!("the request waits for {AWAY} alone");
    stage
        .until(&what, async || {
            let page = rights::look(stage, &request).await?;
            let waiting = page.text_of("[role=status]")?;
            let others = ["registry", "orders", "gateway"]
                .iter()
                .any(|name| waiting.contains(name));
            Ok((waiting.contains(AWAY) && !others).then_some(()))
        })
        .await?;
    if !stage.broken(Sabotage::Waiting) {
        stage.installation.start_service(AWAY).await?;
    }
    rights::reaches(stage, &request, &["awaiting_decision"]).await?;
    std::fs::write(stage.results.join("request"), &request)?;
    Ok(format!("waited for {AWAY} by name, then went on by itself"))
}
