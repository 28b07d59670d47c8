//! `ProviderService`: what a provider's system asks, of its own orders in the network of its credential.

use std::pin::Pin;
use std::sync::Arc;

use api as pb;
use futures::{Stream, StreamExt as _};
use pb::orders::provider_service_server::ProviderService;
use service_kit::caller::{Caller, CallerError, caller_of};
use service_kit::error::to_status;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::orders_service::order_id;
use super::translate::{self, invalid};
use super::{catalogue, forms, office, technical};
use crate::app::add_message::Written;
use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::form::FormOwner;
use crate::domain::{NoticeId, OrderId};

/// The service over its application.
#[derive(Clone, Debug)]
pub struct ProviderGrpc(Arc<Orders>);

impl ProviderGrpc {
    /// Serves this application.
    pub fn new(orders: Arc<Orders>) -> Self {
        Self(orders)
    }
}

type Changes = Pin<Box<dyn Stream<Item = Result<pb::orders::StreamOrdersResponse, Status>> + Send>>;

#[tonic::async_trait]
impl ProviderService for ProviderGrpc {
    type StreamOrdersStream = Changes;

    async fn stream_orders(
        &self,
        request: Request<pb::orders::StreamOrdersRequest>,
    ) -> Result<Response<Changes>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let pb::orders::StreamOrdersRequest { cursor, follow } = request.into_inner();
        let feed = Arc::clone(&self.0)
            .open_feed(desk, &cursor, follow)
            .await
            .map_err(to_status)?;
        let changes = feed.map(|change| {
            let (order, cursor) = change.map_err(to_status)?;
            let order = Some(translate::order_out(&order));
            Ok(pb::orders::StreamOrdersResponse {
                order,
                cursor: cursor.to_string(),
            })
        });
        Ok(Response::new(Box::pin(changes)))
    }

    async fn put_own_offering(
        &self,
        request: Request<pb::orders::PutOwnOfferingRequest>,
    ) -> Result<Response<pb::orders::PutOwnOfferingResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let input = catalogue::own_offering_in(&desk, request.into_inner().offering);
        let put = self
            .0
            .put_own_offering(&desk, input.map_err(to_status)?)
            .await;
        let (offering, seller) = put.map_err(to_status)?;
        let offering = Some(catalogue::offering_out(offering, Some(seller)));
        Ok(Response::new(pb::orders::PutOwnOfferingResponse {
            offering,
        }))
    }

    async fn list_own_offerings(
        &self,
        request: Request<pb::orders::ListOwnOfferingsRequest>,
    ) -> Result<Response<pb::orders::ListOwnOfferingsResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let (listed, size) =
            catalogue::own_listed_in(&desk, request.into_inner()).map_err(to_status)?;
        let page = self.0.list_offerings(&desk.network, &listed, size).await;
        let (offerings, next_page_token) = catalogue::page_out(page.map_err(to_status)?);
        Ok(Response::new(pb::orders::ListOwnOfferingsResponse {
            offerings,
            next_page_token,
        }))
    }

    async fn remove_own_offering(
        &self,
        request: Request<pb::orders::RemoveOwnOfferingRequest>,
    ) -> Result<Response<pb::orders::RemoveOwnOfferingResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let named = catalogue::own_named_in(request.into_inner()).map_err(to_status)?;
        let removed = self.0.remove_own_offering(&desk, named).await;
        removed.map_err(to_status)?;
        Ok(Response::new(pb::orders::RemoveOwnOfferingResponse {}))
    }

    async fn put_own_order_form(
        &self,
        request: Request<pb::orders::PutOwnOrderFormRequest>,
    ) -> Result<Response<pb::orders::PutOwnOrderFormResponse>, Status> {
        let caller = caller_of(&request)?.clone();
        let Desk { network, provider } = desk_of(&caller)?;
        let asked = request.into_inner();
        let owner = FormOwner::Provider(provider);
        let fields = forms::fields_in(asked.fields);
        let put = self
            .0
            .put_order_form(&network, &owner, &caller, asked.expected_version, &fields)
            .await;
        let form = Some(forms::form_out(put.map_err(to_status)?));
        Ok(Response::new(pb::orders::PutOwnOrderFormResponse { form }))
    }

    async fn get_own_order_form(
        &self,
        request: Request<pb::orders::GetOwnOrderFormRequest>,
    ) -> Result<Response<pb::orders::GetOwnOrderFormResponse>, Status> {
        let Desk { network, provider } = desk_of(caller_of(&request)?)?;
        let owner = FormOwner::Provider(provider);
        let version = forms::version_in(request.get_ref().version);
        let found = self.0.get_order_form(&network, &owner, version).await;
        let form = forms::form_or_none(&owner, found.map_err(to_status)?);
        Ok(Response::new(pb::orders::GetOwnOrderFormResponse {
            form: Some(form),
        }))
    }

    async fn list_provider_orders(
        &self,
        request: Request<pb::orders::ListProviderOrdersRequest>,
    ) -> Result<Response<pb::orders::ListProviderOrdersResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let pb::orders::ListProviderOrdersRequest { placed_since, page } = request.into_inner();
        let since = translate::time_in("placed_since", placed_since).map_err(to_status)?;
        let (after, size) = translate::page_in(page).map_err(to_status)?;
        let after = after.map(OrderId::from_uuid);
        let page = self
            .0
            .list_provider_orders(&desk, since, after, size)
            .await
            .map_err(to_status)?;
        let next = page.next_after.map(|id| id.to_string());
        Ok(Response::new(pb::orders::ListProviderOrdersResponse {
            orders: page.orders.iter().map(translate::order_out).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn get_provider_order(
        &self,
        request: Request<pb::orders::GetProviderOrderRequest>,
    ) -> Result<Response<pb::orders::GetProviderOrderResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let asked = request.get_ref();
        let found = if asked.order_id.is_empty() {
            self.0.find_provider_order(&desk, &asked.order_number).await
        } else {
            let id = order_id(&asked.order_id).map_err(to_status)?;
            self.0.get_provider_order(&desk, id).await
        };
        let order = found.map_err(to_status)?;
        let order = Some(translate::order_out(&order));
        Ok(Response::new(pb::orders::GetProviderOrderResponse {
            order,
        }))
    }

    async fn get_personal_data(
        &self,
        request: Request<pb::orders::GetPersonalDataRequest>,
    ) -> Result<Response<pb::orders::GetPersonalDataResponse>, Status> {
        let caller = caller_of(&request)?;
        let desk = desk_of(caller)?;
        let asked = request.get_ref();
        let id = order_id(&asked.order_id).map_err(to_status)?;
        let disclosed = self
            .0
            .disclose(&desk, caller, id, &asked.purpose)
            .await
            .map_err(to_status)?;
        Ok(Response::new(translate::disclosed_out(disclosed)))
    }

    async fn acknowledge_order(
        &self,
        request: Request<pb::orders::AcknowledgeOrderRequest>,
    ) -> Result<Response<pb::orders::AcknowledgeOrderResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let id = order_id(&request.get_ref().order_id).map_err(to_status)?;
        let order = self
            .0
            .acknowledge_order(&desk, id)
            .await
            .map_err(to_status)?;
        let order = Some(translate::order_out(&order));
        Ok(Response::new(pb::orders::AcknowledgeOrderResponse {
            order,
        }))
    }

    async fn set_status(
        &self,
        request: Request<pb::orders::SetStatusRequest>,
    ) -> Result<Response<pb::orders::SetStatusResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let asked = request.get_ref();
        let id = order_id(&asked.order_id).map_err(to_status)?;
        let status = translate::status_in(asked.status)
            .and_then(|status| status.ok_or_else(|| invalid("status", "", "a state of an order")))
            .map_err(to_status)?;
        let order = self
            .0
            .set_status(&desk, id, status, &asked.message)
            .await
            .map_err(to_status)?;
        let order = Some(translate::order_out(&order));
        Ok(Response::new(pb::orders::SetStatusResponse { order }))
    }

    async fn add_message(
        &self,
        request: Request<pb::orders::AddMessageRequest>,
    ) -> Result<Response<pb::orders::AddMessageResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let asked = request.get_ref();
        let id = order_id(&asked.order_id).map_err(to_status)?;
        let command_id = Uuid::try_parse(&asked.command_id)
            .map_err(|_| to_status(invalid("command_id", &asked.command_id, "a UUID")))?;
        let kind = translate::message_type_in(asked.r#type).map_err(to_status)?;
        let written = self
            .0
            .add_message(&desk, command_id, id, kind, &asked.message)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::orders::AddMessageResponse {
            repeated: written == Written::Before,
        }))
    }

    async fn list_order_log(
        &self,
        request: Request<pb::orders::ListOrderLogRequest>,
    ) -> Result<Response<pb::orders::ListOrderLogResponse>, Status> {
        let caller = caller_of(&request)?;
        let desk = desk_of(caller)?;
        let asked = request.get_ref();
        let id = order_id(&asked.order_id).map_err(to_status)?;
        let (after, size) = translate::page_in(asked.page.clone()).map_err(to_status)?;
        let page = self
            .0
            .list_order_log(&desk, caller, id, after, size)
            .await
            .map_err(to_status)?;
        let next = page.next_after.map(|id| id.to_string());
        Ok(Response::new(pb::orders::ListOrderLogResponse {
            log: page.lines.into_iter().map(translate::log_out).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn list_own_log(
        &self,
        request: Request<pb::orders::ListOwnLogRequest>,
    ) -> Result<Response<pb::orders::ListOwnLogResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let wanted = office::own_log_in(request.get_ref()).map_err(to_status)?;
        let found = self.0.search_own_log(&desk, wanted).await;
        let found = found.map_err(to_status)?;
        let (lines, next_page_token) = office::log_found_out(&desk.network, found);
        Ok(Response::new(pb::orders::ListOwnLogResponse {
            lines,
            next_page_token,
        }))
    }

    async fn report_own_orders(
        &self,
        request: Request<pb::orders::ReportOwnOrdersRequest>,
    ) -> Result<Response<pb::orders::ReportOwnOrdersResponse>, Status> {
        let Desk { network, provider } = desk_of(caller_of(&request)?)?;
        let asked = request.get_ref();
        let days = (asked.from.as_str(), asked.until.as_str());
        let wanted = office::report_in(days, asked.interval, asked.group_by).map_err(to_status)?;
        let report = self.0.report_orders(&network, Some(&provider), wanted);
        let (rows, totals) = office::report_out(report.await.map_err(to_status)?);
        Ok(Response::new(pb::orders::ReportOwnOrdersResponse {
            rows,
            totals,
        }))
    }

    async fn list_notices(
        &self,
        request: Request<pb::orders::ListNoticesRequest>,
    ) -> Result<Response<pb::orders::ListNoticesResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let include = request.get_ref().include_acknowledged;
        let notices = self
            .0
            .list_notices(&desk, include)
            .await
            .map_err(to_status)?;
        let notices = notices.into_iter().map(translate::notice_out).collect();
        Ok(Response::new(pb::orders::ListNoticesResponse { notices }))
    }

    async fn acknowledge_notice(
        &self,
        request: Request<pb::orders::AcknowledgeNoticeRequest>,
    ) -> Result<Response<pb::orders::AcknowledgeNoticeResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let id = NoticeId::parse(&request.get_ref().notice_id);
        let id = id.map_err(|_| to_status(OrdersError::NoticeNotFound))?;
        let notice = self
            .0
            .acknowledge_notice(&desk, id)
            .await
            .map_err(to_status)?;
        let notice = Some(translate::notice_out(notice));
        Ok(Response::new(pb::orders::AcknowledgeNoticeResponse {
            notice,
        }))
    }

    async fn create_technical_order(
        &self,
        request: Request<pb::orders::CreateTechnicalOrderRequest>,
    ) -> Result<Response<pb::orders::CreateTechnicalOrderResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let input = technical::input_in(request.into_inner().asked).map_err(to_status)?;
        let requested = self.0.create_technical_order(&desk, input).await;
        let answer = requested.and_then(technical::requested_out);
        Ok(Response::new(answer.map_err(to_status)?))
    }

    async fn change_technical_order(
        &self,
        request: Request<pb::orders::ChangeTechnicalOrderRequest>,
    ) -> Result<Response<pb::orders::ChangeTechnicalOrderResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let asked = request.into_inner();
        let id = technical::order_id(&asked.order_id).map_err(to_status)?;
        let input = technical::input_in(asked.asked).map_err(to_status)?;
        let version = Some(asked.version).filter(|version| *version != 0);
        let changed = self
            .0
            .change_technical_order(&desk, id, input, version)
            .await;
        let order = changed.and_then(technical::order_out).map_err(to_status)?;
        Ok(Response::new(pb::orders::ChangeTechnicalOrderResponse {
            order: Some(order),
        }))
    }

    async fn delete_technical_order(
        &self,
        request: Request<pb::orders::DeleteTechnicalOrderRequest>,
    ) -> Result<Response<pb::orders::DeleteTechnicalOrderResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let id = technical::order_id(&request.get_ref().order_id).map_err(to_status)?;
        let deleted = self.0.delete_technical_order(&desk, id).await;
        deleted.map_err(to_status)?;
        Ok(Response::new(pb::orders::DeleteTechnicalOrderResponse {}))
    }

    async fn get_technical_order(
        &self,
        request: Request<pb::orders::GetTechnicalOrderRequest>,
    ) -> Result<Response<pb::orders::GetTechnicalOrderResponse>, Status> {
        let caller = caller_of(&request)?;
        let desk = desk_of(caller)?;
        let id = technical::order_id(&request.get_ref().order_id).map_err(to_status)?;
        let found = self.0.get_technical_order(&desk, caller, id).await;
        let order = found.and_then(technical::order_out).map_err(to_status)?;
        Ok(Response::new(pb::orders::GetTechnicalOrderResponse {
            order: Some(order),
        }))
    }

    async fn list_technical_orders(
        &self,
        request: Request<pb::orders::ListTechnicalOrdersRequest>,
    ) -> Result<Response<pb::orders::ListTechnicalOrdersResponse>, Status> {
        let caller = caller_of(&request)?;
        let desk = desk_of(caller)?;
        let asked = request.get_ref();
        let asked = technical::orders_asked(&asked.access_id, asked.state, asked.page.clone())
            .map_err(to_status)?;
        let page = self.0.list_technical_orders(&desk, caller, asked).await;
        let answer = page.and_then(technical::orders_out);
        Ok(Response::new(answer.map_err(to_status)?))
    }

    async fn list_subscriptions(
        &self,
        request: Request<pb::orders::ListSubscriptionsRequest>,
    ) -> Result<Response<pb::orders::ListSubscriptionsResponse>, Status> {
        let caller = caller_of(&request)?;
        let desk = desk_of(caller)?;
        let asked = request.get_ref().clone();
        let asked = technical::subscriptions_asked(asked).map_err(to_status)?;
        let page = self.0.list_subscriptions(&desk, caller, asked).await;
        let answer = page.and_then(technical::subscriptions_out);
        Ok(Response::new(answer.map_err(to_status)?))
    }

    async fn list_technical_events(
        &self,
        request: Request<pb::orders::ListTechnicalEventsRequest>,
    ) -> Result<Response<pb::orders::ListTechnicalEventsResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let asked = technical::events_asked(request.get_ref()).map_err(to_status)?;
        let told = self.0.list_technical_events(&desk, asked).await;
        let answer = told.and_then(technical::events_out);
        Ok(Response::new(answer.map_err(to_status)?))
    }

    async fn list_technical_services(
        &self,
        request: Request<pb::orders::ListTechnicalServicesRequest>,
    ) -> Result<Response<pb::orders::ListTechnicalServicesResponse>, Status> {
        let desk = desk_of(caller_of(&request)?)?;
        let rules = self.0.technical_rules(&desk.network);
        Ok(Response::new(technical::services_out(rules)))
    }
}

/// The provider and the network that the token is for. The request names neither.
fn desk_of(caller: &Caller) -> Result<Desk, Status> {
    let provider = caller.provider_id().map_err(to_status)?.clone();
    let network = caller
        .network
        .clone()
        .ok_or_else(|| to_status(CallerError::NoNetwork))?;
    Ok(Desk { network, provider })
}
