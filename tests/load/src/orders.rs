//! Placing an order: the services as processes of their own, PostgreSQL and RabbitMQ over TLS, mails to a real SMTP server.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use api::orders::orders_service_client::OrdersServiceClient;
use e2e::people::{Person, person};
use e2e::story::{self, Home};
use e2e::town::Town;
use futures::stream::{StreamExt as _, TryStreamExt as _};
use sea_orm::{ConnectionTrait as _, Statement};
use service_kit::database::{Database, DatabaseConfig};

use crate::cost::Costs;
use crate::order_rows;
use crate::pgbench::{self, Script};
use crate::table::{Row, Series, Target};
use crate::{machine, order_rows::Sample};

/// Calls of the web pages at the same time; pgbench has as many connections.
const IN_FLIGHT: u16 = 32;
/// Placed before anything is timed, and to see how wide the rows are.
const FIRST: u16 = 200;
const PGBENCH: Duration = Duration::from_secs(10);
/// What an order leaves to be done, its event and its mails, is done after so long, or something hangs.
const PATIENCE: Duration = Duration::from_mins(2);
/// Between two looks whether it is.
const GLANCE: Duration = Duration::from_millis(100);

/// What an order leaves to be done later.
const LEFT: &str = "SELECT (SELECT count(*) FROM outbox WHERE delivered_at IS NULL)
    + (SELECT count(*) FROM mail WHERE finished_at IS NULL) AS rows";

/// The rows of the table.
///
/// # Errors
/// An order is refused or lost, or a server does not start.
pub async fn measure(runs: u16, orders: u16, costs: Costs) -> anyhow::Result<Vec<Row>> {
    println!("\n== orders: {orders} per run, {IN_FLIGHT} in flight");
    let town = Town::start_on(costs.database()).await?;
    machine::servers(&town.postgres, &town.rabbit).await?;
    story::import(&town.doors(), &[person(0)]).await?;
    story::open_shop(&town.doors()).await?;
    let shop = Shop::open(&town).await?;
    let people: Vec<Person> = (0..FIRST + runs * orders).map(customer).collect();
    let (first, rest) = people.split_at(usize::from(FIRST));
    shop.place(&town, first).await?;
    let script = order_rows::script(&shop.sample(&town).await?)?;
    let baseline = town.postgres.database("baseline").await?;
    order_rows::migrate(&baseline).await?;
    shop.quiet().await?;

    let (mut placed, mut database) = <(Placed, Series)>::default();
    for (run, crowd) in rest.chunks(usize::from(orders)).enumerate() {
        if run % 2 == 1 {
            base(&baseline, &script, &mut database).await?;
        }
        shop.run(&town, crowd, costs, &mut placed).await?;
        if run % 2 == 0 {
            base(&baseline, &script, &mut database).await?;
        }
        machine::load(&format!("after run {}", run + 1))?;
    }
    Ok(vec![
        Row {
            what: "placing orders, 32 in flight, orders/s".to_owned(),
            value: placed.rate,
            baseline: Some(database),
            target: Target::Ratio(0.50),
        },
        Row::alone("a call of them, p50 ms", placed.p50, Target::None),
        Row::alone(
            "a call of them, p99 by p50",
            placed.spread,
            Target::AtMost(10.0),
        ),
        Row::alone(
            "the same until their events and mails have left, orders/s",
            placed.settled,
            Target::None,
        ),
    ])
}

async fn base(database: &str, script: &str, rates: &mut Series) -> anyhow::Result<()> {
    let scripts = [Script {
        name: "order.sql",
        text: script.to_owned(),
        weight: 1,
    }];
    rates.push(pgbench::rate(database, &scripts, IN_FLIGHT, PGBENCH).await?);
    Ok(())
}

/// Figures of the runs.
#[derive(Default)]
struct Placed {
    /// Answered a second.
    rate: Series,
    /// A second, with all that follows.
    settled: Series,
    p50: Series,
    /// How many times p99 is p50.
    spread: Series,
}

/// Where orders are placed.
pub struct Shop {
    /// A house that can order.
    pub home: Home,
    /// The service's database, to see what is left to be done.
    database: Database,
}

