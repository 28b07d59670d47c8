//! `OrdersService`: what the gateway and staff ask.

use std::sync::Arc;

use api as pb;
use kernel::ProviderId;
use pb::orders::orders_service_server::OrdersService;
use service_kit::caller::{Caller, CallerKind, caller_of};
use service_kit::error::to_status;
use tonic::{Request, Response, Status};

use super::translate::{self, invalid};
use super::{catalogue, forms, office, technical};
use crate::app::Orders;
use crate::app::error::OrdersError;
use crate::app::follow_order::CUSTOMER;
use crate::domain::OrderId;
use crate::store::order::{Filter, Unfetched};

/// The service over its application.
#[derive(Clone, Debug)]
pub struct OrdersGrpc(Arc<Orders>);

impl OrdersGrpc {
    /// Serves this application.
    pub fn new(orders: Arc<Orders>) -> Self {
        Self(orders)
    }
}

#[tonic::async_trait]
impl OrdersService for OrdersGrpc {
    async fn put_provider(
        &self,
        request: Request<pb::orders::PutProviderRequest>,
    ) -> Result<Response<pb::orders::PutProviderResponse>, Status> {
        let network = caller_of(&request)?
            .network(&request.get_ref().network)
            .map_err(to_status)?;
        let input = catalogue::provider_in(request.into_inner().provider);
        let provider = self
            .0
            .put_provider(network, &input)
            .await
            .map_err(to_status)?;
        let provider = Some(catalogue::provider_out(provider));
        Ok(Response::new(pb::orders::PutProviderResponse { provider }))
    }

    async fn list_providers(
        &self,
        request: Request<pb::orders::ListProvidersRequest>,
    ) -> Result<Response<pb::orders::ListProvidersResponse>, Status> {
        let network = caller_of(&request)?
            .network(&request.get_ref().network)
            .map_err(to_status)?;
        let providers = self.0.list_providers(&network).await.map_err(to_status)?;
        let providers = providers.into_iter().map(catalogue::provider_out).collect();
        Ok(Response::new(pb::orders::ListProvidersResponse {
            providers,
        }))
    }

    async fn put_offering(
        &self,
        request: Request<pb::orders::PutOfferingRequest>,
    ) -> Result<Response<pb::orders::PutOfferingResponse>, Status> {
        let network = caller_of(&request)?
            .network(&request.get_ref().network)
            .map_err(to_status)?;
        let input = catalogue::offering_in(request.into_inner().offering);
        let offering = self
            .0
            .put_offering(network, &input)
            .await
            .map_err(to_status)?;
        let (offering, seller) = offering;
        let offering = Some(catalogue::offering_out(offering, Some(seller)));
        Ok(Response::new(pb::orders::PutOfferingResponse { offering }))
    }

    async fn put_order_form(
        &self,
        request: Request<pb::orders::PutOrderFormRequest>,
    ) -> Result<Response<pb::orders::PutOrderFormResponse>, Status> {
        let caller = caller_of(&request)?.clone();
        let asked = request.into_inner();
        let network = caller.network(&asked.network).map_err(to_status)?;
        let owner = forms::owner_in(&asked.provider_id).map_err(to_status)?;
        let fields = forms::fields_in(asked.fields);
        if asked.check_only {
            let checked = self.0.check_order_form(&network, &owner, &fields).await;
            checked.map_err(to_status)?;
            return Ok(Response::new(pb::orders::PutOrderFormResponse {
                form: None,
            }));
        }
        let put = self
            .0
            .put_order_form(&network, &owner, &caller, asked.expected_version, &fields)
            .await;
        let form = Some(forms::form_out(put.map_err(to_status)?));
        Ok(Response::new(pb::orders::PutOrderFormResponse { form }))
    }

