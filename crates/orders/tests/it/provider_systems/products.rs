//! What providers sell, fetched of their systems.

use std::time::Duration;

use api as pb;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use chrono::TimeDelta;
use pb::orders::{
    GetProductPullRequest, GetProductPullResponse, ListOfferingsRequest, Offering,
    PullProductsRequest, PutProviderSystemRequest,
};
use serde_json::{Value, json};
use service_kit::error::reason_of;
use service_kit::telemetry::metrics_handle;
use testkit::store::for_each_store;

use super::sp::Sp;
use super::{NORD, keyed_offering, put, system};
use crate::world::{PATIENCE, World, request};

const MODIFIED: &str = "Sun, 22 Nov 2026 11:00:00 GMT";

/// One product over BB-100-100, with these offerings.
fn products(offerings: &Value) -> Value {
    json!({
        "serviceProvider": {
            "phone": "013-212121", "openingHours": "Monday-Friday 07:00-17:00, (10:00-14:00)",
            "email": "kund@nordbredband.example.se", "website": "https://nordbredband.example.se",
            "presentation": "Snabbt och nära",
            "files": [{"type": "PrivacyPolicy", "url": "https://nordbredband.example.se/p.pdf", "updated": "2026-04-05T14:30Z"}]
        },
        "products": [{
            "coProducts": ["BB-100-100"],
            "productId": "p-1",
            "marketingInformation": {
                "productName": "Bredband 100", "categories": ["internet"], "description": "Bra"
            },
            "files": [],
            "offerings": offerings
        }]
    })
}

fn offering(id: &str, price: &str) -> Value {
    json!({
        "offeringId": id,
        "marketingInformation": {
            "offeringName": format!("Bredband {id}"), "consumerTypes": ["residential"], "description": "100/100",
            "startPrice": "99", "price": price, "pricePeriod": "P1M", "periodOfNotice": "P1M",
            "agreementLength": "P1Y", "campaign": false
        }
    })
}

fn campaign() -> Value {
    let mut offering = offering("o-3", "125");
    let said = &mut offering["marketingInformation"];
    said["campaignLength"] = "P3M".into();
    said["basePrice"] = "250,50".into();
    said["campaignCodes"] = json!(["hemlig"]);
    said["campaign"] = true.into();
    said["priceGroups"] = json!([3]);
    offering
}

/// From now on it sells that, and says when it is the same as before.
fn sells(sp: &Sp, offerings: &Value) {
    let body = products(offerings).to_string();
    sp.answers(move |asked| {
        let known = asked.headers.get(header::IF_MODIFIED_SINCE);
        let answer = if known.is_some_and(|since| since == MODIFIED) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            ([(header::LAST_MODIFIED, MODIFIED)], body.clone()).into_response()
        };
        (Duration::ZERO, answer)
    });
}

fn selling(base_url: &str, version: i64) -> PutProviderSystemRequest {
    let mut asked = system(base_url);
    asked.system.as_mut().unwrap().functions = vec!["products".to_owned()];
    asked.expected_version = version;
    asked
}

async fn pull(world: &World) -> GetProductPullResponse {
    let asked = GetProductPullRequest {
        network: "HAM".to_owned(),
        provider_id: NORD.to_owned(),
    };
    let mut staff = world.systems("HAM", "customer_service");
    staff.get_product_pull(asked).await.unwrap().into_inner()
}

async fn pull_now(world: &World) {
    let asked = PullProductsRequest {
        network: "HAM".to_owned(),
        provider_id: NORD.to_owned(),
    };
    let mut staff = world.systems("HAM", "admin");
    staff.pull_products(asked).await.unwrap();
}

/// Those that are sold, by the provider's id.
async fn sold(world: &World) -> Vec<Offering> {
    let asked = ListOfferingsRequest {
        network: "HAM".to_owned(),
        provider_id: NORD.to_owned(),
        ..ListOfferingsRequest::default()
    };
    let listed = world.admin().list_offerings(asked).await.unwrap();
    let mut all = listed.into_inner().offerings;
    all.sort_by(|a, b| a.external_offering_id.cmp(&b.external_offering_id));
    all
}

