//! What providers are given of a network's accesses: under a contract, in order, from a cursor, without whom objects.

use api::registry::access_change::Change;
use api::registry::{
    AccessState, EditAccessRequest, GetAccessRequest, GetContractRequest, GetMarketAccessRequest,
    ImportMode, ListMarketContractsRequest, ListMarketExtractsRequest, MarketAccess,
    MarketContract, MarketInterface, PutMarketContractRequest, StreamAccessesRequest,
    UndoImportRequest,
};
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;
use tokio::time::timeout;
use tonic::{Code, Status};

use crate::world::{NETWORK, PATIENCE, World, access, lived_in};

pub const PROVIDER: &str = "nordbredband";

pub fn contract() -> MarketContract {
    MarketContract {
        provider_id: PROVIDER.to_owned(),
        columns: ["streetName", "streetNumber", "city", "accessState"]
            .map(str::to_owned)
            .to_vec(),
        on_api: true,
        valid_from: "2026-01-01".to_owned(),
        ..MarketContract::default()
    }
}

pub async fn put(world: &World, contract: MarketContract) -> Result<MarketContract, Status> {
    let request = PutMarketContractRequest {
        network: NETWORK.to_owned(),
        contract: Some(contract),
    };
    let answer = world
        .contracts(&["admin"])
        .put_market_contract(request)
        .await?
        .into_inner();
    Ok(answer.contract.unwrap())
}

/// A provider's own copy of the accesses, kept by the feed.
#[derive(Debug, Default)]
struct Copy {
    accesses: std::collections::BTreeMap<String, MarketAccess>,
    cursor: String,
    /// Every id in the order in which it was told, "-" before those that were taken away.
    told: Vec<String>,
}

impl Copy {
    fn ids(&self) -> Vec<&str> {
        self.accesses.keys().map(String::as_str).collect()
    }

    fn take(&mut self, batch: api::registry::StreamAccessesResponse) {
        for change in batch.changes {
            match change.change.unwrap() {
                Change::Put(access) => {
                    self.told.push(access.access_id.clone());
                    self.accesses.insert(access.access_id.clone(), access);
                }
                Change::Removed(id) => {
                    self.told.push(format!("-{id}"));
                    self.accesses.remove(&id);
                }
            }
        }
        self.cursor = batch.cursor;
    }

    /// Reads to the end of what there is. Returns what was told.
    async fn read(&mut self, world: &World) -> Result<Vec<String>, Status> {
        let request = StreamAccessesRequest {
            cursor: self.cursor.clone(),
            ..StreamAccessesRequest::default()
        };
        let mut feed = world
            .provider(NETWORK, PROVIDER)
            .stream_accesses(request)
            .await?
            .into_inner();
        while let Some(batch) = feed.message().await? {
            self.take(batch);
        }
        Ok(std::mem::take(&mut self.told))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_contract_of_today_nobody_gets_anything() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.rows(ImportMode::Full, &[&access("1", 1)]).await;
        let mut copy = Copy::default();
        let refused = copy.read(&world).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
        assert_eq!(reason_of(&refused).as_deref(), Some("CONTRACT_MISSING"));

        let tomorrow = MarketContract {
            valid_from: "2026-11-23".to_owned(),
            ..contract()
        };
        let tomorrow = put(&world, tomorrow).await.unwrap();
        let refused = copy.read(&world).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("CONTRACT_MISSING"));
        world.clock.advance(chrono::Duration::days(1));
        assert_eq!(copy.read(&world).await.unwrap(), ["1"]);

        let other = world
            .provider("OTHER", PROVIDER)
            .get_contract(GetContractRequest {})
            .await
            .unwrap_err();
        assert_eq!(other.code(), Code::PermissionDenied, "another network");
        let other = world
            .provider(NETWORK, "otherfiber")
            .get_contract(GetContractRequest {})
            .await
            .unwrap_err();
        assert_eq!(other.code(), Code::PermissionDenied, "another provider");

