//! Step 2: a customer finds an address and orders a service.

use mailbox::{ReceivedMail, Refusal};

use super::people::{self, Provider};
use super::stage::Stage;
use crate::demo::Sabotage;

/// Search, offer, order, receipt, mails.
pub async fn play(stage: &mut Stage) -> anyhow::Result<String> {
    if stage.broken(Sabotage::Order) {
        stage
            .mailbox
            .refuse(people::EMAIL, Refusal::Permanent, usize::MAX);
    }
    for provider in [&people::FIRST, &people::SECOND] {
        enter(stage, provider).await?;
    }
    let customer = stage.visitor()?;
    let found = customer
        .open(&format!("/sv/?q={}", people::SEARCH.replace(' ', "+")))
        .await?;
    let place = customer.follow(found.link("/place/")?).await?;
    anyhow::ensure!(
        place.text().contains(people::FIRST.offering),
        "{} is not offered",
        people::FIRST.offering
    );
    anyhow::ensure!(
        !place.text().contains(people::NAME),
        "the public page names the resident"
    );

    let link = place.link_in(".card", people::FIRST.offering, "/order/")?;
    let form = customer.follow(link.clone()).await?.form(link.path())?;
    let form = form
        .with("name", people::NAME)
        .with("identity_number", people::IDENTITY_NUMBER)
        .with("email", people::EMAIL)
        .with("phone", people::PHONE)
        .with("accepted", "yes");
    let receipt = customer.submit(form).await?;
    let number = receipt.text_of("#order-number")?;
    no_trace("the receipt's address", receipt.path())?;

    let mails = stage
        .mailbox
        .arrived(people::EMAIL, 1, stage.patience)
        .await?;
    let confirmation = text(&mails[0]);
    anyhow::ensure!(
        confirmation.contains(&number),
        "the customer's mail does not name order {number}"
    );
    anyhow::ensure!(
        confirmation.contains(people::FIRST.name),
        "the customer's mail does not say who receives what"
    );
    let mails = stage
        .mailbox
        .arrived(people::FIRST.email, 1, stage.patience)
        .await?;
    anyhow::ensure!(
        text(&mails[0]).contains(&number),
        "the provider's mail does not name order {number}"
    );
    no_trace(
        "the provider's mail",
        &String::from_utf8_lossy(&mails[0].raw),
    )?;
    no_trace("the provider's mail", &text(&mails[0]))?;
    Ok(format!(
        "order {number}; mail to the customer, mail without personal data to {}",
        people::FIRST.name
    ))
}

async fn enter(stage: &Stage, provider: &Provider) -> anyhow::Result<()> {
    let staff = &stage.admin.browser;
    let form = staff
        .open("/sv/staff/providers")
        .await?
        .form("/staff/providers")?;
    let form = form
        .with("provider_id", provider.id)
        .with("name", provider.name)
        .with("order_email", provider.email)
        .with(
            "privacy_url",
            format!("https://{}.example/integritet", provider.id),
        );
    staff.submit(form).await?;
    let form = staff
        .open("/sv/staff/providers")
        .await?
        .form("/staff/offerings")?;
    let (kind, value, months) = provider.campaign;
    let form = form
        .with("offering_provider", provider.id)
        .with("service", "BB-100-100")
        .with("offering_name", provider.offering)
        .with("monthly_price", provider.price)
        .with("commitment_months", "12")
        .with("notice_months", "1")
        .with("category_internet", "yes")
        .with("down_mbps", "100")
        .with("up_mbps", "100")
        .with("campaign_0_kind", kind)
        .with("campaign_0_value", value)
        .with("campaign_0_months", months);
    staff.submit(form).await?;
    Ok(())
}

fn text(mail: &ReceivedMail) -> String {
    format!("{}\n{}", mail.subject, mail.text)
}

fn no_trace(where_: &str, text: &str) -> anyhow::Result<()> {
    let traces = people::TRACES
        .iter()
        .filter(|trace| text.contains(**trace))
        .count();
    anyhow::ensure!(traces == 0, "{where_} names the person");
    Ok(())
}
