//! What networks and providers ask in orders: put, shown, answered, read.

use api as pb;
use futures::future::join_all;
use pb::common::PageRequest;
use pb::orders::{
    FormAnswer, FormChoice, FormCondition, FormField, FormFieldType, FormScope, GivenAnswer,
    LocalText, OrderForm,
};
use service_kit::error::{reason_of, violations_of};
use testkit::store::for_each_store;
use tonic::{Code, Status};

use crate::world::{HANDLE, World, request};

fn both(text: &str) -> LocalText {
    LocalText {
        sv: text.to_owned(),
        en: format!("{text} (en)"),
    }
}

pub fn field(key: &str, kind: FormFieldType) -> FormField {
    FormField {
        key: key.to_owned(),
        r#type: kind.into(),
        label: Some(both(key)),
        help: Some(LocalText::default()),
        ..FormField::default()
    }
}

/// A door code, deleted thirty days after the end.
pub fn door_code() -> FormField {
    FormField {
        required: true,
        max_chars: 10,
        label: Some(both("Portkod")),
        purge_days: Some(30),
        ..field("door_code", FormFieldType::Text)
    }
}

fn router() -> [FormField; 2] {
    let choice = |value: &str| FormChoice {
        value: value.to_owned(),
        label: Some(both(value)),
    };
    [
        FormField {
            not_personal: true,
            choices: vec![choice("own"), choice("rented")],
            label: Some(both("Router")),
            ..field("router", FormFieldType::Choice)
        },
        FormField {
            required_if: Some(FormCondition {
                key: "router".to_owned(),
                value: "own".to_owned(),
            }),
            max_chars: 40,
            ..field("serial", FormFieldType::Text)
        },
    ]
}

pub async fn put(
    world: &World,
    provider_id: &str,
    expected_version: u32,
    fields: Vec<FormField>,
) -> Result<OrderForm, Status> {
    let asked = pb::orders::PutOrderFormRequest {
        network: "HAM".to_owned(),
        provider_id: provider_id.to_owned(),
        expected_version,
        fields,
        check_only: false,
    };
    let put = world.admin().put_order_form(asked).await?;
    Ok(put.into_inner().form.unwrap())
}

/// The network asks for a door code, nordbredband for the router; the offering.
pub async fn asking(world: &World) -> String {
    let offering = world.offering_of("nordbredband").await;
    put(world, "", 0, vec![door_code()]).await.unwrap();
    put(world, "nordbredband", 0, router().to_vec())
        .await
        .unwrap();
    offering
}

pub fn say(scope: FormScope, key: &str, value: &str) -> FormAnswer {
    FormAnswer {
        scope: scope.into(),
        key: key.to_owned(),
        value: value.to_owned(),
    }
}

pub fn answered(offering: &str) -> pb::orders::PlaceOrderRequest {
    pb::orders::PlaceOrderRequest {
        network_form_version: 1,
        provider_form_version: 1,
        answers: vec![
            say(FormScope::Network, "door_code", "4711"),
            say(FormScope::Provider, "router", "own"),
            say(FormScope::Provider, "serial", "SN-99"),
        ],
        requested_date: String::new(),
        ..request(offering)
    }
}

pub async fn fetch(world: &World, order_id: &str) -> Result<Vec<GivenAnswer>, Status> {
    let asked = pb::orders::GetPersonalDataRequest {
        order_id: order_id.to_owned(),
        purpose: "delivery".to_owned(),
    };
    let data = world
        .provider("nordbredband")
        .get_personal_data(asked)
        .await?;
    Ok(data.into_inner().answers)
}

pub async fn seen_by_staff(world: &World, order_id: &str) -> Vec<GivenAnswer> {
    let asked = pb::orders::GetOrderRequest {
        network: "HAM".to_owned(),
        order_id: order_id.to_owned(),
    };
    let order = world.admin().get_order(asked).await.unwrap();
    order.into_inner().answers
}

/// Key and value of each.
pub fn said(answers: &[GivenAnswer]) -> Vec<(&str, &str)> {
    answers
        .iter()
        .map(|a| (a.key.as_str(), a.value.as_str()))
        .collect()
}

