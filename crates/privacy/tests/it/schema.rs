//! The check that everything is declared.

use privacy::{Column, DataMap, Link, Named, Table, check_schema};
use sea_orm::ConnectionTrait;

use crate::diary::MAP;
use crate::world::Ground;

#[tokio::test]
async fn a_declared_database_passes_and_a_forgotten_column_does_not() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let privacy = ground.privacy().await;
        assert_eq!(check_schema(privacy.database(), MAP).await, Ok(()));

        let tx = privacy.database().begin().await.unwrap();
        tx.execute_unprepared("ALTER TABLE guest ADD COLUMN nickname text")
            .await
            .unwrap();
        tx.execute_unprepared("CREATE TABLE stray (id integer primary key)")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let found = check_schema(privacy.database(), MAP).await.unwrap_err();
        let found: Vec<_> = found
            .iter()
            .map(|u| (u.table.as_str(), u.column.as_str()))
            .collect();
        assert_eq!(found, [("guest", "nickname"), ("stray", "")]);
    }
}

const WRONG: &DataMap = &DataMap {
    tables: &[Table {
        columns: &[
            Column::plain("id"),
            Column::sealed("label", "gone", "label"),
        ],
        ..MAP.tables[1]
    }],
    ..*MAP
};

#[tokio::test]
async fn a_wrong_declaration_does_not_pass() {
    let ground = Ground::sqlite();
    let privacy = ground.privacy().await;
    let found = check_schema(privacy.database(), WRONG).await.unwrap_err();
    let said: Vec<_> = found.iter().map(ToString::to_string).collect();
    for wanted in [
        "place.label: the category gone is not declared",
        "place.label: a sealed column holds bytes",
        "guest.: the table is not declared",
    ] {
        assert!(
            said.iter().any(|s| s == wanted),
            "{wanted} is missing in {said:?}"
        );
    }
}

/// Rows of guests that are said to wait under another's key.
const WAITING: &DataMap = &DataMap {
    tables: &[Table {
        link: Link::Tokens {
            names: &[Named {
                token: "name",
                columns: &["email", "network"],
                mark: "gone",
            }],
            place: &["number", "nowhere"],
        },
        ..MAP.tables[0]
    }],
    ..*MAP
};

#[tokio::test]
async fn a_row_that_names_somebody_can_lose_them_and_tells_no_more_than_its_place() {
    let ground = Ground::sqlite();
    let privacy = ground.privacy().await;
    let found = check_schema(privacy.database(), WAITING).await.unwrap_err();
    let of_guests: Vec<_> = found
        .iter()
        .filter(|u| u.table == "guest")
        .map(|u| u.column.as_str())
        .collect();
    // The name must be there, the network is not personal, the mark and one place do not exist, the number is personal.
    assert_eq!(of_guests, ["name", "network", "gone", "number", "nowhere"]);
}
