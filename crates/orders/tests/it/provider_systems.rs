//! Providers' systems that are called over the provider's side of ON-API.

mod orders;
mod others;
mod products;
mod rights;
mod sp;
mod trouble;

use api as pb;
use pb::orders::{
    Handover, HandoverState, ListHandoversRequest, ListProviderSystemsRequest, ProviderSystem,
    PutProviderSystemRequest, RemoveProviderSystemRequest, TryProviderSystemRequest,
};
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;
use tonic::Code;

use self::sp::{PASSWORD, Sp, USER};
use crate::world::{PATIENCE, World};

const NORD: &str = "nordbredband";

/// Everything that a provider's system may have.
fn system(base_url: &str) -> PutProviderSystemRequest {
    system_of(NORD, base_url)
}

fn system_of(provider: &str, base_url: &str) -> PutProviderSystemRequest {
    PutProviderSystemRequest {
        network: "HAM".to_owned(),
        system: Some(ProviderSystem {
            provider_id: provider.to_owned(),
            base_url: base_url.to_owned(),
            api_version: "2.6".to_owned(),
            functions: ["order", "activationnotice", "contacts"]
                .map(str::to_owned)
                .to_vec(),
            portal_url: "https://sp.example.se/portal".to_owned(),
            portal_operator: "ham_net".to_owned(),
            ..ProviderSystem::default()
        }),
        user_name: USER.to_owned(),
        password: PASSWORD.to_owned(),
        portal_key: "secret-password".to_owned(),
        expected_version: 0,
    }
}

async fn put(world: &World, asked: PutProviderSystemRequest) -> ProviderSystem {
    let mut staff = world.systems("HAM", "admin");
    let put = staff.put_provider_system(asked).await;
    put.unwrap().into_inner().system.unwrap()
}

async fn systems(world: &World, network: &str) -> Vec<ProviderSystem> {
    let asked = ListProviderSystemsRequest {
        network: network.to_owned(),
    };
    let mut staff = world.systems(network, "customer_service");
    let listed = staff.list_provider_systems(asked).await;
    listed.unwrap().into_inner().systems
}

/// Gives the offering of nordbredband the ids of its system; its id.
async fn keyed_offering(world: &World, provider: &str) -> String {
    let id = world.offering_of(provider).await;
    let named = pb::orders::PutOwnOfferingRequest {
        offering: Some(pb::orders::Offering {
            offering_id: id.clone(),
            service: "BB-100-100".to_owned(),
            name: "Bredband 100".to_owned(),
            monthly_price_ore: 29_900,
            external_product_id: "p-1".to_owned(),
            external_offering_id: "o-1".to_owned(),
            ..pb::orders::Offering::default()
        }),
    };
    world
        .provider(provider)
        .put_own_offering(named)
        .await
        .unwrap();
    id
}

async fn handovers(world: &World) -> Vec<Handover> {
    let asked = ListHandoversRequest {
        network: "HAM".to_owned(),
        ..ListHandoversRequest::default()
    };
    let mut staff = world.systems("HAM", "customer_service");
    let listed = staff.list_handovers(asked).await;
    listed.unwrap().into_inner().handovers
}

