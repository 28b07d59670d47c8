//! The rows of an order for pgbench: those that the service has written, with ids of their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use kernel::SystemClock;
use privacy::Vault;
use sea_orm::{ConnectionTrait, Statement};
use service_kit::database::{Database, DatabaseConfig};
use service_kit::secret::Key32;

/// A row: its columns as text, in the syntax of a literal.
type Cells = BTreeMap<String, Option<String>>;

/// Ids in the order of time, as the service makes them: at random they would cost the baseline more.
const V7: &str = "CREATE FUNCTION v7() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6), 52, 1), 53, 1), 'hex')::uuid $$";

/// Tables of the order, each with what finds rows as they are when the order is placed.
const ORDER: [(&str, &str); 7] = [
    ("inbox", "consumer LIKE 'command:%'"),
    ("subject", "TRUE"),
    ("acceptance", "TRUE"),
    ("mail", "content IS NOT NULL"),
    ("mail", "function_content IS NOT NULL"),
    ("customer_order", "TRUE"),
    ("outbox", "event_type = 'orders.order.placed.v1'"),
];

/// One order's rows.
#[derive(Debug)]
pub struct Sample {
    rows: Vec<(&'static str, Cells)>,
    tokens: Vec<Cells>,
    log: Vec<Cells>,
    keys: Vec<Cells>,
    feed: Cells,
}

impl Sample {
    /// Takes rows of the service's database and of its key store. Mails are emptied when they are sent: take it while
    /// some wait.
    ///
    /// # Errors
    /// A table has no such row.
    pub async fn take(
        orders: &impl ConnectionTrait,
        keys: &impl ConnectionTrait,
    ) -> anyhow::Result<Self> {
        let mut rows = Vec::new();
        for (table, which) in ORDER {
            rows.push((table, one(orders, table, which).await?));
        }
        let one_of = |id: &str| format!("{id} = (SELECT {id} FROM");
        let tokens = format!("{} subject_token LIMIT 1)", one_of("subject_id"));
        let log = format!("{} order_log LIMIT 1)", one_of("order_id"));
        let held = format!("{} person_key LIMIT 1)", one_of("subject_id"));
        Ok(Self {
            rows,
            tokens: some(orders, "subject_token", &tokens).await?,
            log: some(orders, "order_log", &log).await?,
            keys: some(keys, "person_key", &held).await?,
            feed: one(orders, "provider_feed", "TRUE").await?,
        })
    }
}

/// The tables of the service, and those of its key store beside them: pgbench speaks to one database.
///
/// # Errors
/// The database does not take them.
pub async fn migrate(url: &str) -> anyhow::Result<()> {
    let database = Database::connect(&DatabaseConfig::new(url)).await?;
    let clock = Arc::new(SystemClock);
    Vault::open(database.clone(), Key32::random(), "baseline", clock).await?;
    // Each keeps a list of its own steps, under the same name.
    let aside = "ALTER TABLE seaql_migrations RENAME TO steps_of_the_key_store";
    database.reader().execute_unprepared(aside).await?;
    database.migrate::<orders_migration::Migrator>().await?;
    database.reader().execute_unprepared(V7).await?;
    Ok(database.close().await?)
}

/// One order: the keys in a transaction of their own, then the rest in one. Only what is written; what the service reads
/// besides is ours to pay.
///
/// # Errors
/// The sample has no feed.
pub fn script(sample: &Sample) -> anyhow::Result<String> {
    let cell = |name: &str| sample.feed.get(name).cloned().flatten();
    let network = literal(&cell("network").context("a feed has a network")?);
    let provider = literal(&cell("provider_id").context("a feed has a provider")?);
    let count = format!(
        "INSERT INTO order_counter (network, last_number) VALUES ({network}, 1) ON CONFLICT (network)
        DO UPDATE SET last_number = order_counter.last_number + 1 RETURNING last_number AS number \\gset"
    );
    let feed = format!(
        "INSERT INTO provider_feed (network, provider_id, last_change) VALUES ({network}, {provider}, 1)
        ON CONFLICT (network, provider_id) DO UPDATE SET last_change = provider_feed.last_change + 1
        RETURNING last_change AS change \\gset"
    );
    let statements = [
        "SELECT v7() AS subject, v7() AS placed \\gset".to_owned(),
        sample.keys() + ";",
        "BEGIN;".to_owned(),
        sample.claim() + " RETURNING message_id AS command \\gset",
        sample.row("subject", &[("id", ":subject")]) + ";",
        sample.tokens() + ";",
        insert("order_log", &sample.log, OF_THE_ORDER) + ";",
        count,
        sample.row("acceptance", OF_THE_ORDER) + ";",
        sample.mails() + ";",
        feed,
        sample.order() + ";",
        sample.event() + ";",
        "COMMIT;".to_owned(),
    ];
    Ok(statements.join("\n") + "\n")
}

/// What a row of an order has of its own.
const OF_THE_ORDER: &[(&str, &str)] = &[
    ("id", "v7()"),
    ("subject_id", ":subject"),
    ("order_id", ":placed"),
];

/// What a row that waits has, whatever became of the sample meanwhile.
const WAITING: [(&str, &str); 4] = [
    ("attempts", "0"),
    ("lease_owner", "NULL"),
    ("lease_until", "NULL"),
    ("delivered_at", "NULL"),
];

impl Sample {
    fn row(&self, table: &str, own: &[(&str, &str)]) -> String {
        let rows = self.rows.iter().filter(|(name, _)| *name == table);
        let rows: Vec<Cells> = rows.map(|(_, row)| row.clone()).collect();
        insert(table, &rows, own)
    }

