//! Every method × every role. What is expected is written down here by role, from what each role is for, and shares
//! nothing with `permissions.toml`.

use std::collections::BTreeSet;

use service_kit::error::reason_of;
use tonic::Code;

use crate::installation::{Installation, MINUTE, caller};
use crate::serving::{Serving, call, was_reached};

const REGISTRY: &str = "/uttag.registry.v1.RegistryService/";
const PULLS: &str = "/uttag.registry.v1.PullService/";
const CONTRACTS: &str = "/uttag.registry.v1.ContractService/";
const PROTECTED: &str = "/uttag.registry.v1.ProtectedResidentService/";
const MARKET: &str = "/uttag.registry.v1.MarketService/";
const PROVISIONING: &str = "/uttag.registry.v1.ProvisioningService/";
const ORDERS: &str = "/uttag.orders.v1.OrdersService/";
const PROVIDER: &str = "/uttag.orders.v1.ProviderService/";
const WEBHOOKS: &str = "/uttag.orders.v1.WebhookService/";
const SYSTEMS: &str = "/uttag.orders.v1.ProviderSystemService/";
const CRM: &str = "/uttag.crm.v1.CrmService/";
const RIGHTS: &str = "/uttag.rights.v1.RightsService/";
const HOLDER: &str = "/uttag.rights.v1.HolderService/";

type May = &'static [(&'static str, &'static [&'static str])];

