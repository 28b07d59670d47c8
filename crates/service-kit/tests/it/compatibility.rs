//! What programs of others are built on does not change under them: `proto/contract.txt` holds every method, field and value of
//! the protos with its number and type. `UPDATE=1 cargo test -p service-kit --test it compatibility` adds what is new; a line
//! that would go is a break, whoever updates, and is taken out by hand after the time that docs/compatibility.md gives.

use std::collections::BTreeSet;

use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorSet,
    ServiceDescriptorProto,
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto/contract.txt");

#[test]
fn nothing_that_others_build_on_goes_or_changes() {
    let now = contract();
    let text = std::fs::read_to_string(FILE).unwrap_or_default();
    let promised: BTreeSet<String> = text.lines().map(str::to_owned).collect();
    let gone: Vec<_> = promised.difference(&now).collect();
    assert!(
        gone.is_empty(),
        "programs that are built on these break: {gone:#?}"
    );
    if std::env::var_os("UPDATE").is_some() {
        let lines: Vec<&str> = now.iter().map(String::as_str).collect();
        std::fs::write(FILE, lines.join("\n") + "\n").unwrap();
        return;
    }
    let new: Vec<_> = now.difference(&promised).collect();
    assert!(
        new.is_empty(),
        "not promised yet, UPDATE=1 adds them to proto/contract.txt: {new:#?}"
    );
}

/// Every method, field and value, a line each.
fn contract() -> BTreeSet<String> {
    let all = FileDescriptorSet::decode(api::DESCRIPTORS).unwrap();
    let ours = all
        .file
        .iter()
        .filter(|f| f.package().starts_with("uttag."));
    let mut lines = BTreeSet::new();
    for file in ours {
        for message in &file.message_type {
            of_message(&mut lines, file.package(), message);
        }
        for words in &file.enum_type {
            of_enum(&mut lines, file.package(), words);
        }
        for service in &file.service {
            of_service(&mut lines, file.package(), service);
        }
    }
    assert!(lines.len() > 1_000, "all of the protos are read");
    lines
}

fn of_message(lines: &mut BTreeSet<String>, scope: &str, message: &DescriptorProto) {
    let name = format!("{scope}.{}", message.name());
    for field in &message.field {
        lines.insert(of_field(&name, field));
    }
    for nested in &message.nested_type {
        of_message(lines, &name, nested);
    }
    for words in &message.enum_type {
        of_enum(lines, &name, words);
    }
}

fn of_field(message: &str, field: &FieldDescriptorProto) -> String {
    let repeated = match field.label() {
        Label::Repeated => "repeated ",
        _ => "",
    };
    let kind = match field.r#type() {
        Type::Message | Type::Enum => field.type_name().trim_start_matches('.').to_owned(),
        plain => plain
            .as_str_name()
            .trim_start_matches("TYPE_")
            .to_lowercase(),
    };
    let (name, number) = (field.name(), field.number());
    format!("{message} {number} {repeated}{kind} {name}")
}

fn of_enum(lines: &mut BTreeSet<String>, scope: &str, words: &EnumDescriptorProto) {
    for value in &words.value {
        let (number, name) = (value.number(), value.name());
        lines.insert(format!("{scope}.{} {number} {name}", words.name()));
    }
}

fn of_service(lines: &mut BTreeSet<String>, scope: &str, service: &ServiceDescriptorProto) {
    let stream = |streaming: bool| if streaming { "stream " } else { "" };
    for method in &service.method {
        lines.insert(format!(
            "{scope}.{}/{} {}{} -> {}{}",
            service.name(),
            method.name(),
            stream(method.client_streaming()),
            method.input_type().trim_start_matches('.'),
            stream(method.server_streaming()),
            method.output_type().trim_start_matches('.'),
        ));
    }
}
