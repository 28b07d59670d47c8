//! Technical orders and subscriptions as their provider reads them: what is sealed opened, and the reading logged.

use messaging::Work;
use privacy::{AccessEntry, OpenItem, SubjectId};
use service_kit::caller::Caller;
use uuid::Uuid;

use super::sealing::of_json;
use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::technical::request::{Characteristics, Equipment};
use crate::store::{subscription, technical_order};

/// Why a provider reads what it has ordered itself, as the access log says.
const PURPOSE: &str = "technical order";

/// A technical order, opened as far as it can be. `Debug` says nothing of it.
#[derive(Clone)]
pub struct OpenedOrder {
    /// As it is stored.
    pub row: technical_order::Model,
    /// For people.
    pub external_note: Option<String>,
    /// What the service is to be like.
    pub characteristics: Option<Characteristics>,
    /// Devices.
    pub equipment: Vec<Equipment>,
    /// Why it failed.
    pub message: Option<String>,
}

/// A subscription, opened as far as it can be.
#[derive(Clone)]
pub struct OpenedSubscription {
    /// As it is stored.
    pub row: subscription::Model,
    /// What the service is like.
    pub characteristics: Option<Characteristics>,
    /// Devices.
    pub equipment: Vec<Equipment>,
}

impl std::fmt::Debug for OpenedOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("OpenedOrder").field(&self.row).finish()
    }
}

impl std::fmt::Debug for OpenedSubscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("OpenedSubscription")
            .field(&self.row)
            .finish()
    }
}

/// A sealed column of a row.
struct Column<'a> {
    subject: Option<Uuid>,
    place: (&'static str, &'static str, Uuid),
    sealed: Option<&'a [u8]>,
}

impl<'a> Column<'a> {
    /// What there is to open; nothing where nothing is sealed.
    fn item(&self) -> Option<OpenItem<'a>> {
        let (table, column, row_id) = self.place;
        Some(OpenItem {
            subject: SubjectId::from_uuid(self.subject?),
            table,
            column,
            row_id,
            sealed: self.sealed?,
        })
    }
}

