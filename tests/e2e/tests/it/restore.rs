//! A database from before an erasure is put back, and the person does not come back.

use e2e::books::Books;
use e2e::compliance::{Compliance, PROVEN};
use e2e::dump;
use e2e::house::House;
use e2e::partners::{self, System};
use e2e::people::{Person, person};
use e2e::story::{self, PROVIDER};
use e2e::town::{PATIENCE, Town};

/// A service, and the query that counts the persons in its tables.
const KNOWS: [(&str, &str); 3] = [
    (
        "orders",
        "SELECT count(*) FROM customer_order WHERE customer_name IS NOT NULL",
    ),
    ("crm", "SELECT count(*) FROM contact"),
    ("registry", "SELECT count(*) FROM resident"),
];
/// The ledger is read from here; without it a fenced service stays fenced, so that the fence can be seen.
const RIGHTS: &str = "rights";

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_from_before_an_erasure_brings_nobody_back() {
    let mut town = Town::start().await.unwrap();
    let doors = town.doors();
    let (gone, stays) = (person(1), person(2));
    let [order, other] = furnish(&town, [&gone, &stays]).await;
    for database in ["orders", "orders_keys", "crm", "registry"] {
        save(&town, database);
    }
    let compliance = Compliance::of(&doors).unwrap();
    let request = compliance.erase(&gone).await.unwrap();
    let certificate = compliance.certificate(&request).await.unwrap().document;
    let system = System::of(&doors, PROVIDER).unwrap();
    assert_eq!(known(&town).await, [1, 1, 1]);

    // With the services stopped: each database is dropped and made anew from the dump.
    for (service, _) in KNOWS {
        town.stop(service).unwrap();
    }
    town.kill(RIGHTS).unwrap();
    for (service, _) in KNOWS {
        let url = town.database_url(service).unwrap();
        dump::replace(town.postgres.admin_url(), &url, &file(&town, service)).unwrap();
    }
    assert_eq!(known(&town).await, [2, 2, 2], "the dumps hold the person");
    for (service, _) in KNOWS {
        town.launch(service, &[]).unwrap();
    }
    passes_the_fence(&mut town, &system, &order).await;
    assert_eq!(known(&town).await, [1, 1, 1]);

    // With the services running: the dump goes in under their feet; the second time with the keys of that day.
    for with_keys in [false, true] {
        town.kill(RIGHTS).unwrap();
        if with_keys {
            put_back(&town, "orders_keys", true);
        }
        for (service, _) in KNOWS {
            put_back(&town, service, true);
        }
        passes_the_fence(&mut town, &system, &order).await;
        assert_eq!(known(&town).await, [1, 1, 1]);
        for (service, _) in KNOWS {
            let told = town.metrics(service).await.unwrap();
            let noticed = told
                .lines()
                .any(|line| line.starts_with("holder_restores_noticed_total "));
            assert!(noticed, "{service} did not notice that it was put back");
        }
    }

    // Table by table, with the ledger within reach all the time.
    for (service, _) in KNOWS {
        put_back(&town, service, false);
    }
    testkit::eventually!(PATIENCE, known(&town).await == [1, 1, 1]);
    for (service, _) in KNOWS {
        town.ready(service).await.unwrap();
    }
    assert_eq!(known(&town).await, [1, 1, 1]);

    assert!(system.fetch(&order).await.is_err());
    let other = system.fetch(&other).await.unwrap().unwrap();
    assert_eq!(other.name, stays.name, "the bystander is still there");
    assert!(PROVEN.contains(&compliance.state(&request).await.unwrap()));
    let same = compliance.certificate(&request).await.unwrap().document;
    assert_eq!(same, certificate);
}

/// Each service is held back by the fence and by nothing else, tells nobody, and passes when the ledger is there again.
async fn passes_the_fence(town: &mut Town, system: &System, order: &str) {
    for (service, _) in KNOWS {
        let fenced = async || town.reasons(service).await;
        testkit::eventually!(
            PATIENCE,
            fenced().await.is_some_and(|why| why.contains("fence"))
        );
    }
    assert!(system.fetch(order).await.is_err(), "a fenced service tells");
    assert!(system.orders().await.is_err(), "a fenced service tells");
    town.launch(RIGHTS, &[]).unwrap();
    town.ready(RIGHTS).await.unwrap();
    for (service, _) in KNOWS {
        town.ready(service).await.unwrap();
    }
}

