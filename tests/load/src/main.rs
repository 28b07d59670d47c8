//! The table of speeds: what Uttag does, what the servers below could do in the same run, and the ratio.
//!
//! `scripts/bench` builds everything and runs it. The service binaries must lie beside this one.
#![allow(clippy::print_stdout, reason = "a command line tool")]

mod asking;
mod bare_broker;
mod cost;
mod erasure;
mod machine;
mod messages;
mod offers;
mod on_api;
mod order_rows;
mod orders;
mod pgbench;
mod pump;
mod registry;
mod search;
mod streams;
mod table;

use clap::{Parser, ValueEnum};

use cost::Costs;
use table::Row;

/// Measures how fast events flow, erasures complete, orders are placed and addresses are found, beside bare RabbitMQ and
/// PostgreSQL.
#[derive(Debug, Parser)]
struct Options {
    /// Runs of each measurement; they alternate with those of their baselines.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
    /// Only this one.
    #[arg(long)]
    only: Option<Subject>,
    /// As --only, but `registry` is `search` and `registry`, and `orders` is `orders`, `streams` and `offers`.
    subject: Option<Subject>,
    /// Messages per run.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..))]
    messages: u32,
    /// Events that one transaction records.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=500))]
    per_commit: u32,
    /// Erasures that are decided at once, per run.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(10..=2000))]
    erasures: u16,
    /// Orders that are placed per run.
    #[arg(long, default_value_t = 3_000, value_parser = clap::value_parser!(u16).range(10..=5_000))]
    orders: u16,
    /// Orders a second while all providers follow.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=400))]
    rate: u16,
    /// For so many seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=120))]
    seconds: u16,
    /// Accesses of the large network, per run.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..=5_000_000))]
    accesses: u32,
    /// Also print that many of PostgreSQL's statements, those that took longest. Counting them costs a little.
    #[arg(long, default_value_t = 0)]
    statements: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// Outbox → RabbitMQ → inbox.
    Messages,
    /// Decision → certificate.
    Erasure,
    /// Placing an order.
    Orders,
    /// Placed → seen by one of many providers that follow.
    Streams,
    /// What can be had at an address.
    Offers,
    /// Finding addresses.
    Search,
    /// Importing, searching over gRPC and handing out a large network.
    Registry,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let wanted = |subject| match (options.only, options.subject) {
        (Some(only), _) => only == subject,
        (None, Some(Subject::Registry)) => matches!(subject, Subject::Registry | Subject::Search),
        (None, Some(Subject::Orders)) => {
            matches!(
                subject,
                Subject::Orders | Subject::Streams | Subject::Offers
            )
        }
        (None, Some(one)) => one == subject,
        (None, None) => true,
    };
    service_kit::install_crypto();
    machine::print()?;
    let costs = Costs {
        statements: options.statements,
    };
    let mut rows: Vec<Row> = Vec::new();
    if wanted(Subject::Messages) {
        rows.extend(messages::measure(options.runs, options.messages, options.per_commit).await?);
    }
    if wanted(Subject::Erasure) {
        rows.extend(erasure::measure(options.runs, options.erasures, costs).await?);
    }
    if wanted(Subject::Orders) {
        rows.extend(orders::measure(options.runs, options.orders, costs).await?);
    }
    if wanted(Subject::Streams) {
        let pace = streams::Pace {
            orders: options.rate,
            seconds: options.seconds,
        };
        rows.extend(streams::measure(options.runs, pace, costs).await?);
    }
    if wanted(Subject::Offers) {
        rows.extend(offers::measure(options.runs, costs).await?);
    }
    if wanted(Subject::Search) {
        rows.extend(search::measure(options.runs).await?);
    }
    if wanted(Subject::Registry) {
        rows.extend(registry::measure(options.runs, options.accesses, costs).await?);
    }
    println!("\n{}", table::render(&rows));
    Ok(())
}
