//! Editing an order form without script: every button is one request, the draft goes with the pages, and nothing is stored
//! until it is saved.

use api::orders::FormFieldType;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use kernel::Violation;

use super::contracts::today;
use super::form_field::{self, Choice, KINDS};
use super::order_forms::{self as list, FormQuery, Row};
use crate::app::order_forms::{self, PutError};
use crate::app::session::SignedIn;
use crate::domain::form_draft::Draft;
use crate::http::fields::{CheckedFields, Fields};
use crate::http::guard::Staff;
use crate::i18n::{Lang, Texts, fill};
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::pages::public::checkout::provider_prefix;
use crate::pages::public::question::{NETWORK, Questions, words};
use crate::state::Gateway;

#[derive(Template)]
#[template(path = "staff/form_edit.html")]
struct EditPage {
    page: Page,
    title: String,
    provider: String,
    based_on: String,
    draft: String,
    rows: Vec<Row>,
    kinds: Vec<Choice>,
    /// Something was done since the form was opened.
    touched: bool,
    /// Why it was not saved.
    refused: &'static str,
    changed_meanwhile: bool,
    /// The button that was pressed, where the question is now.
    focus: (usize, &'static str),
}

#[derive(Template)]
#[template(path = "staff/form_field.html")]
struct FieldPage {
    page: Page,
    title: String,
    draft: String,
    index: usize,
    kind: i32,
    kind_name: &'static str,
    is: FormFieldType,
    others: Vec<Choice>,
    patterns: Vec<Choice>,
    form: Form,
}

#[derive(Template)]
#[template(path = "staff/form_preview.html")]
struct PreviewPage {
    page: Page,
    title: String,
    draft: String,
    questions: Questions,
    nothing: Form,
    /// In the language of the customer.
    shown: Page,
}

/// What a button of the editor asks.
#[derive(Debug, PartialEq, Eq)]
enum Action {
    Up(usize),
    Down(usize),
    Remove(usize),
    Change(usize),
    Add,
    Apply(usize),
    Preview(Lang),
    Back,
    Save,
}

/// How the editor is shown.
#[derive(Default)]
struct Shown {
    touched: bool,
    refused: &'static str,
    changed_meanwhile: bool,
    wrong: Vec<Violation>,
    focus: Option<(usize, &'static str)>,
}

impl Action {
    fn parse(text: &str) -> Option<Self> {
        let (word, value) = text.split_once(':').unwrap_or((text, ""));
        let index = || value.parse().ok();
        Some(match word {
            "up" => Self::Up(index()?),
            "down" => Self::Down(index()?),
            "remove" => Self::Remove(index()?),
            "change" => Self::Change(index()?),
            "add" => Self::Add,
            "apply" => Self::Apply(index()?),
            "preview" => Self::Preview(Lang::parse(value)?),
            "back" => Self::Back,
            "save" => Self::Save,
            _ => return None,
        })
    }
}

/// `GET /{lang}/staff/order-forms/edit`: the current version.
pub async fn open(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<FormQuery>,
) -> Result<Response, WebError> {
    let form = order_forms::get(&gateway.services, &staff, &query.provider, 0).await?;
    editor(page, &Draft::of(form), Shown::default())
}

/// `POST /{lang}/staff/order-forms/edit`: one button.
pub async fn act(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let draft = Draft::decode(form_field::raw(&fields, "draft"));
    let mut draft = draft.map_err(|_| WebError::BadRequest)?;
    let action = Action::parse(&fields.text("action")).ok_or(WebError::BadRequest)?;
    let mut shown = Shown {
        touched: true,
        ..Shown::default()
    };
    match action {
        Action::Up(index) => {
            draft.up(index);
            shown.focus = Some((index.saturating_sub(1), "up"));
        }
        Action::Down(index) => {
            draft.down(index);
            shown.focus = Some((index.saturating_add(1), "down"));
        }
        Action::Remove(index) => draft.remove(index),
        Action::Back => {}
        Action::Change(index) => {
            let field = draft.field(index).ok_or(WebError::BadRequest)?;
            let (kind, form) = (field.r#type(), form_field::shown(field));
            return question(page, &draft, index, kind, form);
        }
        Action::Add => {
            let index = draft.form().fields.len();
            let mut form = Form::default();
            form.set("need", "no");
            return question(page, &draft, index, kind_of(&fields)?, form);
        }
        Action::Apply(index) => {
            return apply(&gateway, &staff, page, draft, index, &fields).await;
        }
        Action::Preview(lang) => return preview(&gateway, page, &draft, lang),
        Action::Save => return save(&gateway, &staff, page, &draft).await,
    }
    editor(page, &draft, shown)
}

/// Takes a question into the draft, if nothing is wrong with it.
async fn apply(
    gateway: &Gateway,
    staff: &SignedIn,
    page: Page,
    draft: Draft,
    index: usize,
    fields: &Fields,
) -> Result<Response, WebError> {
    let kind = kind_of(fields)?;
    let mut form = form_field::typed(fields);
    let Some(field) = form_field::read(kind, fields, &mut form, page.t) else {
        return question(page, &draft, index, kind, form);
    };
    let mut changed = draft.clone();
    changed
        .put(index, field)
        .map_err(|_| WebError::BadRequest)?;
    match order_forms::check(&gateway.services, staff, &changed).await {
        Ok(()) | Err(PutError::Meanwhile) => {}
        Err(PutError::Wrong(wrong)) => refuse(&mut form, index, &wrong, page.t),
        Err(PutError::Service(failure)) => return Err(failure.into()),
    }
    if !form.is_right() {
        return question(page, &draft, index, kind, form);
    }
    let shown = Shown {
        touched: true,
        focus: Some((index, "change")),
        ..Shown::default()
    };
    editor(page, &changed, shown)
}

/// Puts what is wrong with this question at its inputs. What is wrong with others is said when the form is saved.
fn refuse(form: &mut Form, index: usize, wrong: &[Violation], t: &Texts) {
    for violation in wrong {
        match form_field::place_of(&violation.field) {
            Some((place, member)) if place == index => {
                let input = form_field::input_of(member);
                form.refuse(input, form_field::rule_of(input, t));
            }
            Some(_) => {}
            None => form.refuse("key", t.forms.too_many),
        }
    }
}

async fn save(
    gateway: &Gateway,
    staff: &SignedIn,
    page: Page,
    draft: &Draft,
) -> Result<Response, WebError> {
    let mut shown = Shown {
        touched: true,
        ..Shown::default()
    };
    match order_forms::save(&gateway.services, staff, draft).await {
        Ok(()) => {
            let target = format!("/{}/staff/order-forms?saved=true", page.lang);
            return Ok(Redirect::to(&target).into_response());
        }
        Err(PutError::Meanwhile) => shown.changed_meanwhile = true,
        Err(PutError::Wrong(wrong)) => {
            let of_form = wrong.iter().any(|one| one.field == "fields");
            let words = &page.t.forms;
            shown.refused = if of_form { words.too_many } else { words.wrong };
            shown.wrong = wrong;
        }
        Err(PutError::Service(failure)) => return Err(failure.into()),
    }
    editor(page, draft, shown)
}

fn editor(page: Page, draft: &Draft, shown: Shown) -> Result<Response, WebError> {
    let (form, t) = (draft.form(), page.t);
    let mut rows = list::rows(form, &page);
    for violation in &shown.wrong {
        let place = form_field::place_of(&violation.field);
        let row = place.and_then(|(index, member)| Some((rows.get_mut(index)?, member)));
        if let Some((row, member)) = row {
            let rule = form_field::rule_of(form_field::input_of(member), t);
            if !row.wrong.contains(&rule) {
                row.wrong.push(rule);
            }
        }
    }
    let status = if shown.changed_meanwhile {
        StatusCode::CONFLICT
    } else if shown.refused.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let html = EditPage {
        title: list::title(&form.provider_id, t),
        provider: form.provider_id.clone(),
        based_on: if form.version == 0 {
            t.forms.version_none.to_owned()
        } else {
            fill(t.forms.based_on, form.version)
        },
        draft: draft.encode(),
        rows,
        kinds: kinds(t),
        touched: shown.touched,
        refused: shown.refused,
        changed_meanwhile: shown.changed_meanwhile,
        focus: shown.focus.unwrap_or((usize::MAX, "")),
        page,
    };
    Ok((status, Html(html.render()?)).into_response())
}

fn question(
    page: Page,
    draft: &Draft,
    index: usize,
    kind: FormFieldType,
    form: Form,
) -> Result<Response, WebError> {
    let status = form.status();
    let fields = draft.form().fields.iter().enumerate();
    let others = fields.filter(|(place, _)| *place != index);
    let others = others.map(|(_, other)| Choice {
        value: other.key.clone(),
        name: words(other.label.as_ref(), page.lang),
        chosen: form.is("if_key", &other.key),
    });
    let html = FieldPage {
        title: list::title(&draft.form().provider_id, page.t),
        draft: draft.encode(),
        index,
        kind: kind.into(),
        kind_name: form_field::kind_words(kind, page.t),
        is: kind,
        others: others.collect(),
        patterns: form_field::patterns(form.value("pattern"), page.t),
        form,
        page,
    };
    Ok((status, Html(html.render()?)).into_response())
}

fn preview(gateway: &Gateway, page: Page, draft: &Draft, lang: Lang) -> Result<Response, WebError> {
    let form = draft.form();
    // Named as on the page of an order of one offering.
    let prefix = match form.provider_id.as_str() {
        "" => NETWORK.to_owned(),
        _ => provider_prefix(0),
    };
    let forms = std::slice::from_ref(form);
    let html = PreviewPage {
        title: list::title(&form.provider_id, page.t),
        draft: draft.encode(),
        questions: Questions::of(forms, &form.provider_id, &prefix, (lang, today(gateway))),
        nothing: Form::default(),
        shown: Page::bare(lang),
        page,
    };
    Ok(Html(html.render()?).into_response())
}

/// The type that was chosen, or that the question has.
fn kind_of(fields: &Fields) -> Result<FormFieldType, WebError> {
    let number = fields.text("kind").parse::<i32>().ok();
    let kind = number.and_then(|number| FormFieldType::try_from(number).ok());
    kind.filter(|kind| KINDS.contains(kind))
        .ok_or(WebError::BadRequest)
}

fn kinds(t: &Texts) -> Vec<Choice> {
    let choice = |kind: FormFieldType| Choice {
        value: i32::from(kind).to_string(),
        name: form_field::kind_words(kind, t).to_owned(),
        chosen: kind == FormFieldType::Text,
    };
    KINDS.into_iter().map(choice).collect()
}