/// Both live somewhere, have ordered something and are contacts. Answers their orders.
async fn furnish(town: &Town, [gone, stays]: [&Person; 2]) -> [String; 2] {
    let doors = town.doors();
    let people = [gone.clone(), stays.clone()];
    story::import(&doors, &people).await.unwrap();
    story::open_shop(&doors).await.unwrap();
    for person in [gone, stays] {
        partners::befriend(&doors, &town.mailbox, person)
            .await
            .unwrap();
    }
    [
        story::order(&doors, gone, 1).await.unwrap(),
        story::order(&doors, stays, 2).await.unwrap(),
    ]
}

fn file(town: &Town, database: &str) -> std::path::PathBuf {
    town.folder.path().join(format!("{database}.dump"))
}

fn save(town: &Town, database: &str) {
    dump::save(&town.database_url(database).unwrap(), &file(town, database)).unwrap();
}

fn put_back(town: &Town, database: &str, at_once: bool) {
    let url = town.database_url(database).unwrap();
    dump::put_back(&url, &file(town, database), at_once).unwrap();
}

/// How many persons each service knows.
async fn known(town: &Town) -> [i64; 3] {
    let mut counts = [0; 3];
    for (count, (service, query)) in counts.iter_mut().zip(KNOWS) {
        let books = Books::open(&town.database_url(service).unwrap())
            .await
            .unwrap();
        *count = books.count(query).await.unwrap();
        books.close().await.unwrap();
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_copy_from_before_an_erasure_brings_nobody_back() {
    let mut house = House::start().await.unwrap();
    let (gone, stays) = (person(1), person(2));
    let people = [gone.clone(), stays.clone()];
    story::import(&house.doors().unwrap(), &people)
        .await
        .unwrap();
    story::open_shop(&house.doors().unwrap()).await.unwrap();
    let order = story::order(&house.doors().unwrap(), &gone, 1)
        .await
        .unwrap();
    story::order(&house.doors().unwrap(), &stays, 2)
        .await
        .unwrap();
    house.stop().unwrap();
    let (live, copy) = (house.database("orders"), house.aside("orders.sqlite"));
    std::fs::copy(&live, &copy).unwrap();
    assert_eq!(in_file(&live).await, 2);
    house.launch().await.unwrap();
    let compliance = Compliance::of(&house.doors().unwrap()).unwrap();
    compliance.erase(&gone).await.unwrap();

    // Stopped.
    house.stop().unwrap();
    assert_eq!(in_file(&live).await, 1);
    std::fs::copy(&copy, &live).unwrap();
    assert_eq!(in_file(&live).await, 2);
    house.launch().await.unwrap();
    let system = System::of(&house.doors().unwrap(), PROVIDER).unwrap();
    assert!(system.fetch(&order).await.is_err());
    house.stop().unwrap();
    assert_eq!(in_file(&live).await, 1, "the person is back in the file");

    // Running.
    house.launch().await.unwrap();
    let system = System::of(&house.doors().unwrap(), PROVIDER).unwrap();
    std::fs::copy(&copy, &live).unwrap();
    let noticed = async || {
        let told = house.metrics().await.unwrap();
        told.lines()
            .any(|line| line.starts_with("holder_restores_noticed_total "))
    };
    testkit::eventually!(PATIENCE, noticed().await);
    let serves = async || system.orders().await.is_ok();
    testkit::eventually!(PATIENCE, serves().await);
    assert!(system.fetch(&order).await.is_err());
    house.stop().unwrap();
    assert_eq!(in_file(&live).await, 1, "the person is back in the file");
}

/// How many persons stand in the file of a stopped installation.
async fn in_file(path: &std::path::Path) -> i64 {
    let url = format!("sqlite:{}", path.display());
    let books = Books::open(&url).await.unwrap();
    let count = books.count(KNOWS[0].1).await.unwrap();
    books.close().await.unwrap();
    count
}
