//! Sealing, opening, finding, destroying.

use privacy::{Admission, Identifier, Known, Origin, PrivacyError, Vault};
use service_kit::secret::Key32;
use uuid::Uuid;

use crate::diary::{self, email, network, number};
use crate::world::Ground;

#[tokio::test]
async fn a_value_opens_in_its_own_row_until_the_key_is_gone() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let privacy = ground.privacy().await;
        let tx = privacy.database().begin().await.unwrap();
        let known = [Known::verified(number(diary::NUMBER))];
        let subject = privacy
            .subject(&tx, &network(), &known, Origin::OwnAct)
            .await
            .unwrap()
            .subject()
            .unwrap();
        tx.commit().await.unwrap();
        let row = Uuid::now_v7();
        let sealed = privacy
            .seal(subject, "guest", "name", row, "Astrid Ek")
            .await
            .unwrap();
        let open = |row| privacy.open(subject, "guest", "name", row, &sealed);
        assert_eq!(open(row).await.unwrap().as_deref(), Some("Astrid Ek"));
        assert!(matches!(
            open(Uuid::now_v7()).await,
            Err(PrivacyError::Damaged { .. })
        ));
        assert!(matches!(
            privacy.seal(subject, "place", "label", row, "x").await,
            Err(PrivacyError::NotSealed { .. })
        ));

        let vault = privacy.vault();
        let tried = async |key| Vault::try_master(vault.database(), key, "diary").await;
        let own = Key32::load(ground.folder("keys").join("master.key")).unwrap();
        assert!(tried(own).await.is_ok());
        assert!(matches!(
            tried(Key32::random()).await,
            Err(PrivacyError::Unwrap { .. })
        ));
        assert_eq!(
            vault
                .keys_left(&[subject], &["contact", "residence"])
                .await
                .unwrap(),
            1
        );
        assert_eq!(
            vault
                .destroy(&[subject], &["contact", "residence"])
                .await
                .unwrap(),
            1
        );
        assert_eq!(
            vault
                .destroy(&[subject], &["contact", "residence"])
                .await
                .unwrap(),
            1,
            "the same when repeated"
        );
        assert_eq!(
            vault
                .keys_left(&[subject], &["contact", "residence"])
                .await
                .unwrap(),
            0
        );
        assert_eq!(open(row).await.unwrap(), None);
        assert!(matches!(
            privacy.seal(subject, "guest", "name", row, "x").await,
            Err(PrivacyError::Erased)
        ));
        assert!(matches!(
            privacy.seal(subject, "place", "resident", row, "x").await,
            Err(PrivacyError::Erased)
        ));
    }
}

#[tokio::test]
async fn a_person_is_found_in_any_spelling_and_a_claim_does_not_join_what_is_proven() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let privacy = ground.privacy().await;
        let tx = privacy.database().begin().await.unwrap();
        let proven = [
            Known::verified(number("19900118-9811")),
            Known::verified(email("Astrid.Ek@Example.SE")),
        ];
        let admitted = privacy
            .subject(&tx, &network(), &proven, Origin::OwnAct)
            .await
            .unwrap();
        let Admission::New(subject) = admitted else {
            panic!("{admitted:?}")
        };
        let again = [Known::verified(number("900118-9811"))];
        let admitted = privacy
            .subject(&tx, &network(), &again, Origin::OwnAct)
            .await
            .unwrap();
        assert_eq!(admitted, Admission::Existing(subject));
        let claimed = [Known::unverified(number("900118-9811"))];
        let admitted = privacy
            .subject(&tx, &network(), &claimed, Origin::OwnAct)
            .await
            .unwrap();
        assert!(
            matches!(admitted, Admission::New(_)),
            "a claim is a person of its own"
        );
        let find = async |i: Identifier| privacy.find(&tx, &network(), &i).await.unwrap();
        assert_eq!(find(email("astrid.ek@example.se")).await, [subject]);
        assert_eq!(find(number("199001189811")).await.len(), 2);
        let elsewhere = kernel::NetworkCode::parse("OTHER").unwrap();
        assert_eq!(
            privacy
                .find(&tx, &elsewhere, &number("199001189811"))
                .await
                .unwrap(),
            []
        );
    }
}

#[tokio::test]
async fn epochs_change_when_the_database_is_behind() {
    let ground = Ground::sqlite();
    let privacy = ground.privacy().await;
    assert_eq!(privacy.epoch("feed").await.unwrap(), 1);
    privacy.advance("feed", 10).await.unwrap();
    privacy.advance("feed", 7).await.unwrap();
    assert_eq!(privacy.resume("feed", 10).await.unwrap(), 1);
    assert_eq!(privacy.resume("feed", 4).await.unwrap(), 2);
    assert_eq!(privacy.resume("feed", 4).await.unwrap(), 2);
    assert_eq!(privacy.epoch("feed").await.unwrap(), 2);
}
