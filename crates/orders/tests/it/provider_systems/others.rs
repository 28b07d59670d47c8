//! Activation notices, contacts, and links to portals.

use std::time::Duration;

use api as pb;
use pb::orders::{
    ActivateForProviderRequest, AskProviderContactsRequest, HandoverState, OrderStatus,
    SignPortalLinkRequest,
};
use serde_json::json;
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;
use tonic::Code;

use super::orders::status;
use super::sp::{self, Sp};
use super::{NORD, handover, handovers, keyed_offering, put, system};
use crate::technical::{activate, created, subscriptions};
use crate::world::{PATIENCE, World};

fn activation(order_id: &str) -> ActivateForProviderRequest {
    ActivateForProviderRequest {
        network: "HAM".to_owned(),
        order_id: order_id.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_told_what_the_network_has_activated_by_itself() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (sp, offering) = (Sp::serve().await, keyed_offering(&world, NORD).await);
        let placed = world.order(&offering).await;
        let mut staff = world.systems("HAM", "admin");
        let refused = staff
            .activate_for_provider(activation(&placed.order_id))
            .await;
        assert_eq!(
            reason_of(&refused.unwrap_err()).as_deref(),
            Some("PROVIDER_SYSTEM_NOT_FOUND")
        );
        put(&world, system(&sp.base())).await;
        sp.says(200, "");
        let done = staff
            .activate_for_provider(activation(&placed.order_id))
            .await
            .unwrap();
        let technical = done.into_inner().technical_order_id;
        let asked = sp.asked(1).await.remove(0);
        assert_eq!(&*asked.path, "/onapi/2.6/activationnotice/");
        let told = asked.json();
        let subscription = subscriptions(&mut world.provider(NORD)).await.remove(0);
        assert_eq!(told["coOrderId"], technical.as_str());
        assert_eq!(
            told["products"],
            json!([{
                "productId": "p-1", "offeringId": "o-1", "coProduct": "BB-100-100",
                "coSubscriptionId": subscription.subscription_id
            }])
        );
        assert_eq!(
            told["customerDetails"]["personalIdentityNumber"],
            "19900118-9811"
        );
        handover(&world, HandoverState::Confirmed).await;
        assert_eq!(
            status(&world, &placed.order_id).await,
            OrderStatus::Delivered
        );
        assert_eq!(world.rows("disclosure").await, 1);
        let over = staff
            .activate_for_provider(activation(&placed.order_id))
            .await;
        assert_eq!(
            reason_of(&over.unwrap_err()).as_deref(),
            Some("ORDER_MOVED")
        );
        let mut others = world.systems("BRF", "admin");
        let theirs = ActivateForProviderRequest {
            network: "BRF".to_owned(),
            ..activation(&placed.order_id)
        };
        let unknown = others.activate_for_provider(theirs).await.unwrap_err();
        assert_eq!(reason_of(&unknown).as_deref(), Some("ORDER_NOT_FOUND"));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_a_provider_has_ordered_itself_it_gets_no_notice() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let (sp, offering) = (Sp::serve().await, keyed_offering(&world, NORD).await);
        world.order(&offering).await;
        put(&world, system(&sp.base())).await;
        created(&mut world.provider(NORD), activate("BB-100-100")).await;
        assert_eq!(handovers(&world).await, []);
        world.stop().await;
    })
    .await;
}

