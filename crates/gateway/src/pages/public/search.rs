//! The search box: by plain GET, and as one types by htmx. An address is not a person; it may stand in a query.

use api::registry::{AccessState, PlaceReasons, SearchPlacesRequest};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;
use service_kit::error::{self as kit, ErrorKind};

use crate::i18n::{Lang, Texts, fill};
use crate::pages::error::WebError;
use crate::pages::page::{Page, Visit};
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::{Gateway, visitor};

/// Shown at once; with as many more there may be others.
const SHOWN: u32 = 10;

/// What was searched for.
#[derive(Debug, Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
}

/// A place in the list.
struct Found {
    handle: String,
    address: String,
    state: &'static str,
    connected: bool,
    /// Why it is here, where that is not plain to see.
    hint: String,
}

#[derive(Default)]
struct Outcome {
    searched: bool,
    places: Vec<Found>,
    more: bool,
    error: &'static str,
}

#[derive(Template)]
#[template(path = "public/search.html")]
struct SearchPage {
    page: Page,
    query: String,
    searched: bool,
    places: Vec<Found>,
    more: bool,
    error: &'static str,
}

#[derive(Template)]
#[template(path = "public/results_only.html")]
struct ResultsPart {
    page: Page,
    searched: bool,
    places: Vec<Found>,
    more: bool,
    error: &'static str,
}

/// `GET /{lang}/`.
pub async fn page(
    State(gateway): State<Gateway>,
    visit: Visit,
    Query(search): Query<Search>,
) -> Result<Response, WebError> {
    let query = search.q.trim().chars().take(80).collect::<String>();
    let Outcome {
        searched,
        places,
        more,
        error,
    } = if query.is_empty() {
        Outcome::default()
    } else {
        find(&gateway, &visit, &query).await?
    };
    let html = SearchPage {
        page: visit.page,
        query,
        searched,
        places,
        more,
        error,
    }
    .render()?;
    Ok(Html(html).into_response())
}

/// `GET /{lang}/search`, for htmx: the list alone.
pub async fn results(
    State(gateway): State<Gateway>,
    visit: Visit,
    Query(search): Query<Search>,
) -> Result<Response, WebError> {
    let query = search.q.trim();
    // Nobody is told off for having typed one letter.
    let Outcome {
        searched,
        places,
        more,
        error,
    } = if query.chars().count() < 2 {
        Outcome::default()
    } else {
        find(&gateway, &visit, query).await?
    };
    Ok(Html(
        ResultsPart {
            page: visit.page,
            searched,
            places,
            more,
            error,
        }
        .render()?,
    )
    .into_response())
}

async fn find(gateway: &Gateway, visit: &Visit, query: &str) -> Result<Outcome, WebError> {
    let network = &visit.network.code;
    let request = SearchPlacesRequest {
        network: network.to_string(),
        query: query.to_owned(),
        limit: SHOWN,
    };
    let answer = gateway
        .services
        .registry(&visitor(network))
        .search_places(call(request))
        .await;
    let lang: Lang = visit.page.lang;
    let answer = match answer {
        Ok(answer) => answer.into_inner(),
        Err(status) if kit::kind_of(&status) == ErrorKind::Invalid => {
            return Ok(Outcome {
                error: lang.texts().common.error_query,
                ..Outcome::default()
            });
        }
        Err(status) => return Err(Part::Registry.failed()(status).into()),
    };
    let more = answer.places.len() >= SHOWN as usize;
    // A registry that is older than this gateway gives no reasons.
    let reasons = answer
        .reasons
        .into_iter()
        .chain(std::iter::repeat_with(PlaceReasons::default));
    let places = answer
        .places
        .into_iter()
        .zip(reasons)
        .map(|(place, reasons)| Found {
            hint: hint(&reasons, lang.texts()),
            address: view::place(&place),
            state: view::access_state(place.state(), lang.texts()),
            connected: place.state() == AccessState::Connected,
            handle: place.handle,
        })
        .collect();
    Ok(Outcome {
        searched: true,
        places,
        more,
        error: "",
    })
}

/// Which words were not found as they were typed: another spelling, or an abbreviation. A beginning speaks for itself.
fn hint(reasons: &PlaceReasons, t: &Texts) -> String {
    let typed = |hows: &[&str]| {
        let words = reasons.words.iter();
        let of_kind = words.filter(|word| hows.contains(&word.how.as_str()));
        let typed: Vec<&str> = of_kind.map(|word| word.typed.as_str()).collect();
        typed.join(", ")
    };
    let kinds = [
        (
            t.public.search_similar,
            typed(&["typos", "beginning_with_typos"]),
        ),
        (t.public.search_abbreviation, typed(&["abbreviation"])),
    ];
    let kinds = kinds.iter().filter(|(_, typed)| !typed.is_empty());
    let hints: Vec<String> = kinds.map(|(text, typed)| fill(text, typed)).collect();
    hints.join(" · ")
}
