//! What a provider's system sells becomes the provider's offerings: what is new or other is put, what is gone ends.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use messaging::Work;
use serde::{Deserialize, Serialize};

use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::OfferingId;
use crate::domain::catalogue::provider::ProviderInput;
use crate::domain::catalogue::{Offering, Provider};
use crate::domain::provider_system::products::{Offered, Products, ProviderFacts, Wanted, Wrong};
use crate::store::offering::{self, Keyed};
use crate::store::provider;

/// Findings that are kept.
const FINDINGS_MAX: usize = 200;
/// Why nothing is taken of an answer of which nothing is right: everything that is sold would end.
pub(super) const NOTHING_VALID: &str = "nothing_valid";

/// What came of an answer, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PullReport {
    /// Offerings that were there, and were right.
    pub taken: u32,
    /// Those that have ended.
    pub ended: u32,
    /// Those that were refused.
    pub refused: u32,
    /// What was wrong, at most [`FINDINGS_MAX`].
    pub findings: Vec<Finding>,
}

/// Something that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// ON-API's `productId`, or empty.
    pub product_id: String,
    /// ON-API's `offeringId`, or empty.
    pub offering_id: String,
    /// Which member.
    pub field: String,
    /// What it should have been.
    pub rule: String,
    /// The offering was not taken; else only the member.
    pub refused: bool,
}

impl PullReport {
    fn find(&mut self, (product, offering): (&str, &str), wrong: Vec<Wrong>, refused: bool) {
        let room = FINDINGS_MAX.saturating_sub(self.findings.len());
        let finding = |wrong: Wrong| Finding {
            product_id: product.to_owned(),
            offering_id: offering.to_owned(),
            field: wrong.field,
            rule: wrong.rule,
            refused,
        };
        let findings = wrong.into_iter().take(room).map(finding);
        self.findings.extend(findings);
    }

    fn refuse(&mut self, of: &Offered, wrong: Vec<Wrong>) {
        self.refused += 1;
        self.find((&of.product_id, &of.offering_id), wrong, true);
    }
}

