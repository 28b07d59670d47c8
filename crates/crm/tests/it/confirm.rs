//! Step 4 of the story: entered by staff, quarantined, confirmed through the link in a mail.

use testkit::store::for_each_store;

use crate::world::{EMAIL, NETWORK, World, person};

#[tokio::test]
async fn a_contact_is_nobody_until_the_person_says_yes() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        let id = world.create(|_| {}).await;

        let listed = world.list().await;
        assert_eq!((listed.len(), listed[0].contact_id.as_str()), (1, id.as_str()));
        let shown = [&listed[0].name, &listed[0].email, &listed[0].phone, &listed[0].company, &listed[0].title];
        assert!(shown.iter().all(|text| text.is_empty()), "quarantine shows no person");
        assert_eq!(world.get(&id, "test").await.unwrap_err().code(), tonic::Code::NotFound);

        let mail = &world.mails(1).await[0];
        assert!(mail.subject.contains("Bekräfta att MALARNET"), "{}", mail.subject);
        assert!(mail.text.contains("Hej Görel Kanarieåker!"));
        let token = world.token(1).await;

        for _ in 0..3 {
            let peek = world.peek(&token).await;
            assert_eq!((peek.state.as_str(), peek.network.as_str(), peek.language.as_str()), ("open", NETWORK, "sv"));
            assert!(peek.consent_text.starts_with("Ja, nätet får"));
        }
        assert_eq!(world.count("contact WHERE state = 'quarantined'").await, 1, "opening a link changes nothing");

        assert_eq!(world.confirm(&token).await, "confirmed");
        assert_eq!(world.confirm(&token).await, "already_confirmed");
        assert_eq!(world.peek(&token).await.state, "confirmed");
        assert_eq!(world.decline(&token).await, "gone", "a link is used once");

        let contact = world.get(&id, "customer called").await.unwrap();
        assert_eq!((contact.name.as_str(), contact.email.as_str()), ("Görel Kanarieåker", EMAIL));
        assert_eq!((contact.phone.as_str(), contact.title.as_str()), ("+46701740605", "VD"));
        assert!(contact.newsletter && contact.confirmed_at.is_some());
        assert_eq!(world.get(&id, " ").await.unwrap_err().code(), tonic::Code::InvalidArgument);
        assert_eq!(world.list().await[0].name, "Görel Kanarieåker");

        assert_eq!(world.count("access_log WHERE purpose = 'customer called'").await, 1);
        assert_eq!(world.count("access_log WHERE purpose = 'contact_list'").await, 1);
        assert_eq!(world.count("outbox WHERE event_type = 'crm.contact.confirmed.v1'").await, 1);
        let evidence = "confirmation WHERE used_at IS NOT NULL AND channel = 'mail_link' AND text_version = '2026-11'";
        assert_eq!(world.count(evidence).await, 1);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_repeated_command_is_one_contact_and_one_mail() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        let request = person();
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(
                world
                    .staff(NETWORK)
                    .create_contact(request.clone())
                    .await
                    .unwrap()
                    .into_inner()
                    .contact_id,
            );
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
        world.mails(1).await;
        assert_eq!(
            (world.count("contact").await, world.count("mail").await),
            (1, 1)
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_repeated_sign_up_never_downgrades_and_is_joined_by_the_persons_yes() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        let first = world.create(|_| {}).await;
        assert_eq!(world.confirm(&world.token(1).await).await, "confirmed");

        let second = world
            .create(|request| request.title = "Ordförande".to_owned())
            .await;
        assert_ne!(
            first, second,
            "known and unknown addresses get the same answer"
        );
        assert_eq!(world.get(&first, "test").await.unwrap().title, "VD");

        assert_eq!(world.confirm(&world.token(2).await).await, "confirmed");
        assert_eq!(
            world.get(&second, "test").await.unwrap().title,
            "Ordförande"
        );
        assert_eq!(
            world.get(&first, "test").await.unwrap_err().code(),
            tonic::Code::NotFound
        );
        assert_eq!(
            (world.list().await.len(), world.count("confirmation").await),
            (1, 1)
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn two_clicks_at_once_are_one_yes() {
    for_each_store(|url| async move {
        let world = World::start(url).await;
        world.create(|_| {}).await;
        let token = world.token(1).await;
        let outcomes = futures::future::join_all((0..8).map(|_| world.confirm(&token))).await;
        assert_eq!(
            outcomes
                .iter()
                .filter(|outcome| *outcome == "confirmed")
                .count(),
            1,
            "{outcomes:?}"
        );
        assert_eq!(
            world
                .count("outbox WHERE event_type = 'crm.contact.confirmed.v1'")
                .await,
            1
        );
        world.stop().await;
    })
    .await;
}
