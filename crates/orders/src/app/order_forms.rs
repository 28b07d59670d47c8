//! What networks and providers ask in orders: putting a version, reading versions, checking what a customer answers.

use kernel::NetworkCode;
use sea_orm::ConnectionTrait;
use service_kit::caller::Caller;

use super::Orders;
use super::error::OrdersError;
use super::paging::cut;
use crate::domain::form::answer::{self, Answer};
use crate::domain::form::check::{self, FieldInput};
use crate::domain::form::{Form, FormOwner, OrderForms};
use crate::domain::request::OrderRequest;
use crate::store::order_form::{self, StoredForm};
use crate::store::{offering, provider};

/// Versions on one page.
pub const VERSIONS_MAX: u64 = 20;

/// A page of versions, the newest first.
#[derive(Clone, Debug)]
pub struct FormPage {
    /// The versions.
    pub forms: Vec<StoredForm>,
    /// The next page is below this version; none: this was the last one.
    pub next_below: Option<u32>,
}

impl Orders {
    /// Puts the version after `expected`. Orders that have been placed keep theirs.
    ///
    /// # Errors
    /// Wrong fields, all of them; a provider that is not there; [`OrdersError::FormVersionChanged`].
    pub async fn put_order_form(
        &self,
        network: &NetworkCode,
        owner: &FormOwner,
        caller: &Caller,
        expected: u32,
        inputs: &[FieldInput],
    ) -> Result<StoredForm, OrdersError> {
        let fields = check::fields(inputs).map_err(OrdersError::Invalid)?;
        let version = expected.checked_add(1);
        let version = version.ok_or(OrdersError::FormVersionChanged)?;
        let stored = StoredForm {
            provider_id: owner.provider_id().to_owned(),
            form: Form { version, fields },
            put_at: self.clock.now(),
            put_by: format!("{}:{}", caller.kind.as_str(), caller.id),
        };
        let work = self.outbox.begin().await?;
        check_owner(work.tx(), network, owner).await?;
        let id = kernel::new_id(self.clock.as_ref());
        if !order_form::put(work.tx(), network, &stored, id, expected).await? {
            work.rollback().await?;
            return Err(OrdersError::FormVersionChanged);
        }
        work.commit().await?;
        Ok(stored)
    }

    /// Says what is wrong with fields that somebody is still writing; puts nothing.
    ///
    /// # Errors
    /// Wrong fields, all of them; a provider that is not there.
    pub async fn check_order_form(
        &self,
        network: &NetworkCode,
        owner: &FormOwner,
        inputs: &[FieldInput],
    ) -> Result<(), OrdersError> {
        check::fields(inputs).map_err(OrdersError::Invalid)?;
        check_owner(&self.outbox.database().reader(), network, owner).await
    }

    /// One version of a form; the current one when none is named, version 0 when nobody has put one.
    ///
    /// # Errors
    /// A version that there is not.
    pub async fn get_order_form(
        &self,
        network: &NetworkCode,
        owner: &FormOwner,
        version: Option<u32>,
    ) -> Result<Option<StoredForm>, OrdersError> {
        let reader = self.outbox.database().reader();
        let found = order_form::find(&reader, network, owner.provider_id(), version).await?;
        match (found, version) {
            (None, Some(_)) => Err(OrdersError::FormNotFound),
            (found, _) => Ok(found),
        }
    }

    /// The versions of a form below one, the newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn list_order_forms(
        &self,
        network: &NetworkCode,
        owner: &FormOwner,
        below: Option<u32>,
        size: u64,
    ) -> Result<FormPage, OrdersError> {
        let size = if size == 0 {
            VERSIONS_MAX
        } else {
            size.min(VERSIONS_MAX)
        };
        let reader = self.outbox.database().reader();
        let owner = owner.provider_id();
        let forms = order_form::page(&reader, network, owner, below, size + 1).await?;
        let (forms, more) = cut(forms, size);
        let last = forms.last().map(|stored| stored.form.version);
        Ok(FormPage {
            forms,
            next_below: last.filter(|_| more),
        })
    }

    /// The answers of a request to the forms of today.
    pub(super) fn answers_of(
        &self,
        request: &OrderRequest,
        forms: &OrderForms,
    ) -> Result<Vec<Answer>, OrdersError> {
        let shown = (request.network_form_version, request.provider_form_version);
        if shown != (forms.network.version, forms.provider.version) {
            return Err(OrdersError::FormOutdated);
        }
        answer::check(forms, &request.answers, self.today()).map_err(OrdersError::Invalid)
    }

    /// A request is refused for other fields: says in the same breath what is wrong with its answers, where that can be told.
    pub(super) async fn with_wrong_answers(
        &self,
        network: &NetworkCode,
        input: &crate::domain::request::OrderInput,
        mut wrong: Vec<kernel::Violation>,
    ) -> Result<Vec<kernel::Violation>, OrdersError> {
        let Ok(id) = crate::domain::OfferingId::parse(&input.offering_id) else {
            return Ok(wrong);
        };
        let reader = self.outbox.database().reader();
        let Some(offering) = offering::find(&reader, network, id).await? else {
            return Ok(wrong);
        };
        let forms = order_form::current(&reader, network, &offering.provider).await?;
        let shown = (input.network_form_version, input.provider_form_version);
        if shown == (forms.network.version, forms.provider.version) {
            let answers = answer::normalised(&input.answers);
            wrong.extend(
                answer::check(&forms, &answers, self.today())
                    .err()
                    .into_iter()
                    .flatten(),
            );
        }
        Ok(wrong)
    }
}

/// That the provider whose form it is has been entered.
async fn check_owner(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    owner: &FormOwner,
) -> Result<(), OrdersError> {
    if let FormOwner::Provider(id) = owner {
        let known = provider::find(db, network, id).await?;
        known.ok_or(OrdersError::ProviderNotFound)?;
    }
    Ok(())
}