async fn refused(world: &World, asked: pb::orders::PlaceOrderRequest) -> Status {
    world.visitor().place_order(asked).await.unwrap_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_put_in_versions_and_one_of_two_editors_is_first() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let first = put(&world, "", 0, vec![door_code()]).await.unwrap();
        assert_eq!((first.version, first.put_by.as_str()), (1, "staff:user-1"));
        for expected in [0, 2] {
            let late = put(&world, "", expected, Vec::new()).await.unwrap_err();
            assert_eq!(late.code(), Code::AlreadyExists);
            assert_eq!(reason_of(&late).as_deref(), Some("FORM_VERSION_CHANGED"));
        }
        let editors = (0..6).map(|n| {
            let name = format!("field_{n}");
            put(&world, "", 1, vec![field(&name, FormFieldType::YesNo)])
        });
        let done: Vec<_> = join_all(editors).await;
        let won: Vec<_> = done.iter().filter_map(|put| put.as_ref().ok()).collect();
        assert_eq!(won.len(), 1, "{done:?}");
        let lost = done.iter().filter_map(|put| put.as_ref().err());
        assert!(
            lost.map(reason_of)
                .all(|r| r.as_deref() == Some("FORM_VERSION_CHANGED"))
        );

        let get = |version| pb::orders::GetOrderFormRequest {
            network: "HAM".to_owned(),
            version,
            ..Default::default()
        };
        let current = form(&world, get(0)).await.unwrap();
        assert_eq!(current.fields, won[0].fields);
        let first = form(&world, get(1)).await.unwrap();
        assert_eq!((first.version, first.fields), (1, vec![door_code()]));
        let none = form(&world, get(3)).await.unwrap_err();
        assert_eq!(reason_of(&none).as_deref(), Some("FORM_NOT_FOUND"));

        let (mut versions, mut page_token) = (Vec::new(), String::new());
        loop {
            let page = Some(PageRequest {
                page_size: 1,
                page_token,
            });
            let list = pb::orders::ListOrderFormsRequest {
                network: "HAM".to_owned(),
                page,
                ..Default::default()
            };
            let list = world
                .admin()
                .list_order_forms(list)
                .await
                .unwrap()
                .into_inner();
            versions.extend(list.forms.into_iter().map(|form| form.version));
            page_token = list.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(versions, [2, 1]);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_only_checked_is_not_put() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        world.offering_of("nordbredband").await;
        let check = async |provider: &str, fields: Vec<FormField>| {
            let asked = pb::orders::PutOrderFormRequest {
                network: "HAM".to_owned(),
                provider_id: provider.to_owned(),
                expected_version: 7,
                fields,
                check_only: true,
            };
            let checked = world.admin().put_order_form(asked).await;
            checked.map(|answer| answer.into_inner().form)
        };
        for provider in ["", "nordbredband"] {
            assert_eq!(check(provider, vec![door_code()]).await.unwrap(), None);
            let asked = pb::orders::GetOrderFormRequest {
                network: "HAM".to_owned(),
                provider_id: provider.to_owned(),
                version: 0,
            };
            assert_eq!(form(&world, asked).await.unwrap().version, 0);
        }
        let twice = check("", vec![door_code(), door_code()]).await.unwrap_err();
        let wrong = service_kit::error::violations_of(&twice);
        assert_eq!(wrong[0].field, "fields[1].key");
        let nobody = check("nobody", vec![]).await.unwrap_err();
        assert_eq!(nobody.code(), tonic::Code::NotFound);
        world.stop().await;
    })
    .await;
}

