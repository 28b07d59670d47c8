//! The gateway offers the columns that the registry gives, all of them and in its order.

#[test]
fn the_console_offers_every_column_of_the_registry() {
    let of_registry = registry::domain::market::MarketColumn::names();
    assert_eq!(gateway::domain::market_column::COLUMNS[..], of_registry);
}