        let overlapping = put(&world, contract()).await.unwrap_err();
        assert_eq!(violations_of(&overlapping)[0].field, "valid_from");
        let ended = MarketContract {
            valid_until: "2026-11-23".to_owned(),
            ..tomorrow
        };
        put(&world, ended.clone()).await.unwrap();
        let next = MarketContract {
            valid_from: "2026-11-24".to_owned(),
            ..contract()
        };
        put(&world, next).await.unwrap();
        let listed = world
            .contracts(&["dpo"])
            .list_market_contracts(ListMarketContractsRequest {
                network: NETWORK.to_owned(),
                provider_id: PROVIDER.to_owned(),
            })
            .await
            .unwrap()
            .into_inner()
            .contracts;
        let days: Vec<_> = listed.iter().map(|c| c.valid_from.as_str()).collect();
        assert_eq!(days, ["2026-11-23", "2026-11-24"]);
        let unknown = MarketContract {
            contract_id: "0198c4f2-0000-7000-8000-000000000000".to_owned(),
            ..ended
        };
        let refused = put(&world, unknown).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("CONTRACT_NOT_FOUND"));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_tells_every_change_once_in_order_and_only_agreed_columns() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        put(&world, contract()).await.unwrap();
        let first = [access("1", 1), access("2", 2), access("3", 3)];
        let rows: Vec<_> = first.iter().map(String::as_str).collect();
        world.rows(ImportMode::Full, &rows).await;
        let mut copy = Copy::default();
        assert_eq!(copy.read(&world).await.unwrap(), ["1", "2", "3"]);
        let agreed = MarketAccess {
            access_id: "2".to_owned(),
            street_name: "Götgatan".to_owned(),
            street_number: "2".to_owned(),
            city: "Stockholm".to_owned(),
            state: AccessState::Connected.into(),
            ..MarketAccess::default()
        };
        assert_eq!(copy.accesses["2"], agreed, "no other column");
        assert_eq!(copy.read(&world).await.unwrap(), [""; 0], "nothing new");

        let changed = [access("1", 1), access("2", 22), access("4", 4)];
        let rows: Vec<_> = changed.iter().map(String::as_str).collect();
        let report = world
            .send(
                api::registry::ImportHeader {
                    confirmed_ending: 1,
                    ..crate::world::header(ImportMode::Full)
                },
                format!("{}\n{}\n", crate::world::HEADER, rows.join("\n")).as_bytes(),
            )
            .await
            .unwrap()
            .report
            .unwrap();
        assert_eq!((report.changed, report.ended, report.added), (1, 1, 1));
        assert_eq!(copy.read(&world).await.unwrap(), ["2", "-3", "4"]);

        let undo = UndoImportRequest {
            network: NETWORK.to_owned(),
            import_id: report.import_id,
        };
        let mut undone = world
            .staff(&["importer"])
            .undo_import(undo)
            .await
            .unwrap()
            .into_inner();
        while undone.message().await.unwrap().is_some() {}
        assert_eq!(copy.read(&world).await.unwrap(), ["2", "3", "-4"]);
        assert_eq!(copy.ids(), ["1", "2", "3"]);
        assert_eq!(copy.accesses["2"].street_number, "2");

        let mut new = Copy::default();
        new.read(&world).await.unwrap();
        assert_eq!(new.accesses, copy.accesses, "who begins now has the same");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_is_too_old_or_unknown_is_told_to_begin_anew() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        put(&world, contract()).await.unwrap();
        let all = [access("1", 1), access("2", 2)];
        let rows: Vec<_> = all.iter().map(String::as_str).collect();
        world.rows(ImportMode::Full, &rows).await;
        let mut copy = Copy::default();
        copy.read(&world).await.unwrap();
        let early = copy.cursor.clone();

        let header = api::registry::ImportHeader {
            confirmed_ending: 1,
            ..crate::world::header(ImportMode::Full)
        };
        let text = format!("{}\n{}\n", crate::world::HEADER, all[0]);
        world.send(header, text.as_bytes()).await.unwrap();
        // The end of an access is kept for whoever follows, then it is final.
        world.clock.advance(chrono::Duration::days(93));
        testkit::eventually!(
            PATIENCE,
            world.count("access WHERE access_id = '2'").await == 0
        );

        for (cursor, reason) in [
            (early.as_str(), "CURSOR_EXPIRED"),
            ("9.1.1", "CURSOR_EXPIRED"),
            ("1.999.1", "CURSOR_EXPIRED"),
            ("nonsense", "CURSOR_INVALID"),
        ] {
            let mut old = Copy {
                cursor: cursor.to_owned(),
                ..Copy::default()
            };
            let refused = old.read(&world).await.unwrap_err();
            assert_eq!(reason_of(&refused).as_deref(), Some(reason), "{cursor}");
        }
        let mut anew = Copy::default();
        assert_eq!(anew.read(&world).await.unwrap(), ["1"]);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_objects_is_taken_out_of_the_market_and_stays_in_on_api_without_a_person() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        put(&world, contract()).await.unwrap();
        let rows = [lived_in("1", 1, "Åsa Provsson"), access("2", 2)];
        world
            .rows(ImportMode::Full, &[rows[0].as_str(), rows[1].as_str()])
            .await;
        let mut copy = Copy::default();
        assert_eq!(copy.read(&world).await.unwrap(), ["1", "2"]);
        let follow = StreamAccessesRequest {
            cursor: copy.cursor.clone(),
            follow: true,
            ..StreamAccessesRequest::default()
        };
        let mut running = world
            .provider(NETWORK, PROVIDER)
            .stream_accesses(follow)
            .await
            .unwrap()
            .into_inner();

        objects(&world, "1", true).await;
        let told = timeout(PATIENCE, running.message())
            .await
            .expect("a running extract hears of it")
            .unwrap()
            .unwrap();
        copy.take(told);
        assert_eq!(std::mem::take(&mut copy.told), ["-1"]);
        drop(running);

        // Another name in the next file may be the same person: the objection stays.
        let married = lived_in("1", 1, "Åsa Testberg");
        world
            .rows(ImportMode::Full, &[&married, rows[1].as_str()])
            .await;
        let mut new = Copy::default();
        assert_eq!(new.read(&world).await.unwrap(), ["2"]);
        let technical = world
            .provider(NETWORK, PROVIDER)
            .get_market_access(GetMarketAccessRequest {
                access_id: "1".to_owned(),
                interface: MarketInterface::OnApi.into(),
            })
            .await
            .unwrap()
            .into_inner();
        assert!(!format!("{technical:?}").contains("Åsa"));
        let hidden = world
            .provider(NETWORK, PROVIDER)
            .get_market_access(GetMarketAccessRequest {
                access_id: "1".to_owned(),
                ..GetMarketAccessRequest::default()
            })
            .await
            .unwrap_err();
        assert_eq!(hidden.code(), Code::NotFound);

        objects(&world, "1", false).await;
        assert_eq!(copy.read(&world).await.unwrap(), ["1"]);
        world.stop().await;
    })
    .await;
}

