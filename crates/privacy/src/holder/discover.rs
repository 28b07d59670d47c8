//! Discovery: ask for the search keys, find the person, count, hand in what is newly proven, answer.

use std::collections::BTreeSet;

use anyhow::Context;
use api::privacy::{CategoryCount, DiscoveryAnswered, SearchKeys};
use api::rights::{GetSearchKeysRequest, SubmitIdentifiersRequest};
use chrono::{NaiveDate, TimeDelta};
use kernel::{AccessId, Email, IdentityNumber, NetworkCode, PersonName, Phone};
use messaging::Outgoing;
use prost::Message;
use service_kit::caller::Caller;
use service_kit::error::{ErrorKind, kind_of};

use super::events::{DISCOVERY_ANSWERED, RIGHTS};
use super::handle::ReplayHandle;
use super::rows::{Counts, Rows};
use super::task::{self, Task};
use super::{Inner, position};
use crate::{AccessEntry, Category, Identifier, OnErasure, SubjectId, Token, facade};

mod widen;

/// Does one discovery.
pub(crate) async fn discover(inner: &Inner, task: &Task) -> anyhow::Result<()> {
    let Some(keys) = search_keys(inner, task).await? else {
        return drop_it(inner, task).await;
    };
    let network = NetworkCode::parse(&task.network).context("the request names no network")?;
    let searched = identifiers(&keys, inner.privacy.clock().now().date_naive())?;
    let tokens: Vec<_> = searched
        .iter()
        .flat_map(|i| inner.privacy.tokens().every(&network, i))
        .collect();
    let reader = inner.privacy.database().reader();
    let matches = facade::matches(&reader, &task.network, &tokens).await?;
    let subjects: Vec<_> = matches.iter().map(|m| m.subject).collect();
    let rows = Rows {
        map: inner.privacy.data_map(),
        schema: inner.schema().await?,
        network: &task.network,
        subjects: &subjects,
        tokens: &tokens,
    };
    let categories = inner
        .privacy
        .data_map()
        .categories
        .iter()
        .map(|c| c.name)
        .collect();
    let counts = rows.survey(&reader, None).await?.counts(&categories);
    let proven: Vec<_> = matches
        .iter()
        .filter(|m| m.proven)
        .map(|m| m.subject)
        .collect();
    let found = widen::newly_proven(
        inner,
        &network,
        Rows {
            subjects: &proven,
            ..rows
        },
        &tokens,
    )
    .await?;
    let found_identifiers = found.is_some();
    if let Some(found) = found {
        log_handing_in(inner, task, &network, &proven).await?;
        submit(inner, task, found).await?;
    }
    answer(
        inner,
        task,
        &counts,
        &subjects,
        &searched,
        &tokens,
        found_identifiers,
    )
    .await
}

/// The search keys of the request, or nothing when it is open no longer.
async fn search_keys(inner: &Inner, task: &Task) -> anyhow::Result<Option<SearchKeys>> {
    let round = u32::try_from(task.reference).context("a round is a small number")?;
    let ask = GetSearchKeysRequest {
        request_id: task.request_id.clone(),
        round,
    };
    match inner.rights.clone().get_search_keys(ask).await {
        Ok(answer) => {
            let answer = answer.into_inner();
            anyhow::ensure!(
                answer.network == task.network,
                "the request belongs to another network"
            );
            Ok(Some(answer.keys.unwrap_or_default()))
        }
        Err(status)
            if matches!(
                kind_of(&status),
                ErrorKind::NotFound | ErrorKind::Precondition
            ) =>
        {
            Ok(None)
        }
        Err(status) => Err(anyhow::anyhow!(
            "search keys were not given: {:?}",
            status.code()
        )),
    }
}

async fn drop_it(inner: &Inner, task: &Task) -> anyhow::Result<()> {
    tracing::info!(
        request_id = task.request_id,
        "the request is no longer open, its discovery is dropped"
    );
    let work = inner.outbox.begin().await?;
    task::drop_it(work.tx(), task.id, inner.privacy.clock().now()).await?;
    Ok(work.commit().await?)
}

