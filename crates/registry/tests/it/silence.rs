//! What a file does not say stays as it was, and what is damaged in it does no harm to anything else.

use api::registry::ImportMode;
use testkit::store::for_each_store;

use crate::formats::get;
use crate::world::{NETWORK, World};

const DELTA: ImportMode = ImportMode::Delta;
const FULL: ImportMode = ImportMode::Full;
/// What MdB2 asks for, and nothing more.
const MANDATORY: &str = "coId;accessId;streetName;streetNumber;postalCode;city;premisesType";
const EVERYTHING: &str = "coId;accessId;streetName;streetNumber;postalCode;city;premisesType;mduApartmentNumber;\
    propertyUnitDesignation;latitude;longitude;accessState;connectionDate;outlet;population;capacity;cpe;activeServices;\
    netType;residentName";

fn place(id: &str, number: u32) -> String {
    format!("{NETWORK};{id};Storgatan;{number};72134;Västerås;RENTAL_APARTMENT")
}

fn whole(id: &str, resident: &str) -> String {
    let place = place(id, 5);
    format!(
        "{place};0901;Dragverket 166;59.6099;16.5448;PLANNED;2008-02-12;U-1;pop1;1000;1;TV;3;{resident}"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_has_no_column_for_stays() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let first = format!("{EVERYTHING}\n{}\n", whole("1", "Åsa Provsson"));
        let report = world.import(DELTA, first.as_bytes()).await.report.unwrap();
        assert_eq!((report.added, report.rejected), (1, 0), "{report:?}");
        let before = get(&world, "1").await;
        assert_eq!(before.resident_name, "Åsa Provsson");

        for mode in [DELTA, FULL] {
            for text in [
                format!("{MANDATORY}\n{}\n", place("1", 5)),
                // A column that we do not know may name somebody, but says nothing of a resident.
                format!("{MANDATORY};fiberArea\n{};Nord\n", place("1", 5)),
            ] {
                let report = world.import(mode, text.as_bytes()).await.report.unwrap();
                assert_eq!((report.rejected, report.ended), (0, 0), "{report:?}");
                let now = get(&world, "1").await;
                assert_eq!(now.resident_name, "Åsa Provsson");
                let told = |access: &api::registry::Access| {
                    (
                        access.state,
                        access.address.clone(),
                        access.property_designation.clone(),
                        access.connected_on.clone(),
                        access.capacity_kbps,
                        access.cpe.clone(),
                        access.version.clone(),
                    )
                };
                assert_eq!(told(&now), told(&before));
            }
        }

        // What it says is changed, and nothing else; what it says to be empty is emptied.
        let moved = format!("{MANDATORY};outlet\n{};\n", place("1", 6));
        let report = world.import(DELTA, moved.as_bytes()).await.report.unwrap();
        assert_eq!(report.changed, 1, "{report:?}");
        let now = get(&world, "1").await;
        let address = now.address.clone().unwrap();
        assert_eq!(
            (
                address.street_number.as_str(),
                address.apartment_number.as_str()
            ),
            ("6", "0901")
        );
        assert_eq!(
            (now.state, &now.connected_on),
            (before.state, &before.connected_on)
        );
        let outlet = world
            .count("access WHERE outlet = '' AND population = 'pop1'")
            .await;
        assert_eq!(outlet, 1);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_services_means_what_it_meant_where_it_came_from() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let on_api = r#"[{"accessId":"1","streetName":"Storgatan","streetNumber":"5","postalCode":"72134","city":"Västerås","countryCode":"SE",
            "premisesType":"RESIDENTIAL_HOUSE","accessState":"CONNECTED","services":[
            {"service":"BB-100-100","available":"YES","disconnection":""},{"service":"BB-1000-1000","available":"2031-01-01"},
            {"service":"TV","available":"YES","disconnection":"2021-01-01"}]}]"#;
        world.import(DELTA, on_api.as_bytes()).await;
        let before = get(&world, "1").await;
        assert_eq!(before.services, ["BB-100-100"], "what can be ordered today");
        let silent = format!("{MANDATORY}\n{}\n", place("1", 6));
        let report = world.import(DELTA, silent.as_bytes()).await.report.unwrap();
        assert_eq!(report.changed, 1, "{report:?}");
        assert_eq!(get(&world, "1").await.services, before.services);

        let header = "accessId,streetName,streetNumber,postalCode,city,countryCode,premisesType,activationDate,salesStartDate";
        for (start, sold) in [("2031-01-01", false), ("NO", false), ("YES", true), ("2020-01-01", true)] {
            let text = format!("{header}\n2,Storgatan,7,72134,Västerås,SE,RESIDENTIAL_HOUSE,YES,{start}\n");
            let report = world.import(DELTA, text.as_bytes()).await.report.unwrap();
            assert_eq!(report.rejected, 0, "{report:?}");
            assert_eq!(!get(&world, "2").await.services.is_empty(), sold, "{start}");
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stray_quotes_cost_their_own_rows_and_nobody_elses() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let header = format!("{MANDATORY};residentName;note");
        let row = |id: u32, street: &str| {
            format!("{NETWORK};{id};{street};{id};72134;Västerås;RENTAL_APARTMENT;Anna Provsson;")
        };
        let file = |odd: &str| {
            let rows =
                (1..=9).map(|id| row(id, if id == 3 || id == 5 { odd } else { "Storgatan" }));
            format!("{header}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
        };
        let report = world
            .import(FULL, file("Storgatan").as_bytes())
            .await
            .report
            .unwrap();
        assert_eq!((report.added, report.rejected), (9, 0), "{report:?}");

        let answer = world.import(FULL, file("\"Storgatan").as_bytes()).await;
        let report = answer.report.unwrap();
        assert_eq!(
            (report.rows, report.rejected, report.changed, report.ended),
            (9, 2, 0, 0),
            "{report:?}"
        );
        assert_eq!(
            world
                .count("access WHERE ended_at IS NULL AND street_name = 'Storgatan'")
                .await,
            9
        );
        // Sent back as it came, it is refused again.
        let again = world
            .import(DELTA, &answer.rejected_file)
            .await
            .report
            .unwrap();
        assert_eq!(
            (again.rows, again.rejected, again.changed),
            (2, 2, 0),
            "{again:?}"
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_was_cut_off_is_not_mended_by_being_sent_back() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let header = format!("{MANDATORY};accessState;outlet");
        let whole = format!("{header}\n{};PLANNED;U-1\n", place("1", 1));
        world.import(DELTA, whole.as_bytes()).await;
        let cut = format!("{header}\n{}\n", place("1", 1));
        let answer = world.import(DELTA, cut.as_bytes()).await;
        assert_eq!(answer.report.unwrap().rejected, 1);
        let again = world
            .import(DELTA, &answer.rejected_file)
            .await
            .report
            .unwrap();
        assert_eq!((again.rejected, again.changed), (1, 0), "{again:?}");
        assert_eq!(
            world
                .count("access WHERE state = 'PLANNED' AND outlet = 'U-1'")
                .await,
            1
        );

        // Mended, it is taken.
        let text = String::from_utf8(answer.rejected_file).unwrap();
        let mended = text.replace("RENTAL_APARTMENT;", "RENTAL_APARTMENT;DEPLOYING;U-2;");
        let report = world.import(DELTA, mended.as_bytes()).await.report.unwrap();
        assert_eq!((report.rejected, report.changed), (0, 1), "{report:?}");
        world.stop().await;
    })
    .await;
}
