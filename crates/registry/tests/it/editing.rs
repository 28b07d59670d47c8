//! Staff put one access right; what it was is kept.

use api::registry::{
    Access, AccessState, EditAccessRequest, GetAccessOnRequest, GetAccessRequest, ImportMode,
};
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::world::{NETWORK, World, lived_in};

async fn get(world: &World) -> Access {
    let request = GetAccessRequest {
        network: NETWORK.to_owned(),
        access_id: "1".to_owned(),
        purpose: "test".to_owned(),
    };
    let answer = world.staff(&["customer_service"]).get_access(request).await;
    answer.unwrap().into_inner().access.unwrap()
}

async fn edit(world: &World, access: Access, protected: Option<bool>) -> Result<Access, Status> {
    let request = EditAccessRequest {
        network: NETWORK.to_owned(),
        version: access.version.clone(),
        access: Some(access),
        reason: "the caretaker rang".to_owned(),
        resident_protected: protected,
        not_to_providers: None,
    };
    let answer = world
        .staff(&["customer_service"])
        .edit_access(request)
        .await?;
    Ok(answer.into_inner().access.unwrap())
}

async fn number_on(world: &World, day: &str) -> Result<String, Code> {
    let request = GetAccessOnRequest {
        network: NETWORK.to_owned(),
        access_id: "1".to_owned(),
        day: day.to_owned(),
    };
    match world.staff(&["importer"]).get_access_on(request).await {
        Ok(answer) => {
            let access = answer.into_inner().access.unwrap();
            assert_eq!(access.resident_name, "");
            Ok(access.address.unwrap().street_number)
        }
        Err(status) => Err(status.code()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_checked_kept_and_overruled_by_nobody_unseen() {
    Box::pin(for_each_store(|url| async {
        let world = World::start(url).await;
        let row = lived_in("1", 1, "Åsa Provsson");
        world.rows(ImportMode::Full, &[&row]).await;
        let seen = get(&world).await;

        let mut wrong = seen.clone();
        wrong.address.as_mut().unwrap().postal_code = "1".to_owned();
        wrong.latitude = "north".to_owned();
        let refused = edit(&world, wrong, None).await.unwrap_err();
        let fields: Vec<_> = violations_of(&refused)
            .into_iter()
            .map(|v| v.field)
            .collect();
        assert_eq!(fields, ["postalCode", "latitude"]);

        world.clock.advance(chrono::Duration::days(1));
        let mut right = seen.clone();
        right.address.as_mut().unwrap().street_number = "7".to_owned();
        right.set_state(AccessState::Disconnected);
        let after = edit(&world, right, None).await.unwrap();
        assert_eq!(
            (after.source.as_str(), after.state()),
            ("staff", AccessState::Disconnected)
        );
        let stale = edit(&world, seen, None).await.unwrap_err();
        assert_eq!(reason_of(&stale).as_deref(), Some("ACCESS_CHANGED"));

        assert_eq!(number_on(&world, "2026-11-21").await, Err(Code::NotFound));
        assert_eq!(number_on(&world, "2026-11-22").await.unwrap(), "1");
        assert_eq!(number_on(&world, "2026-11-23").await.unwrap(), "7");
        world.clock.advance(chrono::Duration::days(1));
        let back = world.rows(ImportMode::Full, &[&row]).await;
        assert_eq!(back.changed, 1, "the file says what it says");
        assert_eq!(number_on(&world, "2026-11-24").await.unwrap(), "1");
        assert_eq!(number_on(&world, "2026-11-23").await.unwrap(), "7");
        world.stop().await;
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_protected_is_masked_and_stays_so() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let row = lived_in("1", 1, "Åsa Provsson");
        world.rows(ImportMode::Full, &[&row]).await;
        let seen = get(&world).await;
        edit(&world, seen, Some(true)).await.unwrap();
        let read = get(&world).await;
        assert_eq!(
            (read.resident_name.as_str(), read.resident_protected),
            ("", true)
        );
        assert_eq!(
            world.count("access_log WHERE purpose = 'test'").await,
            1,
            "nobody was read the second time"
        );
        let spelled = row.replace("Åsa Provsson", "Åsa B Provsson");
        world.rows(ImportMode::Full, &[&spelled]).await;
        assert!(
            get(&world).await.resident_protected,
            "another spelling may be the same person"
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_overrules_an_edit_in_what_it_says_and_leaves_the_rest_of_it() {
    for mode in [ImportMode::Full, ImportMode::Delta] {
        Box::pin(for_each_store(|url| async move {
            let world = World::start(url).await;
            let row = lived_in("1", 1, "Åsa Provsson");
            world.rows(mode, &[&row]).await;
            let mut seen = get(&world).await;
            seen.address.as_mut().unwrap().street_number = "7".to_owned();
            // The files have no columns for these.
            seen.outlet = "U-9".to_owned();
            seen.capacity_kbps = Some(100_000);
            edit(&world, seen, Some(true)).await.unwrap();
            world.clock.advance(chrono::Duration::days(1));

            let again = world.rows(mode, &[&row]).await;
            assert_eq!((again.changed, again.unchanged), (1, 0), "{mode:?}");
            let now = get(&world).await;
            assert_eq!(now.address.unwrap().street_number, "1");
            assert_eq!(now.source, "mdb2");
            assert_eq!(
                (now.outlet.as_str(), now.capacity_kbps),
                ("U-9", Some(100_000))
            );
            assert!(now.resident_protected, "a mark is no part of a file");
            assert_eq!(number_on(&world, "2026-11-22").await.unwrap(), "7");
            let reasons = "access_history WHERE edit_reason = 'the caretaker rang'";
            assert_eq!(world.count(reasons).await, 1, "the history has the edit");

            // A file that says the same as the edit changes nothing, and the edit stays one of staff.
            let seen = get(&world).await;
            let mut edited = seen.clone();
            edited.address.as_mut().unwrap().street_number = "7".to_owned();
            edit(&world, edited, None).await.unwrap();
            let same = world.rows(mode, &[&row.replace(";1;;", ";7;;")]).await;
            assert_eq!((same.changed, same.unchanged), (0, 1));
            assert_eq!(get(&world).await.source, "staff");
            world.stop().await;
        }))
        .await;
    }
}
