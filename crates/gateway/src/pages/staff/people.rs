//! The people at an access: shown when a purpose is stated, which goes into the access log. Not a GET: nobody is shown again
//! by going back.

use api::registry::GetAccessRequest;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use service_kit::error as kit;

use crate::domain::area::Area;
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::services::{Part, call};
use crate::state::Gateway;

/// Names, as far as they are known.
#[derive(Default)]
pub(super) struct Names {
    pub(super) resident: String,
    pub(super) owner: String,
}

impl Names {
    fn nobody(&self) -> bool {
        self.resident.is_empty() && self.owner.is_empty()
    }
}

#[derive(Template)]
#[template(path = "staff/people.html")]
pub(super) struct PeoplePage {
    page: Page,
    id: String,
    form: Form,
    /// Nothing before a purpose is stated.
    names: Option<Names>,
    protected: bool,
    may_ask: bool,
}

impl PeoplePage {
    /// The people, read.
    pub(super) fn read(page: Page, id: String, names: Names) -> Self {
        Self {
            names: Some(names),
            ..Self::asking(page, id, Form::default())
        }
    }

    fn asking(page: Page, id: String, form: Form) -> Self {
        Self {
            may_ask: page.may(Area::ProtectedDecide),
            page,
            id,
            form,
            names: None,
            protected: false,
        }
    }

    pub(super) fn answer(self) -> Result<Response, WebError> {
        let status = self.form.status();
        Ok((status, Html(self.render()?)).into_response())
    }
}

/// `GET /{lang}/staff/accesses/{id}/people`.
pub async fn form(page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    PeoplePage::asking(page, id, Form::default()).answer()
}

/// `POST /{lang}/staff/accesses/{id}/people`.
pub async fn show(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let mut form = Form::with(fields.texts(&["purpose"]));
    let request = GetAccessRequest {
        network: staff.network.to_string(),
        access_id: id.clone(),
        purpose: form.value("purpose").to_owned(),
    };
    let mut registry = gateway.services.registry(&staff.caller());
    let access = match registry.get_access(call(request)).await {
        Ok(answer) => answer.into_inner().access.ok_or(WebError::NotFound)?,
        Err(status) if !kit::violations_of(&status).is_empty() => {
            form.refuse("purpose", page.t.people.error_purpose);
            return PeoplePage::asking(page, id, form).answer();
        }
        Err(status) => return Err(Part::Registry.failed()(status).into()),
    };
    let names = Names {
        resident: access.resident_name,
        owner: access.property_owner,
    };
    let shown = PeoplePage::read(page, id, names);
    PeoplePage {
        protected: access.resident_protected,
        ..shown
    }
    .answer()
}
