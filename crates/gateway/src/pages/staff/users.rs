//! Users of the network: who they are, new ones, their invitations.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use uuid::Uuid;

use crate::app::error::AppError;
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::Texts;
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::pages::view;
use crate::state::Gateway;
use crate::users::{self, FirstSignIn, NewUser, Role};

struct Row {
    id: Uuid,
    name: String,
    email: String,
    roles: String,
    state: &'static str,
    may_disable: bool,
}

struct Choice {
    value: &'static str,
    name: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "staff/users.html")]
struct UsersPage {
    page: Page,
    users: Vec<Row>,
    form: Form,
    roles: Vec<Choice>,
    invitation: String,
    notice: &'static str,
}

/// What is shown besides the list.
#[derive(Default)]
struct Shown {
    form: Form,
    chosen: Vec<Role>,
    invitation: Option<String>,
    notice: &'static str,
}

/// `GET /{lang}/staff/users`.
pub async fn page(
    State(gateway): State<Gateway>,
    staff: Staff,
    page: Page,
) -> Result<Response, WebError> {
    show(&gateway, &staff, page, StatusCode::OK, Shown::default()).await
}

/// `POST /{lang}/staff/users`: the answer shows the invitation, once.
pub async fn create(
    State(gateway): State<Gateway>,
    staff: Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let roles: Vec<_> = fields
        .all("roles")
        .iter()
        .filter_map(|name| Role::parse(name))
        .collect();
    let new = NewUser {
        network: staff.0.network.clone(),
        name: fields.text("name"),
        email: fields.text("email"),
        roles: roles.clone(),
    };
    let mut form = Form::with(fields.texts(&["name", "email"]));
    match users::create(
        &gateway.directory,
        &new,
        FirstSignIn::Invitation,
        Some(&staff.0),
    )
    .await
    {
        Ok(created) => {
            let shown = Shown {
                invitation: created.invitation,
                ..Shown::default()
            };
            return show(&gateway, &staff, page, StatusCode::CREATED, shown).await;
        }
        Err(AppError::Invalid(violations)) => form.refuse_all(page.t, &violations),
        Err(AppError::Conflict("EMAIL_TAKEN")) => {
            form.refuse("email", page.t.common.error_email_taken);
        }
        Err(error) => return Err(error.into()),
    }
    let shown = Shown {
        form,
        chosen: roles,
        ..Shown::default()
    };
    show(
        &gateway,
        &staff,
        page,
        StatusCode::UNPROCESSABLE_ENTITY,
        shown,
    )
    .await
}

/// `POST /{lang}/staff/users/{id}/reset`.
pub async fn reset(
    State(gateway): State<Gateway>,
    staff: Staff,
    page: Page,
    Path(id): Path<Uuid>,
    CheckedFields(_): CheckedFields,
) -> Result<Response, WebError> {
    let reset = users::reset(&gateway.directory, &staff.0.network, id, Some(&staff.0)).await?;
    let shown = Shown {
        invitation: reset.invitation,
        ..Shown::default()
    };
    show(&gateway, &staff, page, StatusCode::OK, shown).await
}

/// `POST /{lang}/staff/users/{id}/disable`.
pub async fn disable(
    State(gateway): State<Gateway>,
    staff: Staff,
    page: Page,
    Path(id): Path<Uuid>,
    CheckedFields(_): CheckedFields,
) -> Result<Response, WebError> {
    match users::disable(&gateway.directory, &staff.0.network, id, Some(&staff.0)).await {
        Ok(()) => Ok(Redirect::to(&format!("/{}/staff/users", page.lang)).into_response()),
        Err(AppError::Conflict("OWN_ACCOUNT")) => {
            let shown = Shown {
                notice: page.t.staff.user_self,
                ..Shown::default()
            };
            show(&gateway, &staff, page, StatusCode::CONFLICT, shown).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn show(
    gateway: &Gateway,
    Staff(staff): &Staff,
    page: Page,
    status: StatusCode,
    shown: Shown,
) -> Result<Response, WebError> {
    let (t, lang) = (page.t, page.lang);
    let users = users::list(&gateway.directory, &staff.network, Some(staff)).await?;
    let users = users.into_iter().map(|user| Row {
        id: user.id,
        name: user.name,
        email: user.email,
        roles: user
            .roles
            .iter()
            .map(|role| view::role(*role, t))
            .collect::<Vec<_>>()
            .join(", "),
        state: state(&user.state, t),
        may_disable: user.id != staff.user && user.state != "disabled",
    });
    let choice = |role: Role| Choice {
        value: role.name(),
        name: view::role(role, t),
        chosen: shown.chosen.contains(&role),
    };
    let base = gateway.settings.public_url.trim_end_matches('/');
    let link = |token| format!("{base}/{lang}/staff/invitation/{token}");
    let html = UsersPage {
        users: users.collect(),
        roles: Role::ALL.map(choice).into(),
        invitation: shown.invitation.map(link).unwrap_or_default(),
        form: shown.form,
        notice: shown.notice,
        page,
    };
    Ok((status, Html(html.render()?)).into_response())
}

fn state(stored: &str, t: &Texts) -> &'static str {
    match stored {
        "active" => t.staff.user_active,
        "disabled" => t.staff.user_disabled,
        _ => t.staff.user_invited,
    }
}
