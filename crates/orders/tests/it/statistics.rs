//! Counts of orders, and how long they took.

use api as pb;
use chrono::Duration;
use orders::domain::report::GroupBy;
use orders::store::report::sql;
use pb::orders::{
    OrderStatus, ReportGroup, ReportInterval, ReportOrdersRequest, ReportOrdersResponse,
    ReportOwnOrdersRequest, ReportRow,
};
use service_kit::error::violations_of;
use testkit::store::for_each_store;
use tonic::Status;

use crate::world::World;

fn asked(interval: ReportInterval, group_by: ReportGroup) -> ReportOrdersRequest {
    ReportOrdersRequest {
        network: "HAM".to_owned(),
        from: "2026-11-22".to_owned(),
        until: "2026-11-24".to_owned(),
        interval: interval.into(),
        group_by: group_by.into(),
    }
}

async fn report(
    world: &World,
    interval: ReportInterval,
    group_by: ReportGroup,
) -> ReportOrdersResponse {
    let mut staff = world.staff_of("HAM", &["customer_service"]);
    let answer = staff.report_orders(asked(interval, group_by)).await;
    answer.unwrap().into_inner()
}

fn told(rows: &[ReportRow]) -> Vec<String> {
    let time = |seconds: Option<i64>| seconds.map_or("-".to_owned(), |s| s.to_string());
    let row = |row: &ReportRow| {
        format!(
            "{} {}: {} {} {} {} {} | {} {} {} {}",
            row.first_day,
            row.group,
            row.placed,
            row.fetched,
            row.delivered,
            row.cancelled,
            row.withdrawn,
            time(row.fetch_median_s),
            time(row.fetch_p90_s),
            time(row.deliver_median_s),
            time(row.deliver_p90_s)
        )
    };
    rows.iter().map(row).collect()
}

async fn set(world: &World, order_id: &str, status: OrderStatus) {
    let asked = pb::orders::SetStatusRequest {
        order_id: order_id.to_owned(),
        status: status.into(),
        message: String::new(),
    };
    let mut provider = world.provider("nordbredband");
    provider.set_status(asked).await.unwrap();
}

async fn end(world: &World, order_id: &str, way: (OrderStatus, OrderStatus)) {
    let asked = pb::orders::MoveOrderRequest {
        network: "HAM".to_owned(),
        order_id: order_id.to_owned(),
        expected: way.0.into(),
        status: way.1.into(),
        reason: "x".to_owned(),
    };
    world.admin().move_order(asked).await.unwrap();
}

/// Three orders of one provider on Sunday 22 November, one of another on Monday.
async fn furnish(world: &World) {
    let offering = world.offering_of("nordbredband").await;
    let other = world.offering_of("sydfiber").await;
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.push(world.order(&offering).await.order_id);
    }
    world.clock.advance(Duration::hours(1));
    set(world, &placed[0], OrderStatus::Received).await;
    world.clock.advance(Duration::hours(1));
    set(world, &placed[1], OrderStatus::Received).await;
    world.clock.advance(Duration::hours(1));
    // Who fetches the data has the order, also without saying so.
    let fetch = pb::orders::GetPersonalDataRequest {
        order_id: placed[2].clone(),
        purpose: "to deliver the order".to_owned(),
    };
    let mut provider = world.provider("nordbredband");
    provider.get_personal_data(fetch).await.unwrap();
    world.clock.advance(Duration::hours(2));
    set(world, &placed[0], OrderStatus::Delivered).await;
    // Received later than fetched: fetched is when it was.
    set(world, &placed[2], OrderStatus::Received).await;
    let cancel = (OrderStatus::Received, OrderStatus::Cancelled);
    end(world, &placed[1], cancel).await;
    world.clock.advance(Duration::hours(19));
    let withdrawn = world.order(&other).await;
    let withdraw = (OrderStatus::New, OrderStatus::Withdrawn);
    end(world, &withdrawn.order_id, withdraw).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_counted_by_period_and_group() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        furnish(&world).await;
        let by_day = report(&world, ReportInterval::Day, ReportGroup::Provider).await;
        assert_eq!(
            told(&by_day.rows),
            [
                "2026-11-22 nordbredband: 3 3 1 1 0 | 7200 10800 18000 18000",
                "2026-11-23 sydfiber: 1 0 0 0 1 | - - - -",
            ]
        );
        assert_eq!(
            told(&by_day.totals),
            [
                " nordbredband: 3 3 1 1 0 | 7200 10800 18000 18000",
                " sydfiber: 1 0 0 0 1 | - - - -",
            ]
        );
        let by_week = report(&world, ReportInterval::Week, ReportGroup::Unspecified).await;
        assert_eq!(
            told(&by_week.rows),
            [
                "2026-11-22 : 3 3 1 1 0 | 7200 10800 18000 18000",
                "2026-11-23 : 1 0 0 0 1 | - - - -",
            ]
        );
        let by_month = report(&world, ReportInterval::Month, ReportGroup::State).await;
        assert_eq!(
            told(&by_month.rows),
            [
                "2026-11-22 cancelled: 1 1 0 1 0 | 7200 7200 - -",
                "2026-11-22 delivered: 1 1 1 0 0 | 3600 3600 18000 18000",
                "2026-11-22 received: 1 1 0 0 0 | 10800 10800 - -",
                "2026-11-22 withdrawn: 1 0 0 0 1 | - - - -",
            ]
        );
        let by_service = report(&world, ReportInterval::Month, ReportGroup::Service).await;
        assert_eq!(
            told(&by_service.totals),
            [" BB-100-100: 4 3 1 1 1 | 7200 10800 18000 18000"]
        );

        let own = ReportOwnOrdersRequest {
            from: "2026-11-01".to_owned(),
            until: "2026-11-30".to_owned(),
            interval: ReportInterval::Month.into(),
            group_by: ReportGroup::Provider.into(),
        };
        let own = world.provider("sydfiber").report_own_orders(own).await;
        let own = own.unwrap().into_inner();
        assert_eq!(
            told(&own.rows),
            ["2026-11-01 sydfiber: 1 0 0 0 1 | - - - -"],
            "nobody else's"
        );
        let elsewhere = ReportOrdersRequest {
            network: "ALM".to_owned(),
            ..asked(ReportInterval::Day, ReportGroup::Unspecified)
        };
        let mut other = world.staff_of("ALM", &["admin"]);
        let elsewhere = other.report_orders(elsewhere).await.unwrap().into_inner();
        assert!(elsewhere.rows.is_empty() && elsewhere.totals.is_empty());
        world.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_counted_is_refused_by_its_field() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let usual = asked(ReportInterval::Day, ReportGroup::Unspecified);
        let field = |refused: &Status| violations_of(refused)[0].field.clone();
        for (wrong, name) in [
            (
                ReportOrdersRequest {
                    from: "22/11".to_owned(),
                    ..usual.clone()
                },
                "from",
            ),
            (
                ReportOrdersRequest {
                    until: "2026-11-21".to_owned(),
                    ..usual.clone()
                },
                "until",
            ),
            (
                ReportOrdersRequest {
                    until: "2028-11-22".to_owned(),
                    ..usual.clone()
                },
                "until",
            ),
            (
                ReportOrdersRequest {
                    interval: 0,
                    ..usual.clone()
                },
                "interval",
            ),
            (
                ReportOrdersRequest {
                    group_by: 9,
                    ..usual.clone()
                },
                "group_by",
            ),
        ] {
            let refused = world.admin().report_orders(wrong).await.unwrap_err();
            assert_eq!(field(&refused), name);
        }
        world.stop().await;
    })
    .await;
}

