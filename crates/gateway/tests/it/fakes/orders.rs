use api::orders::orders_service_server::OrdersService;
use api::orders::*;
use tonic::{Request, Response, Status};

use super::{Fakes, registry};

fn order() -> Order {
    Order {
        order_id: "0192b3c4-0000-7000-8000-000000000002".into(),
        order_number: "HAM-000001".into(),
        provider_id: "nordbredband".into(),
        offering_name: "Bredband 100".into(),
        status: OrderStatus::Received.into(),
        ..Order::default()
    }
}

/// The price now; with the code, that of a campaign.
pub fn price(code: &str) -> Price {
    if code != "JUL-26" {
        return Price {
            monthly_ore: 34_900,
            first_monthly_ore: 34_900,
            total_months: 1,
            total_ore: 34_900,
            mark: "plain".into(),
            ..Price::default()
        };
    }
    Price {
        start_ore: 10_000,
        monthly_ore: 34_900,
        first_monthly_ore: 27_920,
        campaign: Some(Campaign {
            kind: "percentage".into(),
            value: 20,
            months: 3,
            ..Campaign::default()
        }),
        commitment_months: 12,
        notice_months: 1,
        total_months: 12,
        total_ore: 407_860,
        mark: "coded".into(),
        ..Price::default()
    }
}

fn text(language: &str) -> AcceptanceText {
    AcceptanceText {
        version: "2026-11-01".into(),
        language: language.into(),
        text: format!("acceptance in {language}"),
        information: format!("information in {language}"),
    }
}

#[tonic::async_trait]
impl OrdersService for Fakes {
    async fn put_provider(
        &self,
        request: Request<PutProviderRequest>,
    ) -> Result<Response<PutProviderResponse>, Status> {
        Ok(Response::new(PutProviderResponse {
            provider: request.into_inner().provider,
        }))
    }

    async fn list_providers(
        &self,
        _: Request<ListProvidersRequest>,
    ) -> Result<Response<ListProvidersResponse>, Status> {
        let provider = Provider {
            provider_id: "nordbredband".into(),
            name: "Nord Bredband".into(),
            ..Provider::default()
        };
        Ok(Response::new(ListProvidersResponse {
            providers: vec![provider],
        }))
    }

    async fn put_offering(
        &self,
        request: Request<PutOfferingRequest>,
    ) -> Result<Response<PutOfferingResponse>, Status> {
        let offering = request.into_inner().offering;
        self.seen().offering.clone_from(&offering);
        Ok(Response::new(PutOfferingResponse { offering }))
    }

    async fn list_offerings(
        &self,
        request: Request<ListOfferingsRequest>,
    ) -> Result<Response<ListOfferingsResponse>, Status> {
        self.note("ListOfferings", &request);
        Ok(Response::new(ListOfferingsResponse {
            offerings: self.seen().offering.clone().into_iter().collect(),
            next_page_token: String::new(),
        }))
    }

    async fn report_neutrality(
        &self,
        _: Request<ReportNeutralityRequest>,
    ) -> Result<Response<ReportNeutralityResponse>, Status> {
        Err(Status::unimplemented("no page of the gateway asks this"))
    }

    async fn put_order_form(
        &self,
        request: Request<PutOrderFormRequest>,
    ) -> Result<Response<PutOrderFormResponse>, Status> {
        self.note("PutOrderForm", &request);
        let form = self.seen().forms.put(request.into_inner())?;
        Ok(Response::new(PutOrderFormResponse { form: Some(form) }))
    }

    async fn get_order_form(
        &self,
        request: Request<GetOrderFormRequest>,
    ) -> Result<Response<GetOrderFormResponse>, Status> {
        let owner = request.into_inner().provider_id;
        let form = self
            .seen()
            .forms
            .current
            .iter()
            .find(|form| form.provider_id == owner)
            .cloned();
        Ok(Response::new(GetOrderFormResponse { form }))
    }

    async fn list_order_forms(
        &self,
        _: Request<ListOrderFormsRequest>,
    ) -> Result<Response<ListOrderFormsResponse>, Status> {
        Ok(Response::new(ListOrderFormsResponse {
            forms: self.seen().forms.current.clone(),
            next_page_token: String::new(),
        }))
    }

    async fn list_offers(
        &self,
        request: Request<ListOffersRequest>,
    ) -> Result<Response<ListOffersResponse>, Status> {
        if request.get_ref().place_handle != "h-1" {
            return Err(Status::not_found("no such place"));
        }
        let offer = Offering {
            offering_id: "o-1".into(),
            provider_id: "nordbredband".into(),
            service: "BB-100-100".into(),
            name: "Bredband <100>".into(),
            monthly_price_ore: 34_900,
            provider_name: "Nord Bredband".into(),
            privacy_url: "javascript:alert(1)".into(),
            price: Some(price(&request.get_ref().campaign_code)),
            down_mbps: 100,
            up_mbps: 10,
            ..Offering::default()
        };
        self.seen().asked_offers = Some(request.into_inner());
        Ok(Response::new(ListOffersResponse {
            offers: vec![offer],
            address: Some(registry::address()),
            acceptance_texts: vec![text("sv"), text("en")],
            forms: self.seen().forms.current.clone(),
        }))
    }

