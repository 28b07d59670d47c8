//! Sealing, opening, finding, destroying.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use kernel::FixedClock;
use privacy::{Admission, Epoch, Identifier, Known, Origin, PrivacyError, Vault};
use sea_orm::ConnectionTrait as _;
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
async fn epochs_change_when_the_database_is_behind_and_it_is_known_when() {
    for mut ground in [Ground::sqlite(), Ground::postgres().await] {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let clock = FixedClock::new(at("2026-11-22T12:00:00.7Z"));
        ground.clock = Arc::new(clock.clone());
        let privacy = ground.privacy().await;
        assert_eq!(privacy.epoch("feed").await.unwrap(), 1);
        privacy.advance("feed", 10).await.unwrap();
        privacy.advance("feed", 7).await.unwrap();
        assert_eq!(privacy.resume("feed", 10).await.unwrap(), 1);
        let first = Epoch {
            number: 1,
            began_at: None,
        };
        assert_eq!(privacy.mark("feed").await.unwrap(), (10, first));
        assert_eq!(privacy.resume("feed", 4).await.unwrap(), 2);
        clock.set(at("2026-11-22T13:00:00Z"));
        assert_eq!(privacy.resume("feed", 4).await.unwrap(), 2);
        let second = Epoch {
            number: 2,
            began_at: Some(at("2026-11-22T12:00:01Z")),
        };
        assert_eq!(privacy.mark("feed").await.unwrap(), (4, second));
        privacy.advance("feed", 5).await.unwrap();
        assert_eq!(privacy.mark("feed").await.unwrap(), (5, second));
    }
}

#[tokio::test]
async fn a_key_store_from_before_epochs_had_a_beginning_goes_on() {
    for ground in [Ground::sqlite(), Ground::postgres().await] {
        let privacy = ground.privacy().await;
        privacy.advance("feed", 10).await.unwrap();
        privacy.resume("feed", 8).await.unwrap();
        let keys = privacy.vault().database();
        for sql in [
            "ALTER TABLE high_water DROP COLUMN epoch_at",
            "DELETE FROM seaql_migrations WHERE version LIKE '%epoch_begins'",
        ] {
            let tx = keys.begin().await.unwrap();
            tx.execute_unprepared(sql).await.unwrap();
            tx.commit().await.unwrap();
        }
        keys.close().await.unwrap();

        let privacy = ground.privacy().await;
        let unknown = Epoch {
            number: 2,
            began_at: None,
        };
        assert_eq!(privacy.mark("feed").await.unwrap(), (8, unknown));
        privacy.resume("feed", 6).await.unwrap();
        let (value, next) = privacy.mark("feed").await.unwrap();
        assert_eq!((value, next.number), (6, 3));
        assert!(next.began_at.is_some());
    }
}
