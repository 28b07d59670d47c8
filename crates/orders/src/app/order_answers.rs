//! Answers of an order: storing them sealed, showing them with the form that the order was placed with.

use messaging::Work;
use privacy::{OpenItem, PrivacyError, Seals, SubjectId};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::Orders;
use super::error::OrdersError;
use super::sale::Sale;
use crate::domain::OrderId;
use crate::domain::acceptance::Language;
use crate::domain::form::answer::Answer;
use crate::domain::form::{Field, FormOwner, OrderForms, Scope};
use crate::store::{order, order_answer, order_form, unreadable};

/// What stands where a personal answer is held that the reader does not get to see.
pub const MASK: &str = "***";

/// An answer as it is shown. `Debug` does not say it.
#[derive(Clone)]
pub struct GivenAnswer {
    /// Whose field.
    pub scope: Scope,
    /// As it was asked then.
    pub field: Field,
    /// The answer, or [`MASK`].
    pub value: String,
}

impl std::fmt::Debug for GivenAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GivenAnswer")
            .field("key", &self.field.key)
            .finish_non_exhaustive()
    }
}

impl GivenAnswer {
    /// How the access log names it: never the answer.
    pub(super) fn logged(&self) -> String {
        format!("answer:{}.{}", self.scope.as_str(), self.field.key)
    }
}

impl Orders {
    /// Stores the answers of a new order.
    pub(super) async fn store_answers(
        &self,
        work: &Work,
        seals: &Seals,
        order: OrderId,
        sale: &Sale<'_>,
    ) -> Result<(), OrdersError> {
        let network = sale.offering.network.as_str();
        let row = |answer: &Answer| {
            let id = kernel::new_id(self.clock.as_ref());
            sealed(seals, (network, id, order), answer, sale.request.language)
        };
        let rows: Result<Vec<_>, PrivacyError> = sale.answers.iter().map(row).collect();
        Ok(order_answer::insert(work.tx(), rows?).await?)
    }

    /// The answers of an order as staff see them: personal ones are held, and not opened.
    pub(super) async fn masked_answers(
        &self,
        db: &impl ConnectionTrait,
        row: &order::Model,
    ) -> Result<Vec<GivenAnswer>, OrdersError> {
        let shown = |answer: &order_answer::Model| match &answer.plain_value {
            Some(plain) => plain.clone(),
            None => MASK.to_owned(),
        };
        let answers = order_answer::of_order(db, &row.network, row.id).await?;
        let values = answers.iter().map(shown).collect();
        self.with_fields(db, row, answers, values).await
    }

    /// The answers of an order in the clear; those that do not open any more are left out.
    pub(super) async fn opened_answers(
        &self,
        db: &impl ConnectionTrait,
        row: &order::Model,
        subject: SubjectId,
    ) -> Result<Vec<GivenAnswer>, OrdersError> {
        let answers = order_answer::of_order(db, &row.network, row.id).await?;
        let items: Vec<OpenItem<'_>> = answers
            .iter()
            .map(|answer| OpenItem {
                subject,
                table: order_answer::TABLE,
                column: "value",
                row_id: answer.id,
                sealed: answer.value.as_deref().unwrap_or_default(),
            })
            .collect();
        let opened = self.privacy.open_many(&items).await?;
        let mut values = Vec::new();
        let mut kept = Vec::new();
        for (answer, opened) in answers.into_iter().zip(opened) {
            if let Some(value) = answer.plain_value.clone().or(opened) {
                values.push(value);
                kept.push(answer);
            }
        }
        self.with_fields(db, row, kept, values).await
    }

    /// Beside the fields of the forms that the order was placed with, in the order in which they were asked.
    async fn with_fields(
        &self,
        db: &impl ConnectionTrait,
        row: &order::Model,
        answers: Vec<order_answer::Model>,
        mut values: Vec<String>,
    ) -> Result<Vec<GivenAnswer>, OrdersError> {
        if answers.is_empty() {
            return Ok(Vec::new());
        }
        let forms = placed_with(db, row).await?;
        let given = forms.fields().filter_map(|(scope, field)| {
            let at = answers
                .iter()
                .position(|a| a.scope == scope.as_str() && a.field_key == field.key)?;
            Some(GivenAnswer {
                scope,
                field: field.clone(),
                value: std::mem::take(&mut values[at]),
            })
        });
        Ok(given.collect())
    }
}

/// The forms that an order was placed with.
async fn placed_with(
    db: &impl ConnectionTrait,
    row: &order::Model,
) -> Result<OrderForms, OrdersError> {
    let network = kernel::NetworkCode::parse(&row.network).map_err(unreadable("network"))?;
    let network_owner = FormOwner::Network.provider_id();
    let mut forms = OrderForms::default();
    for (version, owner, form) in [
        (row.network_form_version, network_owner, &mut forms.network),
        (
            row.provider_form_version,
            row.provider_id.as_str(),
            &mut forms.provider,
        ),
    ] {
        let version = u32::try_from(version).unwrap_or_default();
        if version > 0
            && let Some(stored) = order_form::find(db, &network, owner, Some(version)).await?
        {
            *form = stored.form;
        }
    }
    Ok(forms)
}

fn sealed(
    seals: &Seals,
    (network, id, order): (&str, Uuid, OrderId),
    answer: &Answer,
    language: Language,
) -> Result<order_answer::Model, PrivacyError> {
    let Answer {
        scope,
        field,
        value,
    } = answer;
    let seal = |column, text: &str| seals.seal(order_answer::TABLE, column, id, text).map(Some);
    Ok(order_answer::Model {
        id,
        network: network.to_owned(),
        subject_id: Some(seals.subject().as_uuid()),
        order_id: order.as_uuid(),
        scope: scope.as_str().to_owned(),
        field_key: field.key.clone(),
        purge_days: field.purge_days.and_then(|days| i32::try_from(days).ok()),
        purge_at: None,
        question: seal("question", field.label.text(language))?,
        answer: seal("answer", field.words(value).text(language))?,
        value: if field.personal {
            seal("value", value)?
        } else {
            None
        },
        plain_value: (!field.personal).then(|| value.clone()),
    })
}
