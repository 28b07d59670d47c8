//! What can be had at an address where many providers sell much: how long a page of offers takes, and how that grows.

use std::time::Instant;

use api::orders::orders_service_client::OrdersServiceClient;
use api::orders::{
    Campaign, ListOffersRequest, OfferFilter, OfferSort, Offering, PutOfferingRequest,
};
use e2e::people::person;
use e2e::story::{self, SERVICE};
use e2e::town::{NETWORK, Town};
use tonic::Request;

use crate::cost::Costs;
use crate::machine;
use crate::orders;
use crate::table::{Row, Series, Target};

/// Who sells.
const PROVIDERS: u16 = 30;
/// What they sell together; then, to see how it grows, ten times as much.
const OFFERINGS: u16 = 1_000;
const MORE: u16 = 10 * OFFERINGS;
/// Pages that a run asks for, one after the other.
const PAGES: u16 = 1_000;
/// Pages before anything is timed.
const FIRST: u16 = 50;

/// The rows of the table.
///
/// # Errors
/// A page lacks a provider, or a server does not start.
pub async fn measure(runs: u16, costs: Costs) -> anyhow::Result<Vec<Row>> {
    println!("\n== offers: {PROVIDERS} providers, {OFFERINGS} and {MORE} offerings");
    let town = Town::start_on(costs.database()).await?;
    machine::servers(&town.postgres, &town.rabbit).await?;
    let doors = town.doors();
    story::import(&doors, &[person(0)]).await?;
    for provider in 0..PROVIDERS {
        story::sell(&doors, &seller(provider), &offering_id(provider)).await?;
    }
    let shop = orders::Shop::open(&town).await?;
    let channel = doors.staff("orders", &["admin"])?;
    let mut client = OrdersServiceClient::new(channel);
    let mut rows = Vec::new();
    let mut entered = PROVIDERS;
    for (count, target) in [(OFFERINGS, Target::AtMost(5.0)), (MORE, Target::None)] {
        for number in entered..count {
            let put = PutOfferingRequest {
                network: NETWORK.to_owned(),
                offering: Some(offering(number)),
            };
            client.put_offering(put).await?;
        }
        entered = count;
        let [mut p50, mut p99] = <[Series; 2]>::default();
        for run in 0..=runs {
            let pages = if run == 0 { FIRST } else { PAGES };
            let mut taken = Vec::new();
            for page in 0..pages {
                let wanted = asked(shop.home.handle(), page);
                let started = Instant::now();
                let answer = client.list_offers(Request::new(wanted)).await?.into_inner();
                taken.push(started.elapsed().as_secs_f64() * 1_000.0);
                anyhow::ensure!(
                    answer.sellers.len() == usize::from(PROVIDERS),
                    "page {page} has {} providers",
                    answer.sellers.len()
                );
            }
            if run > 0 {
                let taken = Series::of(taken);
                p50.push(taken.percentile(50));
                p99.push(taken.percentile(99));
            }
        }
        machine::load(&format!("after {count} offerings"))?;
        let what = format!("offers at an address, {PROVIDERS} providers, {count} offerings");
        rows.push(Row::alone(format!("{what}, p50 ms"), p50, Target::None));
        rows.push(Row::alone(format!("{what}, p99 ms"), p99, target));
    }
    Ok(rows)
}

/// The four orders in turn; every other page filters, so that every provider has something left.
fn asked(handle: &str, page: u16) -> ListOffersRequest {
    let sorts = [
        OfferSort::Neutral,
        OfferSort::Price,
        OfferSort::Total,
        OfferSort::Speed,
    ];
    let filter = OfferFilter {
        min_down_mbps: 100,
        max_month_ore: Some(60_000),
        ..OfferFilter::default()
    };
    ListOffersRequest {
        network: NETWORK.to_owned(),
        place_handle: handle.to_owned(),
        sort: sorts[usize::from(page / 2 % 4)].into(),
        filter: (page % 2 == 1).then_some(filter),
        ..ListOffersRequest::default()
    }
}

fn offering(number: u16) -> Offering {
    let campaign = Campaign {
        kind: "percentage".to_owned(),
        value: 20,
        months: 3,
        ..Campaign::default()
    };
    Offering {
        offering_id: offering_id(number),
        provider_id: seller(number % PROVIDERS),
        service: SERVICE.to_owned(),
        name: format!("Bredband nummer {number}"),
        description: "Fast pris, router ingår, svensk kundtjänst alla dagar".to_owned(),
        categories: vec!["internet".to_owned()],
        down_mbps: 100,
        up_mbps: 100,
        monthly_price_ore: 20_000 + i64::from(number) * 3,
        start_price_ore: 49_900,
        commitment_months: u32::from(number % 3) * 12,
        campaigns: vec![campaign],
        ..Offering::default()
    }
}

fn seller(number: u16) -> String {
    format!("provider{number:03}")
}

fn offering_id(number: u16) -> String {
    format!("01960000-0000-7000-8000-{:012}", 1_000 + u32::from(number))
}
