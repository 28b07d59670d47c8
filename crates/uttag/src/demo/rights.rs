//! What the steps of compliance share: opening a request and following it.

use anyhow::Context as _;

use super::browser::Page;
use super::people;
use super::stage::Stage;

/// Opens a request for the customer, as staff who have seen the person do.
pub async fn open(stage: &Stage, kind: &str) -> anyhow::Result<String> {
    let staff = &stage.compliance.browser;
    let form = staff
        .open("/en/staff/requests/new")
        .await?
        .form("/staff/requests")?;
    let form = form
        .with("kind", kind)
        .with("identity_number", people::IDENTITY_NUMBER_AGAIN)
        .with("email", people::EMAIL.to_uppercase())
        .with("name", people::NAME)
        .with("access_id", people::ACCESS_ID)
        .with("identity_proof", "in_person");
    let page = staff.submit(form).await?;
    page.path()
        .rsplit('/')
        .next()
        .map(str::to_owned)
        .context("a request has an address")
}

/// The page of a request.
pub async fn look(stage: &Stage, request: &str) -> anyhow::Result<Page> {
    stage
        .compliance
        .browser
        .open(&format!("/en/staff/requests/{request}"))
        .await
}

/// Waits until the request is in one of these states.
pub async fn reaches(stage: &Stage, request: &str, states: &[&str]) -> anyhow::Result<Page> {
    let what = format!("the request is {}", states.join(" or "));
    let reached = stage
        .until(&what, async || {
            let page = look(stage, request).await?;
            let code = page.attribute("#state", "data-state")?;
            let state = code.trim_start_matches("REQUEST_STATE_").to_lowercase();
            Ok(states.contains(&state.as_str()).then_some(page))
        })
        .await;
    match reached {
        Ok(page) => Ok(page),
        Err(error) => Err(error.context(look(stage, request).await?.text_of("[role=status]")?)),
    }
}