async fn ids(world: &World) -> Vec<String> {
    let all = sold(world).await.into_iter();
    all.map(|one| one.external_offering_id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_sells_is_fetched_and_ends_when_it_is_gone() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        // Entered by hand, under the key o-1: never touched.
        keyed_offering(&world, NORD).await;
        let sp = Sp::serve().await;
        let mut broken = offering("o-9", "250.50");
        broken["marketingInformation"]["campaignLength"] = "P3M".into();
        sells(
            &sp,
            &json!([
                offering("o-1", "1"),
                offering("o-2", "250,50"),
                campaign(),
                broken
            ]),
        );
        put(&world, selling(&sp.base(), 0)).await;
        testkit::eventually!(PATIENCE, pull(&world).await.taken_at.is_some());
        let asked = sp.asked(1).await.remove(0);
        assert_eq!(
            (asked.method.as_str(), &*asked.path),
            ("GET", "/onapi/2.6/products/")
        );
        assert!(!asked.headers.contains_key(header::IF_MODIFIED_SINCE));
        let came = pull(&world).await;
        assert_eq!(
            (came.taken, came.ended, came.refused, came.last_status),
            (2, 0, 2, 200)
        );
        let findings: Vec<_> = came
            .findings
            .iter()
            .map(|f| (f.offering_id.as_str(), f.field.as_str(), f.refused))
            .collect();
        assert_eq!(
            findings,
            [("o-1", "offeringId", true), ("o-9", "price", true)]
        );

        let all = sold(&world).await;
        assert_eq!(ids(&world).await, ["o-1", "o-2", "o-3"]);
        assert_eq!(all[0].monthly_price_ore, 29_900, "entered otherwise");
        let fetched = &all[1];
        assert_eq!(
            (fetched.monthly_price_ore, fetched.start_price_ore),
            (25_050, 9_900)
        );
        assert_eq!((fetched.commitment_months, fetched.notice_months), (12, 1));
        assert_eq!(fetched.documents[0].kind, "privacyPolicy");
        assert!(fetched.documents[0].updated.is_some());
        assert_eq!(
            (all[2].monthly_price_ore, all[2].campaigns[0].value),
            (25_050, 12_500)
        );
        assert!(all[2].code_required);
        let providers = pb::orders::ListProvidersRequest {
            network: "HAM".to_owned(),
        };
        let provider = world.admin().list_providers(providers).await.unwrap();
        let provider = provider.into_inner().providers.remove(0);
        assert_eq!(
            (&*provider.phone, &*provider.presentation),
            ("+4613212121", "Snabbt och nära")
        );
        assert_eq!(
            provider.order_email, "order@nordbredband.example.se",
            "not the provider's to say"
        );

        // What needs a code is not sold without it.
        let refused = world
            .visitor()
            .place_order(request(&all[2].offering_id))
            .await
            .unwrap_err();
        assert!(
            format!("{refused:?}").contains("campaign_code"),
            "{refused:?}"
        );
        let mut with_code = request(&all[2].offering_id);
        with_code.campaign_code = "Hemlig".to_owned();
        world.visitor().place_order(with_code).await.unwrap();

        // By itself, and as it was.
        world.clock.advance(TimeDelta::minutes(61));
        let again = sp.asked(2).await.remove(1);
        assert_eq!(again.headers[header::IF_MODIFIED_SINCE], MODIFIED);
        testkit::eventually!(PATIENCE, pull(&world).await.last_status == 304);
        assert_eq!(pull(&world).await.taken, 2, "what was last taken");

        let kept = all[1].offering_id.clone();
        sp.answers({
            let body = products(&json!([offering("o-2", "260")])).to_string();
            move |_| (Duration::ZERO, body.clone().into_response())
        });
        pull_now(&world).await;
        testkit::eventually!(PATIENCE, ids(&world).await == ["o-1", "o-2"]);
        let all = sold(&world).await;
        assert_eq!(
            (all[1].monthly_price_ore, &all[1].offering_id),
            (26_000, &kept)
        );
        assert_eq!(pull(&world).await.ended, 1);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_answer_changes_nothing_and_is_said() {
    metrics_handle();
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.provider_of(NORD).await;
        let sp = Sp::serve().await;
        sells(&sp, &json!([offering("o-2", "250,50")]));
        put(&world, selling(&sp.base(), 0)).await;
        testkit::eventually!(PATIENCE, pull(&world).await.taken_at.is_some());
        let whole = products(&json!([offering("o-2", "1")])).to_string();
        let half = whole[..whole.len() / 2].to_owned();
        let none_right = products(&json!([offering("o-2", "1.5")])).to_string();
        for (status, body, failure) in [
            (200, "<html>".to_owned(), "not_json"),
            (200, half, "not_json"),
            (200, "[]".to_owned(), "not_products"),
            (200, none_right, "nothing_valid"),
            (200, "x".repeat(9 * 1024 * 1024), "answer_too_long"),
            (404, "{}".to_owned(), "status"),
        ] {
            sp.says(status, &body);
            pull_now(&world).await;
            testkit::eventually!(PATIENCE, pull(&world).await.last_failure == failure);
            let all = sold(&world).await;
            assert_eq!(
                (all.len(), all[0].monthly_price_ore),
                (1, 25_050),
                "{failure}"
            );
        }
        let failing = pull(&world).await;
        assert!(
            failing.failing_since.is_some() && failing.taken == 1,
            "{failing:?}"
        );
        world.clock.advance(TimeDelta::hours(25));
        let said = || {
            metrics_handle()
                .render()
                .contains("orders_products_silent_total")
        };
        testkit::eventually!(PATIENCE, said());
        sells(&sp, &json!([]));
        pull_now(&world).await;
        // The time of the last that was taken is still asked with, and it is that.
        testkit::eventually!(PATIENCE, pull(&world).await.failing_since.is_none());
        assert_eq!(ids(&world).await, ["o-2"]);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_an_offering_over_keeps_it_and_a_removed_system_ends_the_others() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.provider_of(NORD).await;
        let sp = Sp::serve().await;
        sells(
            &sp,
            &json!([offering("o-1", "100"), offering("o-2", "250,50")]),
        );
        put(&world, selling(&sp.base(), 0)).await;
        testkit::eventually!(PATIENCE, pull(&world).await.taken_at.is_some());
        let mut mine = sold(&world).await.remove(0);
        mine.monthly_price_ore = 7_700;
        let put_own = pb::orders::PutOwnOfferingRequest {
            offering: Some(mine),
        };
        world
            .provider(NORD)
            .put_own_offering(put_own)
            .await
            .unwrap();
        // Another version is another system: everything is asked for again.
        let mut older = selling(&sp.base(), 1);
        older.system.as_mut().unwrap().api_version = "2.5".to_owned();
        put(&world, older).await;
        let again = sp.asked(2).await.remove(1);
        assert_eq!(again.path, "/onapi/2.5/products/");
        testkit::eventually!(PATIENCE, pull(&world).await.refused == 1);
        assert_eq!(sold(&world).await[0].monthly_price_ore, 7_700);

        let mut without = selling(&sp.base(), 2);
        without.system.as_mut().unwrap().functions = vec!["order".to_owned()];
        put(&world, without).await;
        assert_eq!(ids(&world).await, ["o-1"]);
        let asked = PullProductsRequest {
            network: "HAM".to_owned(),
            provider_id: NORD.to_owned(),
        };
        let mut staff = world.systems("HAM", "admin");
        let refused = staff.pull_products(asked).await.unwrap_err();
        assert_eq!(
            reason_of(&refused).as_deref(),
            Some("PROVIDER_FUNCTION_MISSING")
        );
        world.stop().await;
    })
    .await;
}
