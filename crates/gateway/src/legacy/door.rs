//! Who comes in: the parameters of a call, `api_login`, and what it gave. The same for each of the legacy APIs.

use std::net::IpAddr;

use axum::extract::Request;
use service_kit::caller::Caller;

use super::answer::{Answer, Form};
use super::params::Params;
use super::refusals::{too_many, unauthenticated};
use super::sent;
use crate::app::api_login::{self, Api};
use crate::app::error::AppError;
use crate::http::rate_limit::Limited;
use crate::state::Gateway;

/// The method that every API has.
pub const LOGIN: &str = "api_login";

/// A call that could be read.
#[derive(Debug)]
pub struct Call {
    /// Us.
    pub gateway: Gateway,
    /// Of which API.
    pub api: Api,
    /// Whence it comes.
    pub from: IpAddr,
    /// What it says.
    pub params: Params,
}

/// What a call says, and how it wants to be answered.
pub async fn read(
    gateway: &Gateway,
    from: IpAddr,
    request: Request,
) -> Result<(Params, Form), Answer> {
    if !gateway.limiter.admit(Limited::Legacy, from) {
        return Err(too_many(Answer::NO_METHOD));
    }
    let params = sent::params(request, gateway).await?;
    let form = match params.text("output_format") {
        "json" => Form::Json,
        _ => Form::Xml,
    };
    Ok((params, form))
}

impl Call {
    /// `api_login`.
    pub async fn login(self) -> Answer {
        let limiter = &self.gateway.limiter;
        if !limiter.has_left(Limited::SignIn, self.from) {
            return too_many(LOGIN);
        }
        let user = self.params.text("api_user");
        let key = self.params.text("api_key");
        match api_login::login(&self.gateway.directory, self.api, user, key).await {
            Ok(hash) => Answer::success(LOGIN, format!("User {user} logged in")).with_hash(hash),
            Err(AppError::WrongCredentials) => {
                metrics::counter!("gateway_sign_in_failures_total").increment(1);
                if limiter.admit(Limited::SignIn, self.from) {
                    unauthenticated(LOGIN, "Wrong API user or API key")
                } else {
                    too_many(LOGIN)
                }
            }
            Err(error) => Answer::of_error(LOGIN, &error.into()),
        }
    }

    /// Calls a method as whoever has signed in for the hash. `root` is the outermost element of its answers.
    pub async fn signed_in<F>(
        self,
        root: &'static str,
        method: impl FnOnce(Gateway, Caller, Params) -> F,
    ) -> Answer
    where
        F: Future<Output = Answer>,
    {
        let hash = self.params.text("hash");
        if hash.is_empty() {
            let text = "The parameter hash is missing; log in with api_login";
            return unauthenticated(root, text);
        }
        match api_login::caller(&self.gateway.directory, self.api, hash).await {
            Ok(Some(caller)) => method(self.gateway, caller, self.params).await,
            Ok(None) => {
                let text = "The hash is not valid or has expired; log in with api_login";
                unauthenticated(root, text)
            }
            Err(error) => Answer::of_error(root, &error.into()),
        }
    }
}
