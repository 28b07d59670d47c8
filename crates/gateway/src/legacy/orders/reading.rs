//! `orders`, `order_info`, `customers`, `customer_info`.

use service_kit::caller::Caller;

use super::refusals::erased;
use super::{CUSTOMER_INFO, CUSTOMERS, ORDER_INFO, ORDERS_ROOT, lookup, shapes};
use crate::legacy::answer::Answer;
use crate::legacy::content::Content;
use crate::legacy::params::Params;
use crate::limits;
use crate::state::Gateway;

/// The provider's orders since a date, without customers.
pub async fn orders(gateway: Gateway, caller: Caller, params: Params) -> Answer {
    let root = ORDERS_ROOT;
    match lookup::orders(&gateway, &caller, &params, root, limits::LEGACY_ORDERS).await {
        Ok(found) => {
            let orders = found.iter().map(shapes::order).collect();
            Answer::found(root, vec![("order", Content::List(orders))])
        }
        Err(answer) => answer,
    }
}

/// One order, without its customer.
pub async fn order_info(gateway: Gateway, caller: Caller, params: Params) -> Answer {
    match lookup::order(&gateway, &caller, &params, ORDER_INFO).await {
        Ok(order) => Answer::found(ORDER_INFO, vec![("order", shapes::order_info(&order))]),
        Err(answer) => answer,
    }
}

/// The customer of one order.
pub async fn customer_info(gateway: Gateway, caller: Caller, params: Params) -> Answer {
    let told = async {
        let order = lookup::order(&gateway, &caller, &params, CUSTOMER_INFO).await?;
        let told = lookup::customer(&gateway, &caller, &params, CUSTOMER_INFO, &order).await?;
        let told = told.ok_or_else(|| erased(CUSTOMER_INFO))?;
        Ok(shapes::customer_info(&order, &told))
    };
    match told.await {
        Ok(told) => Answer::found(CUSTOMER_INFO, told),
        Err(answer) => answer,
    }
}

/// The customers of the provider's orders since a date: each is opened, and recorded, by itself. Those who have been erased
/// are left out.
pub async fn customers(gateway: Gateway, caller: Caller, params: Params) -> Answer {
    let told = async {
        let most = limits::LEGACY_CUSTOMERS;
        let orders = lookup::orders(&gateway, &caller, &params, CUSTOMERS, most).await?;
        let mut customers = Vec::new();
        for order in &orders {
            let told = lookup::customer(&gateway, &caller, &params, CUSTOMERS, order).await?;
            customers.extend(told.map(|told| shapes::customer(order, &told)));
        }
        Ok(customers)
    };
    match told.await {
        Ok(customers) => Answer::found(CUSTOMERS, vec![("customer", Content::List(customers))]),
        Err(answer) => answer,
    }
}
