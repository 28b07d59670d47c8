//! Step 4: the same person as a contact: entered by staff, quarantined, confirmed by a link in a mail.

use anyhow::Context as _;
use mailbox::Refusal;

use super::people;
use super::stage::Stage;
use crate::demo::Sabotage;

/// Quarantine, mail, a look at the link that changes nothing, confirmation.
pub async fn play(stage: &mut Stage) -> anyhow::Result<String> {
    let before = stage.mailbox.mails_to(people::EMAIL).len();
    if stage.broken(Sabotage::Contact) {
        stage
            .mailbox
            .refuse(people::EMAIL, Refusal::Permanent, usize::MAX);
    }
    let staff = &stage.admin.browser;
    let form = staff
        .open("/sv/staff/contacts/new")
        .await?
        .form("/staff/contacts")?;
    let form = form
        .with("name", people::NAME)
        .with("email", people::EMAIL)
        .with("company", "Testbolaget");
    staff.submit(form).await?;
    let listed = staff.open("/sv/staff/contacts").await?.text();
    anyhow::ensure!(
        !listed.contains(people::NAME),
        "a contact in quarantine is shown"
    );

    let mails = stage
        .mailbox
        .arrived(people::EMAIL, before + 1, stage.patience)
        .await?;
    let path = link(&mails[before].text)?;
    let person = stage.visitor()?;
    let question = person.open(&path).await?;
    let still = staff
        .open("/sv/staff/contacts?state=confirmed")
        .await?
        .text();
    anyhow::ensure!(
        !still.contains("Testbolaget"),
        "opening the link has confirmed the contact"
    );
    person.submit(question.form(&path)?).await?;

    let confirmed = staff
        .open("/sv/staff/contacts?state=confirmed")
        .await?
        .text();
    anyhow::ensure!(
        confirmed.contains("Testbolaget"),
        "the contact is not confirmed"
    );
    Ok("quarantined, mailed, confirmed by the person".to_owned())
}

/// The path of the link in the mail.
fn link(mail: &str) -> anyhow::Result<String> {
    let url = mail
        .split_whitespace()
        .find(|word| word.contains("/confirm/"))
        .context("the mail has no link")?;
    Ok(url::Url::parse(url.trim_matches(['<', '>']))?
        .path()
        .to_owned())
}
