//! What every page has around it: language, network, navigation.

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::header;
use axum::http::request::Parts;

use super::error::WebError;
use crate::app::session::SignedIn;
use crate::domain::area::Area;
use crate::http::guard::{Csrf, Staff};
use crate::i18n::{Lang, Texts};
use crate::networks::Network;
use crate::state::Gateway;

/// The frame of a page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its language.
    pub lang: Lang,
    /// The texts of that language.
    pub t: &'static Texts,
    /// The network's name; empty where none is known.
    pub network: String,
    /// The same page in the other language.
    pub switch: String,
    /// The signed-in user, on staff pages.
    pub staff: Option<SignedIn>,
    /// The token for forms; empty on visitors' pages, which have no session.
    pub csrf: String,
}

/// A visitor's request: language and network.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The frame.
    pub page: Page,
    /// The network that the host name means.
    pub network: Network,
}

impl Page {
    /// A frame that knows nothing but its language: for errors.
    pub fn bare(lang: Lang) -> Self {
        let switch = format!("/{}/", lang.other());
        Self {
            lang,
            t: lang.texts(),
            network: String::new(),
            switch,
            staff: None,
            csrf: String::new(),
        }
    }

    /// Whether the signed-in user may enter an area; for the menu.
    pub fn may(&self, area: Area) -> bool {
        self.staff
            .as_ref()
            .is_some_and(|staff| area.admits(&staff.roles))
    }

    /// For templates, which cannot name areas.
    pub fn may_enter(&self, area: &str) -> bool {
        Area::ALL
            .into_iter()
            .any(|known| format!("{known:?}") == area && self.may(known))
    }

    fn of(parts: &Parts) -> Self {
        let lang = parts.extensions.get::<Lang>().copied().unwrap_or_default();
        let mut page = Self::bare(lang);
        if let Some(OriginalUri(uri)) = parts.extensions.get::<OriginalUri>() {
            let rest = uri.path().get(3..).unwrap_or("/");
            page.switch = format!("/{}{rest}", lang.other());
        }
        page.csrf = parts
            .extensions
            .get::<Csrf>()
            .map(|csrf| csrf.0.clone())
            .unwrap_or_default();
        page.staff = parts.extensions.get::<Staff>().map(|staff| staff.0.clone());
        page
    }
}

impl FromRequestParts<Gateway> for Page {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _gateway: &Gateway) -> Result<Self, WebError> {
        Ok(Self::of(parts))
    }
}

impl FromRequestParts<Gateway> for Visit {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, WebError> {
        let mut page = Page::of(parts);
        let host = parts
            .headers
            .get(header::HOST)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let network = gateway.network_of(host).await?.ok_or(WebError::SetUp)?;
        page.network.clone_from(&network.name);
        Ok(Self { page, network })
    }
}