async fn objects(world: &World, id: &str, not_to_providers: bool) {
    let mut staff = world.staff(&["customer_service"]);
    let seen = staff
        .get_access(GetAccessRequest {
            network: NETWORK.to_owned(),
            access_id: id.to_owned(),
            purpose: "test".to_owned(),
        })
        .await
        .unwrap()
        .into_inner()
        .access
        .unwrap();
    let request = EditAccessRequest {
        network: NETWORK.to_owned(),
        version: seen.version.clone(),
        access: Some(seen),
        reason: "the resident rang".to_owned(),
        resident_protected: None,
        not_to_providers: Some(not_to_providers),
    };
    staff.edit_access(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_keeps_to_its_premises_and_its_interface_and_what_was_given_is_recorded() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let only_houses = MarketContract {
            premises_types: vec!["RESIDENTIAL_HOUSE".to_owned()],
            on_api: false,
            ..contract()
        };
        let agreed = put(&world, only_houses).await.unwrap();
        let house = access("2", 2).replace("RENTAL_APARTMENT", "RESIDENTIAL_HOUSE");
        world
            .rows(ImportMode::Full, &[&access("1", 1), &house])
            .await;
        let mut copy = Copy::default();
        assert_eq!(copy.read(&world).await.unwrap(), ["2"]);
        let refused = world
            .provider(NETWORK, PROVIDER)
            .get_market_access(GetMarketAccessRequest {
                access_id: "2".to_owned(),
                interface: MarketInterface::OnApi.into(),
            })
            .await
            .unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("INTERFACE_NOT_AGREED"));

        let request = ListMarketExtractsRequest {
            network: NETWORK.to_owned(),
            ..ListMarketExtractsRequest::default()
        };
        let extracts = world
            .contracts(&["compliance"])
            .list_market_extracts(request)
            .await
            .unwrap()
            .into_inner()
            .extracts;
        let [extract] = extracts.try_into().unwrap();
        assert_eq!((extract.put, extract.removed, extract.withheld), (1, 0, 0));
        assert_eq!(
            (extract.contract_id, extract.until, extract.caller_id),
            (agreed.contract_id, copy.cursor, "nordbredband-1".to_owned())
        );
        assert!(extract.ended_at.is_some());
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_goes_away_leaves_an_end_in_the_record() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        put(&world, contract()).await.unwrap();
        world.rows(ImportMode::Full, &[&access("1", 1)]).await;
        let follow = StreamAccessesRequest {
            follow: true,
            ..StreamAccessesRequest::default()
        };
        let mut feed = world
            .provider(NETWORK, PROVIDER)
            .stream_accesses(follow)
            .await
            .unwrap()
            .into_inner();
        feed.message().await.unwrap().unwrap();
        assert_eq!(
            world.count("market_extract WHERE ended_at IS NULL").await,
            1
        );
        drop(feed);
        testkit::eventually!(
            PATIENCE,
            world
                .count("market_extract WHERE ended_at IS NOT NULL AND put = 1")
                .await
                == 1
        );
        world.stop().await;
    })
    .await;
}
