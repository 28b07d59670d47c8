//! Outbox → RabbitMQ → inbox, beside the broker alone and PostgreSQL alone.

use std::time::Duration;

use messaging::{AmqpConfig, Transport};
use testkit::postgres::Postgres;
use testkit::rabbit::Rabbit;

use crate::pgbench::{self, Script};
use crate::pump::{self, Pump};
use crate::table::{Row, Series, Target};
use crate::{bare_broker, machine};

/// Of a payload that is 1 KiB with the tag and length that protobuf puts before it.
const PAYLOAD: usize = 1_021;
const IDLE_ROUNDS: u32 = 200;
const PGBENCH: Duration = Duration::from_secs(5);
/// As many connections as the pool of a service has.
const CLIENTS: u16 = 16;

/// One run of each, in turn.
#[derive(Clone, Copy)]
enum Turn {
    Uttag,
    Broker,
    Database,
}

/// The rows of the table.
pub async fn measure(runs: u16, messages: u32, per_commit: u32) -> anyhow::Result<Vec<Row>> {
    println!("\n== messages: {messages} of 1 KiB per run, {per_commit} per commit");
    let (postgres, rabbit) = tokio::try_join!(Postgres::start(), Rabbit::start())?;
    machine::servers(&postgres, &rabbit).await?;
    let payload: Vec<u8> = (0..PAYLOAD).map(scrambled).collect();
    let url = rabbit.vhost().await?;
    let transport = Transport::Amqp(AmqpConfig::new(url.into(), None));
    let mut pump = Pump::start(&postgres, &transport, payload.clone()).await?;
    let idle = pump.latency(IDLE_ROUNDS).await?;

    let bare = rabbit.vhost().await?;
    let rows = postgres.database("rows").await?;
    pump::migrated(rows.clone()).await?.close().await?;
    let scripts = scripts(&payload, per_commit);
    let (mut ours, mut broker, mut database) =
        (Series::default(), Series::default(), Series::default());
    for run in 0..runs {
        for turn in turns(run) {
            match turn {
                Turn::Uttag => ours.push(pump.rate(messages, per_commit).await?),
                Turn::Broker => broker.push(bare_broker::rate(&bare, &payload, messages).await?),
                Turn::Database => {
                    let scripts_a_second = pgbench::rate(&rows, &scripts, CLIENTS, PGBENCH).await?;
                    let (events, all) = (f64::from(per_commit), f64::from(per_commit) + 1.0);
                    database.push(scripts_a_second * events / all);
                }
            }
        }
        machine::load(&format!("after run {}", run + 1))?;
    }
    pump.stop().await?;
    Ok(table(&idle, ours, broker, database))
}

/// Forwards, then backwards: what a run leaves behind meets each of the others.
fn turns(run: u16) -> [Turn; 3] {
    let mut turns = [Turn::Uttag, Turn::Broker, Turn::Database];
    if run % 2 == 1 {
        turns.reverse();
    }
    turns
}

fn table(idle: &Series, ours: Series, broker: Series, database: Series) -> Vec<Row> {
    let percentile = |part| Series::of([idle.percentile(part)]);
    let lower = broker.lower(&database);
    vec![
        Row::alone(
            "idle, commit → handler, p50, ms",
            percentile(50),
            Target::AtMost(10.0),
        ),
        Row::alone(
            "idle, commit → handler, p99, ms",
            percentile(99),
            Target::None,
        ),
        Row::alone(
            "bare lapin, window 256, messages/s",
            broker,
            Target::AtLeast(15_000.0),
        ),
        Row::alone("pgbench, same rows, messages/s", database, Target::None),
        Row {
            what: "outbox → RabbitMQ → inbox, messages/s".to_owned(),
            value: ours,
            baseline: Some(lower),
            target: Target::Ratio(0.40),
        },
    ]
}

/// Bytes that do not compress to nothing.
fn scrambled(place: usize) -> u8 {
    let mixed = (place as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed.to_be_bytes()[0]
}

/// What messaging inserts for the same events: their outbox rows in one transaction, and for each its inbox row (without
/// payload, as it is done) in one of its own. What the relay changes in the outbox afterwards, two updates per batch, is
/// ours to pay: the baseline has it for nothing.
fn scripts(payload: &[u8], per_commit: u32) -> [Script; 2] {
    use std::fmt::Write as _;
    let mut hex = String::with_capacity(payload.len() * 2);
    for byte in payload {
        write!(hex, "{byte:02x}").expect("a string takes everything");
    }
    let outbox = format!(
        "BEGIN;
INSERT INTO outbox (event_type, source, partition_key, network, message_id, occurred_at, correlation_id, payload, state, attempts, recorded_at, next_attempt_at, audience)
SELECT 'pump.stroke.made.v1', 'pump', (random() * 500)::integer::text, 'TSTNET', gen_random_uuid(), now(), gen_random_uuid(), '\\x0afd07{hex}'::bytea, 'pending', 0, now(), now(), 'somebody'
FROM generate_series(1, {per_commit});
COMMIT;
"
    );
    let inbox = "BEGIN;
INSERT INTO inbox (event_type, source, partition_key, network, message_id, occurred_at, correlation_id, payload, consumer, state, attempts, received_at, next_attempt_at)
VALUES ('pump.stroke.made.v1', 'pump', (random() * 500)::integer::text, 'TSTNET', gen_random_uuid(), now(), gen_random_uuid(), ''::bytea, 'drain', 'done', 0, now(), now())
ON CONFLICT (consumer, message_id) DO NOTHING;
COMMIT;
"
    .to_owned();
    [
        Script {
            name: "outbox.sql",
            text: outbox,
            weight: 1,
        },
        Script {
            name: "inbox.sql",
            text: inbox,
            weight: per_commit,
        },
    ]
}