/// Every role, and all that it may do.
const ROLES: &[(&str, May)] = &[
    (
        "admin",
        &[
            (
                REGISTRY,
                &[
                    "ImportAddressFile",
                    "ListImports",
                    "GetImport",
                    "PreviewImport",
                    "ApplyImport",
                    "UndoImport",
                    "DropImport",
                    "StreamRejectedRows",
                    "GetAccessOn",
                    "SearchPlaces",
                    "MatchAddress",
                    "GetPlace",
                    "GetAccess",
                    "EditAccess",
                    "ListAccesses",
                    "FindResidents",
                ],
            ),
            (PULLS, &["StartPull", "GetPull"]),
            (
                CONTRACTS,
                &[
                    "PutMarketContract",
                    "ListMarketContracts",
                    "ListMarketExtracts",
                ],
            ),
            (
                ORDERS,
                &[
                    "PutProvider",
                    "ListProviders",
                    "PutOffering",
                    "ListOfferings",
                    "ReportNeutrality",
                    "PutOrderForm",
                    "GetOrderForm",
                    "ListOrderForms",
                    "ListOffers",
                    "ListOrders",
                    "GetOrder",
                    "MoveOrder",
                    "ReportOrders",
                    "ListNetworkLog",
                    "FindOrders",
                    "ListNetworkTechnicalOrders",
                    "GetNetworkTechnicalOrder",
                    "MoveTechnicalOrder",
                ],
            ),
            (WEBHOOKS, WEBHOOK_METHODS),
            (WEBHOOKS, &["DisableWebhookEndpoint"]),
            (SYSTEMS, SYSTEMS_SEEN_TO),
            (
                SYSTEMS,
                &[
                    "PutProviderSystem",
                    "RemoveProviderSystem",
                    "TryProviderSystem",
                    "ActivateForProvider",
                    "PullProducts",
                ],
            ),
            (CRM, &["CreateContact", "ListContacts", "GetContact"]),
            (RIGHTS, &["ListHolders"]),
        ],
    ),
    (
        "importer",
        &[
            (
                REGISTRY,
                &[
                    "ImportAddressFile",
                    "ListImports",
                    "GetImport",
                    "PreviewImport",
                    "ApplyImport",
                    "UndoImport",
                    "DropImport",
                    "StreamRejectedRows",
                    "GetAccessOn",
                    "ListAccesses",
                ],
            ),
            (PULLS, &["StartPull", "GetPull"]),
        ],
    ),
    (
        "customer_service",
        &[
            (
                REGISTRY,
                &[
                    "SearchPlaces",
                    "MatchAddress",
                    "GetPlace",
                    "GetAccess",
                    "GetAccessOn",
                    "EditAccess",
                    "ListAccesses",
                    "FindResidents",
                ],
            ),
            (SYSTEMS, SYSTEMS_SEEN_TO),
            (
                ORDERS,
                &[
                    "ListProviders",
                    "ListOfferings",
                    "GetOrderForm",
                    "ListOrderForms",
                    "ListOffers",
                    "PlaceOrder",
                    "PlaceOrders",
                    "ListOrders",
                    "GetOrder",
                    "MoveOrder",
                    "ReportOrders",
                    "ListNetworkLog",
                    "FindOrders",
                    "ListNetworkTechnicalOrders",
                    "GetNetworkTechnicalOrder",
                ],
            ),
            (CRM, &["CreateContact", "ListContacts", "GetContact"]),
        ],
    ),
    (
        "compliance",
        &[
            (REGISTRY, &["FindAccessesAt"]),
            (ORDERS, &["ListProviders", "ReportNeutrality"]),
            (CONTRACTS, &["ListMarketContracts", "ListMarketExtracts"]),
            (
                RIGHTS,
                &[
                    "OpenRequest",
                    "ListRequests",
                    "GetRequest",
                    "DecideRequest",
                    "ApproveRequest",
                    "GetCertificate",
                    "GetPackage",
                    "ListHolders",
                    "RetireHolder",
                ],
            ),
        ],
    ),
    (
        "dpo",
        &[
            (CONTRACTS, &["ListMarketContracts", "ListMarketExtracts"]),
            (PROTECTED, &["ListDisclosures"]),
            (
                RIGHTS,
                &[
                    "ListRequests",
                    "GetRequest",
                    "GetCertificate",
                    "ListHolders",
                ],
            ),
        ],
    ),
    (
        "protected_data",
        &[(
            PROTECTED,
            &[
                "RequestDisclosure",
                "ListDisclosures",
                "DecideDisclosure",
                "GetProtectedResident",
            ],
        )],
    ),
    (
        "public",
        &[
            (REGISTRY, &["SearchPlaces", "MatchAddress", "GetPlace"]),
            (
                ORDERS,
                &[
                    "ListOffers",
                    "PlaceOrder",
                    "PlaceOrders",
                    "FollowOrder",
                    "EndOrder",
                ],
            ),
            (
                CRM,
                &["PeekConfirmation", "ConfirmContact", "DeclineContact"],
            ),
        ],
    ),
    (
        "provider",
        &[
            (
                PROVIDER,
                &[
                    "PutOwnOffering",
                    "ListOwnOfferings",
                    "RemoveOwnOffering",
                    "PutOwnOrderForm",
                    "GetOwnOrderForm",
                    "StreamOrders",
                    "ListProviderOrders",
                    "GetProviderOrder",
                    "GetPersonalData",
                    "AcknowledgeOrder",
                    "SetStatus",
                    "AddMessage",
                    "ListOrderLog",
                    "ListOwnLog",
                    "ReportOwnOrders",
                    "ListNotices",
                    "AcknowledgeNotice",
                    "CreateTechnicalOrder",
                    "ChangeTechnicalOrder",
                    "DeleteTechnicalOrder",
                    "GetTechnicalOrder",
                    "ListTechnicalOrders",
                    "ListSubscriptions",
                    "ListTechnicalEvents",
                    "ListTechnicalServices",
                ],
            ),
            (
                MARKET,
                &["GetContract", "StreamAccesses", "GetMarketAccess"],
            ),
            (WEBHOOKS, WEBHOOK_METHODS),
        ],
    ),
    (
        "provisioning",
        &[(PROVISIONING, &["InsertPosts", "OpenStagedSession"])],
    ),
    (
        "service:orders",
        &[(REGISTRY, &["ResolvePlace"]), (HOLDER, HOLDER_METHODS)],
    ),
    ("service:registry", &[(HOLDER, HOLDER_METHODS)]),
    ("service:crm", &[(HOLDER, HOLDER_METHODS)]),
    ("service:gateway", &[(HOLDER, HOLDER_METHODS)]),
    ("unheard-of", &[]),
];

const WEBHOOK_METHODS: &[&str] = &[
    "PutWebhookEndpoint",
    "ListWebhookEndpoints",
    "RemoveWebhookEndpoint",
    "RotateWebhookSecret",
    "PingWebhookEndpoint",
    "ListWebhookDeliveries",
    "ResendWebhookDelivery",
];

/// What customer service does with providers' systems: it sees to orders and to customers, and enters no secrets.
const SYSTEMS_SEEN_TO: &[&str] = &[
    "ListProviderSystems",
    "ListHandovers",
    "ResendHandover",
    "ConfirmHandover",
    "GetProductPull",
    "AskProviderContacts",
    "SignPortalLink",
];