/// What is handed in was read: said before it leaves.
async fn log_handing_in(
    inner: &Inner,
    task: &Task,
    network: &NetworkCode,
    subjects: &[SubjectId],
) -> anyhow::Result<()> {
    let work = inner.outbox.begin().await?;
    let caller = Caller::service(RIGHTS);
    for subject in subjects {
        let entry = AccessEntry {
            network: network.clone(),
            caller: &caller,
            purpose: "rights_discovery".to_owned(),
            subject: *subject,
            record: format!("request:{}", task.request_id),
            fields: &["identity_number", "email", "phone"],
        };
        inner.privacy.log_access(work.tx(), entry).await?;
    }
    Ok(work.commit().await?)
}

async fn submit(inner: &Inner, task: &Task, found: SearchKeys) -> anyhow::Result<()> {
    let submit = SubmitIdentifiersRequest {
        request_id: task.request_id.clone(),
        round: u32::try_from(task.reference).context("a round is a small number")?,
        found: Some(found),
    };
    let sent = inner.rights.clone().submit_identifiers(submit).await;
    sent.map_err(|status| anyhow::anyhow!("identifiers were not taken: {:?}", status.code()))?;
    Ok(())
}

async fn answer(
    inner: &Inner,
    task: &Task,
    counts: &Counts,
    subjects: &[SubjectId],
    searched: &[Identifier],
    tokens: &[Token],
    found_identifiers: bool,
) -> anyhow::Result<()> {
    let map = inner.privacy.data_map();
    let now = inner.privacy.clock().now();
    let kinds: BTreeSet<_> = searched.iter().map(Identifier::field).collect();
    let mut work = inner.outbox.begin().await?;
    inner.ensure_whole(work.tx()).await?;
    let answer = DiscoveryAnswered {
        request_id: task.request_id.clone(),
        holder: inner.service().to_owned(),
        round: u32::try_from(task.reference).context("a round is a small number")?,
        categories: map
            .categories
            .iter()
            .map(|c| proposal(c, counts, now.date_naive()))
            .collect(),
        searched_keys: kinds.into_iter().map(str::to_owned).collect(),
        searched_stores: map.personal_tables().map(|t| t.name.to_owned()).collect(),
        data_map_version: map.version.to_owned(),
        replay_handle: ReplayHandle::new(subjects.to_vec(), tokens)
            .seal(inner.privacy.tokens(), &task.network),
        found_identifiers,
        ledger_position: u64::try_from(position::highest(work.tx()).await?).unwrap_or_default(),
    };
    let signed = inner
        .identity
        .sign_event(&inner.event(DISCOVERY_ANSWERED), &answer);
    if task::finish(work.tx(), task.id, now, signed.encode_to_vec()).await? {
        work.record(Outgoing::new(
            inner.event(DISCOVERY_ANSWERED),
            &task.request_id,
            &task.network,
            &signed,
        ));
    }
    fail::fail_point!("holder.before_answer_commit");
    Ok(work.commit().await?)
}

fn proposal(category: &Category, counts: &Counts, today: NaiveDate) -> CategoryCount {
    let (proposed, legal_basis, retain_until) = match category.on_erasure {
        OnErasure::Erase => ("erase", "", String::new()),
        OnErasure::Retain { basis, days } => (
            "retain",
            basis,
            (today + TimeDelta::days(i64::from(days)))
                .format("%Y-%m-%d")
                .to_string(),
        ),
    };
    CategoryCount {
        category: category.name.to_owned(),
        rows: counts.get(category.name).copied().unwrap_or_default(),
        proposed: proposed.to_owned(),
        legal_basis: legal_basis.to_owned(),
        retain_until,
    }
}

/// The search keys as identifiers. One that cannot be read stops the discovery: an answer without it would be no evidence.
fn identifiers(keys: &SearchKeys, today: NaiveDate) -> anyhow::Result<Vec<Identifier>> {
    let wrong =
        |e: kernel::ParseError| anyhow::anyhow!("a search key cannot be read: {}", e.reason);
    let mut found = Vec::new();
    for number in &keys.identity_numbers {
        found.push(Identifier::IdentityNumber(
            IdentityNumber::parse(number, today).map_err(wrong)?,
        ));
    }
    for email in &keys.emails {
        found.push(Identifier::Email(Email::parse(email).map_err(wrong)?));
    }
    for phone in &keys.phones {
        found.push(Identifier::Phone(Phone::parse(phone).map_err(wrong)?));
    }
    for resident in &keys.names_at_access {
        let name = PersonName::parse(&resident.name).map_err(wrong)?;
        let access = AccessId::parse(&resident.access_id).map_err(wrong)?;
        found.push(Identifier::NameAtAccess { name, access });
    }
    Ok(found)
}