/// The only handover, when it has come there.
async fn handover(world: &World, state: HandoverState) -> Handover {
    testkit::eventually!(PATIENCE, handovers(world).await[0].state() == state);
    let mut all = handovers(world).await;
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_is_entered_tried_changed_and_removed() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.provider_of(NORD).await;
        let sp = Sp::serve().await;
        let entered = put(&world, system(&sp.base())).await;
        assert_eq!(
            (
                entered.version,
                entered.has_credential,
                entered.has_portal_key
            ),
            (1, true, true)
        );
        let shown = format!("{:?}", systems(&world, "HAM").await);
        assert!(shown.contains("/onapi"));
        for secret in [PASSWORD, "secret-password", "user"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert_eq!(systems(&world, "BRF").await, []);

        let tried = async || {
            let asked = TryProviderSystemRequest {
                network: "HAM".to_owned(),
                provider_id: NORD.to_owned(),
            };
            let mut staff = world.systems("HAM", "admin");
            let tried = staff.try_provider_system(asked).await.unwrap().into_inner();
            (tried.works, tried.status, tried.failure)
        };
        assert_eq!(tried().await, (true, 200, String::new()));
        let asked = sp.asked(1).await.remove(0);
        assert_eq!(
            (asked.method.as_str(), &*asked.path),
            ("GET", "/onapi/2.6/")
        );
        sp.says(500, "{}");
        assert_eq!(tried().await, (false, 500, "status".to_owned()));

        let mut staff = world.systems("HAM", "admin");
        let stale = staff.put_provider_system(system(&sp.base())).await;
        assert_eq!(
            reason_of(&stale.unwrap_err()).as_deref(),
            Some("VERSION_CHANGED")
        );
        let mut changed = system(&sp.base());
        changed.expected_version = 1;
        changed.user_name = USER.to_owned();
        changed.password = "wrong".to_owned();
        changed.portal_key = String::new();
        let changed = put(&world, changed).await;
        assert_eq!((changed.version, changed.has_portal_key), (2, true));
        assert_eq!(tried().await, (false, 401, "credential".to_owned()));

        let mut elsewhere = system("https://other.example.se/onapi");
        elsewhere.expected_version = 2;
        (elsewhere.user_name, elsewhere.password) = (String::new(), String::new());
        let refused = staff.put_provider_system(elsewhere).await.unwrap_err();
        assert_eq!(
            violations_of(&refused)[0].field,
            "system.user_name",
            "no secret goes to another host"
        );

        let remove = |network: &str, version| RemoveProviderSystemRequest {
            network: network.to_owned(),
            provider_id: NORD.to_owned(),
            expected_version: version,
        };
        let mut others = world.systems("BRF", "admin");
        let unknown = others
            .remove_provider_system(remove("BRF", 2))
            .await
            .unwrap_err();
        assert_eq!(
            reason_of(&unknown).as_deref(),
            Some("PROVIDER_SYSTEM_NOT_FOUND")
        );
        let stale = staff
            .remove_provider_system(remove("HAM", 1))
            .await
            .unwrap_err();
        assert_eq!(reason_of(&stale).as_deref(), Some("VERSION_CHANGED"));
        staff
            .remove_provider_system(remove("HAM", 2))
            .await
            .unwrap();
        assert_eq!(systems(&world, "HAM").await, []);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_system_may_not_be_is_refused_by_field() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let mut staff = world.systems("HAM", "admin");
        let unknown = staff
            .put_provider_system(system("https://sp.example.se/"))
            .await;
        assert_eq!(
            reason_of(&unknown.unwrap_err()).as_deref(),
            Some("PROVIDER_NOT_FOUND")
        );
        world.provider_of(NORD).await;
        for base_url in [
            "http://10.0.0.1/s3cret",
            "https://169.254.169.254/s3cret",
            "https://sp.example.se/?key=s3cret",
        ] {
            let refused = staff
                .put_provider_system(system(base_url))
                .await
                .unwrap_err();
            assert_eq!(violations_of(&refused)[0].field, "system.base_url");
            assert!(!format!("{refused:?}").contains("s3cret"), "{refused:?}");
        }
        let mut bare = system("https://sp.example.se/");
        (bare.user_name, bare.password) = (String::new(), String::new());
        let refused = staff.put_provider_system(bare).await.unwrap_err();
        assert_eq!(violations_of(&refused)[0].field, "system.user_name");
        let mut service = world.systems("HAM", "customer_service");
        let denied = service
            .put_provider_system(system("https://sp.example.se/"))
            .await;
        assert_eq!(denied.unwrap_err().code(), Code::PermissionDenied);
        assert_eq!(world.rows("provider_system").await, 0);
        world.stop().await;
    })
    .await;
}