fn contacts(sp_reference: &str, reason: &str) -> AskProviderContactsRequest {
    AskProviderContactsRequest {
        network: "HAM".to_owned(),
        provider_id: NORD.to_owned(),
        sp_reference: sp_reference.to_owned(),
        reason: reason.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_are_asked_for_with_a_reason_shown_and_not_kept() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.provider_of(NORD).await;
        let sp = Sp::serve().await;
        put(&world, system(&sp.base())).await;
        sp.answers(|_| {
            let body = json!({"name": "Berit Testsson", "email": "berit@example.com", "phone": null, "mobilePhone": "+46701740699"});
            (Duration::ZERO, sp::json(axum::http::StatusCode::OK, body.to_string()))
        });
        let mut staff = world.systems("HAM", "customer_service");
        let given = staff.ask_provider_contacts(contacts("C-4711", "Avbrott på linjen")).await;
        let given = given.unwrap().into_inner();
        assert_eq!((&*given.name, &*given.phone, &*given.mobile_phone), ("Berit Testsson", "", "+46701740699"));
        let asked = sp.asked(1).await.remove(0);
        assert_eq!(&*asked.path, "/onapi/2.6/contacts/C-4711");
        assert_eq!(asked.json(), json!({"reason": "Avbrott på linjen"}));
        assert_eq!(world.texts("contact_request", "outcome").await, ["given"]);
        assert_eq!(world.texts("contact_request", "caller_id").await, ["user-1"]);

        for (reference, reason, field) in [
            ("C-4711", "", "reason"),
            ("C-4711", "x", "reason"),
            ("C-4711", "Om 19900118-9811", "reason"),
            ("..", "Avbrott", "sp_reference"),
            ("a/b", "Avbrott", "sp_reference"),
            ("199001189811", "Avbrott", "sp_reference"),
        ] {
            let refused = staff.ask_provider_contacts(contacts(reference, reason)).await;
            assert_eq!(violations_of(&refused.unwrap_err())[0].field, field, "{reference} {reason}");
        }
        sp.says(404, "{}");
        let unknown = staff.ask_provider_contacts(contacts("C-1", "Avbrott")).await;
        assert_eq!(reason_of(&unknown.unwrap_err()).as_deref(), Some("CONTACTS_NOT_FOUND"));
        sp.says(500, r#"{"cause":"Berit"}"#);
        let failed = staff.ask_provider_contacts(contacts("C-1", "Avbrott")).await.unwrap_err();
        assert_eq!(reason_of(&failed).as_deref(), Some("PROVIDER_SYSTEM_UNAVAILABLE"));
        assert!(!format!("{failed:?}").contains("Berit"));
        let mut outcomes = world.texts("contact_request", "outcome").await;
        outcomes.sort();
        assert_eq!(outcomes, ["given", "not_found", "status"]);
        let mut others = world.systems("BRF", "admin");
        let mut theirs = contacts("C-4711", "Avbrott");
        theirs.network = "BRF".to_owned();
        let unknown = others.ask_provider_contacts(theirs).await.unwrap_err();
        assert_eq!(reason_of(&unknown).as_deref(), Some("PROVIDER_SYSTEM_NOT_FOUND"));
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_the_portal_is_signed_for_an_access_of_the_contract() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        keyed_offering(&world, NORD).await;
        let sp = Sp::serve().await;
        let link = |access_id: &str, mac: &str| SignPortalLinkRequest {
            network: "HAM".to_owned(),
            provider_id: NORD.to_owned(),
            access_id: access_id.to_owned(),
            mac: mac.to_owned(),
        };
        let mut staff = world.systems("HAM", "customer_service");
        let mac = "01:23:45:67:89:ab";
        let none = staff.sign_portal_link(link("HAM-A-1", mac)).await.unwrap_err();
        assert_eq!(reason_of(&none).as_deref(), Some("PROVIDER_SYSTEM_NOT_FOUND"));
        put(&world, system(&sp.base())).await;
        let signed = staff.sign_portal_link(link("HAM-A-1", mac)).await.unwrap();
        let signed = signed.into_inner().url;
        let begins = "https://sp.example.se/portal?ko=ham_net&accessId=HAM-A-1&mac=01%3A23%3A45%3A67%3A89%3AAB&tid=2026-11-22T12%3A00%3A00.000Z&hash=";
        assert!(signed.starts_with(begins), "{signed}");
        assert_eq!(signed.len(), begins.len() + 64);
        for (access, mac, field) in [("HAM-A-1", "x", "mac"), ("", mac, "access_id")] {
            let refused = staff.sign_portal_link(link(access, mac)).await.unwrap_err();
            assert_eq!(violations_of(&refused)[0].field, field);
        }
        let unknown = staff.sign_portal_link(link("HAM-B-9", mac)).await.unwrap_err();
        assert_eq!(reason_of(&unknown).as_deref(), Some("ACCESS_UNKNOWN"));
        let mut without = system(&sp.base());
        without.expected_version = 1;
        let of = without.system.as_mut().unwrap();
        (of.portal_url, of.portal_operator) = (String::new(), String::new());
        without.portal_key = String::new();
        put(&world, without).await;
        let none = staff.sign_portal_link(link("HAM-A-1", mac)).await.unwrap_err();
        assert_eq!(none.code(), Code::FailedPrecondition);
        testkit::eventually!(PATIENCE, handovers(&world).await.is_empty());
        world.stop().await;
    })
    .await;
}