impl Shop {
    /// Opens it.
    ///
    /// # Errors
    /// Nothing can be had at the house, or the database is away.
    pub async fn open(town: &Town) -> anyhow::Result<Self> {
        let url = town.database_url("orders")?;
        Ok(Self {
            home: story::home(&town.doors(), 1).await?,
            database: Database::connect(&DatabaseConfig::new(url)).await?,
        })
    }

    /// One run: how fast the orders are placed, and how fast all that follows is done too.
    async fn run(
        &self,
        town: &Town,
        crowd: &[Person],
        costs: Costs,
        figures: &mut Placed,
    ) -> anyhow::Result<()> {
        let spending = costs.begin(&town.postgres).await?;
        let started = Instant::now();
        let calls = self.place(town, crowd).await?;
        let answered = started.elapsed();
        let count = crowd.len();
        spending
            .print(&town.postgres, "order, placed", count)
            .await?;
        self.quiet().await?;
        let all = started.elapsed();
        println!("  {count} placed after {answered:.1?}, events and mails gone after {all:.1?}");
        let count = f64::from(u32::try_from(count)?);
        figures.rate.push(count / answered.as_secs_f64());
        figures.settled.push(count / all.as_secs_f64());
        let p50 = calls.percentile(50);
        figures.p50.push(p50);
        figures.spread.push(calls.percentile(99) / p50);
        Ok(())
    }

    /// Everybody orders; answers how many milliseconds each call took. None is lost: every answer has a number of its own,
    /// and there is no gap between them.
    async fn place(&self, town: &Town, crowd: &[Person]) -> anyhow::Result<Series> {
        // A token does not live as long as all runs.
        let channel = town.doors().staff("orders", &["customer_service"])?;
        let orders = OrdersServiceClient::new(channel);
        let placing = crowd.iter().map(|person| {
            let (mut orders, wanted) = (orders.clone(), self.home.wanted_by(person));
            tokio::spawn(async move {
                let asked = Instant::now();
                let answer = orders.place_order(wanted).await?.into_inner();
                let taken = asked.elapsed().as_secs_f64() * 1_000.0;
                anyhow::Ok((count(&answer.order_number)?, taken))
            })
        });
        let answers: Vec<(u64, f64)> = futures::stream::iter(placing)
            .buffer_unordered(usize::from(IN_FLIGHT))
            .map(|answer| answer?)
            .try_collect()
            .await?;
        let numbers: BTreeSet<u64> = answers.iter().map(|(number, _)| *number).collect();
        let (first, last) = (numbers.first(), numbers.last());
        let span = last.zip(first).map(|(last, first)| last - first + 1);
        let all = u64::try_from(crowd.len())?;
        anyhow::ensure!(
            u64::try_from(numbers.len())? == all && span == Some(all),
            "{all} orders have {} numbers over a span of {span:?}",
            numbers.len()
        );
        Ok(Series::of(answers.into_iter().map(|(_, taken)| taken)))
    }

    /// Until every event and every mail has left.
    ///
    /// # Errors
    /// They do not.
    pub async fn quiet(&self) -> anyhow::Result<()> {
        let started = Instant::now();
        let reader = self.database.reader();
        loop {
            let ask = Statement::from_string(reader.get_database_backend(), LEFT);
            let row = reader.query_one_raw(ask).await?.context("a count")?;
            let left: i64 = row.try_get("", "rows")?;
            if left == 0 {
                return Ok(());
            }
            anyhow::ensure!(started.elapsed() < PATIENCE, "{left} events and mails wait");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// The rows of one order as the service wrote them.
    async fn sample(&self, town: &Town) -> anyhow::Result<Sample> {
        let keys = DatabaseConfig::new(town.database_url("orders_keys")?);
        let keys = Database::connect(&keys).await?;
        let sample = Sample::take(&self.database.reader(), &keys.reader()).await?;
        keys.close().await?;
        Ok(sample)
    }
}

/// "TSTNET-000123" → 123.
fn count(number: &str) -> anyhow::Result<u64> {
    let (_, count) = number.rsplit_once('-').context("a number has a count")?;
    Ok(count.parse()?)
}

/// A person with a telephone of their own: of the numbers that North America keeps for fiction there are a hundred in each
/// area, of the Swedish ones hardly more at all.
pub fn customer(number: u16) -> Person {
    Person {
        phone: format!("+1{}55501{:02}", 200 + number / 100, number % 100),
        ..person(number)
    }
}
