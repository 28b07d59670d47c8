//! The methods of the market database's import API: what is asked of the registry, and what is answered.

use api::registry::{
    InsertPostsRequest, InsertPostsResponse, OpenStagedSessionRequest, Post, PostField,
    RejectedPost,
};
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use service_kit::caller::Caller;

use super::answer::{Answer, Form};
use super::door::{self, Call, LOGIN};
use super::names::is_element;
use super::params::{Fields, Params};
use super::refusals::{bad, refused, rules};
use crate::app::api_login::Api;
use crate::http::client_address::ClientAddress;
use crate::limits;
use crate::services::call_within;
use crate::state::Gateway;

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
    let (params, form) = match door::read(&gateway, from, request).await {
        Ok(read) => read,
        Err(answer) => return answer.said(Form::Xml).into_response(),
    };
    let call = Call {
        gateway,
        api: Api::Import,
        from,
        params,
    };
    let answer = match call.params.text("method") {
        LOGIN => call.login().await,
        INSERT_POST => call.signed_in(INSERT_POST, insert_post).await,
        INSERT_POSTS => call.signed_in(INSERT_POSTS, insert_posts).await,
        EMPTY_DATABASE => call.signed_in(EMPTY_DATABASE, empty_database).await,
        "" => bad(Answer::NO_METHOD, "The parameter method is missing"),
        _ => bad(Answer::NO_METHOD, "There is no such method"),
    };
    answer.said(form).into_response()
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
