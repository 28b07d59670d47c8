use serde_json::json;

use super::*;

/// The example of the specification (2.6, spec_sp/products), with https where it has http.
fn example() -> Value {
    json!({
        "serviceProvider": {
            "phone": "013-212121",
            "openingHours": "07:00-16:00",
            "email": "acmeab@example.com",
            "website": "https://acmeab.example.com",
            "presentation": "Acme AB",
            "files": [
                {"type": "TermsAndConditions", "url": "https://example.com/allmanna.pdf", "updated": "2007-04-05T14:30Z"},
                {"type": "PrivacyPolicy", "url": "https://example.com/policy.pdf", "updated": "2007-04-05T14:30:00Z"}
            ]
        },
        "products": [{
            "coProducts": ["100/100"],
            "productId": "p-1",
            "marketingInformation": {
                "productName": "Bredband 100/100",
                "categories": ["internet"],
                "description": "Bra snabbt Internet"
            },
            "files": [
                {"type": "TermsAndConditions", "url": "https://example.com/sarskilda.pdf", "updated": "2008-04-05T14:30Z"},
                {"type": "Logo", "url": "http://example.com/logo.jpg", "updated": "2007-04-05T14:30Z"}
            ],
            "offerings": [
                offering(&json!({"agreementLength": "P1M"})),
                offering(&json!({
                    "price": "125", "agreementLength": "P1Y", "campaignLength": "P3M", "basePrice": "250",
                    "campaignCodes": ["billig", "hemlig"], "campaign": true, "priceGroups": [14, 15]
                })),
            ]
        }]
    })
}

fn offering(with: &Value) -> Value {
    let mut said = json!({
        "name": "Utan bindningstid",
        "consumerTypes": ["residential", "business"],
        "description": "Utan bindningstid",
        "deliveryInformation": "Vi kontaktar dig",
        "startPrice": "0",
        "price": "250,50",
        "pricePeriod": "P1M",
        "periodOfNotice": "P1M"
    });
    for (name, value) in with.as_object().unwrap() {
        if value.is_null() {
            said.as_object_mut().unwrap().remove(name);
        } else {
            said[name] = value.clone();
        }
    }
    json!({"offeringId": "o-1", "marketingInformation": said})
}

fn read(value: &Value) -> Products {
    Products::read(value.to_string().as_bytes()).unwrap()
}

#[test]
fn the_specifications_example_is_read_whole() {
    let all = read(&example());
    let facts = all.facts.unwrap();
    assert_eq!(facts.phone.as_deref(), Some("013-212121"));
    assert_eq!(facts.opening_hours.as_deref(), Some("07:00-16:00"));
    let first = all.offered[0].wanted.as_ref().unwrap();
    let input = &first.input;
    assert_eq!(input.service, "100/100");
    assert_eq!(
        (input.monthly_price_ore, input.start_price_ore),
        (25_050, 0)
    );
    assert_eq!((input.commitment_months, input.notice_months), (1, 1));
    assert_eq!(
        input.description,
        "Bra snabbt Internet\n\nUtan bindningstid"
    );
    assert_eq!(input.categories, ["internet"]);
    assert_eq!(input.consumer_types, ["residential", "business"]);
    assert_eq!(
        input.documents,
        [
            ("termsAndConditions", "https://example.com/sarskilda.pdf"),
            ("privacyPolicy", "https://example.com/policy.pdf"),
        ]
        .map(|(kind, url)| (kind.to_owned(), url.to_owned()))
    );
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    assert_eq!(
        first.updated,
        [
            (DocumentKind::Terms, at("2008-04-05T14:30:00Z")),
            (DocumentKind::PrivacyPolicy, at("2007-04-05T14:30:00Z")),
        ]
    );
    assert_eq!(first.left_out, [Wrong::new("files.url", "https")]);
    assert!(input.campaigns.is_empty() && !input.code_required);

    let second = &all.offered[1].wanted.as_ref().unwrap().input;
    assert_eq!(
        (second.monthly_price_ore, second.price_groups.len()),
        (25_000, 2)
    );
    assert!(second.code_required);
    let campaigns: Vec<_> = second
        .campaigns
        .iter()
        .map(|c| (c.kind.as_str(), c.value, c.months, c.code.as_str()))
        .collect();
    assert_eq!(
        campaigns,
        [
            ("fixedPrice", 12_500, 3, "billig"),
            ("fixedPrice", 12_500, 3, "hemlig"),
        ]
    );
}

#[test]
fn what_cannot_be_taken_says_why() {
    let refused = |with: Value| {
        let mut all = example();
        all["products"][0]["offerings"] = json!([offering(&with)]);
        let wrong = read(&all).offered.remove(0).wanted.unwrap_err();
        wrong.into_iter().map(|w| w.field).collect::<Vec<_>>()
    };
    for (with, fields) in [
        (json!({"price": "250.50"}), vec!["price"]),
        (json!({"price": null}), vec!["offering"]),
        (json!({"price": 250}), vec!["offering"]),
        (
            json!({"pricePeriod": "P30D", "startPrice": "x"}),
            vec!["startPrice", "pricePeriod"],
        ),
        (json!({"pricePeriod": "P0M"}), vec!["pricePeriod"]),
        (json!({"pricePeriod": "P3M", "price": "100"}), vec!["price"]),
        (json!({"campaignLength": "P3M"}), vec!["basePrice"]),
        (json!({"campaignCodes": ["x"]}), vec!["campaignCodes"]),
        (json!({"consumerTypes": []}), vec!["consumerTypes"]),
    ] {
        assert_eq!(refused(with.clone()), fields, "{with}");
    }
    let mut bundle = example();
    bundle["products"][0]["coProducts"] = json!(["100/100", "IPTV"]);
    let refused = read(&bundle).offered;
    assert_eq!((refused.len(), refused[0].wanted.is_err()), (2, true));
    let mut nameless = example();
    nameless["products"][0]["marketingInformation"] = Value::Null;
    let refused = read(&nameless).offered;
    assert_eq!((refused.len(), refused[0].product_id.as_str()), (1, "p-1"));
}

#[test]
fn prices_of_longer_periods_are_whole_months() {
    let mut all = example();
    let quarterly = json!({"pricePeriod": "P3M", "price": "900", "valueAdded": "950"});
    all["products"][0]["offerings"] = json!([offering(&quarterly)]);
    let wanted = read(&all).offered.remove(0).wanted.unwrap();
    assert_eq!(
        (
            wanted.input.monthly_price_ore,
            wanted.input.price_period_months
        ),
        (30_000, 3)
    );
    assert!(
        wanted
            .input
            .description
            .ends_with("Värde av det som ingår: 950 kr")
    );
}

#[test]
fn an_answer_is_products_or_none() {
    let none = |body: &str| Products::read(body.as_bytes()).unwrap_err();
    assert_eq!(none("<html>"), NoProducts::NotJson);
    let whole = example().to_string();
    assert_eq!(none(&whole[..whole.len() / 2]), NoProducts::NotJson);
    for wrong in ["[]", "{}", r#"{"products": {}}"#, "null"] {
        assert_eq!(none(wrong), NoProducts::NotProducts, "{wrong}");
    }
    let many = vec![offering(&json!({})); OFFERINGS_MAX + 1];
    let mut all = example();
    all["products"][0]["offerings"] = json!(many);
    assert_eq!(none(&all.to_string()), NoProducts::TooMany);
    assert_eq!(read(&json!({"products": []})).offered.len(), 0);
}
