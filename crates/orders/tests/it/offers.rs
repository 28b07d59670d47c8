//! What a place is offered: campaigns, groups, filters, drafts; and that an order keeps the price that was shown.

use api as pb;
use pb::orders::{Campaign, ListOffersRequest, OfferFilter, OfferSort, Offering};
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;

use crate::world::{HANDLE, World, request};

fn offering(provider: &str, name: &str, monthly_price_ore: i64) -> Offering {
    Offering {
        provider_id: provider.to_owned(),
        service: "BB-100-100".to_owned(),
        name: name.to_owned(),
        monthly_price_ore,
        ..Offering::default()
    }
}

fn campaign(kind: &str, value: i64, months: u32) -> Campaign {
    Campaign {
        kind: kind.to_owned(),
        value,
        months,
        ..Campaign::default()
    }
}

async fn put(world: &World, offering: Offering) -> String {
    let request = pb::orders::PutOfferingRequest {
        network: "HAM".to_owned(),
        offering: Some(offering),
    };
    let put = world.admin().put_offering(request).await.unwrap();
    put.into_inner().offering.unwrap().offering_id
}

fn everything() -> ListOffersRequest {
    ListOffersRequest {
        network: "HAM".to_owned(),
        place_handle: HANDLE.to_owned(),
        ..ListOffersRequest::default()
    }
}

async fn shown(world: &World, asked: ListOffersRequest) -> Vec<Offering> {
    let answer = world.visitor().list_offers(asked).await.unwrap();
    answer.into_inner().offers
}

