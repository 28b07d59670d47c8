//! A call: its parameters, who calls, what is done, and the answer in the form that was wished.

use api::registry::{
    InsertPostsRequest, InsertPostsResponse, OpenStagedSessionRequest, Post, PostField,
    RejectedPost,
};
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use service_kit::caller::Caller;

use super::answer::{Answer, Form};
use super::names::is_element;
use super::params::{Fields, Params};
use super::refusals::{bad, refused, rules, too_many, unauthenticated};
use super::sent;
use crate::app::api_login;
use crate::app::error::AppError;
use crate::http::client_address::ClientAddress;
use crate::http::rate_limit::Limited;
use crate::limits;
use crate::services::call_within;
use crate::state::Gateway;

const LOGIN: &str = "api_login";
const INSERT_POST: &str = "insert_post";
const INSERT_POSTS: &str = "insert_posts";
const EMPTY_DATABASE: &str = "empty_database";

/// The key of a post that is alone.
const ALONE: &str = "post";

/// Every call.
pub async fn serve(
    State(gateway): State<Gateway>,
    ClientAddress(from): ClientAddress,
    request: Request,
) -> Response {
    if !gateway.limiter.admit(Limited::Legacy, from) {
        return too_many(Answer::NO_METHOD).said(Form::Xml).into_response();
    }
    let params = match sent::params(request, &gateway).await {
        Ok(params) => params,
        Err(answer) => return answer.said(Form::Xml).into_response(),
    };
    let form = match params.text("output_format") {
        "json" => Form::Json,
        _ => Form::Xml,
    };
    let answer = match params.text("method") {
        LOGIN => login(&gateway, from, &params).await,
        INSERT_POST => signed_in(&gateway, INSERT_POST, params, insert_post).await,
        INSERT_POSTS => signed_in(&gateway, INSERT_POSTS, params, insert_posts).await,
        EMPTY_DATABASE => signed_in(&gateway, EMPTY_DATABASE, params, empty_database).await,
        "" => bad(Answer::NO_METHOD, "The parameter method is missing"),
        _ => bad(Answer::NO_METHOD, "There is no such method"),
    };
    answer.said(form).into_response()
}

async fn login(gateway: &Gateway, from: std::net::IpAddr, params: &Params) -> Answer {
    let limiter = &gateway.limiter;
    if !limiter.has_left(Limited::SignIn, from) {
        return too_many(LOGIN);
    }
    let (user, key) = (params.text("api_user"), params.text("api_key"));
    match api_login::login(&gateway.directory, user, key).await {
        Ok(hash) => Answer::success(LOGIN, format!("User {user} logged in")).with_hash(hash),
        Err(AppError::WrongCredentials) => {
            metrics::counter!("gateway_sign_in_failures_total").increment(1);
            if limiter.admit(Limited::SignIn, from) {
                unauthenticated(LOGIN, "Wrong API user or API key")
            } else {
                too_many(LOGIN)
            }
        }
        Err(error) => Answer::of_error(LOGIN, &error.into()),
    }
}

/// Calls a method as whoever has signed in for the hash.
async fn signed_in<F>(
    gateway: &Gateway,
    method: &'static str,
    params: Params,
    call: impl FnOnce(Gateway, Caller, Params) -> F,
) -> Answer
where
    F: Future<Output = Answer>,
{
    let hash = params.text("hash");
    if hash.is_empty() {
        return unauthenticated(
            method,
            "The parameter hash is missing; log in with api_login",
        );
    }
    match api_login::caller(&gateway.directory, hash).await {
        Ok(Some(caller)) => call(gateway.clone(), caller, params).await,
        Ok(None) => unauthenticated(
            method,
            "The hash is not valid or has expired; log in with api_login",
        ),
        Err(error) => Answer::of_error(method, &error.into()),
    }
}

async fn insert_post(gateway: Gateway, caller: Caller, params: Params) -> Answer {
    if params.data.is_empty() {
        return bad(INSERT_POST, "The parameter data is missing");
    }
    let posts = vec![(ALONE.to_owned(), params.data)];
    match insert(&gateway, &caller, INSERT_POST, posts).await {
        Ok(inserted) if inserted.rejected.is_empty() => {
            Answer::success(INSERT_POST, "Inserted 1 post successfully")
        }
        Ok(inserted) => {
            let rules = inserted
                .rejected
                .into_iter()
                .flat_map(|post| rules(post.rules));
            bad(INSERT_POST, "1 errors").with_fields(rules.collect())
        }
        Err(answer) => answer,
    }
}

async fn insert_posts(gateway: Gateway, caller: Caller, params: Params) -> Answer {
    let posts = params.posts;
    if posts.is_empty() {
        return bad(INSERT_POSTS, "The parameter posts is missing");
    }
    if posts.len() > limits::LEGACY_POSTS {
        let most = limits::LEGACY_POSTS;
        return bad(
            INSERT_POSTS,
            format!("At most {most} posts per request; nothing was inserted"),
        );
    }
    if !posts.iter().all(|(key, _)| is_element(key)) {
        let text = "A key of posts must begin with a letter or _ and have letters, digits, _, - and . only, because \
                    errors name it; nothing was inserted";
        return bad(INSERT_POSTS, text);
    }
    match insert(&gateway, &caller, INSERT_POSTS, posts).await {
        Ok(InsertPostsResponse {
            taken, rejected, ..
        }) if rejected.is_empty() => Answer::success(
            INSERT_POSTS,
            format!("{taken} successes, 0 errors, {taken} processed"),
        ),
        Ok(InsertPostsResponse { rejected, .. }) => {
            let message = format!("{} errors", rejected.len());
            let log = rejected
                .into_iter()
                .map(|RejectedPost { key, rules: broken }| (key, rules(broken)));
            bad(INSERT_POSTS, message).with_posts(log.collect())
        }
        Err(answer) => answer,
    }
}

async fn insert(
    gateway: &Gateway,
    caller: &Caller,
    method: &'static str,
    posts: Vec<(String, Fields)>,
) -> Result<InsertPostsResponse, Answer> {
    let posts = posts.into_iter().map(|(key, fields)| {
        let fields = fields
            .into_iter()
            .map(|(name, value)| PostField { name, value });
        Post {
            key,
            fields: fields.collect(),
        }
    });
    let request = InsertPostsRequest {
        network: network(caller),
        posts: posts.collect(),
    };
    let request = call_within(request, limits::LEGACY_CALL_MS);
    let answer = gateway
        .services
        .provisioning(caller)
        .insert_posts(request)
        .await;
    Ok(answer
        .map_err(|status| refused(method, status))?
        .into_inner())
}

async fn empty_database(gateway: Gateway, caller: Caller, _: Params) -> Answer {
    let network = network(&caller);
    let request = OpenStagedSessionRequest {
        network: network.clone(),
    };
    let request = call_within(request, limits::LEGACY_CALL_MS);
    match gateway
        .services
        .provisioning(&caller)
        .open_staged_session(request)
        .await
    {
        // The text that senders know. What is there goes when what is posted from now on takes its place.
        Ok(_) => Answer::success(
            EMPTY_DATABASE,
            format!("Deleted all posts from MDb2 where citynet is '{network}'"),
        ),
        Err(status) => refused(EMPTY_DATABASE, status),
    }
}

fn network(caller: &Caller) -> String {
    caller
        .network
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default()
}