    fn keys(&self) -> String {
        insert("person_key", &self.keys, &[("subject_id", ":subject")])
    }

    fn claim(&self) -> String {
        let own = [("message_id", "v7()"), ("correlation_id", "v7()")];
        self.row("inbox", &own) + " ON CONFLICT (consumer, message_id) DO NOTHING"
    }

    fn tokens(&self) -> String {
        let token = "uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())";
        let own = [("token", token), ("subject_id", ":subject")];
        insert("subject_token", &self.tokens, &own)
            + " ON CONFLICT (network, field, token, subject_id) DO NOTHING"
    }

    fn mails(&self) -> String {
        let own = [
            ("id", "v7()"),
            ("subject_id", ":subject"),
            ("status", "'queued'"),
        ];
        self.row("mail", &[&own[..], &WAITING].concat())
    }

    fn order(&self) -> String {
        let own = [
            ("id", ":placed"),
            ("subject_id", ":subject"),
            ("command_id", ":command"),
            ("number", ":number"),
            ("change", ":change"),
        ];
        self.row("customer_order", &own)
    }

    fn event(&self) -> String {
        let own = [
            ("message_id", "v7()"),
            ("correlation_id", "v7()"),
            ("partition_key", ":placed"),
            ("state", "'pending'"),
        ];
        self.row("outbox", &[&own[..], &WAITING].concat())
    }
}

async fn one(db: &impl ConnectionTrait, table: &str, which: &str) -> anyhow::Result<Cells> {
    let mut rows = some(db, table, &format!("{which} LIMIT 1")).await?;
    rows.pop()
        .with_context(|| format!("{table} has no row where {which}"))
}

async fn some(db: &impl ConnectionTrait, table: &str, which: &str) -> anyhow::Result<Vec<Cells>> {
    let ask = format!(
        "SELECT number, key, value FROM
            (SELECT row_number() OVER () AS number, to_jsonb(t) AS cells FROM {table} t WHERE {which}) rows,
            jsonb_each_text(cells) ORDER BY number"
    );
    let found = db.query_all_raw(Statement::from_string(db.get_database_backend(), ask));
    let mut rows: BTreeMap<i64, Cells> = BTreeMap::new();
    for cell in found.await? {
        let row = rows.entry(cell.try_get("", "number")?).or_default();
        row.insert(cell.try_get("", "key")?, cell.try_get("", "value")?);
    }
    Ok(rows.into_values().collect())
}

/// The rows as they are, but for the columns that are their own; what is empty stays empty.
fn insert(table: &str, rows: &[Cells], own: &[(&str, &str)]) -> String {
    let numbered = "seq";
    let columns: Vec<&str> = rows[0].keys().map(String::as_str).collect();
    let columns: Vec<&str> = columns
        .into_iter()
        .filter(|name| *name != numbered)
        .collect();
    let value = |cells: &Cells, column: &str| {
        let own = own.iter().find(|(name, _)| *name == column);
        match (own, &cells[column]) {
            (_, None) => "NULL".to_owned(),
            (Some((_, expression)), Some(_)) => (*expression).to_owned(),
            (None, Some(text)) => literal(text),
        }
    };
    let tuple = |cells: &Cells| {
        let values: Vec<String> = columns.iter().map(|column| value(cells, column)).collect();
        format!("({})", values.join(", "))
    };
    let tuples: Vec<String> = rows.iter().map(tuple).collect();
    let columns: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    let (columns, tuples) = (columns.join(", "), tuples.join(",\n  "));
    format!("INSERT INTO {table} ({columns}) VALUES\n  {tuples}")
}

/// A literal in which pgbench sees no variable.
fn literal(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\'', "''");
    let text = text.replace(':', "\\072").replace('\n', "\\n");
    format!("E'{text}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_keeps_its_text_and_gets_ids_of_its_own() {
        let cells = |cells: [(&str, Option<&str>); 4]| -> Cells {
            let owned =
                |(name, text): (&str, Option<&str>)| (name.to_owned(), text.map(str::to_owned));
            cells.into_iter().map(owned).collect()
        };
        let row = cells([
            ("id", Some("1")),
            ("seq", Some("7")),
            ("text", Some("it's \\x00 at 12:30")),
            ("gone", None),
        ]);
        assert_eq!(
            insert("mail", &[row], &[("id", "v7()")]),
            "INSERT INTO mail (\"gone\", \"id\", \"text\") VALUES\n  (NULL, v7(), E'it''s \\\\x00 at 12\\07230')"
        );
    }
}