const HOLDER_METHODS: &[&str] = &[
    "GetSearchKeys",
    "SubmitIdentifiers",
    "SubmitExport",
    "StreamLedger",
    "GetLedgerHead",
    "StreamAccessBatches",
];

/// Which service answers which path.
fn audience(method: &str) -> &'static str {
    match method {
        m if m.starts_with("/uttag.registry.") => "registry",
        m if m.starts_with("/uttag.orders.") => "orders",
        m if m.starts_with("/uttag.crm.") => "crm",
        m if m.starts_with("/uttag.rights.") => "rights",
        m => panic!("nobody is known to answer {m}"),
    }
}

fn expected(role: &str) -> BTreeSet<String> {
    let (_, may) = ROLES.iter().find(|(name, _)| *name == role).unwrap();
    may.iter()
        .flat_map(|(service, methods)| {
            methods
                .iter()
                .map(move |method| format!("{service}{method}"))
        })
        .collect()
}

fn token(here: &Installation, role: &str, audience: &str) -> String {
    let issuer = role.strip_prefix("service:").unwrap_or("gateway");
    here.issuer(issuer).issue(&caller(role), audience, MINUTE)
}

#[tokio::test]
async fn every_method_for_every_role() {
    let here = Installation::new();
    for service in ["registry", "orders", "crm", "rights"] {
        let serving = Serving::start(&here, service, None).await;
        let channel = serving.channel();
        for (role, _) in ROLES {
            let (may, right) = (expected(role), token(&here, role, service));
            for method in api::permissions()
                .iter()
                .map(|p| p.method)
                .filter(|m| audience(m) == service)
            {
                let status = call(&channel, method, Some(&right)).await;
                if may.contains(method) {
                    assert!(
                        was_reached(&status),
                        "{role} must be able to call {method}: {status:?}"
                    );
                } else {
                    assert_eq!(
                        status.code(),
                        Code::PermissionDenied,
                        "{role} must not call {method}: {status:?}"
                    );
                    assert_eq!(reason_of(&status).as_deref(), Some("PERMISSION_DENIED"));
                }
            }
        }
    }
}

#[tokio::test]
async fn no_method_without_a_token_or_with_one_for_another_service() {
    let here = Installation::new();
    for service in ["registry", "orders", "crm", "rights"] {
        let serving = Serving::start(&here, service, None).await;
        let channel = serving.channel();
        let elsewhere = if service == "crm" { "orders" } else { "crm" };
        for method in api::permissions()
            .iter()
            .map(|p| p.method)
            .filter(|m| audience(m) == service)
        {
            let status = call(&channel, method, None).await;
            assert_eq!(status.code(), Code::Unauthenticated, "{method}");
            assert_eq!(
                reason_of(&status).as_deref(),
                Some("TOKEN_MISSING"),
                "{method}"
            );
            for (role, _) in ROLES
                .iter()
                .filter(|(role, _)| expected(role).contains(method))
            {
                let status = call(&channel, method, Some(&token(&here, role, elsewhere))).await;
                assert_eq!(status.code(), Code::Unauthenticated, "{method} {role}");
                assert_eq!(
                    reason_of(&status).as_deref(),
                    Some("TOKEN_AUDIENCE"),
                    "{method} {role}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_server_answers_for_no_other_service_nor_for_unknown_methods() {
    let here = Installation::new();
    let serving = Serving::start(&here, "orders", None).await;
    let channel = serving.channel();
    let admin = token(&here, "admin", "orders");
    let status = call(
        &channel,
        "/uttag.registry.v1.RegistryService/SearchPlaces",
        Some(&admin),
    )
    .await;
    assert_eq!(reason_of(&status).as_deref(), Some("TOKEN_AUDIENCE"));
    for unknown in [
        "/uttag.orders.v1.OrdersService/DropEverything",
        "/",
        "/uttag.orders.v1.OrdersService/PutProvider/",
    ] {
        let status = call(&channel, unknown, Some(&admin)).await;
        assert_eq!(status.code(), Code::PermissionDenied, "{unknown}");
    }
}

#[test]
fn the_table_here_names_existing_methods_and_each_method_once_at_least() {
    let existing: BTreeSet<String> = api::permissions()
        .iter()
        .map(|p| p.method.to_owned())
        .collect();
    let named: BTreeSet<String> = ROLES.iter().flat_map(|(role, _)| expected(role)).collect();
    assert_eq!(existing, named);
}
