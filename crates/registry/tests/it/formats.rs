//! Every format comes in by the same door, recognised by itself.

use api::registry::{GetAccessRequest, ImportHeader, ImportMode, RejectionReason};
use testkit::store::for_each_store;

use crate::world::{NETWORK, World, header, lived_in};

const DELTA: ImportMode = ImportMode::Delta;

const MASTER: &str = "SNFDMO;Västerås;Bäckby;Dragverket 166;Spikverksgatan;128;B;Åsa Provsson;72474;Bo Provsson;Kopparbergsvägen 8;72213;Luleå;\"1002;198-234B12\";4;2008-02-12;1;LVP-12;M-1;3;1;tv,direct;1;512;2\n";
const UPLOAD: &str = "accessId,streetName,streetNumber,streetLittera,postalCode,city,countryCode,premisesType,mduApartmentNumber,mduDistinguisher,outletId,population,option82,coFiberConverter,coCpeSwitch,coCpeRouter,activationDate,salesStartDate,portSpeed,iptv,rfof\n\
    P1,TESTVÄGEN,6,D,10000,ANKEBORG,SE,MDU_APARTMENT,1002,,ABC1,pop1,abc123,LASER,,NETGEAR,YES,YES,100,YES,NO\n";
const ON_API: &str = r#"[{"accessId":"O1","streetName":"Byvägen","streetNumber":"652-16","streetLittera":"A","postalCode":"72134","city":"Västerås",
    "countryCode":"SE","premisesType":"RESIDENTIAL_HOUSE","priceGroup":3,"accessState":"INMIGRATION","note":"ring Åsa"}]"#;

pub async fn get(world: &World, id: &str) -> api::registry::Access {
    let request = GetAccessRequest {
        network: NETWORK.to_owned(),
        access_id: id.to_owned(),
        purpose: "test".to_owned(),
    };
    let answer = world.staff(&["customer_service"]).get_access(request).await;
    answer.unwrap().into_inner().access.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn four_formats() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        for (text, format) in [(MASTER, "mdb1"), (UPLOAD, "pi-api"), (ON_API, "on-api")] {
            for outcome in ["applied", "nothing_changed"] {
                let report = world.import(DELTA, text.as_bytes()).await.report.unwrap();
                assert_eq!(
                    (report.format.as_str(), report.outcome.as_str()),
                    (format, outcome),
                    "{report:?}"
                );
            }
        }
        let master = get(&world, "M-1").await;
        assert_eq!(
            (
                master.resident_name.as_str(),
                master.property_owner.as_str()
            ),
            ("Åsa Provsson", "Bo Provsson")
        );
        assert_eq!(
            (
                master.property_designation.as_str(),
                master.connected_on.as_str(),
                master.cpe.as_str()
            ),
            ("Dragverket 166", "2008-02-12", "YES")
        );
        assert_eq!(
            (
                master.distinguisher.as_str(),
                master.capacity_kbps,
                master.source.as_str()
            ),
            ("198-234B12", Some(512), "mdb1")
        );
        assert_eq!(
            world.count("access_log WHERE purpose = 'test'").await,
            2,
            "resident and owner"
        );
        let upload = get(&world, "P1").await;
        assert_eq!(
            (
                upload.outlet.as_str(),
                upload.population.as_str(),
                upload.capacity_kbps
            ),
            ("ABC1", "pop1", Some(100_000))
        );
        assert!(upload.technical.contains("NETGEAR"), "{}", upload.technical);
        let on_api = get(&world, "O1").await;
        assert_eq!(
            (on_api.price_group, on_api.state().as_str_name()),
            (Some(3), "ACCESS_STATE_INMIGRATION")
        );
        assert_eq!(on_api.premises_type, "RESIDENTIAL_HOUSE");
        assert_eq!(world.count("resident WHERE role = 'columns'").await, 1);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_format_that_knows_no_residents_leaves_them_alone() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world
            .rows(DELTA, &[&lived_in("O1", 1, "Åsa Provsson")])
            .await;
        let report = world.import(DELTA, ON_API.as_bytes()).await.report.unwrap();
        assert_eq!((report.changed, report.added), (1, 0));
        assert_eq!(get(&world, "O1").await.resident_name, "Åsa Provsson");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_objects_come_back_as_json() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let bad = ON_API.replace("72134", "7213");
        let two = format!(
            "[{},{}]",
            bad.trim_matches(['[', ']']),
            bad.trim_matches(['[', ']']).replace("O1", "O2")
        );
        let answer = world.import(DELTA, two.as_bytes()).await;
        assert_eq!(answer.report.unwrap().rejected, 2);
        let text = String::from_utf8(answer.rejected_file).unwrap();
        let parsed: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        assert!(
            parsed[1]["rejected_because"]
                .as_str()
                .unwrap()
                .starts_with("postalCode")
        );
        let mended = world
            .import(DELTA, text.replace("\"7213\"", "\"72134\"").as_bytes())
            .await
            .report
            .unwrap();
        assert_eq!((mended.added, mended.rejected), (2, 0), "{mended:?}");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stated_format_is_held_to() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let stated = |format: &str| ImportHeader {
            format: format.to_owned(),
            ..header(DELTA)
        };
        let refused = world
            .send(stated("mdb2"), UPLOAD.as_bytes())
            .await
            .unwrap()
            .report
            .unwrap();
        assert_eq!(refused.outcome, "refused");
        assert!(refused.refusal.contains("coId"), "{}", refused.refusal);
        assert!(world.send(stated("excel"), b"").await.is_err());
        let right = world
            .send(stated("pi-api"), UPLOAD.as_bytes())
            .await
            .unwrap()
            .report
            .unwrap();
        assert_eq!(right.added, 1);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capacity_that_no_port_has_is_refused_and_the_access_keeps_its_own() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let file = |kbps: u32| MASTER.replace(";512;", &format!(";{kbps};"));
        world.import(DELTA, file(512).as_bytes()).await;
        let report = world.import(DELTA, file(5).as_bytes()).await.report;
        let report = report.unwrap();
        assert_eq!((report.rejected, report.changed), (1, 0));
        let told = &report.rejections[0];
        assert_eq!(told.reason(), RejectionReason::CapacityInvalid);
        assert_eq!(told.arguments, ["256", "1000000", "kbit/s"]);
        assert_eq!(
            (told.field.as_str(), told.value.as_str()),
            ("capacity", "5")
        );
        let access = get(&world, "M-1").await;
        assert_eq!(access.capacity_kbps, Some(512));
        world.stop().await;
    })
    .await;
}