async fn form(world: &World, asked: pb::orders::GetOrderFormRequest) -> Result<OrderForm, Status> {
    let form = world.admin().get_order_form(asked).await?;
    Ok(form.into_inner().form.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_form_changes_nothing_and_all_of_it_is_named() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let wrong = vec![
            FormField::default(),
            FormField {
                required_if: Some(FormCondition {
                    key: "nowhere".to_owned(),
                    value: String::new(),
                }),
                ..door_code()
            },
        ];
        let refused = put(&world, "", 0, wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let fields: Vec<_> = violations_of(&refused)
            .into_iter()
            .map(|v| v.field)
            .collect();
        assert_eq!(
            fields,
            [
                "fields[0].key",
                "fields[0].label.sv",
                "fields[0].label.en",
                "fields[0].type",
                "fields[1].required_if",
                "fields[1].required_if.key"
            ]
        );
        let unknown = put(&world, "nobody", 0, Vec::new()).await.unwrap_err();
        assert_eq!(reason_of(&unknown).as_deref(), Some("PROVIDER_NOT_FOUND"));
        assert_eq!(world.rows("order_form").await, 0);
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_reads_and_puts_its_own_form_only() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        asking(&world).await;
        world.offering_of("sydfiber").await;
        let get = || pb::orders::GetOwnOrderFormRequest { version: 0 };
        let put = |expected_version| pb::orders::PutOwnOrderFormRequest {
            expected_version,
            fields: vec![field("mine", FormFieldType::Date)],
        };
        let mut stranger = world.provider("sydfiber");
        let form = stranger
            .get_own_order_form(get())
            .await
            .unwrap()
            .into_inner();
        let form = form.form.unwrap();
        assert_eq!((form.version, form.fields.len()), (0, 0));
        let version = pb::orders::GetOwnOrderFormRequest { version: 1 };
        let none = stranger.get_own_order_form(version).await.unwrap_err();
        assert_eq!(reason_of(&none).as_deref(), Some("FORM_NOT_FOUND"));
        let late = stranger.put_own_order_form(put(1)).await.unwrap_err();
        assert_eq!(reason_of(&late).as_deref(), Some("FORM_VERSION_CHANGED"));
        let mine = stranger
            .put_own_order_form(put(0))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(mine.form.unwrap().provider_id, "sydfiber");
        let elsewhere = world
            .provider_in("ALM", "nordbredband")
            .put_own_order_form(put(1))
            .await;
        assert_eq!(
            reason_of(&elsewhere.unwrap_err()).as_deref(),
            Some("PROVIDER_NOT_FOUND")
        );

        let mut own = world.provider("nordbredband");
        let kept = own
            .get_own_order_form(get())
            .await
            .unwrap()
            .into_inner()
            .form
            .unwrap();
        assert_eq!((kept.version, kept.fields), (1, router().to_vec()));
        let offers = pb::orders::ListOffersRequest {
            network: "HAM".to_owned(),
            place_handle: HANDLE.to_owned(),
            ..Default::default()
        };
        let offers = world
            .visitor()
            .list_offers(offers)
            .await
            .unwrap()
            .into_inner();
        let shown: Vec<_> = offers
            .forms
            .iter()
            .map(|form| {
                (
                    form.provider_id.as_str(),
                    form.version,
                    form.put_by.as_str(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [("", 1, ""), ("nordbredband", 1, ""), ("sydfiber", 1, "")]
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_checked_stored_sealed_and_given_to_the_provider() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = asking(&world).await;
        let mut wrong = answered(&offering);
        wrong.customer.as_mut().unwrap().phone = "12".to_owned();
        wrong.answers[1].value = "theirs".to_owned();
        wrong.answers[0].value = "långt mer än tio tecken".to_owned();
        let refusal = refused(&world, wrong).await;
        let wrong: Vec<_> = violations_of(&refusal)
            .into_iter()
            .map(|v| (v.field, v.value))
            .collect();
        let place = |field: &str, value: &str| (field.to_owned(), value.to_owned());
        assert_eq!(
            wrong,
            [
                place("customer.phone", ""),
                place("answers.network.door_code", ""),
                place("answers.provider.router", "theirs"),
            ],
            "with what else is wrong, and no personal value"
        );
        assert_eq!(world.rows("order_answer").await, 0);

        let placed = world
            .visitor()
            .place_order(answered(&offering))
            .await
            .unwrap();
        let id = placed.into_inner().order_id;
        let given = fetch(&world, &id).await.unwrap();
        assert_eq!(
            said(&given),
            [
                ("door_code", "4711"),
                ("router", "own"),
                ("serial", "SN-99")
            ]
        );
        assert_eq!(given[0].label, Some(both("Portkod")));
        assert_eq!(given[1].value_label, Some(both("own")));
        let staff = seen_by_staff(&world, &id).await;
        assert_eq!(
            said(&staff),
            [("door_code", "***"), ("router", "own"), ("serial", "***")]
        );
        assert_eq!(world.rows("access_log").await, 2);
        let log = world.texts("access_log", "fields").await.join(" ");
        for named in ["answer:network.door_code", "answer:provider.router"] {
            assert!(log.contains(named), "{log}");
        }
        assert!(!log.contains("4711") && !log.contains("SN-99"), "{log}");
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_changed_meanwhile_is_shown_again_and_an_old_order_keeps_its_own() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let offering = asking(&world).await;
        let asked = answered(&offering);
        let placed = world
            .visitor()
            .place_order(asked.clone())
            .await
            .unwrap()
            .into_inner();
        put(&world, "", 1, vec![field("floor", FormFieldType::Number)])
            .await
            .unwrap();

        let outdated = refused(&world, answered(&offering)).await;
        assert_eq!(outdated.code(), Code::FailedPrecondition);
        assert_eq!(reason_of(&outdated).as_deref(), Some("FORM_OUTDATED"));
        let unaware = refused(&world, request(&offering)).await;
        assert_eq!(reason_of(&unaware).as_deref(), Some("FORM_OUTDATED"));
        // The order of the same command is there, whatever is asked by now.
        let again = world
            .visitor()
            .place_order(asked.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(again, placed);
        let mut other = asked;
        other.answers[0].value = "4712".to_owned();
        let conflict = refused(&world, other).await;
        assert_eq!(reason_of(&conflict).as_deref(), Some("COMMAND_CONFLICT"));

        let staff = seen_by_staff(&world, &placed.order_id).await;
        assert_eq!(
            staff[0].label,
            Some(both("Portkod")),
            "as it was asked then"
        );
        let mut anew = answered(&offering);
        anew.network_form_version = 2;
        anew.answers[0] = say(FormScope::Network, "floor", "3");
        let anew = world
            .visitor()
            .place_order(anew)
            .await
            .unwrap()
            .into_inner();
        let given = fetch(&world, &anew.order_id).await.unwrap();
        assert_eq!(said(&given)[0], ("floor", "3"));
        world.stop().await;
    })
    .await;
}
