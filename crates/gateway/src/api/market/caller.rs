//! Who fetches a file: a provider's system, with its credential as HTTP Basic or with a token that it got for the
//! registry at `/oauth2/token`. What the token is good for the registry decides, as for whoever calls it directly.

use api::registry::market_service_client::MarketServiceClient;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use service_kit::grpc::ClientChannel;
use tonic::{Code, Status};

use crate::api::bearer;
use crate::api::problem::Problem;
use crate::app::error::AppError;
use crate::app::provider_token;
use crate::http::basic::{CHALLENGE, basic};
use crate::pages::error::WebError;
use crate::services::Part;
use crate::state::Gateway;

/// The registry, as the provider's system that asks.
#[derive(Debug)]
pub struct Market {
    /// What it answers.
    pub registry: MarketServiceClient<ClientChannel>,
    /// The token is the caller's own: when it is refused, the caller is.
    brought_token: bool,
}

/// Why nobody comes in; says that both ways are open.
#[derive(Debug)]
pub struct Refused(pub Problem);

impl FromRequestParts<Gateway> for Market {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Refused> {
        if let Some(token) = bearer::token(parts) {
            return Ok(Self {
                registry: gateway.services.market_with(token),
                brought_token: true,
            });
        }
        let (client_id, secret) = basic(&parts.headers).ok_or_else(unauthenticated)?;
        match provider_token::authenticate(&gateway.directory, &client_id, &secret).await {
            Ok(caller) => Ok(Self {
                registry: gateway.services.market(&caller),
                brought_token: false,
            }),
            Err(AppError::WrongCredentials) => {
                metrics::counter!("gateway_sign_in_failures_total").increment(1);
                Err(unauthenticated())
            }
            Err(error) => Err(Refused(WebError::from(error).into())),
        }
    }
}

impl Market {
    /// What the caller is told when the registry refuses.
    pub fn refused(&self, status: Status) -> Refused {
        if self.brought_token && status.code() == Code::Unauthenticated {
            return unauthenticated();
        }
        Refused(Part::Registry.failed()(status).into())
    }
}

fn unauthenticated() -> Refused {
    Refused(Problem::unauthenticated())
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        if response.status() == StatusCode::UNAUTHORIZED {
            let headers = response.headers_mut();
            headers.append(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static(CHALLENGE),
            );
        }
        response
    }
}
