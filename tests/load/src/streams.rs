//! Many providers that follow their orders, while customers order at an even pace: how long after an order is placed its
//! provider sees it, and whether anybody sees all of his own, once. One of them stops reading.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use api::orders::orders_service_client::OrdersServiceClient;
use api::orders::provider_service_client::ProviderServiceClient;
use api::orders::{PlaceOrderRequest, StreamOrdersRequest, StreamOrdersResponse};
use e2e::doors::Doors;
use e2e::people::person;
use e2e::story::{self, Home};
use e2e::town::Town;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tonic::Streaming;

use crate::cost::Costs;
use crate::machine;
use crate::orders::{self, customer};
use crate::table::{Row, Series, Target};

/// Providers with a stream each.
const PROVIDERS: u16 = 100;
/// The one that stops reading, once it has its stream.
const STUCK: u16 = PROVIDERS - 1;
/// Orders that are placed before anything is timed.
const FIRST: u16 = 400;
/// A provider has seen what is its own after so long, or an order is lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many orders, and how fast.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Orders a second, over all providers together.
    pub orders: u16,
    /// For so long.
    pub seconds: u16,
}

/// An order that a provider has seen.
struct Seen {
    provider: u16,
    order: String,
    at: Instant,
}

/// An order that was placed.
struct Placed {
    provider: u16,
    order: String,
    asked: Instant,
    answered: Instant,
}

/// The rows of the table.
///
/// # Errors
/// An order is refused, lost, seen twice or by another provider, or a server does not start.
pub async fn measure(runs: u16, pace: Pace, costs: Costs) -> anyhow::Result<Vec<Row>> {
    let Pace { orders, seconds } = pace;
    let customers = u32::from(runs) * u32::from(orders) * u32::from(seconds) + u32::from(FIRST);
    let enough = u16::try_from(customers);
    enough.with_context(|| format!("{customers} customers are more than there are"))?;
    println!("\n== streams: {PROVIDERS} providers, {orders} orders/s for {seconds} s");
    let town = Town::start_on(costs.database()).await?;
    machine::servers(&town.postgres, &town.rabbit).await?;
    let doors = town.doors();
    story::import(&doors, &[person(0)]).await?;
    for provider in 0..PROVIDERS {
        story::sell(&doors, &name(provider), &offering(provider)).await?;
    }
    let shop = orders::Shop::open(&town).await?;
    let (seen, mut arrivals) = mpsc::unbounded_channel();
    let mut streams = JoinSet::new();
    let mut stuck = open(&doors, STUCK).await?;
    for provider in (0..PROVIDERS).filter(|provider| *provider != STUCK) {
        let stream = open(&doors, provider).await?;
        streams.spawn(read(provider, stream, seen.clone()));
    }
    drop(seen);
    let warm = place(&doors, &shop.home, pace, 0..FIRST).await?;
    gather(&warm, &mut arrivals).await?;
    shop.quiet().await?;

    let [mut p50, mut p99, mut asked50, mut asked99, mut rate] = <[Series; 5]>::default();
    for run in 0..runs {
        let first = FIRST + run * orders * seconds;
        let spending = costs.begin(&town.postgres).await?;
        let started = Instant::now();
        let placed = place(&doors, &shop.home, pace, first..first + orders * seconds).await?;
        let taken = started.elapsed();
        let moments = gather(&placed, &mut arrivals).await?;
        let count = placed.len();
        spending
            .print(&town.postgres, "order, placed and seen", count)
            .await?;
        let late = |from: fn(&Placed) -> Instant| {
            Series::of(placed.iter().filter_map(|order| {
                let at = moments.get(order.order.as_str())?;
                Some(at.saturating_duration_since(from(order)).as_secs_f64() * 1_000.0)
            }))
        };
        let (since_answer, since_asking) = (late(|o| o.answered), late(|o| o.asked));
        p50.push(since_answer.percentile(50));
        p99.push(since_answer.percentile(99));
        asked50.push(since_asking.percentile(50));
        asked99.push(since_asking.percentile(99));
        rate.push(f64::from(u32::try_from(count)?) / taken.as_secs_f64());
        shop.quiet().await?;
        machine::load(&format!("after run {}", run + 1))?;
    }
    // What it did not read waits for it; nothing of it is lost either.
    let waiting = stuck
        .message()
        .await?
        .context("the stuck one's stream ended")?;
    anyhow::ensure!(waiting.order.is_some(), "a change has its order");
    anyhow::ensure!(streams.try_join_next().is_none(), "a stream has ended");
    Ok(vec![
        Row::alone(
            format!("orders/s placed, {orders} wanted, {PROVIDERS} providers follow"),
            rate,
            Target::None,
        ),
        Row::alone(
            "placed → seen by its provider, p50 ms",
            p50,
            Target::AtMost(20.0),
        ),
        Row::alone(
            "placed → seen by its provider, p99 ms",
            p99,
            Target::AtMost(200.0),
        ),
        Row::alone(
            "asked for → seen by its provider, p50 ms",
            asked50,
            Target::None,
        ),
        Row::alone(
            "asked for → seen by its provider, p99 ms",
            asked99,
            Target::None,
        ),
    ])
}

