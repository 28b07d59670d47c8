//! Technical orders and subscriptions of nordbredband in HAM, as the orders service would answer.

use api::orders::create_technical_order_response::Outcome;
use api::orders::*;
use prost_types::Timestamp;
use service_kit::error::{ErrorKind, refusal};
use tonic::{Request, Response, Status};

use super::Fakes;

/// What there is, and what was asked.
#[derive(Default)]
pub struct Technical {
    pub orders: Vec<TechnicalOrder>,
    pub subscriptions: Vec<Subscription>,
    pub events: Vec<TechnicalEvent>,
    /// Seconds; of before not all events are there.
    pub kept_from: i64,
    /// Up to when the events and subscriptions are complete.
    pub complete_before: Option<Timestamp>,
    pub services: Vec<TechnicalService>,
    /// Kind, reason and text with which everything is refused.
    pub refuses: Option<(ErrorKind, &'static str, &'static str)>,
    /// What is asked for is so already.
    pub is_so: bool,
    /// The next change finds that somebody else was faster.
    pub was_changed: bool,
    pub asked: Option<TechnicalOrderInput>,
    /// How staff have last narrowed the list.
    pub listed: Option<ListNetworkTechnicalOrdersRequest>,
}

impl Technical {
    fn check(&self) -> Result<(), Status> {
        match self.refuses {
            Some((kind, reason, text)) => Err(refusal(kind, reason, text)),
            None => Ok(()),
        }
    }

    fn find(&mut self, id: &str) -> Result<&mut TechnicalOrder, Status> {
        self.check()?;
        let mut all = self.orders.iter_mut();
        all.find(|order| order.order_id == id).ok_or_else(|| {
            let reason = "TECHNICAL_ORDER_NOT_FOUND";
            refusal(ErrorKind::NotFound, reason, "no such technical order")
        })
    }
}

/// An order of this id that has been received.
pub fn order(id: &str, asked: TechnicalOrderInput) -> TechnicalOrder {
    TechnicalOrder {
        order_id: id.into(),
        provider_id: "nordbredband".into(),
        asked: Some(asked),
        state: TechnicalOrderState::Received.into(),
        version: 1,
        ..TechnicalOrder::default()
    }
}

pub fn create(
    fakes: &Fakes,
    request: Request<CreateTechnicalOrderRequest>,
) -> Result<Response<CreateTechnicalOrderResponse>, Status> {
    fakes.note("CreateTechnicalOrder", &request);
    let asked = request.into_inner().asked.unwrap();
    let mut seen = fakes.seen();
    let all = &mut seen.technical;
    all.check()?;
    all.asked = Some(asked.clone());
    let same = |order: &&TechnicalOrder| order.asked.as_ref() == Some(&asked);
    let outcome = if all.is_so {
        Outcome::NothingToDo(TechnicalOrderInput {
            operation: asked.operation,
            access_id: asked.access_id,
            service: asked.service,
            ..TechnicalOrderInput::default()
        })
    } else if let Some(before) = all.orders.iter().find(same) {
        Outcome::Existing(before.clone())
    } else {
        let id = format!("0192b3c4-0000-7000-8000-{:012}", all.orders.len() + 1);
        let new = order(&id, asked);
        all.orders.push(new.clone());
        Outcome::Created(new)
    };
    Ok(Response::new(CreateTechnicalOrderResponse {
        outcome: Some(outcome),
    }))
}

pub fn change(
    fakes: &Fakes,
    request: Request<ChangeTechnicalOrderRequest>,
) -> Result<Response<ChangeTechnicalOrderResponse>, Status> {
    fakes.note("ChangeTechnicalOrder", &request);
    let asked = request.into_inner();
    let mut seen = fakes.seen();
    let all = &mut seen.technical;
    if std::mem::take(&mut all.was_changed) {
        let reason = "VERSION_CHANGED";
        all.orders[0].version += 1;
        return Err(refusal(ErrorKind::Conflict, reason, "it has changed"));
    }
    let order = all.find(&asked.order_id)?;
    if order.state() != TechnicalOrderState::Received {
        let reason = "TECHNICAL_ORDER_NOT_RECEIVED";
        return Err(refusal(ErrorKind::Precondition, reason, "too late"));
    }
    assert!(asked.version == 0 || asked.version == order.version);
    order.asked.clone_from(&asked.asked);
    order.version += 1;
    Ok(Response::new(ChangeTechnicalOrderResponse {
        order: Some(order.clone()),
    }))
}

pub fn delete(
    fakes: &Fakes,
    request: Request<DeleteTechnicalOrderRequest>,
) -> Result<Response<DeleteTechnicalOrderResponse>, Status> {
    let id = request.into_inner().order_id;
    let mut seen = fakes.seen();
    seen.technical.find(&id)?;
    seen.technical.orders.retain(|order| order.order_id != id);
    Ok(Response::new(DeleteTechnicalOrderResponse {}))
}

pub fn get(
    fakes: &Fakes,
    request: Request<GetTechnicalOrderRequest>,
) -> Result<Response<GetTechnicalOrderResponse>, Status> {
    let id = request.into_inner().order_id;
    let mut seen = fakes.seen();
    let order = seen.technical.find(&id)?.clone();
    Ok(Response::new(GetTechnicalOrderResponse {
        order: Some(order),
    }))
}

