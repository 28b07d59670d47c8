//! Who comes in: HTTP Basic with a provider's credential (on-api.md §1.1), which names the network too. Failed sign-ins
//! count against the address as everywhere else, and so does every request.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::errors::Refusal;
use crate::app::error::AppError;
use crate::app::provider_token;
use crate::http::basic::basic;
use crate::http::client_address::ClientAddress;
use crate::http::rate_limit::Limited;
use crate::pages::error::WebError;
use crate::state::Gateway;

/// The layer; handlers find the caller among the request's extensions.
pub async fn door(
    State(gateway): State<Gateway>,
    ClientAddress(from): ClientAddress,
    mut request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let limiter = &gateway.limiter;
    if !limiter.admit(Limited::OnApi, from) {
        return Err(too_many());
    }
    // Without a credential nothing is guessed.
    let (client_id, secret) = basic(request.headers()).ok_or_else(Refusal::unauthenticated)?;
    if !limiter.has_left(Limited::SignIn, from) {
        return Err(too_many());
    }
    match provider_token::authenticate(&gateway.directory, &client_id, &secret).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            Ok(next.run(request).await)
        }
        Err(AppError::WrongCredentials) => {
            metrics::counter!("gateway_sign_in_failures_total").increment(1);
            if limiter.admit(Limited::SignIn, from) {
                Err(Refusal::unauthenticated())
            } else {
                Err(too_many())
            }
        }
        Err(error) => Err(WebError::from(error).into()),
    }
}

fn too_many() -> Refusal {
    metrics::counter!("gateway_rate_limited_total").increment(1);
    Refusal::too_many()
}
