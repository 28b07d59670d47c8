//! Moving a technical order. What cannot be undone is asked first; what somebody else has changed meanwhile is not moved.

use api::orders::TechnicalOrderState;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::technical_orders::{self, Row};
use crate::app::technical::{self, MoveError, WantedMove};
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::state::Gateway;

#[derive(Template)]
#[template(path = "staff/technical_move.html")]
struct MovePage {
    page: Page,
    o: Row,
    /// The last part of the path.
    to: &'static str,
    failed: bool,
    /// That the question was asked about; what is answered later is about it still.
    version: i64,
    form: Form,
}

/// Where staff can move an order, as the path names it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    InProgress,
    Done,
    Failed,
}

impl To {
    fn parse(word: &str) -> Result<Self, WebError> {
        [Self::InProgress, Self::Done, Self::Failed]
            .into_iter()
            .find(|to| to.word() == word)
            .ok_or(WebError::NotFound)
    }

    fn word(self) -> &'static str {
        match self {
            Self::InProgress => "in-progress",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    fn state(self) -> TechnicalOrderState {
        match self {
            Self::InProgress => TechnicalOrderState::InProgress,
            Self::Done => TechnicalOrderState::DoneSuccess,
            Self::Failed => TechnicalOrderState::DoneFailed,
        }
    }
}

/// `GET /{lang}/staff/technical-orders/{id}/move/{to}`: asks.
pub async fn ask(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path((id, to)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let to = To::parse(&to)?;
    if to == To::InProgress {
        return Err(WebError::NotFound);
    }
    let o = technical_orders::find(&gateway, &staff, &page, &id).await?;
    let version = o.version;
    show(page, o, to, version, Form::default())
}

/// `POST /{lang}/staff/technical-orders/{id}/move/{to}`: moves the order that was seen.
pub async fn go(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path((id, to)): Path<(String, String)>,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let to = To::parse(&to)?;
    let version = fields.text("version").parse::<i64>();
    let version = version.ok().filter(|version| *version > 0);
    let version = version.ok_or(WebError::BadRequest)?;
    let message = fields.text("message");
    let wanted = WantedMove {
        id: id.clone(),
        version,
        to: to.state(),
        message: message.clone(),
    };
    let words = &page.t.technical;
    let refused = match technical::move_to(&gateway.services, &staff, wanted).await {
        Ok(()) => {
            let target = format!("/{}/staff/technical-orders/{id}?moved=true", page.lang);
            return Ok(Redirect::to(&target).into_response());
        }
        Err(MoveError::Message) => {
            let o = technical_orders::find(&gateway, &staff, &page, &id).await?;
            let mut form = Form::default();
            form.set("message", &message);
            form.refuse("message", words.error_message);
            return show(page, o, to, version, form);
        }
        Err(MoveError::Service(failure)) => return Err(failure.into()),
        Err(MoveError::Meanwhile) => words.moved_meanwhile,
        Err(MoveError::Impossible) => words.impossible,
    };
    technical_orders::refused(&gateway, &staff, page, &id, refused).await
}

fn show(page: Page, o: Row, to: To, version: i64, form: Form) -> Result<Response, WebError> {
    let status = form.status();
    let html = MovePage {
        page,
        o,
        to: to.word(),
        failed: to == To::Failed,
        version,
        form,
    };
    Ok((status, Html(html.render()?)).into_response())
}