/// Customers order, one after the other at an even pace, whoever has an answer or not, each from the next provider.
async fn place(
    doors: &Doors,
    home: &Home,
    pace: Pace,
    customers: std::ops::Range<u16>,
) -> anyhow::Result<Vec<Placed>> {
    let channel = doors.staff("orders", &["customer_service"])?;
    let client = OrdersServiceClient::new(channel);
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / u32::from(pace.orders));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut placing = JoinSet::new();
    for number in customers {
        ticks.tick().await;
        let provider = number % PROVIDERS;
        let wanted = PlaceOrderRequest {
            offering_id: offering(provider),
            ..home.wanted_by(&customer(number))
        };
        let mut client = client.clone();
        placing.spawn(async move {
            let asked = Instant::now();
            let answer = client.place_order(wanted).await?.into_inner();
            anyhow::Ok(Placed {
                provider,
                order: answer.order_id,
                asked,
                answered: Instant::now(),
            })
        });
    }
    placing.join_all().await.into_iter().collect()
}

/// When each order was seen. Every reading provider sees each of its own once, and nothing else.
async fn gather(
    placed: &[Placed],
    arrivals: &mut mpsc::UnboundedReceiver<Seen>,
) -> anyhow::Result<HashMap<String, Instant>> {
    let whose: HashMap<&str, u16> = placed
        .iter()
        .map(|order| (order.order.as_str(), order.provider))
        .collect();
    let expected = placed.iter().filter(|o| o.provider != STUCK).count();
    let mut moments = HashMap::with_capacity(expected);
    while moments.len() < expected {
        let next = tokio::time::timeout(PATIENCE, arrivals.recv()).await;
        let next = next.with_context(|| format!("{} of {expected} were seen", moments.len()))?;
        let Seen {
            provider,
            order,
            at,
        } = next.context("every stream has ended")?;
        anyhow::ensure!(
            whose.get(order.as_str()) == Some(&provider),
            "{} has seen {order}, which is not its own",
            name(provider)
        );
        anyhow::ensure!(
            moments.insert(order.clone(), at).is_none(),
            "{order} was seen twice"
        );
    }
    Ok(moments)
}

async fn open(doors: &Doors, provider: u16) -> anyhow::Result<Streaming<StreamOrdersResponse>> {
    let mut client = ProviderServiceClient::new(doors.provider(&name(provider))?);
    let request = StreamOrdersRequest {
        cursor: String::new(),
        follow: true,
    };
    Ok(client.stream_orders(request).await?.into_inner())
}

async fn read(
    provider: u16,
    mut stream: Streaming<StreamOrdersResponse>,
    seen: mpsc::UnboundedSender<Seen>,
) -> anyhow::Result<()> {
    while let Some(change) = stream.message().await? {
        let at = Instant::now();
        let order = change.order.context("a change has its order")?.order_id;
        let told = seen.send(Seen {
            provider,
            order,
            at,
        });
        told.ok().context("nobody counts any more")?;
    }
    anyhow::bail!("the stream of {} has ended", name(provider))
}

fn name(provider: u16) -> String {
    format!("provider{provider:03}")
}

fn offering(provider: u16) -> String {
    format!("01960000-0000-7000-8000-{:012}", 1_000 + provider)
}
