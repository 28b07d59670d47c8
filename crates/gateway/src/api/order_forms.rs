//! Order forms: what a network asks in every order, and a provider in the orders of its offerings.

use api::orders::{
    FormChoice, FormCondition, FormField, FormFieldType, GetOrderFormRequest,
    ListOrderFormsRequest, OrderForm as PbForm, PutOrderFormRequest,
};
use axum::Json;
use axum::extract::{Query, State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bearer::{Allowed, Providers as ProvidersGate, ProvidersChange};
use super::convert::{Paging, time, word};
use super::problem::Problem;
use crate::services::{Part, call};
use crate::state::Gateway;

/// A text in both languages.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct LocalText {
    sv: String,
    en: String,
}

/// One of the answers of a choice.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Stable: "own_router".
    value: String,
    label: LocalText,
}

/// Another field of the form whose answer makes this one required.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    key: String,
    /// A choice, "yes" or "no"; empty: any answer.
    #[serde(default)]
    value: String,
}

/// One thing that is asked. What does not belong to its type is left out.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Field {
    /// Stable within the form: "door_code".
    key: String,
    /// "TEXT", "CHOICE", "NUMBER", "DATE", "YES_NO".
    #[serde(rename = "type")]
    kind: String,
    label: LocalText,
    #[serde(default)]
    help: LocalText,
    #[serde(default)]
    required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    required_if: Option<Condition>,
    #[serde(default)]
    max_chars: u32,
    /// "", "digits", "email", "phone", "postal_code", "organization_number".
    #[serde(default)]
    pattern: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<i64>,
    /// Days from the day of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    earliest_days: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    latest_days: Option<i32>,
    #[serde(default)]
    choices: Vec<Choice>,
    /// Never of a text.
    #[serde(default)]
    not_personal: bool,
    /// Days after the end of the order when the answer is deleted; left out: kept with the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purge_days: Option<u32>,
}

/// What is asked in orders.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderForm {
    /// Empty: the network's, which is asked in every order.
    provider_id: String,
    /// 0: nobody has put one.
    version: u32,
    fields: Vec<Field>,
    put_at: Option<DateTime<Utc>>,
    put_by: String,
}

/// A page of versions, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderForms {
    forms: Vec<OrderForm>,
    next_page_token: String,
}

/// A form to put.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewOrderForm {
    /// Empty: the network's.
    #[serde(default)]
    provider_id: String,
    /// The version that was edited; 0 for the first.
    expected_version: u32,
    fields: Vec<Field>,
}

/// Which form.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct WhichForm {
    /// Empty: the network's.
    #[serde(default)]
    provider_id: String,
    /// 0: the current one.
    #[serde(default)]
    version: u32,
}

/// One version of a form.
#[utoipa::path(get, path = "/api/v1/order-form", tag = "providers", params(WhichForm), security(("session" = [])),
    responses((status = 200, body = OrderForm), (status = 404, body = Problem)))]
pub async fn one(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ProvidersGate>,
    Query(which): Query<WhichForm>,
) -> Result<Json<OrderForm>, Problem> {
    let request = GetOrderFormRequest {
        network: staff.network.to_string(),
        provider_id: which.provider_id,
        version: which.version,
    };
    let answer = gateway
        .services
        .orders(&staff.caller())
        .get_order_form(call(request))
        .await;
    let form = answer.map_err(Part::Orders.failed())?.into_inner().form;
    Ok(Json(form.unwrap_or_default().into()))
}

/// The versions of a form, the newest first.
#[utoipa::path(get, path = "/api/v1/order-forms", tag = "providers", params(WhichForm, Paging), security(("session" = [])),
    responses((status = 200, body = OrderForms)))]
