//! Two providers' orders in HAM: what providers' systems ask, by the provider of the token.

use std::collections::HashSet;
use std::pin::Pin;

use api::common::Address;
use api::orders::provider_service_server::ProviderService;
use api::orders::*;
use futures::Stream;
use prost_types::Timestamp;
use service_kit::error::{ErrorKind, refusal};
use tonic::{Request, Response, Status};

use super::{Fakes, technical};

/// What providers' systems find and have done.
#[derive(Default)]
pub struct ProviderOrders {
    pub orders: Vec<Order>,
    /// Of whatever order.
    pub log: Vec<OrderLogEntry>,
    /// Of whatever order.
    pub answers: Vec<GivenAnswer>,
    /// The commands of messages.
    pub commands: HashSet<String>,
    /// Order and purpose of each disclosure.
    pub disclosed: Vec<(String, String)>,
    /// The last time that orders were asked from.
    pub since: Option<Timestamp>,
    /// A reason with which everything is refused.
    pub refuses: Option<(ErrorKind, &'static str)>,
}

/// An order of a provider in HAM by its count.
pub fn order(count: u32, provider: &str) -> Order {
    Order {
        order_id: format!("0192b3c4-0000-7000-8000-{count:012}"),
        order_number: format!("HAM-{count:06}"),
        provider_id: provider.into(),
        offering_id: "0192b3c4-0000-7000-8000-00000000000f".into(),
        offering_name: "Bredband <100>".into(),
        service: "BB-100-100".into(),
        access_id: format!("A-{count}"),
        status: OrderStatus::New.into(),
        placed_at: Some(at(1_795_345_200 + i64::from(count))),
        changed_at: Some(at(1_795_345_200 + i64::from(count))),
        ..Order::default()
    }
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp { seconds, nanos: 0 }
}

fn missing() -> Status {
    refusal(ErrorKind::NotFound, "ORDER_NOT_FOUND", "no such order")
}

fn broken(field: &str, rule: &str) -> Status {
    use service_kit::error::to_status;
    to_status(Broken(kernel::Violation::new(field, "", rule)))
}

#[derive(Debug, thiserror::Error)]
#[error("the request is not valid")]
struct Broken(kernel::Violation);

impl service_kit::error::ServiceError for Broken {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }

    fn reason(&self) -> &'static str {
        "REQUEST_INVALID"
    }

    fn violations(&self) -> Vec<kernel::Violation> {
        vec![self.0.clone()]
    }
}

impl ProviderOrders {
    fn check(&self) -> Result<(), Status> {
        match self.refuses {
            Some((kind, reason)) => Err(refusal(kind, reason, "not now")),
            None => Ok(()),
        }
    }

    fn own(&mut self, provider: &str, is: impl Fn(&Order) -> bool) -> Result<&mut Order, Status> {
        self.check()?;
        let mut own = self.orders.iter_mut().filter(|o| o.provider_id == provider);
        own.find(|order| is(order)).ok_or_else(missing)
    }
}

fn provider_of<T>(request: &Request<T>) -> String {
    let caller = service_kit::caller::caller_of(request).unwrap();
    caller.provider_id().unwrap().to_string()
}