impl Orders {
    /// Opens orders for whoever has just written them: nothing is logged.
    pub(super) async fn open_orders(
        &self,
        rows: Vec<technical_order::Model>,
    ) -> Result<Vec<OpenedOrder>, OrdersError> {
        let columns = rows.iter().flat_map(|row| {
            let column =
                |name, sealed: &'static dyn Fn(&technical_order::Model) -> &Option<Vec<u8>>| {
                    Column {
                        subject: row.subject_id,
                        place: (technical_order::TABLE, name, row.id),
                        sealed: sealed(row).as_deref(),
                    }
                };
            [
                column("external_note", &|row| &row.external_note),
                column("characteristics", &|row| &row.characteristics),
                column("equipment", &|row| &row.equipment),
                column("message", &|row| &row.message),
            ]
        });
        let mut texts = self.open_columns(columns.collect()).await?.into_iter();
        let mut next = || texts.next().flatten();
        let opened = rows.into_iter().map(|row| OpenedOrder {
            external_note: next(),
            characteristics: of_json(next().as_deref()),
            equipment: of_json(next().as_deref()).unwrap_or_default(),
            message: next(),
            row,
        });
        Ok(opened.collect())
    }

    /// Opens nothing but why orders failed, which the network wrote to the provider and which names nobody.
    pub(super) async fn open_messages_of(
        &self,
        rows: Vec<technical_order::Model>,
    ) -> Result<Vec<OpenedOrder>, OrdersError> {
        let columns = rows.iter().map(|row| Column {
            subject: row.subject_id,
            place: (technical_order::TABLE, "message", row.id),
            sealed: row.message.as_deref(),
        });
        let texts = self.open_columns(columns.collect()).await?;
        let opened = rows
            .into_iter()
            .zip(texts)
            .map(|(row, message)| OpenedOrder {
                external_note: None,
                characteristics: None,
                equipment: Vec::new(),
                message,
                row,
            });
        Ok(opened.collect())
    }

    /// Opens subscriptions.
    pub(super) async fn open_subscriptions(
        &self,
        rows: Vec<subscription::Model>,
    ) -> Result<Vec<OpenedSubscription>, OrdersError> {
        let columns = rows.iter().flat_map(|row| {
            let place = |name| (subscription::TABLE, name, row.id);
            [
                Column {
                    subject: row.subject_id,
                    place: place("characteristics"),
                    sealed: row.characteristics.as_deref(),
                },
                Column {
                    subject: row.subject_id,
                    place: place("equipment"),
                    sealed: row.equipment.as_deref(),
                },
            ]
        });
        let mut texts = self.open_columns(columns.collect()).await?.into_iter();
        let mut next = || texts.next().flatten();
        let opened = rows.into_iter().map(|row| OpenedSubscription {
            characteristics: of_json(next().as_deref()),
            equipment: of_json(next().as_deref()).unwrap_or_default(),
            row,
        });
        Ok(opened.collect())
    }

    /// Opens columns with one visit to the key store, in their order. What is empty, or nobody's to read, is none.
    async fn open_columns(
        &self,
        columns: Vec<Column<'_>>,
    ) -> Result<Vec<Option<String>>, OrdersError> {
        let items: Vec<_> = columns.iter().map(Column::item).collect();
        let filled: Vec<_> = items.iter().flatten().copied().collect();
        if filled.is_empty() {
            return Ok(vec![None; columns.len()]);
        }
        let mut opened = self.privacy.open_many(&filled).await?.into_iter();
        let text =
            |item: &Option<OpenItem<'_>>| item.as_ref().and_then(|_| opened.next().flatten());
        Ok(items.iter().map(text).collect())
    }

    /// That a provider reads what is sealed in its orders. What had nothing to open tells nobody's data.
    pub(super) async fn log_orders(
        &self,
        work: &Work,
        desk: &Desk,
        caller: &Caller,
        orders: &[OpenedOrder],
    ) -> Result<(), OrdersError> {
        for order in orders {
            let mut fields = Vec::new();
            fields.extend(order.external_note.is_some().then_some("external_note"));
            fields.extend(order.characteristics.is_some().then_some("characteristics"));
            fields.extend((!order.equipment.is_empty()).then_some("equipment"));
            let record = format!("technical_order:{}", order.row.id);
            self.log_sealed(work, desk, caller, (order.row.subject_id, record), &fields)
                .await?;
        }
        Ok(())
    }

    /// The same of subscriptions.
    pub(super) async fn log_subscriptions(
        &self,
        work: &Work,
        desk: &Desk,
        caller: &Caller,
        subscriptions: &[OpenedSubscription],
    ) -> Result<(), OrdersError> {
        for one in subscriptions {
            let mut fields = Vec::new();
            fields.extend(one.characteristics.is_some().then_some("characteristics"));
            fields.extend((!one.equipment.is_empty()).then_some("equipment"));
            let record = format!("subscription:{}", one.row.id);
            self.log_sealed(work, desk, caller, (one.row.subject_id, record), &fields)
                .await?;
        }
        Ok(())
    }

    async fn log_sealed(
        &self,
        work: &Work,
        desk: &Desk,
        caller: &Caller,
        (subject, record): (Option<Uuid>, String),
        fields: &[&str],
    ) -> Result<(), OrdersError> {
        let (Some(subject), false) = (subject, fields.is_empty()) else {
            return Ok(());
        };
        let entry = AccessEntry {
            network: desk.network.clone(),
            caller,
            purpose: PURPOSE.to_owned(),
            subject: SubjectId::from_uuid(subject),
            record,
            fields,
        };
        Ok(self.privacy.log_access(work.tx(), entry).await?)
    }
}