async fn names(world: &World, asked: ListOffersRequest) -> Vec<String> {
    let offers = shown(world, asked).await.into_iter();
    offers.map(|offer| offer.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_can_be_ordered_now_and_here_is_shown_and_staff_preview_the_rest() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.provider_of("nordbredband").await;
        let of = |name: &str, kronor: i64| offering("nordbredband", name, kronor * 100);
        put(&world, of("now", 100)).await;
        let draft = Offering {
            draft: true,
            ..of("draft", 200)
        };
        let draft = put(&world, draft).await;
        let later = Offering {
            valid_from: "2026-11-23".to_owned(),
            ..of("later", 300)
        };
        put(&world, later).await;
        let over = Offering {
            valid_until: "2026-11-21".to_owned(),
            ..of("over", 400)
        };
        let over = put(&world, over).await;
        let here = Offering {
            price_groups: vec![1, 3],
            ..of("here", 500)
        };
        put(&world, here).await;
        let elsewhere = Offering {
            price_groups: vec![4],
            ..of("elsewhere", 600)
        };
        let elsewhere = put(&world, elsewhere).await;
        assert_eq!(names(&world, everything()).await, ["now", "here"]);

        let preview = ListOffersRequest {
            preview_day: "2026-11-23".to_owned(),
            ..everything()
        };
        let refused = world.visitor().list_offers(preview.clone()).await;
        let refused = refused.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("PREVIEW_FOR_STAFF"));
        let seen = world.admin().list_offers(preview).await.unwrap();
        let seen = seen.into_inner().offers.into_iter();
        let seen: Vec<_> = seen.map(|offer| (offer.name, offer.draft)).collect();
        let expected = [
            ("now", false),
            ("draft", true),
            ("later", false),
            ("here", false),
        ];
        assert_eq!(seen, expected.map(|(name, draft)| (name.to_owned(), draft)));

        for (id, reason) in [
            (draft, "OFFERING_NOT_FOUND"),
            (over, "OFFERING_NOT_FOUND"),
            (elsewhere, "SERVICE_NOT_DELIVERABLE"),
        ] {
            let refused = world.visitor().place_order(request(&id)).await.unwrap_err();
            assert_eq!(reason_of(&refused).as_deref(), Some(reason));
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_are_filtered_and_sorted() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.provider_of("nordbredband").await;
        let fast = Offering {
            categories: vec!["internet".to_owned()],
            down_mbps: 1_000,
            commitment_months: 24,
            ..offering("nordbredband", "fast", 50_000)
        };
        put(&world, fast).await;
        // Cheap at first, dear afterwards.
        let lure = Offering {
            categories: vec!["internet".to_owned(), "tv".to_owned()],
            down_mbps: 100,
            commitment_months: 12,
            campaigns: vec![campaign("fixedPrice", 9_900, 2)],
            ..offering("nordbredband", "lure", 60_000)
        };
        put(&world, lure).await;
        let student = Offering {
            consumer_types: vec!["student".to_owned()],
            down_mbps: 250,
            start_price_ore: 20_000,
            ..offering("nordbredband", "student", 20_000)
        };
        put(&world, student).await;

        let sorted = |sort: OfferSort| ListOffersRequest {
            sort: sort.into(),
            ..everything()
        };
        for (sort, expected) in [
            (OfferSort::Unspecified, ["lure", "student", "fast"]),
            (OfferSort::Total, ["student", "lure", "fast"]),
            (OfferSort::Speed, ["fast", "student", "lure"]),
        ] {
            assert_eq!(names(&world, sorted(sort)).await, expected, "{sort:?}");
        }
        let filtered = |filter: OfferFilter| ListOffersRequest {
            filter: Some(filter),
            ..everything()
        };
        let (tv, internet) = (vec!["tv".to_owned()], vec!["internet".to_owned()]);
        let none = OfferFilter::default;
        #[rustfmt::skip]
        let cases = [
            (OfferFilter { categories: tv, ..none() }, vec!["lure"]),
            (OfferFilter { categories: internet, min_down_mbps: 250, ..none() }, vec!["fast"]),
            (OfferFilter { max_month_ore: Some(50_000), ..none() }, vec!["student", "fast"]),
            (OfferFilter { max_commitment_months: Some(0), ..none() }, vec!["student"]),
            (OfferFilter { consumer_type: "residential".to_owned(), ..none() }, vec!["lure", "fast"]),
        ];
        for (filter, expected) in cases {
            assert_eq!(names(&world, filtered(filter.clone())).await, expected, "{filter:?}");
        }
        let wrong = OfferFilter {
            categories: vec!["radio".to_owned()],
            consumer_type: "cat".to_owned(),
            ..none()
        };
        let refused = world.visitor().list_offers(filtered(wrong)).await;
        let fields = violations_of(&refused.unwrap_err()).into_iter();
        let fields: Vec<_> = fields.map(|violation| violation.field).collect();
        assert_eq!(fields, ["filter.categories[0]", "filter.consumer_type"]);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_keeps_the_price_that_was_shown_whatever_becomes_of_the_offering() {
    for_each_store(|url| {
        Box::pin(async {
            let world = World::start(url).await;
            world.provider_of("nordbredband").await;
            let secret = Campaign {
                code: "jul-26".to_owned(),
                ..campaign("percentage", 33, 3)
            };
            let mut entered = Offering {
                start_price_ore: 10_000,
                commitment_months: 12,
                notice_months: 1,
                campaigns: vec![campaign("amount", 5_000, 6), secret],
                ..offering("nordbredband", "Bredband 100", 29_900)
            };
            entered.offering_id = put(&world, entered.clone()).await;
            let offer = shown(&world, everything()).await.remove(0);
            assert!(offer.campaigns.is_empty(), "codes and plans are not told");
            let open = offer.price.unwrap();
            assert_eq!(
                (open.first_monthly_ore, open.total_ore),
                (24_900, 10_000 + 6 * 24_900 + 6 * 29_900)
            );
            let with_code = ListOffersRequest {
                campaign_code: "JUL-26 ".to_owned(),
                ..everything()
            };
            let coded = shown(&world, with_code).await.remove(0).price.unwrap();
            assert_eq!((open.by_code, coded.by_code), (false, true));
            assert_eq!(
                (coded.first_monthly_ore, coded.total_ore),
                (20_033, 10_000 + 3 * 20_033 + 9 * 29_900)
            );

            let mut asked = request(&entered.offering_id);
            asked.price_mark.clone_from(&coded.mark);
            let refused = world
                .visitor()
                .place_order(asked.clone())
                .await
                .unwrap_err();
            assert_eq!(reason_of(&refused).as_deref(), Some("PRICE_CHANGED"));
            asked.campaign_code = "påsk".to_owned();
            let refused = world
                .visitor()
                .place_order(asked.clone())
                .await
                .unwrap_err();
            assert_eq!(violations_of(&refused)[0].field, "campaign_code");
            asked.campaign_code = "jul-26".to_owned();
            let placed = world.visitor().place_order(asked.clone()).await.unwrap();
            let placed = placed.into_inner();

            entered.monthly_price_ore = 99_900;
            entered.campaigns.clear();
            put(&world, entered).await;
            let again = world.visitor().place_order(asked).await.unwrap();
            assert_eq!(again.into_inner().order_id, placed.order_id);
            let follow = pb::orders::FollowOrderRequest {
                network: "HAM".to_owned(),
                token: placed.follow_token,
            };
            let followed = world.visitor().follow_order(follow).await.unwrap();
            let kept = followed.into_inner().order.unwrap().price.unwrap();
            let expected = pb::orders::Price {
                mark: String::new(),
                by_code: false,
                ..coded.clone()
            };
            assert_eq!(kept, expected);
            let own = pb::orders::GetProviderOrderRequest {
                order_id: placed.order_id,
                ..Default::default()
            };
            let own = world.provider("nordbredband").get_provider_order(own).await;
            assert_eq!(
                own.unwrap().into_inner().order.unwrap().price,
                Some(expected)
            );
            let stored = world.texts("customer_order", "price").await;
            assert!(!stored[0].to_lowercase().contains("jul-26"), "{stored:?}");
            world.stop().await;
        })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_faster_than_the_port_is_neither_offered_nor_sold() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.provider_of("nordbredband").await;
        let of = |name: &str, (down_mbps, up_mbps): (u32, u32)| Offering {
            down_mbps,
            up_mbps,
            ..offering("nordbredband", name, 10_000)
        };
        let tv = Offering {
            service: "IPTV".to_owned(),
            ..of("tv", (0, 0))
        };
        let tv = put(&world, tv).await;
        put(&world, of("silent", (0, 0))).await;
        put(&world, of("as fast", (100, 100))).await;
        let faster = put(&world, of("faster", (101, 10))).await;
        let upwards = put(&world, of("upwards", (100, 101))).await;
        let all = ["tv", "silent", "as fast", "faster", "upwards"];
        let sorted = |mut names: Vec<String>| {
            names.sort();
            names
        };
        let shown = async || sorted(names(&world, everything()).await);
        let expected = |names: &[&str]| sorted(names.iter().map(|&n| n.to_owned()).collect());

        // Nothing is known of the port: nothing is held against it.
        assert_eq!(shown().await, expected(&all));
        world.ports(Some(100_000), &[]);
        assert_eq!(shown().await, expected(&all[..3]));
        let refused = async |id: String| {
            let answer = world.visitor().place_order(request(&id)).await;
            let status = answer.unwrap_err();
            (reason_of(&status).unwrap(), status.message().to_owned())
        };
        let (reason, message) = refused(faster).await;
        assert_eq!(reason, "CAPACITY_EXCEEDED");
        assert_eq!(
            message,
            "it needs 101 Mbit/s, and the port can do 100 Mbit/s at most"
        );
        assert_eq!(refused(upwards).await.0, "CAPACITY_EXCEEDED");
        assert_eq!(world.rows("customer_order").await, 0);

        // The network has said what its service needs; the offering says nothing.
        world.ports(Some(512), &[("IPTV", 20)]);
        assert_eq!(shown().await, expected(&["silent"]));
        let (reason, message) = refused(tv).await;
        assert_eq!(reason, "CAPACITY_EXCEEDED");
        assert_eq!(
            message,
            "it needs 20 Mbit/s, and the port can do 0.512 Mbit/s at most"
        );
        world.stop().await;
    })
    .await;
}
