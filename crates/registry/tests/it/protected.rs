//! People with protected personal data are shown to one of the staff when another has approved it.

use api::registry::access_change::Change;
use api::registry::{
    DecideDisclosureRequest, Disclosure, DisclosureState, EditAccessRequest, GetAccessRequest,
    GetMarketAccessRequest, GetProtectedResidentRequest, ImportMode, ListDisclosuresRequest,
    MarketInterface, RequestDisclosureRequest, StreamAccessesRequest,
};
use chrono::Duration;
use service_kit::error::reason_of;
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::market::{PROVIDER, contract, put};
use crate::world::{NETWORK, World, lived_in};

/// A world where Åsa Provsson, at access 1, is protected, and nobody is at access 2.
async fn start(url: String) -> World {
    let world = World::start(url).await;
    let rows = [
        lived_in("1", 1, "Åsa Provsson"),
        lived_in("2", 2, "Bo Provsson"),
    ];
    world.rows(ImportMode::Full, &[&rows[0], &rows[1]]).await;
    mark(&world, true).await.unwrap();
    world
}

async fn mark(world: &World, protected: bool) -> Result<(), Status> {
    let mut staff = world.staff(&["customer_service"]);
    let read = GetAccessRequest {
        network: NETWORK.to_owned(),
        access_id: "1".to_owned(),
        purpose: "marking".to_owned(),
    };
    let access = staff.get_access(read).await?.into_inner().access.unwrap();
    let edit = EditAccessRequest {
        network: NETWORK.to_owned(),
        version: access.version.clone(),
        access: Some(access),
        reason: "the tax agency's mark".to_owned(),
        resident_protected: Some(protected),
        not_to_providers: None,
    };
    staff.edit_access(edit).await.map(drop)
}

async fn ask(world: &World, user: &str, access: &str) -> Result<Disclosure, Status> {
    let request = RequestDisclosureRequest {
        network: NETWORK.to_owned(),
        access_id: access.to_owned(),
        purpose: "fault report".to_owned(),
    };
    let answer = world.protected(user).request_disclosure(request).await?;
    Ok(answer.into_inner().disclosure.unwrap())
}

async fn decide(world: &World, user: &str, id: &str, approve: bool) -> Result<Disclosure, Status> {
    let request = DecideDisclosureRequest {
        network: NETWORK.to_owned(),
        disclosure_id: id.to_owned(),
        approve,
    };
    let answer = world.protected(user).decide_disclosure(request).await?;
    Ok(answer.into_inner().disclosure.unwrap())
}

async fn look(world: &World, user: &str, id: &str) -> Result<String, Status> {
    let request = GetProtectedResidentRequest {
        network: NETWORK.to_owned(),
        disclosure_id: id.to_owned(),
    };
    let answer = world
        .protected(user)
        .get_protected_resident(request)
        .await?;
    Ok(answer.into_inner().resident_name)
}

fn reason<T: std::fmt::Debug>(refused: Result<T, Status>) -> String {
    reason_of(&refused.unwrap_err()).unwrap()
}

const LOGGED: &str = "access_log WHERE purpose = 'fault report'";