impl Orders {
    /// Takes a whole answer. The provider is locked already. Offerings that were entered otherwise are not touched.
    pub(super) async fn take_products(
        &self,
        work: &Work,
        desk: &Desk,
        seller: &Provider,
        products: Products,
    ) -> Result<Result<PullReport, &'static str>, OrdersError> {
        let mut report = PullReport::default();
        let rows = offering::keyed(work.tx(), &desk.network, &desk.provider).await?;
        let mut known = Known::of(rows);
        let mut puts = Vec::new();
        let (has_some, now) = (!products.offered.is_empty(), self.clock.now());
        for offered in products.offered {
            match self.judge(desk, &mut known, &offered) {
                Ok((put, left_out)) => {
                    report.taken += 1;
                    let which = (offered.product_id.as_str(), offered.offering_id.as_str());
                    report.find(which, left_out, false);
                    puts.extend(put);
                }
                Err(wrong) => report.refuse(&offered, wrong),
            }
        }
        if has_some && report.taken == 0 {
            return Ok(Err(NOTHING_VALID));
        }
        for put in &puts {
            offering::put_fetched(work.tx(), put, now).await?;
        }
        for gone in known.gone() {
            offering::end(work.tx(), desk.whose(), gone, now).await?;
            report.ended += 1;
        }
        match products.facts {
            Ok(facts) => {
                self.take_facts(work, seller, facts, &mut report, now)
                    .await?;
            }
            Err(wrong) => report.find(("", ""), vec![wrong], false),
        }
        Ok(Ok(report))
    }

    /// The offering to put, if it is not so already.
    fn judge(
        &self,
        desk: &Desk,
        known: &mut Known,
        offered: &Offered,
    ) -> Result<(Option<Offering>, Vec<Wrong>), Vec<Wrong>> {
        let wanted: &Wanted = offered.wanted.as_ref().map_err(Clone::clone)?;
        let fresh = OfferingId::generate(self.clock.as_ref());
        let mut input = wanted.input.clone();
        input.provider = desk.provider.to_string();
        let parsed = Offering::parse(desk.network.clone(), &input, fresh);
        let mut offering = parsed.map_err(|wrong| {
            let wrong = wrong.into_iter();
            wrong
                .map(|v| Wrong::new(&v.field, &v.rule))
                .collect::<Vec<_>>()
        })?;
        for document in &mut offering.documents {
            let mut updated = wanted.updated.iter();
            let found = updated.find(|(kind, _)| *kind == document.kind);
            document.updated = found.map(|(_, at)| *at);
        }
        let left_out = wanted.left_out.clone();
        let key = (offered.product_id.clone(), offered.offering_id.clone());
        match known.meet(key)? {
            None => Ok((Some(offering), left_out)),
            Some(before) => {
                offering.id = before.offering.id;
                let same = before.offering == offering && !before.has_ended;
                Ok((Some(offering).filter(|_| !same), left_out))
            }
        }
    }

    /// What the provider says of itself replaces what is known; what breaks its rule is left as it is.
    async fn take_facts(
        &self,
        work: &Work,
        seller: &Provider,
        facts: ProviderFacts,
        report: &mut PullReport,
        now: DateTime<Utc>,
    ) -> Result<(), OrdersError> {
        let before = ProviderInput {
            id: seller.id.to_string(),
            name: seller.name.clone(),
            order_email: seller.order_email.as_str().to_owned(),
            privacy_url: seller.privacy_url.clone(),
            phone: seller.phone.clone(),
            opening_hours: seller.opening_hours.clone(),
            website: seller.website.clone(),
            presentation: seller.presentation.clone(),
        };
        let said = |given: Option<String>, before: &str| {
            given
                .filter(|text| !text.trim().is_empty())
                .unwrap_or_else(|| before.to_owned())
        };
        let mut input = ProviderInput {
            phone: said(facts.phone, &before.phone),
            opening_hours: said(facts.opening_hours, &before.opening_hours),
            website: said(facts.website, &before.website),
            presentation: said(facts.presentation, &before.presentation),
            ..before.clone()
        };
        if let Err(wrong) = Provider::parse(seller.network.clone(), &input) {
            for violation in &wrong {
                match violation.field.as_str() {
                    "phone" => input.phone.clone_from(&before.phone),
                    "opening_hours" => input.opening_hours.clone_from(&before.opening_hours),
                    "website" => input.website.clone_from(&before.website),
                    "presentation" => input.presentation.clone_from(&before.presentation),
                    _ => {}
                }
            }
            let wrong = wrong.iter().map(|v| Wrong::new(&v.field, &v.rule));
            report.find(("", ""), wrong.collect(), false);
        }
        let provider = Provider::parse(seller.network.clone(), &input);
        let provider = provider.map_err(OrdersError::Invalid)?;
        Ok(provider::put(work.tx(), &provider, now).await?)
    }
}

/// What is sold already, by the provider's key.
struct Known {
    rows: HashMap<(String, String), (Keyed, bool)>,
    new: Vec<(String, String)>,
}

impl Known {
    fn of(rows: Vec<Keyed>) -> Self {
        let keyed = |row: Keyed| {
            let key = row.offering.external.clone()?;
            Some(((key.product, key.offering), (row, false)))
        };
        Self {
            rows: rows.into_iter().filter_map(keyed).collect(),
            new: Vec::new(),
        }
    }

    /// The one of this key that was fetched before, if there is one; each key once.
    fn meet(&mut self, key: (String, String)) -> Result<Option<&Keyed>, Vec<Wrong>> {
        let twice = || {
            vec![Wrong::new(
                "offeringId",
                "each pair of productId and offeringId once",
            )]
        };
        match self.rows.get_mut(&key) {
            None if self.new.contains(&key) => Err(twice()),
            None => {
                self.new.push(key);
                Ok(None)
            }
            Some((_, true)) => Err(twice()),
            Some((row, _)) if !row.is_fetched => {
                let rule = "a pair that was not entered by staff or uploaded";
                Err(vec![Wrong::new("offeringId", rule)])
            }
            Some((row, met)) => {
                *met = true;
                Ok(Some(row))
            }
        }
    }

    /// Those that were fetched before and were not met now.
    fn gone(&self) -> impl Iterator<Item = OfferingId> {
        let gone = |(row, met): &&(Keyed, bool)| row.is_fetched && !row.has_ended && !met;
        self.rows
            .values()
            .filter(gone)
            .map(|(row, _)| row.offering.id)
    }
}
