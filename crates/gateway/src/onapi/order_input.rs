//! What a provider sends as a technical order (on-api.md §1.3, `/orders/`): read liberally, null as absent.

use api::orders::{
    TechnicalCharacteristics, TechnicalEquipment, TechnicalOperation, TechnicalOrderInput,
};
use chrono::DateTime;
use kernel::json::stands_twice;
use prost_types::Timestamp;
use serde_json::{Map, Value};

use super::errors::Refusal;
use crate::limits;

/// The JSON object of a body.
///
/// # Errors
/// It is none, or is nested deeper than anything here. What was sent is not repeated: it may name somebody.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let value = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Refusal::bad(format!("The body is no JSON: line {line}, column {column}"))
    })?;
    if depth(&value) > limits::ON_API_DEPTH {
        return Err(Refusal::bad("The JSON is nested too deeply"));
    }
    match value {
        Value::Object(_) if std::str::from_utf8(body).is_ok_and(stands_twice) => {
            let cause = "A member stands twice: which of them is right cannot be known";
            Err(Refusal::bad(cause))
        }
        Value::Object(members) => Ok(members),
        _ => Err(Refusal::bad("The body is no JSON object")),
    }
}

/// The JSON parser itself stops at 128.
fn depth(value: &Value) -> usize {
    let deepest = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(members) => members.values().map(depth).max(),
        _ => return 0,
    };
    1 + deepest.unwrap_or_default()
}

/// RFC 7396, JSON Merge Patch: null removes, an object merges, everything else replaces.
pub fn merge(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, change) in patch {
        match change {
            Value::Null => {
                target.remove(&name);
            }
            Value::Object(change) => {
                let mut inner = match target.remove(&name) {
                    Some(Value::Object(inner)) => inner,
                    _ => Map::new(),
                };
                merge(&mut inner, change);
                target.insert(name, Value::Object(inner));
            }
            change => {
                target.insert(name, change);
            }
        }
    }
}

/// What an order asks; members that are not known are passed over.
///
/// # Errors
/// All members of a wrong type, at once.
pub fn input_of(members: &Map<String, Value>) -> Result<TechnicalOrderInput, Refusal> {
    let mut read = Reader {
        members,
        wrong: Vec::new(),
    };
    let operation = read.text("operation");
    let known = TechnicalOperation::from_str_name(&format!("TECHNICAL_OPERATION_{operation}"));
    let known = known.filter(|operation| *operation != TechnicalOperation::Unspecified);
    if known.is_none() {
        let rule = "ACTIVATE, DEACTIVATE, SUSPEND, RESUME, MODIFY or CHANGE";
        read.wrong.push(format!("operation: {rule}"));
    }
    let input = TechnicalOrderInput {
        operation: known.unwrap_or_default().into(),
        access_id: read.text("accessId"),
        service: read.text("service"),
        subscription_id: read.text("subscriptionId"),
        sp_reference: read.text("spReference"),
        sp_subscription_id: read.text("spSubscriptionId"),
        requested_at: read.time("requestedDateTime"),
        external_note: read.text("externalNote"),
        forced_takeover: read.flag("forcedTakeover").unwrap_or_default(),
        characteristics: read.characteristics(),
        equipment: read.equipment(),
    };
    if read.wrong.is_empty() {
        Ok(input)
    } else {
        Err(Refusal::bad(read.wrong.join("; ")))
    }
}

/// Members by their types.
struct Reader<'a> {
    members: &'a Map<String, Value>,
    wrong: Vec<String>,
}