pub fn list(
    fakes: &Fakes,
    request: Request<ListTechnicalOrdersRequest>,
) -> Result<Response<ListTechnicalOrdersResponse>, Status> {
    let asked = request.into_inner();
    let seen = fakes.seen();
    seen.technical.check()?;
    let wanted = |order: &&TechnicalOrder| {
        let at = order.asked.as_ref().unwrap().access_id == asked.access_id;
        let state = match asked.state() {
            TechnicalOrderState::Unspecified => {
                order.state() == TechnicalOrderState::Received
                    || order.state() == TechnicalOrderState::InProgress
            }
            state => order.state() == state,
        };
        state && (asked.access_id.is_empty() || at)
    };
    // One on each page.
    let from: usize = asked.page.clone().unwrap().page_token.parse().unwrap_or(0);
    let found: Vec<_> = seen.technical.orders.iter().filter(wanted).collect();
    let next = (from + 1 < found.len()).then(|| (from + 1).to_string());
    Ok(Response::new(ListTechnicalOrdersResponse {
        orders: found.into_iter().skip(from).take(1).cloned().collect(),
        next_page_token: next.unwrap_or_default(),
    }))
}

pub fn subscriptions(
    fakes: &Fakes,
    request: Request<ListSubscriptionsRequest>,
) -> Result<Response<ListSubscriptionsResponse>, Status> {
    let asked = request.into_inner();
    let seen = fakes.seen();
    seen.technical.check()?;
    let since = asked.changed_since.map(|since| since.seconds);
    let wanted = |one: &&Subscription| {
        let at = asked.access_id.is_empty() || one.access_id == asked.access_id;
        let changed = one.changed_at.unwrap_or_default().seconds;
        let there = since.map_or(one.disconnection_date.is_empty(), |since| changed >= since);
        at && there
    };
    let found = seen.technical.subscriptions.iter().filter(wanted);
    Ok(Response::new(ListSubscriptionsResponse {
        subscriptions: found.cloned().collect(),
        next_page_token: String::new(),
        complete_before: seen.technical.complete_before,
    }))
}

pub fn events(
    fakes: &Fakes,
    request: Request<ListTechnicalEventsRequest>,
) -> Result<Response<ListTechnicalEventsResponse>, Status> {
    let asked = request.into_inner();
    let seen = fakes.seen();
    let all = &seen.technical;
    all.check()?;
    let since = asked.since.unwrap_or_default().seconds;
    if asked.since.is_some() && since < all.kept_from {
        let reason = "CURSOR_EXPIRED";
        return Err(refusal(ErrorKind::Precondition, reason, "not kept"));
    }
    let after = match asked.after_event_id.as_str() {
        "" => 0,
        "x" => return Err(refusal(ErrorKind::Invalid, "REQUEST_INVALID", "no id")),
        id => {
            let at = all.events.iter().position(|event| event.event_id == id);
            1 + at.ok_or_else(|| {
                let reason = "CURSOR_EXPIRED";
                refusal(ErrorKind::Precondition, reason, "not kept")
            })?
        }
    };
    let wanted = |event: &&TechnicalEvent| {
        let told = event.state() != TechnicalOrderState::Unspecified;
        event.at.unwrap().seconds >= since && (told || !asked.order_states_only)
    };
    let rest: Vec<_> = all.events.iter().skip(after).filter(wanted).collect();
    // Two on each page.
    let more = rest.len() > 2;
    Ok(Response::new(ListTechnicalEventsResponse {
        events: rest.into_iter().take(2).cloned().collect(),
        more,
        complete_before: all.complete_before,
    }))
}

pub fn list_for_staff(
    fakes: &Fakes,
    request: Request<ListNetworkTechnicalOrdersRequest>,
) -> Response<ListNetworkTechnicalOrdersResponse> {
    fakes.note("ListNetworkTechnicalOrders", &request);
    let asked = request.into_inner();
    let mut seen = fakes.seen();
    let last = asked
        .page
        .as_ref()
        .is_some_and(|page| page.page_token == "two");
    seen.technical.listed = Some(asked);
    Response::new(ListNetworkTechnicalOrdersResponse {
        orders: seen.technical.orders.clone(),
        next_page_token: if last { String::new() } else { "two".into() },
    })
}

pub fn get_for_staff(
    fakes: &Fakes,
    request: Request<GetNetworkTechnicalOrderRequest>,
) -> Result<Response<GetNetworkTechnicalOrderResponse>, Status> {
    let mut seen = fakes.seen();
    let found = seen.technical.find(&request.into_inner().order_id)?;
    let order = Some(found.clone());
    Ok(Response::new(GetNetworkTechnicalOrderResponse { order }))
}

pub fn move_for_staff(
    fakes: &Fakes,
    request: Request<MoveTechnicalOrderRequest>,
) -> Result<Response<MoveTechnicalOrderResponse>, Status> {
    fakes.note("MoveTechnicalOrder", &request);
    let asked = request.into_inner();
    let mut seen = fakes.seen();
    let is_claimed = seen.technical.is_so;
    let order = seen.technical.find(&asked.order_id)?;
    if asked.version != order.version {
        return Err(refusal(
            ErrorKind::Conflict,
            "VERSION_CHANGED",
            "it has changed",
        ));
    }
    if asked.state() == TechnicalOrderState::DoneFailed && asked.message.is_empty() {
        return Err(super::forms::wrong(&[("message", "required")]));
    }
    if is_claimed && asked.state() == TechnicalOrderState::DoneSuccess {
        let reason = "SERVICE_TYPE_CLAIMED";
        return Err(refusal(ErrorKind::Precondition, reason, "another has it"));
    }
    order.state = asked.state;
    order.message = asked.message;
    order.version += 1;
    let order = Some(order.clone());
    Ok(Response::new(MoveTechnicalOrderResponse { order }))
}
