//! Leaks that the tester plants, to see that the scan finds them: in each kind of evidence, written in each way.

use std::fs::OpenOptions;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::people::Person;
use e2e::town::Town;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::Event;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use testkit::canary::Leak;

use crate::evidence::{Kind, Piece};
use crate::tap::Tap;

/// Somebody, written in some way.
pub struct Planted {
    /// What is written, and how.
    pub what: String,
    /// As bytes.
    pub bytes: Vec<u8>,
}

/// What a person is known by, in every spelling, each in every way of writing.
pub fn all_of(person: &Person) -> Vec<Planted> {
    let long = person.identity_number.replace('-', "");
    let spellings = [
        ("12 digits", long.clone()),
        ("12 digits and hyphen", person.identity_number.clone()),
        ("10 digits", long[2..].to_owned()),
        (
            "10 digits and hyphen",
            person.identity_number[2..].to_owned(),
        ),
        ("e-mail", person.email.clone()),
        ("name", person.name.clone()),
        ("phone", person.phone.clone()),
    ];
    let written = spellings.iter().flat_map(|(what, text)| {
        written(text).map(move |(how, bytes)| Planted {
            what: format!("{what}, {how}"),
            bytes,
        })
    });
    written.collect()
}

impl Planted {
    /// As text; Latin-1 is none when it is not plain.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    /// Whether the scan has found it in a piece of this kind, at the very place where it lies.
    pub fn is_found(&self, scanned: &[(Piece, Vec<Leak>)], kind: Kind) -> bool {
        let length = self.bytes.len();
        let mut of_kind = scanned.iter().filter(|(piece, _)| piece.kind == kind);
        of_kind.any(|(piece, leaks)| {
            leaks.iter().any(|leak| {
                // It begins at most its own length before the finding, which is a part of it.
                let from = (leak.at + 1).saturating_sub(length);
                let to = (leak.at + length).min(piece.bytes.len());
                let around = &piece.bytes[from..to];
                around.windows(length).any(|window| window == self.bytes)
            })
        })
    }
}

fn written(text: &str) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let latin1: Vec<u8> = text
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    [
        ("plain", text.as_bytes().to_vec()),
        ("percent-encoded", percent(text.as_bytes())),
        (
            "base64",
            STANDARD
                .encode(format!("{{\"who\":\"{text}\"}}"))
                .into_bytes(),
        ),
        ("hex", hex::encode(text).into_bytes()),
        ("Latin-1 percent-encoded", percent(&latin1)),
        ("Latin-1", latin1),
    ]
    .into_iter()
}

fn percent(bytes: &[u8]) -> Vec<u8> {
    let encoded = bytes.iter().map(|byte| match byte {
        letter if letter.is_ascii_alphanumeric() || b"-._~".contains(letter) => {
            char::from(*letter).to_string()
        }
        other => format!("%{other:02X}"),
    });
    encoded.collect::<String>().into_bytes()
}

/// A line at the end of a service's log for each.
pub fn in_log(town: &Town, service: &str, all: &[Planted]) {
    let mut log = OpenOptions::new()
        .append(true)
        .open(town.log(service))
        .unwrap();
    for one in all {
        let line = [b"{\"message\":\"".as_slice(), &one.bytes, b"\"}\n"].concat();
        log.write_all(&line).unwrap();
    }
}

/// A label and the help of a metric of their own, through the recorder that every service has.
pub fn in_metrics(all: &[Planted]) {
    for text in all.iter().filter_map(Planted::text) {
        let who = text.to_owned();
        metrics::counter!("planted_total", "who" => who).increment(1);
    }
}

/// The help of a metric.
pub fn in_help(text: &str) {
    metrics::describe_counter!("planted_help_total", text.to_owned());
    metrics::counter!("planted_help_total").increment(1);
}

/// A span for each: in its name, an attribute, an event, or the resource, by turns.
pub async fn in_traces(town: &Town, all: &[Planted]) {
    let url = town.collector.as_ref().unwrap().url().to_owned();
    let mut client = TraceServiceClient::connect(url).await.unwrap();
    let texts = all.iter().filter_map(Planted::text).enumerate();
    let resource_spans = texts.map(|(turn, text)| exported(turn, text)).collect();
    client
        .export(ExportTraceServiceRequest { resource_spans })
        .await
        .unwrap();
}

fn exported(turn: usize, text: &str) -> ResourceSpans {
    let (mut span, mut resource) = (Span::default(), Resource::default());
    match turn % 4 {
        0 => text.clone_into(&mut span.name),
        1 => span.attributes.push(attribute(text)),
        2 => span.events.push(Event {
            attributes: vec![attribute(text)],
            ..Event::default()
        }),
        _ => resource.attributes.push(attribute(text)),
    }
    let spans = ScopeSpans {
        spans: vec![span],
        ..ScopeSpans::default()
    };
    ResourceSpans {
        resource: Some(resource),
        scope_spans: vec![spans],
        ..ResourceSpans::default()
    }
}

fn attribute(text: &str) -> KeyValue {
    let value = Some(Value::StringValue(text.to_owned()));
    KeyValue {
        key: "error.chain".to_owned(),
        value: Some(AnyValue { value }),
        ..KeyValue::default()
    }
}

/// A durable message for each, left in a queue.
pub async fn in_broker(tap: &Tap, all: &[Planted]) {
    for one in all {
        tap.leak(&one.bytes).await.unwrap();
    }
}
