//! One trace from the HTTP request through gRPC, outbox and broker to the last answer.

use std::collections::BTreeSet;

use e2e::collector::Seen;
use e2e::compliance::Compliance;
use e2e::desk::Desk;
use e2e::partners;
use e2e::people::person;
use e2e::story;
use e2e::town::{SERVICES, Town};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;

/// What the proxy of the town says: its own trace and span.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PROXY_SPAN: &str = "b7ad6b7169203331";
const OPEN: &str = "/uttag.rights.v1.RightsService/OpenRequest";
const DECIDE: &str = "/uttag.rights.v1.RightsService/DecideRequest";

#[tokio::test(flavor = "multi_thread")]
async fn one_erasure_is_one_trace() {
    let mut town = Town::start_traced().await.unwrap();
    let doors = town.doors();
    let customer = person(1);
    story::import(&doors, std::slice::from_ref(&customer))
        .await
        .unwrap();
    story::open_shop(&doors).await.unwrap();
    story::order(&doors, &customer, 1).await.unwrap();
    partners::befriend(&doors, &town.mailbox, &customer)
        .await
        .unwrap();

    let mut desk = Desk::take(&town).await.unwrap();
    desk.traceparent = Some(format!("00-{TRACE}-{PROXY_SPAN}-01"));
    let compliance = Compliance::of(&doors).unwrap();
    desk.erase(&compliance, &customer).await.unwrap();
    // What is not sent yet is sent at the end: nobody waits here for an exporter's next turn.
    for service in SERVICES {
        town.stop(service).unwrap();
    }

    let trace = Trace(town.collector.as_ref().unwrap().spans());
    trace.hangs_together();
    trace.reaches_rights("POST /api/v1/requests", OPEN);
    trace.reaches_rights("POST /api/v1/requests/{id}/decision", DECIDE);
    for holder in SERVICES {
        let (discovery, execution) = ("discovery.answered.v1", "execution.answered.v1");
        trace.goes_round(OPEN, "rights.discovery.requested.v1", holder, discovery);
        let ordered = format!("rights.execution.ordered.v1.{holder}");
        trace.goes_round(DECIDE, &ordered, holder, execution);
    }
}

/// The spans of the proxy's trace.
struct Trace(Vec<Seen>);

impl Trace {
    fn of(&self) -> impl Iterator<Item = &Seen> {
        self.0.iter().filter(|span| span.trace == TRACE)
    }

    fn parent(&self, span: &Seen) -> Option<&Seen> {
        self.of().find(|other| other.id == span.parent)
    }

    /// The spans above, nearest first.
    fn above<'a>(&'a self, span: &'a Seen) -> impl Iterator<Item = &'a Seen> {
        std::iter::successors(self.parent(span), |span| self.parent(span))
    }

    /// Every span but the proxy's own, which we do not have, has a parent that was exported.
    fn hangs_together(&self) {
        let orphans: Vec<_> = self
            .of()
            .filter(|span| span.parent != PROXY_SPAN && self.parent(span).is_none())
            .collect();
        assert!(orphans.is_empty(), "{orphans:#?}");
        let services: BTreeSet<_> = self.of().map(|span| span.service.as_str()).collect();
        assert_eq!(services.len(), SERVICES.len(), "{services:?}");
    }

    fn the(&self, service: &str, kind: SpanKind, name: &str) -> impl Iterator<Item = &Seen> {
        let service = format!("uttag-{service}");
        self.of()
            .filter(move |span| span.service == service && span.kind == kind && span.name == name)
    }

    /// HTTP at the gateway → gRPC at the gateway → gRPC at rights.
    fn reaches_rights(&self, route: &str, method: &str) {
        let server = self.the("rights", SpanKind::Server, method).next();
        let server = server.unwrap_or_else(|| panic!("rights has no span of {method}"));
        let above: Vec<_> = self.above(server).collect();
        let kinds: Vec<_> = above.iter().map(|span| (span.kind, &*span.name)).collect();
        assert_eq!(
            kinds,
            [(SpanKind::Client, method), (SpanKind::Server, route)],
            "above {method}"
        );
        assert!(above.iter().all(|span| span.service == "uttag-gateway"));
        assert_eq!(above[1].parent, PROXY_SPAN);
    }

    /// The answer that rights consumes is the holder's, to the order that rights published, on the call of staff.
    fn goes_round(&self, call: &str, order: &str, holder: &str, answer: &str) {
        let answer = format!("{holder}.{answer}");
        let stations = [
            ("rights", SpanKind::Server, call.to_owned()),
            ("rights", SpanKind::Producer, format!("publish {order}")),
            (holder, SpanKind::Consumer, format!("process {order}")),
            (holder, SpanKind::Producer, format!("publish {answer}")),
        ];
        let last = format!("process {answer}");
        let ends = self.the("rights", SpanKind::Consumer, &last);
        let ways: Vec<Vec<_>> = ends
            .map(|end| {
                let mut way: Vec<_> = self.above(end).map(station).collect();
                way.reverse();
                way
            })
            .collect();
        let whole = |way: &Vec<(String, SpanKind, String)>| {
            let mut stations = stations.iter().peekable();
            for (service, kind, name) in way {
                let here = |next: &&(&str, SpanKind, String)| {
                    *service == format!("uttag-{}", next.0) && *kind == next.1 && *name == next.2
                };
                stations.next_if(here);
            }
            stations.peek().is_none()
        };
        assert!(
            ways.iter().any(whole),
            "{answer} is not on the way {stations:?}, but on {ways:#?}"
        );
    }
}

fn station(span: &Seen) -> (String, SpanKind, String) {
    (span.service.clone(), span.kind, span.name.clone())
}
