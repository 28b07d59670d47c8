//! Several orders of one customer at one place, placed together or not at all.

use kernel::Violation;
use uuid::Uuid;

use super::form::Scope;
use super::form::answer::AnswerInput;
use super::request::OrderInput;

/// Orders of a checkout at most: a home has fewer kinds of services.
pub const ITEMS_MAX: usize = 10;

/// What a caller asks for, unchecked.
#[derive(Clone, Debug, Default)]
pub struct CheckoutInput {
    /// What is the same for all orders: who, where, when, what was accepted; of the answers, those to the network's form.
    pub common: OrderInput,
    /// What each order is for.
    pub items: Vec<ItemInput>,
}

/// What one order of a checkout is for, unchecked.
#[derive(Clone, Debug, Default)]
pub struct ItemInput {
    /// Which offering.
    pub offering_id: String,
    /// Of the provider's form that was shown.
    pub provider_form_version: u32,
    /// To the provider's form.
    pub answers: Vec<AnswerInput>,
    /// See [`OrderInput::campaign_code`].
    pub campaign_code: String,
    /// See [`OrderInput::price_mark`].
    pub price_mark: String,
}

impl CheckoutInput {
    /// The orders, each with a command of its own that follows from the checkout's.
    ///
    /// # Errors
    /// There is none, there are more than [`ITEMS_MAX`], or answers stand where the other form's belong.
    pub fn orders(&self) -> Result<Vec<OrderInput>, Vec<Violation>> {
        let mut wrong = Vec::new();
        if self.items.is_empty() || self.items.len() > ITEMS_MAX {
            let count = self.items.len().to_string();
            wrong.push(Violation::new("items", &count, "1 to 10"));
        }
        let belong =
            |answers: &[AnswerInput], scope| answers.iter().all(|a| a.scope == Some(scope));
        if !belong(&self.common.answers, Scope::Network) {
            let rule = "answers to the network's form; a provider's are in its item";
            wrong.push(Violation::new("answers", "", rule));
        }
        for (at, item) in self.items.iter().enumerate() {
            if !belong(&item.answers, Scope::Provider) {
                let rule = "answers to the provider's form; the network's are given once";
                wrong.push(Violation::new(within(at, "answers"), "", rule));
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let orders = self.items.iter().enumerate();
        Ok(orders.map(|(at, item)| self.order(at, item)).collect())
    }

    fn order(&self, at: usize, item: &ItemInput) -> OrderInput {
        let command = Uuid::try_parse(&self.common.command_id);
        let answers = self.common.answers.iter().chain(&item.answers);
        OrderInput {
            // What is no UUID stays as it is, to be refused as what was written.
            command_id: command.map_or_else(
                |_| self.common.command_id.clone(),
                |command| command_of(command, at).to_string(),
            ),
            offering_id: item.offering_id.clone(),
            provider_form_version: item.provider_form_version,
            answers: answers.cloned().collect(),
            campaign_code: item.campaign_code.clone(),
            price_mark: item.price_mark.clone(),
            ..self.common.clone()
        }
    }
}

/// The command of one order of a checkout.
pub fn command_of(checkout: Uuid, item: usize) -> Uuid {
    Uuid::new_v5(&checkout, format!("item {item}").as_bytes())
}

/// What is wrong with the order of an item, at the fields of the checkout.
pub fn at_item(item: usize, wrong: Vec<Violation>) -> Vec<Violation> {
    const OF_ITEM: [&str; 3] = ["offering_id", "campaign_code", "price_mark"];
    let mut wrong = wrong;
    for violation in &mut wrong {
        let field = violation.field.as_str();
        if OF_ITEM.contains(&field) || field.starts_with("answers.provider.") {
            violation.field = within(item, field);
        }
    }
    wrong
}

/// How a field of an item is named.
pub fn within(item: usize, field: &str) -> String {
    format!("items[{item}].{field}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    fn answer(scope: Scope, key: &str) -> AnswerInput {
        AnswerInput {
            scope: Some(scope),
            key: key.to_owned(),
            value: "x".to_owned(),
        }
    }

    fn checkout(items: usize) -> CheckoutInput {
        CheckoutInput {
            common: OrderInput {
                command_id: "0199f3a0-0000-7000-8000-000000000001".to_owned(),
                answers: vec![answer(Scope::Network, "door")],
                ..OrderInput::default()
            },
            items: vec![ItemInput::default(); items],
        }
    }

    fn fields(wrong: &[Violation]) -> Vec<&str> {
        wrong.iter().map(|v| v.field.as_str()).collect()
    }

    #[test]
    fn every_order_has_a_command_of_its_own_and_the_same_one_each_time() {
        let orders = checkout(3).orders().unwrap();
        let again = checkout(3).orders().unwrap();
        let commands = |orders: &[OrderInput]| -> Vec<String> {
            orders.iter().map(|o| o.command_id.clone()).collect()
        };
        assert_eq!(commands(&orders), commands(&again));
        let distinct: std::collections::BTreeSet<_> = commands(&orders).into_iter().collect();
        assert_eq!(distinct.len(), 3);
        assert!(orders.iter().all(|order| order.answers.len() == 1));
    }

    #[test]
    fn there_is_something_to_order_and_answers_stand_where_they_belong() {
        for items in [0, 11] {
            assert_eq!(fields(&checkout(items).orders().unwrap_err()), ["items"]);
        }
        assert_eq!(checkout(10).orders().unwrap().len(), 10);
        let mut mixed = checkout(2);
        mixed.common.answers.push(answer(Scope::Provider, "router"));
        mixed.items[1].answers = vec![answer(Scope::Network, "door")];
        assert_eq!(
            fields(&mixed.orders().unwrap_err()),
            ["answers", "items[1].answers"]
        );
    }

    #[test]
    fn what_is_wrong_is_said_of_the_item_or_of_all() {
        let wrong = [
            "offering_id",
            "answers.provider.router",
            "answers.network.door",
            "customer.name",
        ];
        let wrong = wrong
            .map(|field| Violation::new(field, "", "wrong"))
            .to_vec();
        assert_eq!(
            fields(&at_item(2, wrong)),
            [
                "items[2].offering_id",
                "items[2].answers.provider.router",
                "answers.network.door",
                "customer.name"
            ]
        );
    }
}
