//! Posts of a provisioning system: each by itself, at once when no session is open.

use api::registry::{
    ImportMode, InsertPostsRequest, InsertPostsResponse, ListImportsRequest, Post, PostField,
    RejectionReason,
};
use service_kit::error::violations_of;
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::people::{erase, resident};
use crate::world::{NETWORK, World, access, lived_in};

/// A right post about one access at Götgatan with that number, and other fields.
pub fn post(id: &str, number: u32, others: &[(&str, &str)]) -> Post {
    let number = number.to_string();
    let right = [
        ("coId", NETWORK),
        ("accessId", id),
        ("streetName", "Götgatan"),
        ("streetNumber", &number),
        ("postalCode", "118 46"),
        ("city", "Stockholm"),
        ("premisesType", "RENTAL_APARTMENT"),
    ];
    let kept = right
        .iter()
        .filter(|(name, _)| !others.iter().any(|(other, _)| other == name));
    let fields = kept.chain(others).map(|(name, value)| PostField {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    });
    Post {
        key: format!("post{id}"),
        fields: fields.collect(),
    }
}

pub async fn insert(world: &World, posts: Vec<Post>) -> Result<InsertPostsResponse, Status> {
    let request = InsertPostsRequest {
        network: NETWORK.to_owned(),
        posts,
    };
    Ok(world
        .provisioning(NETWORK)
        .insert_posts(request)
        .await?
        .into_inner())
}

pub fn broken(answer: &InsertPostsResponse) -> Vec<(&str, Vec<&str>)> {
    let of = |post: &'_ api::registry::RejectedPost| post.rules.len();
    assert!(answer.rejected.iter().all(|post| of(post) > 0));
    answer
        .rejected
        .iter()
        .map(|post| {
            let fields = post.rules.iter().map(|rule| rule.field.as_str());
            (post.key.as_str(), fields.collect())
        })
        .collect()
}

/// The street number of an access that has not ended; empty when there is none.
pub async fn number(world: &World, id: &str) -> String {
    let request = api::registry::GetAccessRequest {
        network: NETWORK.to_owned(),
        access_id: id.to_owned(),
        purpose: "fault report".to_owned(),
    };
    match world.staff(&["customer_service"]).get_access(request).await {
        Ok(answer) => {
            answer
                .into_inner()
                .access
                .unwrap()
                .address
                .unwrap()
                .street_number
        }
        Err(status) => {
            assert_eq!(status.code(), Code::NotFound);
            String::new()
        }
    }
}

pub async fn imports(world: &World) -> Vec<api::registry::ImportReport> {
    let request = ListImportsRequest {
        network: NETWORK.to_owned(),
        page: None,
    };
    let answer = world
        .staff(&["importer"])
        .list_imports(request)
        .await
        .unwrap();
    answer.into_inner().imports
}

#[tokio::test(flavor = "multi_thread")]
async fn right_posts_are_one_import_and_wrong_ones_come_back_with_their_fields() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world
            .rows(ImportMode::Full, &[&access("1", 1), &access("2", 2)])
            .await;
        let posts = vec![
            post("1", 11, &[]),
            post("2", 22, &[("postalCode", "1"), ("city", "")]),
            post("3", 3, &[]),
            post("4", 4, &[("coId", "OTHER")]),
        ];
        let answer = insert(&world, posts.clone()).await.unwrap();
        assert_eq!((answer.taken, answer.staged), (2, false));
        assert_eq!(
            broken(&answer),
            [
                ("post2", vec!["city", "postalCode"]),
                ("post4", vec!["coId"])
            ]
        );
        let reasons: Vec<_> = answer.rejected[0]
            .rules
            .iter()
            .map(|rule| (rule.line, rule.reason()))
            .collect();
        assert_eq!(
            reasons,
            [
                (2, RejectionReason::FieldEmpty),
                (2, RejectionReason::PostalCodeInvalid)
            ]
        );
        assert_eq!(number(&world, "1").await, "11");
        assert_eq!(
            number(&world, "2").await,
            "2",
            "a refused post leaves its access alone"
        );
        assert_eq!(
            (
                number(&world, "3").await.as_str(),
                number(&world, "4").await.as_str()
            ),
            ("3", "")
        );
        assert_eq!(
            imports(&world).await.len(),
            2,
            "one import for all posts of a call"
        );

        insert(&world, posts).await.unwrap();
        assert_eq!(
            imports(&world).await.len(),
            2,
            "what changes nothing leaves no account"
        );
        assert_eq!(world.count("staged_access").await, 0);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_posts_about_one_access_the_last_right_one_counts() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let posts = vec![
            post("1", 1, &[]),
            post("1", 2, &[]),
            post("1", 3, &[("city", "")]),
        ];
        let answer = insert(&world, posts).await.unwrap();
        assert_eq!((answer.taken, answer.rejected.len()), (2, 1));
        assert_eq!(number(&world, "1").await, "2");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_is_silent_about_people_changes_nobody_whatever_its_neighbours_say() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let rows = [
            lived_in("1", 1, "Åsa Provsson"),
            lived_in("2", 2, "Bo Provsson"),
        ];
        world
            .rows(ImportMode::Full, &rows.each_ref().map(String::as_str))
            .await;
        let posts = vec![
            post("1", 11, &[]),
            post("2", 22, &[("residentName", "")]),
            post(
                "3",
                33,
                &[("residentName", "Cia Provsson"), ("owner", "Brf Provet")],
            ),
        ];
        let answer = insert(&world, posts).await.unwrap();
        assert_eq!(answer.taken, 3);
        assert_eq!(number(&world, "1").await, "11");
        let names = [
            resident(&world, "1").await,
            resident(&world, "2").await,
            resident(&world, "3").await,
        ];
        assert_eq!(names, ["Åsa Provsson", "", "Cia Provsson"]);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_erased_does_not_come_back_by_a_post() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world
            .rows(ImportMode::Full, &[&lived_in("1", 1, "Åsa Provsson")])
            .await;
        erase(&world, "Åsa Provsson", "1").await;
        let again = post("1", 11, &[("residentName", "Åsa Provsson")]);
        assert_eq!(insert(&world, vec![again]).await.unwrap().taken, 1);
        assert_eq!(number(&world, "1").await, "11");
        assert_eq!(resident(&world, "1").await, "");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_has_its_limits_and_a_network_its_own() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        for count in [0, 101] {
            let posts = (0..count).map(|n| post(&n.to_string(), n, &[])).collect();
            let status = insert(&world, posts).await.unwrap_err();
            assert_eq!(violations_of(&status)[0].field, "posts");
        }
        let foreign = InsertPostsRequest {
            network: NETWORK.to_owned(),
            posts: vec![post("1", 1, &[])],
        };
        let status = world
            .provisioning("OTHER")
            .insert_posts(foreign.clone())
            .await
            .unwrap_err();
        assert_eq!(status.code(), Code::PermissionDenied);
        let own = InsertPostsRequest {
            network: "OTHER".to_owned(),
            ..foreign
        };
        let answer = world
            .provisioning("OTHER")
            .insert_posts(own)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(broken(&answer), [("post1", vec!["coId"])], "a foreign coId");
        assert_eq!(world.count("access").await, 0);
        world.stop().await;
    })
    .await;
}
