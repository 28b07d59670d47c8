//! Step 1: the network imports its address file, and imports it again.

use super::people;
use super::stage::Stage;
use crate::demo::Sabotage;

/// An upload in the browser; the second one changes nothing and says so.
pub async fn play(stage: &mut Stage) -> anyhow::Result<String> {
    let mut file = people::ADDRESS_FILE.to_vec();
    if stage.broken(Sabotage::Import) {
        // As a file looks that was read as Latin-1 and written as UTF-8 on its way here.
        file = String::from_utf8_lossy(&file)
            .replace('ö', "Ã¶")
            .into_bytes();
    }
    let (outcome, rows, added, rejected) = upload(stage, &file).await?;
    anyhow::ensure!(outcome == "applied", "the import is {outcome}");
    anyhow::ensure!(
        rows == people::ROWS && added == people::ROWS && rejected == "0",
        "{rows} rows, {added} added"
    );

    let (outcome, _, added, _) = upload(stage, &file).await?;
    anyhow::ensure!(
        outcome == "nothing_changed" && added == "0",
        "the second import is {outcome}, {added} added"
    );
    Ok(format!(
        "{rows} accesses; the same file again changed nothing"
    ))
}

/// The same file once more, after the erasure: nothing is added, and the resident stays away.
pub async fn again(stage: &Stage) -> anyhow::Result<()> {
    let (outcome, _, added, rejected) = upload(stage, people::ADDRESS_FILE).await?;
    anyhow::ensure!(
        outcome != "refused" && added == "0" && rejected == "0",
        "the import after the erasure is {outcome}"
    );
    Ok(())
}

async fn upload(stage: &Stage, file: &[u8]) -> anyhow::Result<(String, String, String, String)> {
    let staff = &stage.admin.browser;
    let form = staff
        .open("/sv/staff/imports")
        .await?
        .form("/staff/imports")?
        .with("mode", "full");
    let report = staff
        .upload(form, "file", "adresser.csv", file.to_vec())
        .await?;
    Ok((
        report.attribute("#outcome", "data-outcome")?,
        report.text_of("#rows")?,
        report.text_of("#added")?,
        report.text_of("#rejected")?,
    ))
}
