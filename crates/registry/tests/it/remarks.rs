//! What is told of a file beside its rejected rows: what to remark of rows that were taken, and why a whole file was refused.

use api::registry::{GetImportRequest, ImportMode, ImportReport, RefusalReason, RejectionReason};
use testkit::store::for_each_store;

use crate::formats::get;
use crate::world::{NETWORK, World, access};

async fn told_later(world: &World, import_id: &str) -> ImportReport {
    let request = GetImportRequest {
        network: NETWORK.to_owned(),
        import_id: import_id.to_owned(),
    };
    let answer = world.staff(&["importer"]).get_import(request).await;
    answer.unwrap().into_inner().report.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_on_api_cannot_say_is_taken_and_remarked() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let row = |id: u32, number: &str| {
            access(&id.to_string(), 1).replace(";1;;", &format!(";{number};;"))
        };
        let mut rows = vec![
            row(1, "12½"),
            row(2, "12"),
            row(3, "652-16"),
            row(4, "12 1/2"),
            row(5, ""),
        ];
        // A rejected row is not remarked, too.
        rows.push(row(6, "7½").replace("118 46", "1"));
        let lines: Vec<_> = rows.iter().map(String::as_str).collect();
        let report = world.rows(ImportMode::Full, &lines).await;
        assert_eq!((report.added, report.rejected, report.remarked), (5, 1, 2));
        let remarks: Vec<_> = report
            .remarks
            .iter()
            .map(|r| (r.line, r.field.as_str(), r.value.as_str(), r.reason()))
            .collect();
        let unsaid = RejectionReason::StreetNumberUnsaid;
        assert_eq!(
            remarks,
            [
                (2, "streetNumber", "12½", unsaid),
                (5, "streetNumber", "12 1/2", unsaid)
            ]
        );
        let later = told_later(&world, &report.import_id).await;
        assert_eq!((later.remarks, later.remarked), (report.remarks, 2));
        let kept = get(&world, "1").await.address.unwrap();
        assert_eq!(kept.street_number, "12½");
        assert!(!world.holds("address_import", "remarks", "12 1/2").await);

        // However many there are, so many are told, and all are counted.
        let many: Vec<_> = (10..310).map(|id| row(id, &format!("{id}½"))).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        let report = world.rows(ImportMode::Delta, &many).await;
        assert_eq!((report.remarked, report.remarks.len()), (300, 200));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_file_says_why_by_a_reason_with_its_figures() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let rows: Vec<_> = (1..=10).map(|n| access(&n.to_string(), n)).collect();
        let lines: Vec<_> = rows.iter().map(String::as_str).collect();
        assert_eq!(world.rows(ImportMode::Full, &lines).await.added, 10);
        let one = format!("{}\n{}\n", crate::world::HEADER, lines[0]);
        let damaged = one.replace("Götgatan", "GÃ¶tgatan");
        let latin: Vec<u8> = one.chars().map(|c| c as u8).collect();
        let torn = [one.as_bytes(), b"\xff"].concat();
        for (bytes, reason, arguments) in [
            (b"".to_vec(), RefusalReason::FileEmpty, vec![]),
            (b"hej".to_vec(), RefusalReason::HeaderMissing, vec![]),
            (
                b"coId;accessId;city\n".to_vec(),
                RefusalReason::ColumnsMissing,
                vec!["streetName, postalCode, premisesType", "mdb2"],
            ),
            (
                b"coId;accessId;coId\n".to_vec(),
                RefusalReason::ColumnTwice,
                vec!["3"],
            ),
            (b"\xff\xfea\0".to_vec(), RefusalReason::FileUtf16, vec![]),
            (b"a\0b".to_vec(), RefusalReason::FileNotText, vec![]),
            (
                damaged.into_bytes(),
                RefusalReason::LettersEncodedTwice,
                vec!["2", "windows-1252"],
            ),
            (torn, RefusalReason::CharsetMixed, vec!["iso-8859-1", "2"]),
            (
                one.into_bytes(),
                RefusalReason::EndingTooMany,
                vec!["9", "10", "20"],
            ),
        ] {
            let report = world.import(ImportMode::Full, &bytes).await.report.unwrap();
            assert_eq!(report.outcome, "refused", "{reason:?}");
            assert_eq!(
                (report.refusal_reason(), report.refusal_arguments.clone()),
                (reason, arguments.into_iter().map(str::to_owned).collect()),
                "{}",
                report.refusal
            );
            let later = told_later(&world, &report.import_id).await;
            assert_eq!(later.refusal_reason(), reason);
            assert_eq!(later.refusal_arguments, report.refusal_arguments);
        }
        // What is right says nothing of it.
        let report = world
            .import(ImportMode::Delta, &latin)
            .await
            .report
            .unwrap();
        assert_eq!(report.refusal_reason(), RefusalReason::Unspecified);
        world.stop().await;
    })
    .await;
}
