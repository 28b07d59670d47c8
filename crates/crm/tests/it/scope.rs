//! Nobody sees another network's contacts, and nobody without a role sees any. No file holds the person.

use api::crm as pb;
use testkit::canary::{Canary, Scanner};
use testkit::store::for_each_store;
use tonic::Code;

use crate::world::{EMAIL, NETWORK, World, person};

#[tokio::test]
async fn a_network_sees_its_own_contacts_only() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        let id = world.create(|_| {}).await;
        let token = world.token(1).await;

        let request = pb::ConfirmContactRequest {
            token: token.clone(),
        };
        let elsewhere = world
            .visitor("OTHERNET")
            .confirm_contact(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            elsewhere.outcome, "gone",
            "a link opens on its own network's pages"
        );
        assert_eq!(world.confirm(&token).await, "confirmed");

        let mut other = world.staff("OTHERNET");
        let own = pb::ListContactsRequest {
            network: "OTHERNET".to_owned(),
            ..Default::default()
        };
        assert!(
            other
                .list_contacts(own)
                .await
                .unwrap()
                .into_inner()
                .contacts
                .is_empty()
        );
        let theirs = pb::ListContactsRequest {
            network: NETWORK.to_owned(),
            ..Default::default()
        };
        assert_eq!(
            other.list_contacts(theirs).await.unwrap_err().code(),
            Code::PermissionDenied
        );
        let get = pb::GetContactRequest {
            network: String::new(),
            contact_id: id,
            purpose: "test".to_owned(),
        };
        assert_eq!(
            other.get_contact(get).await.unwrap_err().code(),
            Code::NotFound
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_visitor_may_neither_enter_nor_read() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        let mut visitor = world.visitor(NETWORK);
        assert_eq!(
            visitor.create_contact(person()).await.unwrap_err().code(),
            Code::PermissionDenied
        );
        let list = pb::ListContactsRequest {
            network: NETWORK.to_owned(),
            ..Default::default()
        };
        assert_eq!(
            visitor.list_contacts(list).await.unwrap_err().code(),
            Code::PermissionDenied
        );
        let confirm = pb::ConfirmContactRequest {
            token: "x".to_owned(),
        };
        assert_eq!(
            world
                .staff(NETWORK)
                .confirm_contact(confirm)
                .await
                .unwrap_err()
                .code(),
            Code::PermissionDenied
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_is_said_at_once() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        let wrong = pb::CreateContactRequest {
            name: "1".into(),
            email: "x".into(),
            phone: "2".into(),
            ..person()
        };
        let refused = world
            .staff(NETWORK)
            .create_contact(wrong)
            .await
            .unwrap_err();
        let fields: Vec<_> = service_kit::error::violations_of(&refused)
            .into_iter()
            .map(|violation| violation.field)
            .collect();
        assert_eq!(fields, ["name", "email", "phone"]);
        assert_eq!(world.count("contact").await, 0);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn no_file_holds_the_person_in_the_clear() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("crm.sqlite");
    let world = World::start(format!("sqlite:{}", file.display())).await;
    world.create(|_| {}).await;
    assert_eq!(world.confirm(&world.token(1).await).await, "confirmed");
    let canary = Canary {
        identity_number: "199001189811".to_owned(),
        email: EMAIL.to_owned(),
        name: "Görel Kanarieåker".to_owned(),
        phone: "+46701740605".to_owned(),
    };
    let scanner = Scanner::new(&[canary]);
    let folders = [directory.path(), world.directory.path()];
    let files = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path());
    let mut scanned = 0;
    for path in files.filter(|path| path.is_file()) {
        assert_eq!(
            scanner.find(&std::fs::read(&path).unwrap()),
            [],
            "{}",
            path.display()
        );
        scanned += 1;
    }
    assert!(scanned >= 4, "databases, logs and keys were there to scan");
    world.stop().await;
}
