//! What providers sell in a network: products as ON-API's `products` describes them (SP side), the campaigns on them, and
//! what they cost. All prices are in öre, VAT included, and all arithmetic is whole.

pub mod campaign;
pub mod choice;
mod hours;
pub mod neutral;
pub mod offering;
pub mod price;
pub mod provider;
mod reading;
pub mod words;

pub use offering::{Offering, OfferingInput};
pub use provider::{Provider, ProviderInput};