impl Reader<'_> {
    fn member(&self, name: &str) -> Option<&Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn text(&mut self, name: &str) -> String {
        match self.member(name) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(_) => self.refuse(name, "a string"),
        }
    }

    fn flag(&mut self, name: &str) -> Option<bool> {
        match self.member(name) {
            None => None,
            Some(Value::Bool(flag)) => Some(*flag),
            Some(_) => {
                self.refuse(name, "a boolean");
                None
            }
        }
    }

    fn time(&mut self, name: &str) -> Option<Timestamp> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        let Ok(at) = DateTime::parse_from_rfc3339(&text) else {
            self.refuse(name, "a time as 2026-11-22T12:00:00Z");
            return None;
        };
        Some(Timestamp {
            seconds: at.timestamp(),
            nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap_or_default(),
        })
    }

    fn texts(&mut self, name: &str) -> Vec<String> {
        let items = match self.member(name) {
            None => return Vec::new(),
            Some(Value::String(text)) => return vec![text.clone()],
            Some(Value::Array(items)) => {
                items.iter().map(Value::as_str).collect::<Option<Vec<_>>>()
            }
            Some(_) => None,
        };
        if let Some(items) = items {
            return items.into_iter().map(str::to_owned).collect();
        }
        self.refuse(name, "an array of strings");
        Vec::new()
    }

    fn characteristics(&mut self) -> Option<TechnicalCharacteristics> {
        let Value::Object(members) = self.member("characteristics")? else {
            self.refuse("characteristics", "an object");
            return None;
        };
        let mut inner = Reader {
            members,
            wrong: Vec::new(),
        };
        let mut ip_addresses = inner.texts("ipAddresses");
        ip_addresses.append(&mut inner.texts("ipAddress"));
        let read = TechnicalCharacteristics {
            fixed_ip: inner.flag("fixedIp"),
            ip_addresses,
            sla: inner.text("SLA"),
        };
        let wrong = inner.wrong;
        self.within("characteristics", wrong);
        Some(read)
    }

    fn equipment(&mut self) -> Vec<TechnicalEquipment> {
        let items = match self.member("equipment") {
            None => return Vec::new(),
            Some(Value::Array(items)) => items
                .iter()
                .map(Value::as_object)
                .collect::<Option<Vec<_>>>(),
            Some(_) => None,
        };
        let Some(items) = items else {
            self.refuse("equipment", "an array of objects");
            return Vec::new();
        };
        let mut wrong = Vec::new();
        let device = |members| {
            let mut inner = Reader {
                members,
                wrong: Vec::new(),
            };
            let device = TechnicalEquipment {
                vendor_id: inner.text("vendorId"),
                mac_address: inner.text("macAddress"),
            };
            wrong.append(&mut inner.wrong);
            device
        };
        let read = items.into_iter().map(device).collect();
        self.within("equipment", wrong);
        read
    }

    fn within(&mut self, name: &str, wrong: Vec<String>) {
        self.wrong
            .extend(wrong.into_iter().map(|inner| format!("{name}.{inner}")));
    }

    fn refuse(&mut self, name: &str, rule: &str) -> String {
        self.wrong.push(format!("{name}: {rule}"));
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Map, Value, depth, merge, object};

    fn map(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(members) => members,
            other => panic!("{other}"),
        }
    }

    /// The examples of RFC 7396, appendix A, as far as both are objects.
    #[test]
    fn a_merge_is_that_of_the_standard() {
        for (target, patch, result) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (
                json!({"a":"b","b":"c"}),
                json!({"a":null}),
                json!({"b":"c"}),
            ),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (
                json!({"a":{"b":"c"}}),
                json!({"a":{"b":"d","c":null}}),
                json!({"a":{"b":"d"}}),
            ),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (
                json!({}),
                json!({"a":{"bb":{"ccc":null}}}),
                json!({"a":{"bb":{}}}),
            ),
        ] {
            let mut merged = map(target);
            merge(&mut merged, map(patch));
            assert_eq!(Value::Object(merged), result);
        }
    }

    #[test]
    fn what_is_no_object_or_too_deep_is_refused() {
        assert_eq!(depth(&json!({"a": [{"b": 1}]})), 3);
        let deep = format!("{}1{}", "[".repeat(9), "]".repeat(9));
        let deep = format!("{{\"a\":{deep}}}");
        for wrong in ["", "[]", "\"x\"", "{", deep.as_str(), "{\"a\":\"\u{1}\"}"] {
            assert!(object(wrong.as_bytes()).is_err(), "{wrong}");
        }
        let endless = "[".repeat(100_000);
        assert!(object(endless.as_bytes()).is_err());
        assert!(object(b"{\"a\": {\"b\": []}}").is_ok());
        for twice in [
            r#"{"accessId":"M-12","accessId":"M-13"}"#,
            r#"{"a":{"service":"A","Service":"B"}}"#,
        ] {
            assert!(object(twice.as_bytes()).is_err(), "{twice}");
        }
    }
}