    async fn get_order_form(
        &self,
        request: Request<pb::orders::GetOrderFormRequest>,
    ) -> Result<Response<pb::orders::GetOrderFormResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = caller.network(&asked.network).map_err(to_status)?;
        let owner = forms::owner_in(&asked.provider_id).map_err(to_status)?;
        let version = forms::version_in(asked.version);
        let found = self.0.get_order_form(&network, &owner, version).await;
        let form = forms::form_or_none(&owner, found.map_err(to_status)?);
        Ok(Response::new(pb::orders::GetOrderFormResponse {
            form: Some(form),
        }))
    }

    async fn list_order_forms(
        &self,
        request: Request<pb::orders::ListOrderFormsRequest>,
    ) -> Result<Response<pb::orders::ListOrderFormsResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = caller.network(&asked.network).map_err(to_status)?;
        let owner = forms::owner_in(&asked.provider_id).map_err(to_status)?;
        let page = asked.page.clone().unwrap_or_default();
        let below = forms::below_in(&page.page_token).map_err(to_status)?;
        let size = page.page_size.into();
        let page = self.0.list_order_forms(&network, &owner, below, size).await;
        let page = page.map_err(to_status)?;
        let next = page.next_below.map(|below| below.to_string());
        Ok(Response::new(pb::orders::ListOrderFormsResponse {
            forms: page.forms.into_iter().map(forms::form_out).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn list_offers(
        &self,
        request: Request<pb::orders::ListOffersRequest>,
    ) -> Result<Response<pb::orders::ListOffersResponse>, Status> {
        let caller = caller_of(&request)?.clone();
        let asked = request.into_inner();
        let network = caller.network(&asked.network).map_err(to_status)?;
        let asked = catalogue::offers_asked(asked).map_err(to_status)?;
        let offers = self.0.list_offers(&network, &caller, &asked).await;
        Ok(Response::new(catalogue::offers_out(
            offers.map_err(to_status)?,
        )))
    }

    async fn list_offerings(
        &self,
        request: Request<pb::orders::ListOfferingsRequest>,
    ) -> Result<Response<pb::orders::ListOfferingsResponse>, Status> {
        let caller = caller_of(&request)?.clone();
        let asked = request.into_inner();
        let network = caller.network(&asked.network).map_err(to_status)?;
        let (listed, size) = catalogue::listed_in(asked).map_err(to_status)?;
        let page = self.0.list_offerings(&network, &listed, size).await;
        let (offerings, next_page_token) = catalogue::page_out(page.map_err(to_status)?);
        Ok(Response::new(pb::orders::ListOfferingsResponse {
            offerings,
            next_page_token,
        }))
    }

    async fn report_neutrality(
        &self,
        request: Request<pb::orders::ReportNeutralityRequest>,
    ) -> Result<Response<pb::orders::ReportNeutralityResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = caller.network(&asked.network).map_err(to_status)?;
        let period = catalogue::period_in(asked).map_err(to_status)?;
        let report = self.0.report_neutrality(&network, period).await;
        Ok(Response::new(catalogue::report_out(
            report.map_err(to_status)?,
        )))
    }

    async fn place_order(
        &self,
        request: Request<pb::orders::PlaceOrderRequest>,
    ) -> Result<Response<pb::orders::PlaceOrderResponse>, Status> {
        let caller = caller_of(&request)?;
        let network = caller
            .network(&request.get_ref().network)
            .map_err(to_status)?;
        let (actor, by_customer) = (typist(caller), caller.kind == CallerKind::Public);
        let input = translate::order_in(request.into_inner());
        let placed = self
            .0
            .place_order(network, &actor, &input)
            .await
            .map_err(to_status)?;
        Ok(Response::new(translate::placed_out(placed, by_customer)))
    }

    async fn place_orders(
        &self,
        request: Request<pb::orders::PlaceOrdersRequest>,
    ) -> Result<Response<pb::orders::PlaceOrdersResponse>, Status> {
        let caller = caller_of(&request)?;
        let network = caller
            .network(&request.get_ref().network)
            .map_err(to_status)?;
        let (actor, by_customer) = (typist(caller), caller.kind == CallerKind::Public);
        let input = translate::checkout_in(request.into_inner());
        let placed = self.0.place_orders(network, &actor, &input).await;
        let placed = placed.map_err(to_status)?.into_iter();
        let orders = placed.map(|placed| translate::placed_out(placed, by_customer));
        Ok(Response::new(pb::orders::PlaceOrdersResponse {
            orders: orders.collect(),
        }))
    }

    async fn follow_order(
        &self,
        request: Request<pb::orders::FollowOrderRequest>,
    ) -> Result<Response<pb::orders::FollowOrderResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = caller.network(&asked.network).map_err(to_status)?;
        let followed = self.0.follow_order(&network, &asked.token).await;
        let followed = followed.map_err(to_status)?;
        Ok(Response::new(translate::followed_out(followed)))
    }

    async fn end_order(
        &self,
        request: Request<pb::orders::EndOrderRequest>,
    ) -> Result<Response<pb::orders::EndOrderResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = caller.network(&asked.network).map_err(to_status)?;
        let (to, language) = translate::end_in(asked).map_err(to_status)?;
        let order = self.0.end_order(&network, &asked.token, to, language).await;
        let order = translate::without_access(&order.map_err(to_status)?);
        Ok(Response::new(pb::orders::EndOrderResponse {
            order: Some(order),
        }))
    }

    async fn list_orders(
        &self,
        request: Request<pb::orders::ListOrdersRequest>,
    ) -> Result<Response<pb::orders::ListOrdersResponse>, Status> {
        let network = caller_of(&request)?
            .network(&request.get_ref().network)
            .map_err(to_status)?;
        let request = request.into_inner();
        let filter = filter(&request).map_err(to_status)?;
        let size = request.page.unwrap_or_default().page_size;
        let page = self
            .0
            .list_orders(&network, &filter, size.into())
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::orders::ListOrdersResponse {
            orders: page.orders.iter().map(translate::order_out).collect(),
            next_page_token: page
                .next_below
                .map(|below| below.to_string())
                .unwrap_or_default(),
        }))
    }

    async fn find_orders(
        &self,
        request: Request<pb::orders::FindOrdersRequest>,
    ) -> Result<Response<pb::orders::FindOrdersResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = caller.network(&asked.network).map_err(to_status)?;
        let found = self
            .0
            .find_orders(caller, &network, &asked.phone, &asked.purpose)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::orders::FindOrdersResponse {
            orders: found.orders.iter().map(translate::order_out).collect(),
            more: found.more,
        }))
    }

    async fn list_network_technical_orders(
        &self,
        request: Request<pb::orders::ListNetworkTechnicalOrdersRequest>,
    ) -> Result<Response<pb::orders::ListNetworkTechnicalOrdersResponse>, Status> {
        let asked = request.get_ref();
        let network = caller_of(&request)?
            .network(&asked.network)
            .map_err(to_status)?;
        let provider = provider_filter(&asked.provider_id).map_err(to_status)?;
        let asked = technical::orders_asked(&asked.access_id, asked.state, asked.page.clone());
        let asked = asked.map_err(to_status)?;
        let page = self
            .0
            .list_network_technical_orders(&network, provider, asked)
            .await;
        let answer = page.and_then(technical::network_orders_out);
        Ok(Response::new(answer.map_err(to_status)?))
    }

    async fn get_network_technical_order(
        &self,
        request: Request<pb::orders::GetNetworkTechnicalOrderRequest>,
    ) -> Result<Response<pb::orders::GetNetworkTechnicalOrderResponse>, Status> {
        let asked = request.get_ref();
        let network = caller_of(&request)?
            .network(&asked.network)
            .map_err(to_status)?;
        let id = technical::order_id(&asked.order_id).map_err(to_status)?;
        let order = self.0.get_network_technical_order(&network, id).await;
        let order = order
            .and_then(technical::network_order_out)
            .map_err(to_status)?;
        Ok(Response::new(
            pb::orders::GetNetworkTechnicalOrderResponse { order: Some(order) },
        ))
    }

    async fn move_technical_order(
        &self,
        request: Request<pb::orders::MoveTechnicalOrderRequest>,
    ) -> Result<Response<pb::orders::MoveTechnicalOrderResponse>, Status> {
        let asked = request.get_ref();
        let network = caller_of(&request)?
            .network(&asked.network)
            .map_err(to_status)?;
        let id = technical::order_id(&asked.order_id).map_err(to_status)?;
        let wanted = technical::move_in(asked).map_err(to_status)?;
        let moved = self.0.move_technical_order(&network, id, &wanted).await;
        let order = moved
            .and_then(technical::network_order_out)
            .map_err(to_status)?;
        Ok(Response::new(pb::orders::MoveTechnicalOrderResponse {
            order: Some(order),
        }))
    }

    async fn get_order(
        &self,
        request: Request<pb::orders::GetOrderRequest>,
    ) -> Result<Response<pb::orders::GetOrderResponse>, Status> {
        let caller = caller_of(&request)?;
        let network = caller
            .network(&request.get_ref().network)
            .map_err(to_status)?;
        let id = order_id(&request.get_ref().order_id).map_err(to_status)?;
        let view = self
            .0
            .get_order(&network, caller, id)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::orders::GetOrderResponse {
            order: Some(translate::order_out(&view.order)),
            customer_name_masked: view.name_masked,
            identity_number_masked: view.identity_number_masked,
            log: view.log.into_iter().map(translate::log_out).collect(),
            answers: forms::given_out(view.answers),
            staff_may: view
                .staff_may
                .into_iter()
                .map(|status| translate::status_out(status).into())
                .collect(),
        }))
    }

    async fn report_orders(
        &self,
        request: Request<pb::orders::ReportOrdersRequest>,
    ) -> Result<Response<pb::orders::ReportOrdersResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = caller.network(&asked.network).map_err(to_status)?;
        let days = (asked.from.as_str(), asked.until.as_str());
        let wanted = office::report_in(days, asked.interval, asked.group_by).map_err(to_status)?;
        let report = self.0.report_orders(&network, None, wanted).await;
        let (rows, totals) = office::report_out(report.map_err(to_status)?);
        Ok(Response::new(pb::orders::ReportOrdersResponse {
            rows,
            totals,
        }))
    }

    async fn list_network_log(
        &self,
        request: Request<pb::orders::ListNetworkLogRequest>,
    ) -> Result<Response<pb::orders::ListNetworkLogResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = caller.network(&asked.network).map_err(to_status)?;
        let wanted = office::network_log_in(asked).map_err(to_status)?;
        let found = self.0.search_log(&network, wanted).await;
        let (lines, next_page_token) = office::log_found_out(&network, found.map_err(to_status)?);
        Ok(Response::new(pb::orders::ListNetworkLogResponse {
            lines,
            next_page_token,
        }))
    }

    async fn move_order(
        &self,
        request: Request<pb::orders::MoveOrderRequest>,
    ) -> Result<Response<pb::orders::MoveOrderResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = caller.network(&asked.network).map_err(to_status)?;
        let id = order_id(&asked.order_id).map_err(to_status)?;
        let moving = translate::move_in(asked).map_err(to_status)?;
        let moved = self
            .0
            .move_by_staff(&network, caller, id, moving, &asked.reason)
            .await;
        let order = Some(translate::order_out(&moved.map_err(to_status)?));
        Ok(Response::new(pb::orders::MoveOrderResponse { order }))
    }
}

