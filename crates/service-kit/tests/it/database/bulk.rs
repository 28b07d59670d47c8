//! Many rows in one statement: whatever they say, what is read is what was written.

use chrono::{TimeZone as _, Utc};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, IntoActiveModel as _, QueryOrder as _};
use service_kit::database::{Database, DatabaseConfig, insert_rows, insertions, present};
use testkit::store::for_each_store;

mod thing {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "thing")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: i64,
        pub small: i32,
        pub text: Option<String>,
        pub bytes: Option<Vec<u8>>,
        pub yes: bool,
        pub at: Option<DateTimeUtc>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What an array of PostgreSQL, a row of `COPY` or a string of SQL would take for something else.
const TEXTS: [Option<&str>; 10] = [
    None,
    Some(""),
    Some("NULL"),
    Some("{a,b}"),
    Some("\"quoted\" and \\ and \\N"),
    Some("Åsa Öberg-Näslund 🏠"),
    Some("line\nbreak\r\ttab"),
    Some("'); DROP TABLE thing; --"),
    Some(" $1 ? "),
    Some("\\x00"),
];

async fn connect(url: &str) -> Database {
    let database = Database::connect(&DatabaseConfig::new(url)).await.unwrap();
    let tx = database.begin().await.unwrap();
    let schema = sea_orm::Schema::new(database.backend());
    let table = schema.create_table_from_entity(thing::Entity);
    tx.execute(&table).await.unwrap();
    tx.commit().await.unwrap();
    database
}

fn things(count: usize) -> Vec<thing::Model> {
    let thing = |n: usize| {
        let number = i64::try_from(n).unwrap();
        let present = !n.is_multiple_of(3);
        thing::Model {
            id: Uuid::from_u128(n as u128),
            number: i64::MIN + number,
            small: -i32::try_from(n).unwrap(),
            text: TEXTS[n % TEXTS.len()].map(str::to_owned),
            bytes: present.then(|| n.to_le_bytes().to_vec()),
            yes: n.is_multiple_of(2),
            at: present.then(|| Utc.timestamp_micros(number * 1_000_001).unwrap()),
        }
    };
    (0..count).map(thing).collect()
}

fn rows(things: &[thing::Model]) -> Vec<thing::ActiveModel> {
    let row = |thing: &thing::Model| thing.clone().into_active_model().reset_all();
    things.iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_is_what_was_written() {
    for_each_store(|url| async move {
        let database = connect(&url).await;
        let tx = database.begin().await.unwrap();
        // More than one statement takes, on either store.
        let written = things(21_000);
        insert_rows(&tx, rows(&written)).await.unwrap();
        insert_rows::<thing::ActiveModel, _>(&tx, Vec::new())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let read = thing::Entity::find().order_by_asc(thing::Column::Number);
        assert_eq!(read.all(&database.reader()).await.unwrap(), written);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_says_what_was_there_and_what_is_returned() {
    for_each_store(|url| async move {
        let database = connect(&url).await;
        let tx = database.begin().await.unwrap();
        insert_rows(&tx, rows(&things(2))).await.unwrap();
        let tail = "ON CONFLICT (id) DO NOTHING RETURNING number";
        let mut new = Vec::new();
        for statement in insertions(database.backend(), rows(&things(4)), tail).unwrap() {
            for row in tx.query_all_raw(statement).await.unwrap() {
                new.push(row.try_get::<i64>("", "number").unwrap() - i64::MIN);
            }
        }
        assert_eq!(new, [2, 3]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn those_of_many_values_that_are_there_are_told() {
    for_each_store(|url| async move {
        let database = connect(&url).await;
        let tx = database.begin().await.unwrap();
        insert_rows(&tx, rows(&things(100))).await.unwrap();
        let bytes = |n: usize| n.to_le_bytes().to_vec();
        let asked: Vec<_> = (90..21_000).chain([4, 5]).map(bytes).collect();
        let beside = [("yes", true.into()), ("small", (-94).into())];
        let found = present(&tx, "thing", &beside, "bytes", asked.clone()).await;
        assert_eq!(found.unwrap(), [bytes(94)]);
        let mut found = present(&tx, "thing", &beside[..1], "bytes", asked)
            .await
            .unwrap();
        found.sort();
        assert_eq!(found, [4, 92, 94, 98].map(bytes));
        let none = present(&tx, "thing", &beside, "bytes", Vec::new()).await;
        assert_eq!(none.unwrap(), Vec::<Vec<u8>>::new());
    })
    .await;
}

#[test]
fn a_row_without_a_value_is_refused_and_named() {
    let row = thing::ActiveModel {
        id: Set(Uuid::nil()),
        ..Default::default()
    };
    let refused = insertions(sea_orm::DbBackend::Postgres, vec![row], "").unwrap_err();
    assert!(
        refused.to_string().contains("number has no value"),
        "{refused}"
    );
}
