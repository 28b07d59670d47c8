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
        by_code: true,
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

fn placed(number: u32) -> PlaceOrderResponse {
    PlaceOrderResponse {
        order_id: order().order_id,
        order_number: format!("HAM-{number:06}"),
        follow_token: format!("f-{number}"),
    }
}

impl Fakes {
    /// What the service refuses; `item` is how it names the fields that each offering has.
    fn check(&self, request: &PlaceOrderRequest, item: &str) -> Result<(), Status> {
        let refusal = |reason, message| {
            let kind = service_kit::error::ErrorKind::Precondition;
            Err(service_kit::error::refusal(kind, reason, message))
        };
        if request.acceptance_version != "2026-11-01" {
            return refusal("ACCEPTANCE_OUTDATED", "another text is current");
        }
        if request.campaign_code == "OVER" {
            let field = format!("{item}campaign_code");
            return Err(super::forms::wrong(&[(&field, "one that is valid")]));
        }
        let current = price(&request.campaign_code).mark;
        if !["", current.as_str()].contains(&request.price_mark.as_str()) {
            return refusal("PRICE_CHANGED", "another price is current");
        }
        self.seen().forms.check(request, item)
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
        request: Request<ReportNeutralityRequest>,
    ) -> Result<Response<ReportNeutralityResponse>, Status> {
        self.note("ReportNeutrality", &request);
        let asked = request.into_inner();
        if asked.from > asked.until {
            return Err(super::forms::wrong(&[("until", "the first day or later")]));
        }
        let row = ProviderEvenness {
            provider_id: "nordbredband".into(),
            times_shown: 297,
            times_first: 99,
            mean_position: 2.04,
            first_share: 1.0 / 3.0,
            expected_share: 0.333,
        };
        self.seen().neutrality = Some(asked);
        Ok(Response::new(ReportNeutralityResponse {
            providers: vec![row],
        }))
    }

    async fn put_order_form(
        &self,
        request: Request<PutOrderFormRequest>,
    ) -> Result<Response<PutOrderFormResponse>, Status> {
        self.note("PutOrderForm", &request);
        let form = self.seen().forms.put(request.into_inner())?;
        Ok(Response::new(PutOrderFormResponse { form }))
    }

    async fn get_order_form(
        &self,
        request: Request<GetOrderFormRequest>,
    ) -> Result<Response<GetOrderFormResponse>, Status> {
        let asked = request.into_inner();
        let form = self.seen().forms.find(&asked.provider_id, asked.version);
        Ok(Response::new(GetOrderFormResponse { form }))
    }

