//! The neutral order of providers, its record, and that none of it is lost silently.

use api as pb;
use pb::orders::{ListOffersRequest, OfferSort, ProviderEvenness, ReportNeutralityRequest};
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;

use crate::world::{HANDLE, World};

const PROVIDERS: [&str; 3] = ["nordbredband", "ostnet", "sydfiber"];

fn neutral() -> ListOffersRequest {
    ListOffersRequest {
        network: "HAM".to_owned(),
        place_handle: HANDLE.to_owned(),
        sort: OfferSort::Neutral.into(),
        ..ListOffersRequest::default()
    }
}

fn period(from: &str, until: &str) -> ReportNeutralityRequest {
    ReportNeutralityRequest {
        network: "HAM".to_owned(),
        from: from.to_owned(),
        until: until.to_owned(),
    }
}

async fn report(world: &World) -> Vec<ProviderEvenness> {
    let asked = period("2026-11-22", "2026-11-22");
    let report = world.admin().report_neutrality(asked).await.unwrap();
    report.into_inner().providers
}

#[tokio::test(flavor = "multi_thread")]
async fn each_provider_is_first_equally_often_and_the_record_says_so() {
    for_each_store(|url| async {
        let mut world = World::start(url).await;
        for provider in PROVIDERS {
            world.offering_of(provider).await;
            // What one provider sells stands together.
            world.offering_of(provider).await;
        }
        let mut visitor = world.visitor();
        for _ in 0..6 {
            let offers = visitor.list_offers(neutral()).await.unwrap().into_inner();
            let order: Vec<_> = offers.offers.into_iter().map(|o| o.provider_id).collect();
            assert_eq!(order.len(), 6);
            assert!(order.chunks(2).all(|pair| pair[0] == pair[1]), "{order:?}");
        }
        // Neither staff nor an order that the visitor chose counts.
        world.admin().list_offers(neutral()).await.unwrap();
        let by_price = ListOffersRequest {
            sort: OfferSort::Price.into(),
            ..neutral()
        };
        visitor.list_offers(by_price).await.unwrap();

        let even = report(&world).await;
        assert_eq!(even.len(), PROVIDERS.len());
        for (row, provider) in even.iter().zip(PROVIDERS) {
            assert_eq!(row.provider_id, provider);
            assert_eq!((row.times_shown, row.times_first), (6, 2), "{row:?}");
            assert!((row.mean_position - 2.0).abs() < 1e-9, "{row:?}");
            assert!(
                (row.first_share - row.expected_share).abs() < 1e-9,
                "{row:?}"
            );
        }

        // What has not been asked for is written when the service stops.
        visitor.list_offers(neutral()).await.unwrap();
        world.restart().await;
        let shown: Vec<_> = report(&world)
            .await
            .iter()
            .map(|row| row.times_shown)
            .collect();
        assert_eq!(shown, [7, 7, 7]);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_is_for_a_period_of_one_network() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.offering_of("nordbredband").await;
        world.visitor().list_offers(neutral()).await.unwrap();
        let before = period("2026-11-01", "2026-11-21");
        let nothing = world.admin().report_neutrality(before).await.unwrap();
        assert!(nothing.into_inner().providers.is_empty());
        let wrong = period("2026-11-22", "2026-11-21");
        let refused = world.admin().report_neutrality(wrong).await.unwrap_err();
        assert_eq!(violations_of(&refused)[0].field, "until");
        let other = world.staff_of("ALM", &["admin"]);
        let asked = period("2026-11-22", "2026-11-22");
        let refused = other.clone().report_neutrality(asked.clone()).await;
        let refused = refused.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("OTHER_NETWORK"));
        let asked = ReportNeutralityRequest {
            network: "ALM".to_owned(),
            ..asked
        };
        let theirs = other.clone().report_neutrality(asked).await.unwrap();
        assert!(theirs.into_inner().providers.is_empty());
        world.stop().await;
    })
    .await;
}
