//! Decision → certificate: one process per service, PostgreSQL and RabbitMQ over TLS, nobody the data went to.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use api::rights::{RequestKind, RequestState};
use e2e::compliance::{Compliance, PROVEN};
use e2e::people::{Person, person};
use e2e::story;
use e2e::town::Town;
use futures::stream::{StreamExt as _, TryStreamExt as _};

use crate::cost::Costs;
use crate::machine;
use crate::table::{Row, Series, Target};

const IDLE_ROUNDS: u16 = 20;
/// Calls of the compliance staff at the same time.
const IN_FLIGHT: usize = 32;
/// Between two looks at one request whose time is taken.
const LOOK: Duration = Duration::from_millis(5);
/// Between two looks at one of many: looking must not be what is measured.
const GLANCE: Duration = Duration::from_millis(50);
/// Nothing changes for so long: the request is lost.
const PATIENCE: Duration = Duration::from_mins(2);

/// The rows of the table.
pub async fn measure(runs: u16, erasures: u16, costs: Costs) -> anyhow::Result<Vec<Row>> {
    println!("\n== erasure: {erasures} at once per run");
    let town = Town::start_on(costs.database()).await?;
    machine::servers(&town.postgres, &town.rabbit).await?;
    let people: Vec<Person> = (0..IDLE_ROUNDS + runs * erasures).map(person).collect();
    story::import(&town.doors(), &people).await?;
    let (first, rest) = people.split_at(usize::from(IDLE_ROUNDS));
    let idle = idle(&town, first).await?;
    let (mut discovered, mut proven) = (Series::default(), Series::default());
    for (run, crowd) in rest.chunks(usize::from(erasures)).enumerate() {
        // A token does not live as long as all runs.
        let staff = Compliance::of(&town.doors())?;
        let (started, spending) = (Instant::now(), costs.begin(&town.postgres).await?);
        let requests = open(&staff, crowd).await?;
        discovered.push(rate(crowd.len(), started));
        spending
            .print(&town.postgres, "request, opened → found", crowd.len())
            .await?;
        let (started, spending) = (Instant::now(), costs.begin(&town.postgres).await?);
        each(&requests, async |request| staff.proceed(request).await).await?;
        println!("  {} decided after {:.1?}", crowd.len(), started.elapsed());
        all_reach(&staff, &requests, &PROVEN).await?;
        proven.push(rate(crowd.len(), started));
        println!("  {} proven after {:.1?}", crowd.len(), started.elapsed());
        spending
            .print(
                &town.postgres,
                "erasure, decision → certificate",
                crowd.len(),
            )
            .await?;
        certificates(&staff, &requests).await?;
        machine::load(&format!("after run {}", run + 1))?;
    }
    Ok(vec![
        Row::alone(
            "erasure, idle, decision → certificate, p50, ms",
            Series::of([idle.percentile(50)]),
            Target::AtMost(250.0),
        ),
        Row::alone(
            "erasure, idle, decision → certificate, p99, ms",
            Series::of([idle.percentile(99)]),
            Target::None,
        ),
        Row::alone(
            format!("{erasures} requests at once, opened → found, requests/s"),
            discovered,
            Target::None,
        ),
        Row::alone(
            format!("{erasures} erasures at once, decision → certificate, erasures/s"),
            proven,
            Target::AtLeast(100.0),
        ),
    ])
}

/// Milliseconds of one erasure after the other.
async fn idle(town: &Town, people: &[Person]) -> anyhow::Result<Series> {
    let staff = Compliance::of(&town.doors())?;
    let mut taken = Series::default();
    for person in people {
        let request = staff.open(RequestKind::Erasure, person).await?;
        reaches(&staff, &request, &[RequestState::AwaitingDecision], LOOK).await?;
        let started = Instant::now();
        staff.proceed(&request).await?;
        reaches(&staff, &request, &PROVEN, LOOK).await?;
        taken.push(started.elapsed().as_secs_f64() * 1_000.0);
        certificates(&staff, &[request]).await?;
    }
    Ok(taken)
}

/// Opens a request for each, and waits until every one can be decided.
async fn open(staff: &Compliance, people: &[Person]) -> anyhow::Result<Vec<String>> {
    let opening = people
        .iter()
        .map(|person| staff.open(RequestKind::Erasure, person));
    let requests: Vec<String> = futures::stream::iter(opening)
        .buffer_unordered(IN_FLIGHT)
        .try_collect()
        .await?;
    all_reach(staff, &requests, &[RequestState::AwaitingDecision]).await?;
    Ok(requests)
}

/// None is lost: each has a certificate, of its own.
async fn certificates(staff: &Compliance, requests: &[String]) -> anyhow::Result<()> {
    each(requests, async |request| {
        let answer = staff.certificate(request).await;
        let answer = answer.with_context(|| format!("request {request} has no certificate"))?;
        let document = String::from_utf8(answer.document)?;
        anyhow::ensure!(
            document.contains(request),
            "the certificate of request {request} is of another"
        );
        Ok(())
    })
    .await
}

/// Looks at one after the other: many that look at the same time ask the service for more than the requests do.
async fn all_reach(
    staff: &Compliance,
    requests: &[String],
    states: &[RequestState],
) -> anyhow::Result<()> {
    for request in requests {
        reaches(staff, request, states, GLANCE).await?;
    }
    Ok(())
}

async fn reaches(
    staff: &Compliance,
    request: &str,
    states: &[RequestState],
    pause: Duration,
) -> anyhow::Result<()> {
    let started = Instant::now();
    loop {
        let state = staff.state(request).await?;
        if states.contains(&state) {
            return Ok(());
        }
        anyhow::ensure!(
            started.elapsed() < PATIENCE,
            "request {request} is {state:?} after {PATIENCE:?}"
        );
        tokio::time::sleep(pause).await;
    }
}

/// Does it for every request, some at the same time.
async fn each<F>(requests: &[String], act: F) -> anyhow::Result<()>
where
    F: AsyncFn(&str) -> anyhow::Result<()>,
{
    futures::stream::iter(requests)
        .map(Ok)
        .try_for_each_concurrent(IN_FLIGHT, |request| act(request))
        .await
}

fn rate(count: usize, since: Instant) -> f64 {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    f64::from(count) / since.elapsed().as_secs_f64()
}