    async fn list_order_forms(
        &self,
        request: Request<ListOrderFormsRequest>,
    ) -> Result<Response<ListOrderFormsResponse>, Status> {
        let owner = request.into_inner().provider_id;
        let seen = self.seen();
        let all = seen.forms.current.iter().chain(seen.forms.old.iter().rev());
        let own = all.filter(|form| form.provider_id == owner);
        Ok(Response::new(ListOrderFormsResponse {
            forms: own.cloned().collect(),
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
        let second = Offering {
            offering_id: "o-2".into(),
            provider_id: "ostnet".into(),
            service: "IPTV".into(),
            name: "Tv".into(),
            provider_name: "Östnet".into(),
            price: Some(price("")),
            draft: !request.get_ref().preview_day.is_empty(),
            ..Offering::default()
        };
        let filter = request.get_ref().filter.clone().unwrap_or_default();
        let wanted = |offer: &Offering| {
            filter.offering_ids.is_empty() || filter.offering_ids.contains(&offer.offering_id)
        };
        let asked = request.into_inner();
        let seller = OfferSeller {
            provider_id: "nordbredband".into(),
            provider_name: "Nord Bredband".into(),
            offers: 240,
        };
        let by_figures = asked.sort() != OfferSort::Neutral;
        self.seen().asked_offers = Some(asked);
        Ok(Response::new(ListOffersResponse {
            sellers: vec![seller],
            next_page_token: if by_figures { "200" } else { "" }.into(),
            offers: [offer, second].into_iter().filter(wanted).collect(),
            address: Some(registry::address()),
            acceptance_texts: vec![text("sv"), text("en")],
            forms: self.seen().forms.current.clone(),
            distinguisher: "2 tr".to_owned(),
            direct_activation: true,
        }))
    }

    async fn place_order(
        &self,
        request: Request<PlaceOrderRequest>,
    ) -> Result<Response<PlaceOrderResponse>, Status> {
        self.note("PlaceOrder", &request);
        let request = request.into_inner();
        self.check(&request, "")?;
        self.seen()
            .orders
            .insert(request.command_id.clone(), request);
        Ok(Response::new(placed(1)))
    }

    /// Each item is kept as an order of its own: the first under the command, the others with their number behind it.
    async fn place_orders(
        &self,
        request: Request<PlaceOrdersRequest>,
    ) -> Result<Response<PlaceOrdersResponse>, Status> {
        self.note("PlaceOrders", &request);
        let all = request.into_inner();
        let mut asked = Vec::new();
        for (at, item) in (1..).zip(all.items) {
            let order = PlaceOrderRequest {
                network: all.network.clone(),
                command_id: match at {
                    1 => all.command_id.clone(),
                    at => format!("{}#{at}", all.command_id),
                },
                place_handle: all.place_handle.clone(),
                offering_id: item.offering_id,
                customer: all.customer.clone(),
                acceptance_version: all.acceptance_version.clone(),
                acceptance_language: all.acceptance_language.clone(),
                accepted: all.accepted,
                channel: all.channel.clone(),
                requested_date: all.requested_date.clone(),
                network_form_version: all.network_form_version,
                provider_form_version: item.provider_form_version,
                answers: [all.answers.clone(), item.answers].concat(),
                campaign_code: item.campaign_code,
                price_mark: item.price_mark,
            };
            self.check(&order, &format!("items[{}].", at - 1))?;
            asked.push(order);
        }
        let orders = (1..).zip(&asked).map(|(number, _)| placed(number));
        let orders = orders.collect();
        let named = asked
            .into_iter()
            .map(|order| (order.command_id.clone(), order));
        self.seen().orders.extend(named);
        Ok(Response::new(PlaceOrdersResponse { orders }))
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
        let order = match request.get_ref().unfetched() {
            Unfetched::Unspecified => order(),
            unfetched => Order {
                status: OrderStatus::New.into(),
                reminders: 2,
                escalated_at: (unfetched == Unfetched::Escalated)
                    .then(prost_types::Timestamp::default),
                ..order()
            },
        };
        Ok(Response::new(ListOrdersResponse {
            orders: vec![order],
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

    async fn report_orders(
        &self,
        request: Request<ReportOrdersRequest>,
    ) -> Result<Response<ReportOrdersResponse>, Status> {
        self.note("ReportOrders", &request);
        let asked = request.into_inner();
        if asked.from > asked.until {
            let kind = service_kit::error::ErrorKind::Invalid;
            let reason = "REQUEST_INVALID";
            return Err(service_kit::error::refusal(
                kind,
                reason,
                "until: before from",
            ));
        }
        let row = |first_day: &str, group: &str| ReportRow {
            first_day: first_day.into(),
            group: group.into(),
            placed: 12,
            fetched: 11,
            fetch_median_s: Some(7_500),
            ..ReportRow::default()
        };
        self.seen().report = Some(asked);
        Ok(Response::new(ReportOrdersResponse {
            rows: vec![row("2026-11-01", "nordbredband"), row("2026-11-01", "=1+1")],
            totals: vec![row("", "delivered")],
        }))
    }

    async fn list_network_log(
        &self,
        request: Request<ListNetworkLogRequest>,
    ) -> Result<Response<ListNetworkLogResponse>, Status> {
        self.note("ListNetworkLog", &request);
        let asked = request.into_inner();
        if asked.order_number == "HAM-000009" {
            return Err(Status::not_found("no such order"));
        }
        let page = asked.page.clone().unwrap_or_default();
        self.seen().logged.push(asked);
        let line = |kind: &str, actor: &str, text: &str| FoundLogEntry {
            entry: Some(OrderLogEntry {
                at: Some(prost_types::Timestamp::default()),
                kind: kind.into(),
                actor: actor.into(),
                text: text.into(),
                details: vec!["new".into(), "received".into()],
            }),
            order_id: order().order_id,
            order_number: order().order_number,
            provider_id: order().provider_id,
        };
        let (lines, next) = match page.page_token.as_str() {
            "" => (vec![line("status", "staff:1", "new → received")], "p-2"),
            "p-2" => (vec![line("placed", "@cmd", "=HYPERLINK(1)")], "p-3"),
            "p-3" => return Err(Status::unavailable("gone in the middle")),
            _ => (Vec::new(), ""),
        };
        let is_whole = page.page_token == "p-2" && self.seen().logged[0].kind == "placed";
        Ok(Response::new(ListNetworkLogResponse {
            lines,
            next_page_token: if is_whole { "" } else { next }.into(),
        }))
    }

    async fn move_order(
        &self,
        request: Request<MoveOrderRequest>,
    ) -> Result<Response<MoveOrderResponse>, Status> {
        use service_kit::error::{ErrorKind, refusal};
        self.note("MoveOrder", &request);
        let asked = request.into_inner();
        let mut seen = self.seen();
        if asked.reason.is_empty() {
            let kind = ErrorKind::Invalid;
            return Err(refusal(kind, "REQUEST_INVALID", "reason: required"));
        }
        if seen.moved.is_some() || asked.expected() != order().status() {
            let kind = ErrorKind::Conflict;
            return Err(refusal(kind, "ORDER_MOVED", "it has moved meanwhile"));
        }
        let order = Order {
            status: asked.status,
            ..order()
        };
        seen.moved = Some(asked);
        Ok(Response::new(MoveOrderResponse { order: Some(order) }))
    }

    async fn list_network_technical_orders(
        &self,
        request: Request<ListNetworkTechnicalOrdersRequest>,
    ) -> Result<Response<ListNetworkTechnicalOrdersResponse>, Status> {
        Ok(super::technical::list_for_staff(self, request))
    }

    async fn get_network_technical_order(
        &self,
        request: Request<GetNetworkTechnicalOrderRequest>,
    ) -> Result<Response<GetNetworkTechnicalOrderResponse>, Status> {
        super::technical::get_for_staff(self, request)
    }

    async fn move_technical_order(
        &self,
        request: Request<MoveTechnicalOrderRequest>,
    ) -> Result<Response<MoveTechnicalOrderResponse>, Status> {
        super::technical::move_for_staff(self, request)
    }

    async fn get_order(
        &self,
        _: Request<GetOrderRequest>,
    ) -> Result<Response<GetOrderResponse>, Status> {
        let moved = self.seen().moved.clone();
        let ends = [OrderStatus::Cancelled, OrderStatus::Withdrawn];
        let status = moved.as_ref().map_or(order().status, |moved| moved.status);
        Ok(Response::new(GetOrderResponse {
            staff_may: ends
                .iter()
                .map(|&end| end.into())
                .filter(|_| moved.is_none())
                .collect(),
            order: Some(Order { status, ..order() }),
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