/// Orders of years, of which a report is over a month.
const MANY: u32 = 30_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_report_and_the_log_walk_along_an_index_among_many_orders() {
    for_each_store(|url| async {
        let world = World::start(url).await;
        let columns = "id, network, command_id, number, provider_id, offering_id, offering_name, service, status, \
                       placed_at, changed_at, change, network_form_version, provider_form_version, reminders";
        let rest = "'nordbredband'";
        let sqlite = format!(
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {MANY}) \
             INSERT INTO customer_order ({columns}) SELECT randomblob(16), 'HAM', randomblob(16), n, {rest}, \
             randomblob(16), 'x', 'BB', 'new', strftime('%Y-%m-%dT%H:%M:%S+00:00', '2020-01-01', '+' || n || ' hours'), \
             '2026-01-01T00:00:00+00:00', n, 0, 0, 0 FROM n"
        );
        let postgres = format!(
            "INSERT INTO customer_order ({columns}) SELECT gen_random_uuid(), 'HAM', gen_random_uuid(), n, {rest}, \
             gen_random_uuid(), 'x', 'BB', 'new', timestamptz '2020-01-01' + n * interval '1 hour', \
             timestamptz '2026-01-01', n, 0, 0, 0 FROM generate_series(1, {MANY}) AS n"
        );
        world.execute(&sqlite, &postgres).await;
        let log = "INSERT INTO order_log (id, network, order_id, at, position, kind, actor, text, provider_id) \
                   SELECT id, network, id, placed_at, 0, 'placed', 'customer', 'order placed', provider_id \
                   FROM customer_order";
        world.execute(log, log).await;
        world.execute("ANALYZE", "ANALYZE").await;

        let literal = |sql: String| {
            sql.replace("$1", "'HAM'")
                .replace("$2", "'2022-02-01T00:00:00+00:00'")
                .replace("$3", "'2022-03-01T00:00:00+00:00'")
                .replace("$4", "100")
                .replace("$5", "'nordbredband'")
        };
        let plan = world.plan(&literal(sql(GroupBy::Provider, false))).await;
        assert!(plan.contains("customer_order_by_network_and_time"), "{plan}");
        let plan = world.plan(&literal(sql(GroupBy::Service, true))).await;
        assert!(plan.contains("customer_order_by_"), "{plan}");
        let page = |more: &str| {
            format!(
                "SELECT * FROM order_log WHERE network = 'HAM' {more} \
                 ORDER BY at DESC, position DESC, id DESC LIMIT 51"
            )
        };
        let plan = world.plan(&page("")).await;
        assert!(plan.contains("order_log_by_time"), "{plan}");
        let plan = world.plan(&page("AND provider_id = 'sydfiber'")).await;
        assert!(plan.contains("order_log_by_provider_and_time"), "{plan}");

        let asked = ReportOrdersRequest {
            from: "2020-01-01".to_owned(),
            until: "2023-06-30".to_owned(),
            ..asked(ReportInterval::Month, ReportGroup::Provider)
        };
        let counted = world.admin().report_orders(asked).await.unwrap().into_inner();
        assert_eq!(counted.rows.len(), 42);
        assert_eq!(counted.totals[0].placed, i64::from(MANY));
        let march = counted.rows.iter().find(|row| row.first_day == "2022-03-01");
        // Of 31 days by Swedish clocks one has 23 hours.
        assert_eq!(march.unwrap().placed, 31 * 24 - 1);
        world.stop().await;
    })
    .await;
}