pub async fn list(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ProvidersGate>,
    Query(which): Query<WhichForm>,
    Query(paging): Query<Paging>,
) -> Result<Json<OrderForms>, Problem> {
    let request = ListOrderFormsRequest {
        network: staff.network.to_string(),
        provider_id: which.provider_id,
        page: Some(paging.request()),
    };
    let answer = gateway
        .services
        .orders(&staff.caller())
        .list_order_forms(call(request))
        .await;
    let answer = answer.map_err(Part::Orders.failed())?.into_inner();
    Ok(Json(OrderForms {
        forms: answer.forms.into_iter().map(OrderForm::from).collect(),
        next_page_token: answer.next_page_token,
    }))
}

/// Puts the next version of a form.
#[utoipa::path(put, path = "/api/v1/order-form", tag = "providers", request_body = NewOrderForm, security(("session" = [])),
    responses((status = 200, body = OrderForm), (status = 400, body = Problem), (status = 409, body = Problem)))]
pub async fn put(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ProvidersChange>,
    Json(new): Json<NewOrderForm>,
) -> Result<Json<OrderForm>, Problem> {
    let request = PutOrderFormRequest {
        network: staff.network.to_string(),
        provider_id: new.provider_id,
        expected_version: new.expected_version,
        fields: new.fields.into_iter().map(FormField::from).collect(),
        check_only: false,
    };
    let answer = gateway
        .services
        .orders(&staff.caller())
        .put_order_form(call(request))
        .await;
    let form = answer.map_err(Part::Orders.failed())?.into_inner().form;
    Ok(Json(form.unwrap_or_default().into()))
}

impl From<PbForm> for OrderForm {
    fn from(form: PbForm) -> Self {
        Self {
            put_at: time(form.put_at.as_ref()),
            provider_id: form.provider_id,
            version: form.version,
            fields: form.fields.into_iter().map(Field::from).collect(),
            put_by: form.put_by,
        }
    }
}

impl From<FormField> for Field {
    fn from(field: FormField) -> Self {
        let choice = |choice: FormChoice| Choice {
            value: choice.value,
            label: choice.label.into(),
        };
        let condition = |other: FormCondition| Condition {
            key: other.key,
            value: other.value,
        };
        Self {
            kind: word(field.r#type().as_str_name(), "FORM_FIELD_TYPE_"),
            key: field.key,
            label: field.label.into(),
            help: field.help.into(),
            required: field.required,
            required_if: field.required_if.map(condition),
            max_chars: field.max_chars,
            pattern: field.pattern,
            min: field.min,
            max: field.max,
            earliest_days: field.earliest_days,
            latest_days: field.latest_days,
            choices: field.choices.into_iter().map(choice).collect(),
            not_personal: field.not_personal,
            purge_days: field.purge_days,
        }
    }
}

impl From<Field> for FormField {
    /// A type that there is not becomes none: the service says so at its field, with all else that is wrong.
    fn from(field: Field) -> Self {
        let choice = |choice: Choice| FormChoice {
            value: choice.value,
            label: Some(choice.label.into()),
        };
        let condition = |other: Condition| FormCondition {
            key: other.key,
            value: other.value,
        };
        let kind = FormFieldType::from_str_name(&format!("FORM_FIELD_TYPE_{}", field.kind));
        Self {
            r#type: kind.unwrap_or_default().into(),
            key: field.key,
            label: Some(field.label.into()),
            help: Some(field.help.into()),
            required: field.required,
            required_if: field.required_if.map(condition),
            max_chars: field.max_chars,
            pattern: field.pattern,
            min: field.min,
            max: field.max,
            earliest_days: field.earliest_days,
            latest_days: field.latest_days,
            choices: field.choices.into_iter().map(choice).collect(),
            not_personal: field.not_personal,
            purge_days: field.purge_days,
        }
    }
}

impl From<Option<api::orders::LocalText>> for LocalText {
    fn from(text: Option<api::orders::LocalText>) -> Self {
        let text = text.unwrap_or_default();
        Self {
            sv: text.sv,
            en: text.en,
        }
    }
}

impl From<LocalText> for api::orders::LocalText {
    fn from(text: LocalText) -> Self {
        Self {
            sv: text.sv,
            en: text.en,
        }
    }
}