/// How the log names who typed an order.
fn typist(caller: &Caller) -> String {
    match caller.kind {
        CallerKind::Public => CUSTOMER.to_owned(),
        kind => format!("{}:{}", kind.as_str(), caller.id),
    }
}

fn filter(request: &pb::orders::ListOrdersRequest) -> Result<Filter, OrdersError> {
    let provider = provider_filter(&request.provider_id)?;
    let below = match request
        .page
        .as_ref()
        .map_or("", |page| page.page_token.as_str())
    {
        "" => None,
        token => Some(token.parse().map_err(|_| OrdersError::wrong_page_token())?),
    };
    Ok(Filter {
        status: translate::status_in(request.status)?,
        provider,
        unfetched: unfetched_in(request.unfetched)?,
        below,
    })
}

/// Of one provider; empty: of all.
fn provider_filter(id: &str) -> Result<Option<ProviderId>, OrdersError> {
    match id {
        "" => Ok(None),
        id => ProviderId::parse(id)
            .map(Some)
            .map_err(|error| invalid("provider_id", id, error.rule)),
    }
}

fn unfetched_in(number: i32) -> Result<Option<Unfetched>, OrdersError> {
    match pb::orders::Unfetched::try_from(number) {
        Ok(pb::orders::Unfetched::Unspecified) => Ok(None),
        Ok(pb::orders::Unfetched::Reminded) => Ok(Some(Unfetched::Reminded)),
        Ok(pb::orders::Unfetched::Escalated) => Ok(Some(Unfetched::Escalated)),
        Err(_) => {
            let rule = "how long an order has waited";
            Err(invalid("unfetched", &number.to_string(), rule))
        }
    }
}

/// An id that is none names no order.
pub(super) fn order_id(text: &str) -> Result<OrderId, OrdersError> {
    OrderId::parse(text).map_err(|_| OrdersError::OrderNotFound)
}