#[tokio::test(flavor = "multi_thread")]
async fn one_asks_another_approves_and_the_first_looks() {
    Box::pin(for_each_store(|url| async {
        let world = start(url).await;
        let asked = ask(&world, "ada", "1").await.unwrap();
        assert_eq!(asked.state(), DisclosureState::Pending);
        assert!(!asked.may_decide && !asked.may_look);
        let id = asked.disclosure_id.as_str();
        let again = ask(&world, "ada", "1").await.unwrap();
        assert_eq!(again.disclosure_id, id, "two clicks are one question");

        assert_eq!(reason(look(&world, "ada", id).await), "DISCLOSURE_STATE");
        let own = decide(&world, "ada", id, true).await;
        assert_eq!(reason(own), "SECOND_PERSON_NEEDED");
        let approved = decide(&world, "bo", id, true).await.unwrap();
        assert_eq!(
            (approved.state(), approved.decided_by.as_str()),
            (DisclosureState::Approved, "bo")
        );
        let late = decide(&world, "cy", id, false).await;
        assert_eq!(reason(late), "DISCLOSURE_STATE");
        assert_eq!(
            reason(look(&world, "bo", id).await),
            "DISCLOSURE_OF_ANOTHER"
        );
        assert_eq!(world.count(LOGGED).await, 0, "nobody has seen anything");
        assert_eq!(look(&world, "ada", id).await.unwrap(), "Åsa Provsson");
        assert_eq!(world.count(LOGGED).await, 1);

        world.clock.advance(Duration::hours(1));
        assert_eq!(reason(look(&world, "ada", id).await), "DISCLOSURE_STATE");
        let anew = ask(&world, "ada", "1").await.unwrap();
        assert_ne!(anew.disclosure_id, id, "the approval has lapsed");
        let declined = decide(&world, "bo", &anew.disclosure_id, false).await;
        assert_eq!(declined.unwrap().state(), DisclosureState::Declined);
        let refused = look(&world, "ada", &anew.disclosure_id).await;
        assert_eq!(reason(refused), "DISCLOSURE_STATE");

        let list = ListDisclosuresRequest {
            network: NETWORK.to_owned(),
            page: None,
        };
        let listed = world.protected("cy").list_disclosures(list).await.unwrap();
        let states: Vec<_> = listed
            .into_inner()
            .disclosures
            .iter()
            .map(Disclosure::state)
            .collect();
        assert_eq!(states, [DisclosureState::Declined, DisclosureState::Lapsed]);
        world.stop().await;
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_shown_by_another_way() {
    Box::pin(for_each_store(|url| async {
        let world = start(url).await;
        assert_eq!(reason(ask(&world, "ada", "2").await), "NOBODY_PROTECTED");
        assert_eq!(reason(ask(&world, "ada", "3").await), "ACCESS_NOT_FOUND");
        assert_eq!(
            reason(mark(&world, false).await),
            "PROTECTED_MARK",
            "whoever takes the mark away could read at once"
        );
        // The same user as the one who edits.
        let asked = ask(&world, "caller-1", "1").await.unwrap();
        assert_eq!(reason(mark(&world, false).await), "PROTECTED_MARK");
        decide(&world, "bo", &asked.disclosure_id, true)
            .await
            .unwrap();
        mark(&world, false).await.unwrap();
        assert_eq!(reason(ask(&world, "ada", "1").await), "NOBODY_PROTECTED");

        let mut elsewhere = world.protected_in("ADANET", "bo");
        let foreign = elsewhere
            .decide_disclosure(DecideDisclosureRequest {
                network: "ADANET".to_owned(),
                disclosure_id: asked.disclosure_id.clone(),
                approve: true,
            })
            .await;
        assert_eq!(foreign.unwrap_err().code(), Code::NotFound);
        world.stop().await;
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_decides_lapses_and_what_is_old_goes() {
    Box::pin(for_each_store(|url| async {
        let world = start(url).await;
        let asked = ask(&world, "ada", "1").await.unwrap();
        world.clock.advance(Duration::hours(24));
        let late = decide(&world, "bo", &asked.disclosure_id, true).await;
        assert_eq!(reason(late), "DISCLOSURE_STATE");
        world.clock.advance(Duration::days(730));
        testkit::eventually!(
            crate::world::PATIENCE,
            world.count("protected_disclosure").await == 0
        );
        world.stop().await;
    }))
    .await;
}

/// What a provider is told over ON-API after this cursor, "-" before what is taken away; and the cursor to go on.
async fn told(world: &World, cursor: &str) -> (Vec<String>, String) {
    let request = StreamAccessesRequest {
        cursor: cursor.to_owned(),
        interface: MarketInterface::OnApi.into(),
        ..StreamAccessesRequest::default()
    };
    let mut market = world.provider(NETWORK, PROVIDER);
    let mut feed = market.stream_accesses(request).await.unwrap().into_inner();
    let (mut ids, mut cursor) = (Vec::new(), cursor.to_owned());
    while let Some(page) = feed.message().await.unwrap() {
        cursor = page.cursor;
        ids.extend(page.changes.into_iter().map(|change| match change.change {
            Some(Change::Put(access)) => access.access_id,
            Some(Change::Removed(id)) => format!("-{id}"),
            None => panic!("an empty change"),
        }));
    }
    (ids, cursor)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_protected_is_in_no_list_of_on_api_and_the_line_can_be_served() {
    Box::pin(for_each_store(|url| async {
        let world = World::start(url).await;
        put(&world, contract()).await.unwrap();
        let rows = [
            lived_in("1", 1, "Åsa Provsson"),
            lived_in("2", 2, "Bo Provsson"),
        ];
        world.rows(ImportMode::Full, &[&rows[0], &rows[1]]).await;
        let (all, cursor) = told(&world, "").await;
        assert_eq!(all, ["1", "2"]);
        mark(&world, true).await.unwrap();
        let (changed, _) = told(&world, &cursor).await;
        assert_eq!(changed, ["-1"], "an event takes it away");
        assert_eq!(told(&world, "").await.0, ["2"]);
        let one = GetMarketAccessRequest {
            access_id: "1".to_owned(),
            interface: MarketInterface::OnApi.into(),
        };
        let mut market = world.provider(NETWORK, PROVIDER);
        let one = market.get_market_access(one).await.unwrap().into_inner();
        assert_eq!(one.access.as_ref().unwrap().access_id, "1");
        assert!(!format!("{one:?}").contains("Provsson"));
        world.stop().await;
    }))
    .await;
}
