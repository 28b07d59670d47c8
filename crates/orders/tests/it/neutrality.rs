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

#[tokio::test(flavor = "multi_thread")]
async fn a_page_has_an_equal_share_of_every_provider_and_the_rest_is_reached() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        // 201 offers of one, three of the other.
        world.provider_of("nordbredband").await;
        world.provider_of("sydfiber").await;
        for number in 0..201 {
            put(&world, "nordbredband", 10_000 + number).await;
        }
        for number in 0..3 {
            put(&world, "sydfiber", 90_000 + number).await;
        }
        let mut visitor = world.visitor();
        for _ in 0..2 {
            let page = visitor.list_offers(neutral()).await.unwrap().into_inner();
            let of = |id: &str| page.offers.iter().filter(|o| o.provider_id == id).count();
            assert_eq!((of("nordbredband"), of("sydfiber")), (197, 3));
            let mut sellers: Vec<_> = page.sellers.iter().collect();
            assert_eq!(sellers[0].provider_id, page.offers[0].provider_id);
            sellers.sort_by(|a, b| a.provider_id.cmp(&b.provider_id));
            let found: Vec<_> = sellers.iter().map(|seller| seller.offers).collect();
            assert_eq!(found, [201, 3]);
            assert_eq!(page.next_page_token, "");
        }
        let second = ListOffersRequest {
            page_token: "200".to_owned(),
            ..neutral()
        };
        let refused = visitor.list_offers(second).await.unwrap_err();
        assert_eq!(violations_of(&refused)[0].field, "page_token");

        let mut asked = ListOffersRequest {
            sort: OfferSort::Price.into(),
            filter: Some(pb::orders::OfferFilter {
                provider_id: "nordbredband".to_owned(),
                ..pb::orders::OfferFilter::default()
            }),
            ..neutral()
        };
        let mut prices = Vec::new();
        loop {
            let page = visitor.list_offers(asked.clone()).await.unwrap();
            let page = page.into_inner();
            assert!(page.offers.len() <= 200);
            prices.extend(page.offers.iter().map(|offer| offer.monthly_price_ore));
            asked.page_token = page.next_page_token;
            if asked.page_token.is_empty() {
                break;
            }
        }
        assert_eq!(prices, (10_000..10_201).collect::<Vec<i64>>());

        let one = put(&world, "nordbredband", 99_000).await;
        asked.filter = Some(pb::orders::OfferFilter {
            offering_ids: vec![one.clone()],
            ..pb::orders::OfferFilter::default()
        });
        let page = visitor.list_offers(asked).await.unwrap().into_inner();
        let found: Vec<_> = page.offers.into_iter().map(|o| o.offering_id).collect();
        assert_eq!(found, [one]);
        world.stop().await;
    })
    .await;
}

async fn put(world: &World, provider: &str, monthly_price_ore: i64) -> String {
    let offering = pb::orders::Offering {
        provider_id: provider.to_owned(),
        service: "BB-100-100".to_owned(),
        name: "Bredband 100".to_owned(),
        monthly_price_ore,
        ..pb::orders::Offering::default()
    };
    let request = pb::orders::PutOfferingRequest {
        network: "HAM".to_owned(),
        offering: Some(offering),
    };
    let put = world.admin().put_offering(request).await.unwrap();
    put.into_inner().offering.unwrap().offering_id
}