    async fn place_order(
        &self,
        request: Request<PlaceOrderRequest>,
    ) -> Result<Response<PlaceOrderResponse>, Status> {
        self.note("PlaceOrder", &request);
        let request = request.into_inner();
        if request.acceptance_version != "2026-11-01" {
            let kind = service_kit::error::ErrorKind::Precondition;
            return Err(service_kit::error::refusal(
                kind,
                "ACCEPTANCE_OUTDATED",
                "another text is current",
            ));
        }
        if request.campaign_code == "OVER" {
            let wrong = [("campaign_code", "one that is valid")];
            return Err(super::forms::wrong(&wrong));
        }
        let current = price(&request.campaign_code).mark;
        if !["", current.as_str()].contains(&request.price_mark.as_str()) {
            let kind = service_kit::error::ErrorKind::Precondition;
            let reason = "PRICE_CHANGED";
            return Err(service_kit::error::refusal(
                kind,
                reason,
                "another price is current",
            ));
        }
        self.seen().forms.check(&request)?;
        self.seen()
            .orders
            .insert(request.command_id.clone(), request);
        Ok(Response::new(PlaceOrderResponse {
            order_id: order().order_id,
            order_number: order().order_number,
            follow_token: "f-1".into(),
        }))
    }

    async fn follow_order(
        &self,
        request: Request<FollowOrderRequest>,
    ) -> Result<Response<FollowOrderResponse>, Status> {
        self.note("FollowOrder", &request);
        if request.get_ref().token != "f-1" {
            return Err(Status::not_found("no such order"));
        }
        let ended = self.seen().ended.clone();
        let status = ended
            .as_ref()
            .map_or(OrderStatus::New, EndOrderRequest::status);
        let open = ended.is_none();
        Ok(Response::new(FollowOrderResponse {
            order: Some(Order {
                status: status.into(),
                price: Some(price("JUL-26")),
                ..order()
            }),
            provider_name: "Nord <Bredband>".into(),
            log: vec![OrderLogEntry {
                kind: "placed".into(),
                actor: "customer".into(),
                ..OrderLogEntry::default()
            }],
            may_cancel: open,
            withdraw_until: if open {
                "2026-12-06".into()
            } else {
                String::new()
            },
        }))
    }

    async fn end_order(
        &self,
        request: Request<EndOrderRequest>,
    ) -> Result<Response<EndOrderResponse>, Status> {
        self.note("EndOrder", &request);
        let mut seen = self.seen();
        if seen.ended.is_some() {
            let kind = service_kit::error::ErrorKind::Precondition;
            let reason = "TRANSITION_NOT_ALLOWED";
            return Err(service_kit::error::refusal(kind, reason, "it is over"));
        }
        seen.ended = Some(request.into_inner());
        Ok(Response::new(EndOrderResponse {
            order: Some(order()),
        }))
    }

    async fn list_orders(
        &self,
        request: Request<ListOrdersRequest>,
    ) -> Result<Response<ListOrdersResponse>, Status> {
        self.note("ListOrders", &request);
        Ok(Response::new(ListOrdersResponse {
            orders: vec![order()],
            next_page_token: String::new(),
        }))
    }

    async fn find_orders(
        &self,
        request: Request<FindOrdersRequest>,
    ) -> Result<Response<FindOrdersResponse>, Status> {
        self.note("FindOrders", &request);
        let asked = request.into_inner();
        let found = Order {
            access_id: "A-1".into(),
            ..order()
        };
        let known = asked.phone == "070-174 06 05";
        self.seen().purpose = asked.purpose;
        Ok(Response::new(FindOrdersResponse {
            orders: known.then_some(found).into_iter().collect(),
            more: false,
        }))
    }

    async fn list_network_technical_orders(
        &self,
        _: Request<ListNetworkTechnicalOrdersRequest>,
    ) -> Result<Response<ListNetworkTechnicalOrdersResponse>, Status> {
        Err(Status::unimplemented("no page of the gateway asks this"))
    }

    async fn move_technical_order(
        &self,
        _: Request<MoveTechnicalOrderRequest>,
    ) -> Result<Response<MoveTechnicalOrderResponse>, Status> {
        Err(Status::unimplemented("no page of the gateway asks this"))
    }

    async fn get_order(
        &self,
        _: Request<GetOrderRequest>,
    ) -> Result<Response<GetOrderResponse>, Status> {
        Ok(Response::new(GetOrderResponse {
            order: Some(order()),
            customer_name_masked: "A*** P***".into(),
            identity_number_masked: "19900118-****".into(),
            log: vec![OrderLogEntry {
                kind: "placed".into(),
                ..OrderLogEntry::default()
            }],
            answers: super::forms::given(),
        }))
    }
}