type Answered<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl ProviderService for Fakes {
    type StreamOrdersStream =
        Pin<Box<dyn Stream<Item = Result<StreamOrdersResponse, Status>> + Send>>;

    async fn stream_orders(
        &self,
        _: Request<StreamOrdersRequest>,
    ) -> Answered<Self::StreamOrdersStream> {
        Err(Status::unimplemented("the gateway does not follow orders"))
    }

    async fn list_provider_orders(
        &self,
        request: Request<ListProviderOrdersRequest>,
    ) -> Answered<ListProviderOrdersResponse> {
        self.note("ListProviderOrders", &request);
        let provider = provider_of(&request);
        let asked = request.into_inner();
        let page = asked.page.unwrap_or_default();
        let (size, from) = (
            page.page_size as usize,
            page.page_token.parse().unwrap_or(0_usize),
        );
        let mut seen = self.seen();
        let all = &mut seen.provider_orders;
        all.check()?;
        all.since = asked.placed_since;
        let since = asked.placed_since.unwrap().seconds;
        let found: Vec<Order> = all
            .orders
            .iter()
            .filter(|order| order.provider_id == provider)
            .filter(|order| order.placed_at.unwrap().seconds >= since)
            .cloned()
            .collect();
        let orders: Vec<Order> = found.iter().skip(from).take(size).cloned().collect();
        let next = from + orders.len();
        Ok(Response::new(ListProviderOrdersResponse {
            orders,
            next_page_token: if next < found.len() {
                next.to_string()
            } else {
                String::new()
            },
        }))
    }

    async fn get_provider_order(
        &self,
        request: Request<GetProviderOrderRequest>,
    ) -> Answered<GetProviderOrderResponse> {
        self.note("GetProviderOrder", &request);
        let provider = provider_of(&request);
        let number = request.into_inner().order_number;
        let wanted = number
            .strip_prefix("HAM-")
            .and_then(|count| count.parse::<u32>().ok());
        let wanted = wanted.map(|count| format!("HAM-{count:06}"));
        let mut seen = self.seen();
        let order = seen.provider_orders.own(&provider, |order| {
            Some(&order.order_number) == wanted.as_ref()
        })?;
        Ok(Response::new(GetProviderOrderResponse {
            order: Some(order.clone()),
        }))
    }

    async fn get_personal_data(
        &self,
        request: Request<GetPersonalDataRequest>,
    ) -> Answered<GetPersonalDataResponse> {
        self.note("GetPersonalData", &request);
        let provider = provider_of(&request);
        let asked = request.into_inner();
        let mut seen = self.seen();
        let order = seen
            .provider_orders
            .own(&provider, |order| order.order_id == asked.order_id)?;
        // As of somebody who is erased between the two questions.
        if order.offering_name == "erased meanwhile" {
            let (kind, reason) = (ErrorKind::Precondition, "CUSTOMER_ERASED");
            return Err(refusal(kind, reason, "gone"));
        }
        if asked.purpose.len() < 3 {
            return Err(broken("purpose", "3 to 200 characters that say why"));
        }
        let told = (asked.order_id, asked.purpose);
        seen.provider_orders.disclosed.push(told);
        Ok(Response::new(GetPersonalDataResponse {
            customer: Some(Customer {
                name: "Anna Maria Provsson".into(),
                identity_number: "199001189811".into(),
                email: "anna.provsson@example.com".into(),
                phone: "+46701740605".into(),
            }),
            address: Some(Address {
                street_name: "Kungsgatan".into(),
                street_number: "10".into(),
                street_littera: "G".into(),
                postal_code: "72134".into(),
                city: "Västerås".into(),
                apartment_number: "1101".into(),
                ..Address::default()
            }),
            answers: seen.provider_orders.answers.clone(),
            ..GetPersonalDataResponse::default()
        }))
    }

    async fn acknowledge_order(
        &self,
        request: Request<AcknowledgeOrderRequest>,
    ) -> Answered<AcknowledgeOrderResponse> {
        self.note("AcknowledgeOrder", &request);
        let (provider, id) = (provider_of(&request), request.into_inner().order_id);
        let mut seen = self.seen();
        let order = seen
            .provider_orders
            .own(&provider, |order| order.order_id == id)?;
        if order.status() == OrderStatus::New {
            order.set_status(OrderStatus::Received);
        }
        Ok(Response::new(AcknowledgeOrderResponse {
            order: Some(order.clone()),
        }))
    }

    async fn set_status(&self, request: Request<SetStatusRequest>) -> Answered<SetStatusResponse> {
        self.note("SetStatus", &request);
        let provider = provider_of(&request);
        let asked = request.into_inner();
        let mut seen = self.seen();
        let order = seen
            .provider_orders
            .own(&provider, |order| order.order_id == asked.order_id)?;
        let (from, to) = (order.status(), asked.status());
        let skips = from == OrderStatus::New && to == OrderStatus::Delivered;
        if skips || (from == OrderStatus::Cancelled && to != from) {
            let (kind, reason) = (ErrorKind::Precondition, "TRANSITION_NOT_ALLOWED");
            return Err(refusal(kind, reason, "the order cannot change so"));
        }
        order.set_status(to);
        Ok(Response::new(SetStatusResponse {
            order: Some(order.clone()),
        }))
    }

    async fn add_message(
        &self,
        request: Request<AddMessageRequest>,
    ) -> Answered<AddMessageResponse> {
        self.note("AddMessage", &request);
        let provider = provider_of(&request);
        let asked = request.into_inner();
        let mut seen = self.seen();
        let all = &mut seen.provider_orders;
        all.own(&provider, |order| order.order_id == asked.order_id)?;
        if asked.message.is_empty() {
            return Err(broken("message", "required"));
        }
        let kind = asked.r#type().as_str_name().to_lowercase();
        let first = all.commands.insert(asked.command_id);
        if first {
            all.log.push(OrderLogEntry {
                at: Some(at(1_795_345_300)),
                kind: "message".into(),
                actor: format!("provider:{provider}"),
                text: asked.message,
                details: vec![kind.replace("message_type_", "")],
            });
        }
        Ok(Response::new(AddMessageResponse { repeated: !first }))
    }

    async fn list_order_log(
        &self,
        request: Request<ListOrderLogRequest>,
    ) -> Answered<ListOrderLogResponse> {
        self.note("ListOrderLog", &request);
        let provider = provider_of(&request);
        let asked = request.into_inner();
        let mut seen = self.seen();
        let all = &mut seen.provider_orders;
        all.own(&provider, |order| order.order_id == asked.order_id)?;
        // One line on each page.
        let from = asked.page.unwrap().page_token.parse().unwrap_or(0_usize);
        let log: Vec<_> = all.log.iter().skip(from).take(1).cloned().collect();
        Ok(Response::new(ListOrderLogResponse {
            log,
            next_page_token: if from + 1 < all.log.len() {
                (from + 1).to_string()
            } else {
                String::new()
            },
        }))
    }

    async fn list_own_log(
        &self,
        _: Request<ListOwnLogRequest>,
    ) -> Result<Response<ListOwnLogResponse>, Status> {
        Err(Status::unimplemented("no page of the gateway asks this"))
    }

    async fn report_own_orders(
        &self,
        _: Request<ReportOwnOrdersRequest>,
    ) -> Result<Response<ReportOwnOrdersResponse>, Status> {
        Err(Status::unimplemented("no page of the gateway asks this"))
    }

    async fn list_notices(&self, _: Request<ListNoticesRequest>) -> Answered<ListNoticesResponse> {
        Err(Status::unimplemented(
            "the gateway does not ask for notices",
        ))
    }

    async fn acknowledge_notice(
        &self,
        _: Request<AcknowledgeNoticeRequest>,
    ) -> Answered<AcknowledgeNoticeResponse> {
        Err(Status::unimplemented(
            "the gateway does not ask for notices",
        ))
    }

    async fn put_own_order_form(
        &self,
        _: Request<PutOwnOrderFormRequest>,
    ) -> Answered<PutOwnOrderFormResponse> {
        Err(Status::unimplemented("no page of the gateway asks this"))
    }

    async fn get_own_order_form(
        &self,
        _: Request<GetOwnOrderFormRequest>,
    ) -> Answered<GetOwnOrderFormResponse> {
        Err(Status::unimplemented("no page of the gateway asks this"))
    }

    async fn create_technical_order(
        &self,
        request: Request<CreateTechnicalOrderRequest>,
    ) -> Answered<CreateTechnicalOrderResponse> {
        technical::create(self, request)
    }

    async fn change_technical_order(
        &self,
        request: Request<ChangeTechnicalOrderRequest>,
    ) -> Answered<ChangeTechnicalOrderResponse> {
        technical::change(self, request)
    }

    async fn delete_technical_order(
        &self,
        request: Request<DeleteTechnicalOrderRequest>,
    ) -> Answered<DeleteTechnicalOrderResponse> {
        technical::delete(self, request)
    }

    async fn get_technical_order(
        &self,
        request: Request<GetTechnicalOrderRequest>,
    ) -> Answered<GetTechnicalOrderResponse> {
        technical::get(self, request)
    }

    async fn list_technical_orders(
        &self,
        request: Request<ListTechnicalOrdersRequest>,
    ) -> Answered<ListTechnicalOrdersResponse> {
        technical::list(self, request)
    }

    async fn list_subscriptions(
        &self,
        request: Request<ListSubscriptionsRequest>,
    ) -> Answered<ListSubscriptionsResponse> {
        technical::subscriptions(self, request)
    }

    async fn list_technical_events(
        &self,
        request: Request<ListTechnicalEventsRequest>,
    ) -> Answered<ListTechnicalEventsResponse> {
        technical::events(self, request)
    }

    async fn put_own_offering(
        &self,
        _: Request<PutOwnOfferingRequest>,
    ) -> Answered<PutOwnOfferingResponse> {
        Err(Status::unimplemented("nothing of the gateway asks this"))
    }

    async fn list_own_offerings(
        &self,
        _: Request<ListOwnOfferingsRequest>,
    ) -> Answered<ListOwnOfferingsResponse> {
        Err(Status::unimplemented("nothing of the gateway asks this"))
    }

    async fn remove_own_offering(
        &self,
        _: Request<RemoveOwnOfferingRequest>,
    ) -> Answered<RemoveOwnOfferingResponse> {
        Err(Status::unimplemented("nothing of the gateway asks this"))
    }

    async fn list_technical_services(
        &self,
        _: Request<ListTechnicalServicesRequest>,
    ) -> Answered<ListTechnicalServicesResponse> {
        Ok(Response::new(ListTechnicalServicesResponse {
            services: self.seen().technical.services.clone(),
        }))
    }
}
