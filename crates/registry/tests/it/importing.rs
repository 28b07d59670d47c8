//! Address files, from bytes to a report.

use std::collections::HashSet;

use api::registry::import_address_file_request::Part;
use api::registry::{
    GetImportRequest, ImportMode, ListImportsRequest, RejectedRow, RejectionReason,
};
use service_kit::error::violations_of;
use testkit::store::for_each_store;

use crate::world::{HEADER, NETWORK, World, access, header};

const FULL: ImportMode = ImportMode::Full;
const DELTA: ImportMode = ImportMode::Delta;

fn file(delimiter: &str) -> String {
    [
        HEADER.to_owned(),
        access("1", 1),
        access("2", 2),
        access("3", 3),
    ]
    .join("\r\n")
    .replace(';', delimiter)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_delimiter_and_charset_brings_the_same_accesses() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let first = world
            .import(FULL, file("\t").as_bytes())
            .await
            .report
            .unwrap();
        assert_eq!(
            (first.outcome.as_str(), first.rows, first.added),
            ("applied", 3, 3),
            "{first:?}"
        );
        for (delimiter, name) in [("\t", "tab"), (",", "comma"), (";", "semicolon")] {
            let text = file(delimiter);
            let single_byte = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
            let latin1 = single_byte(&text);
            let bad = access("9", 9)
                .replace("118 46", "–")
                .replace(';', delimiter);
            let windows = single_byte(&format!("{text}\r\n{bad}"));
            for (bytes, charset, rejected) in [
                (text.clone().into_bytes(), "utf-8", 0),
                (format!("\u{feff}{text}").into_bytes(), "utf-8", 0),
                (latin1, "iso-8859-1", 0),
                (windows, "windows-1252", 1),
            ] {
                let report = world.import(DELTA, &bytes).await.report.unwrap();
                assert_eq!(
                    (report.charset.as_str(), report.delimiter.as_str()),
                    (charset, name)
                );
                assert_eq!(
                    (report.unchanged, report.changed, report.rejected),
                    (3, 0, rejected),
                    "{report:?}"
                );
            }
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_import_changes_nothing_and_says_so() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.import(FULL, file(";").as_bytes()).await;
        world.events("registry.import.applied.v1", 1).await;
        let second = world
            .import(FULL, file(";").as_bytes())
            .await
            .report
            .unwrap();
        assert_eq!(
            (second.outcome.as_str(), second.unchanged),
            ("nothing_changed", 3)
        );
        let third = world
            .import(
                FULL,
                file(";").replace("Götgatan;2", "Götgatan;22").as_bytes(),
            )
            .await
            .report
            .unwrap();
        assert_eq!(
            (third.outcome.as_str(), third.changed, third.unchanged),
            ("applied", 1, 2)
        );
        let events = world.events("registry.import.applied.v1", 2).await;
        assert_eq!(
            events.len(),
            2,
            "an import that changes nothing tells nothing"
        );
        let event: api::events::ImportApplied = events[1].decode().unwrap();
        assert_eq!((event.import_id, event.changed), (third.import_id, 1));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_rows_name_every_violation_and_leave_their_access_alone() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let many: Vec<String> = (1..=10).map(|n| access(&n.to_string(), n)).collect();
        let rows = |rows: &[String]| {
            rows.iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join("\n")
        };
        world
            .import(FULL, format!("{HEADER}\n{}", rows(&many)).as_bytes())
            .await;

        let mut bad = many.clone();
        bad[1] = bad[1]
            .replace("118 46", "1184")
            .replace("RENTAL_APARTMENT", "CASTLE");
        bad[2] = bad[2].replace(NETWORK, "OTHER");
        bad.push(access("4", 44));
        let answer = world
            .import(FULL, format!("{HEADER}\n{}", rows(&bad)).as_bytes())
            .await;
        let report = answer.report.unwrap();
        assert_eq!(
            (report.outcome.as_str(), report.rejected, report.ended),
            ("nothing_changed", 4, 0),
            "{report:?}"
        );
        let fields = |line: u64| -> Vec<String> {
            report
                .rejections
                .iter()
                .filter(|r| r.line == line)
                .map(|r| r.field.clone())
                .collect()
        };
        assert_eq!(fields(3), ["postalCode", "premisesType"]);
        assert_eq!(
            (fields(4), fields(5), fields(12)),
            (
                vec!["coId".into()],
                vec!["accessId".into()],
                vec!["accessId".into()]
            )
        );
        let kept = world
            .import(
                DELTA,
                rows(&[HEADER.to_owned(), many[3].clone()]).as_bytes(),
            )
            .await
            .report
            .unwrap();
        assert_eq!(kept.unchanged, 1, "a duplicate changed nothing");

        let text = String::from_utf8(answer.rejected_file).unwrap();
        assert_eq!(text.lines().count(), 5, "{text}");
        let mended = text
            .replace(";1184;", ";11846;")
            .replace("CASTLE", "OTHER")
            .replace("OTHER;3;", "SNFDMO;3;");
        let again = world.import(DELTA, mended.as_bytes()).await.report.unwrap();
        assert_eq!((again.rejected, again.changed), (2, 1), "{again:?}");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complete_import_ends_what_it_does_not_name_but_not_too_much() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let many: Vec<String> = (1..=10).map(|n| access(&n.to_string(), n)).collect();
        let refs: Vec<&str> = many.iter().map(String::as_str).collect();
        world.rows(FULL, &refs).await;
        let refused = world.rows(FULL, &refs[..7]).await;
        assert_eq!((refused.outcome.as_str(), refused.ended), ("refused", 0));
        assert!(
            refused.refusal.contains("end 3 of 10"),
            "{}",
            refused.refusal
        );
        let nameless = [&refs[..9], &["SNFDMO;only three;fields"]].concat();
        let careful = world.rows(FULL, &nameless).await;
        assert_eq!((careful.ended, careful.rejected), (0, 1));
        assert!(careful.rejections[0].rule.contains("no access was ended"));
        let ended = world.rows(FULL, &refs[..8]).await;
        assert_eq!(
            (ended.outcome.as_str(), ended.ended, ended.unchanged),
            ("applied", 2, 8)
        );
        let delta = world.rows(DELTA, &refs[..1]).await;
        assert_eq!(
            (delta.outcome.as_str(), delta.ended),
            ("nothing_changed", 0)
        );
        let back = world.rows(DELTA, &refs[9..]).await;
        assert_eq!(
            (back.outcome.as_str(), back.added),
            ("applied", 1),
            "an ended access comes again"
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let dry = api::registry::ImportHeader {
            dry_run: true,
            ..header(FULL)
        };
        for _ in 0..2 {
            let report = world
                .send(dry.clone(), file(";").as_bytes())
                .await
                .unwrap()
                .report
                .unwrap();
            assert_eq!(
                (report.outcome.as_str(), report.added, report.dry_run),
                ("dry_run", 3, true)
            );
        }
        assert_eq!(
            world.count("access").await + world.count("resident").await,
            0
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_file_is_refused_with_its_reason() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        for (bytes, why) in [
            (b"".as_slice(), "empty"),
            (
                b"coID;accessId;city\n",
                "lacks the mandatory columns streetName, postalCode, premisesType",
            ),
            (
                file(";").replace("Götgatan", "GÃ¶tgatan").as_bytes(),
                "line 2",
            ),
            (b"PK\x03\x04\0\0\0", "not text"),
        ] {
            let report = world.import(FULL, bytes).await.report.unwrap();
            assert_eq!(report.outcome, "refused");
            assert!(report.refusal.contains(why), "{}", report.refusal);
        }
        let wrong = api::registry::ImportHeader {
            charset: "ebcdic".into(),
            mode: 0,
            ..header(FULL)
        };
        let status = world.send(wrong, b"").await.unwrap_err();
        assert_eq!(violations_of(&status)[0].field, "header.mode");
        let status = world
            .send_parts(vec![Part::Chunk(b"x".to_vec())])
            .await
            .unwrap_err();
        assert_eq!(violations_of(&status)[0].field, "header");
        let twice = vec![Part::Header(header(FULL)), Part::Header(header(FULL))];
        assert!(world.send_parts(twice).await.is_err());
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_are_accounted_for() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let bad = world
            .rows(FULL, &["SNFDMO;x y;Götgatan;1;;1;Stockholm;OTHER;;;;;kept"])
            .await;
        for _ in 0..3 {
            world.clock.advance(chrono::Duration::seconds(1));
            world.import(FULL, file(";").as_bytes()).await;
        }
        let mut staff = world.staff(&["importer"]);
        let mut seen = Vec::new();
        let mut page = api::common::PageRequest {
            page_size: 3,
            page_token: String::new(),
        };
        loop {
            let request = ListImportsRequest {
                network: NETWORK.to_owned(),
                page: Some(page.clone()),
            };
            let answer = staff.list_imports(request).await.unwrap().into_inner();
            seen.extend(
                answer
                    .imports
                    .into_iter()
                    .map(|i| (i.outcome, i.rejections.len())),
            );
            if answer.next_page_token.is_empty() {
                break;
            }
            page.page_token = answer.next_page_token;
        }
        let outcomes: Vec<_> = seen.iter().map(|(outcome, _)| outcome.as_str()).collect();
        assert_eq!(
            outcomes,
            [
                "nothing_changed",
                "nothing_changed",
                "applied",
                "nothing_changed"
            ]
        );
        let request = GetImportRequest {
            network: NETWORK.to_owned(),
            import_id: bad.import_id.clone(),
        };
        let report = staff
            .get_import(request)
            .await
            .unwrap()
            .into_inner()
            .report
            .unwrap();
        assert_eq!(report, bad);
        assert_eq!(
            report
                .rejections
                .iter()
                .map(|r| r.field.as_str())
                .collect::<Vec<_>>(),
            ["accessId", "postalCode"]
        );
        assert_eq!(report.unknown_columns, ["remark"]);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_broken_rule_has_a_reason_by_which_it_is_translated() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let long = "x".repeat(300);
        let rows = [
            changed(&[("coID", ""), ("accessId", "")]),
            changed(&[("coID", "OTHER"), ("accessId", "a b"), ("city", "")]),
            changed(&[("streetName", &long), ("premisesType", "CASTLE")]),
            changed(&[("postalCode", "1"), ("accessId", "199001189811")]),
            changed(&[("accessState", "GONE"), ("residentName", "12345")]),
            changed(&[("accessId", "7")]),
            changed(&[("accessId", "7"), ("mduApartmentNumber", "1")]),
            "one;two".to_owned(),
            "\"open".to_owned(),
        ];
        let report = world
            .rows(DELTA, &rows.each_ref().map(String::as_str))
            .await;
        let given: HashSet<_> = report.rejections.iter().map(RejectedRow::reason).collect();
        let wanted = HashSet::from([
            RejectionReason::FieldEmpty,
            RejectionReason::NetworkOther,
            RejectionReason::AccessIdInvalid,
            RejectionReason::FieldTooLong,
            RejectionReason::PremisesTypeInvalid,
            RejectionReason::PostalCodeInvalid,
            RejectionReason::AccessIdPersonal,
            RejectionReason::AccessStateInvalid,
            RejectionReason::PersonNameInvalid,
            RejectionReason::AccessRepeated,
            RejectionReason::ApartmentNumberInvalid,
            RejectionReason::FieldCount,
            RejectionReason::QuoteOpen,
        ]);
        assert_eq!(given, wanted, "{:#?}", report.rejections);
        world.stop().await;
    })
    .await;
}

/// A right row with other values in these columns.
fn changed(changes: &[(&str, &str)]) -> String {
    let right = access("1", 1);
    let mut fields: Vec<&str> = right.split(';').collect();
    for (name, value) in changes {
        let column = HEADER.split(';').position(|heading| heading == *name);
        fields[column.unwrap()] = value;
    }
    fields.join(";")
}
