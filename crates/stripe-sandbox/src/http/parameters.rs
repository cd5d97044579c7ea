//! Turns a form into typed parameters by the table in `data/parameters.json`, and refuses what Stripe would refuse.
//!
//! How the table is written is explained in `data/ORIGIN.md`.

use serde_json::{Map, Value, json};

use super::form::Node;
use crate::http::error::ApiError;

/// Twelve digits hold every amount and time that Stripe takes, and their sums cannot overflow.
pub(crate) const LARGEST_INTEGER: i64 = 999_999_999_999;

/// The parameters of every call, by `METHOD path`.
pub(crate) struct ParameterTable {
    calls: Map<String, Value>,
}

impl ParameterTable {
    /// Reads the table built into the crate.
    pub(crate) fn load() -> Result<Self, serde_json::Error> {
        Ok(Self { calls: serde_json::from_str(include_str!("../../data/parameters.json"))? })
    }

    /// The parameters of one call, typed and checked. `None` when the table does not know the call.
    pub(crate) fn read(&self, method: &str, path: &str, form: &Node) -> Option<Result<Value, ApiError>> {
        let schema = self.calls.get(&format!("{method} {path}"))?;
        Some(read_object(schema.as_object()?, form, ""))
    }
}

/// A member's name in the table: `name`, then `?` if it may be cleared, then `!` if it is required.
struct Member<'t> {
    name: &'t str,
    clearable: bool,
    required: bool,
    schema: &'t Value,
}

impl<'t> Member<'t> {
    fn parse(written: &'t str, schema: &'t Value) -> Self {
        let name = written.trim_end_matches(['?', '!']);
        Self { name, clearable: written.contains('?'), required: written.ends_with('!'), schema }
    }
}

fn read_object(schema: &Map<String, Value>, node: &Node, path: &str) -> Result<Value, ApiError> {
    let Node::Branch(parts) = node else {
        return Err(ApiError::invalid(path, format!("Invalid object for {path}.")));
    };
    let members: Vec<_> = schema.iter().map(|(written, schema)| Member::parse(written, schema)).collect();
    let mut object = Map::new();
    for (name, part) in parts {
        let full = join(path, name);
        let known = members.iter().find(|member| member.name == name || member.name == "*");
        let Some(member) = known else {
            let message = format!("Received unknown parameter: {full}");
            return Err(ApiError::invalid(&full, message).with_code("parameter_unknown"));
        };
        object.insert(name.clone(), read_member(member, part, &full)?);
    }
    for member in members.iter().filter(|member| member.required) {
        if !object.contains_key(member.name) {
            return Err(ApiError::missing(&join(path, member.name)));
        }
    }
    Ok(Value::Object(object))
}

fn read_member(member: &Member<'_>, node: &Node, path: &str) -> Result<Value, ApiError> {
    let Node::Text(text) = node else { return read(member.schema, node, path) };
    if !text.is_empty() {
        return read(member.schema, node, path);
    }
    // Stripe lets most optional texts be cleared, whether or not its declarations say so.
    let optional_text = member.schema == "string" && !member.required;
    if member.clearable || optional_text || member.schema == "metadata" {
        return Ok(Value::Null);
    }
    let message = format!("You passed an empty value for '{path}', which cannot be cleared.");
    Err(ApiError::invalid(path, message).with_code("parameter_invalid_empty"))
}

fn read(schema: &Value, node: &Node, path: &str) -> Result<Value, ApiError> {
    match schema {
        Value::String(kind) => read_scalar(kind, node, path),
        Value::Array(element) => read_array(element.first().unwrap_or(&Value::Null), node, path),
        Value::Object(schema) => match schema.get("or").and_then(Value::as_array) {
            Some(choices) => read_choice(choices, node, path),
            None => read_object(schema, node, path),
        },
        _ => Ok(untyped(node)),
    }
}

fn read_choice(choices: &[Value], node: &Node, path: &str) -> Result<Value, ApiError> {
    let mut refusal = ApiError::invalid(path, format!("Invalid value for {path}."));
    for choice in choices {
        match read(choice, node, path) {
            Ok(value) => return Ok(value),
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

fn read_array(element: &Value, node: &Node, path: &str) -> Result<Value, ApiError> {
    let elements = node.elements().filter(|_| matches!(node, Node::Branch(_)));
    let elements = elements.ok_or_else(|| ApiError::invalid(path, format!("Invalid array for {path}.")))?;
    let values = elements.iter().enumerate();
    values.map(|(index, node)| read(element, node, &format!("{path}[{index}]"))).collect()
}

fn read_scalar(kind: &str, node: &Node, path: &str) -> Result<Value, ApiError> {
    match kind {
        "any" => return Ok(untyped(node)),
        "metadata" => return read_object(&Map::from_iter([("*?".to_owned(), json!("string"))]), node, path),
        "range" => return read_range(node, path),
        _ => {}
    }
    let Node::Text(text) = node else {
        return Err(ApiError::invalid(path, format!("Invalid string for {path}."))
            .with_code("parameter_invalid_string"));
    };
    match kind {
        "string" => Ok(json!(text)),
        "integer" => read_integer(text, path),
        "decimal" => text.trim().parse::<f64>().map(Value::from).map_err(|_| invalid_number(text, path)),
        "boolean" => match text.as_str() {
            "true" | "1" => Ok(json!(true)),
            "false" | "0" => Ok(json!(false)),
            _ => Err(ApiError::invalid(path, format!("Invalid boolean for {path}: {text}"))),
        },
        words => read_word(words, text, path),
    }
}

fn read_integer(text: &str, path: &str) -> Result<Value, ApiError> {
    let number = text.trim().parse::<i64>().ok().filter(|number| number.abs() <= LARGEST_INTEGER);
    number.map(Value::from).ok_or_else(|| invalid_number(text, path))
}

fn invalid_number(text: &str, path: &str) -> ApiError {
    ApiError::invalid(path, format!("Invalid number for {path}: {text}"))
        .with_code("parameter_invalid_integer")
}

fn read_range(node: &Node, path: &str) -> Result<Value, ApiError> {
    if let Node::Text(text) = node {
        return read_integer(text, path);
    }
    let bounds = ["gt", "gte", "lt", "lte"].map(|bound| (bound.to_owned(), json!("integer")));
    read_object(&Map::from_iter(bounds), node, path)
}

fn read_word(words: &str, text: &str, path: &str) -> Result<Value, ApiError> {
    let words = words.trim_start_matches('=');
    if words.split('|').any(|word| word == text) {
        return Ok(json!(text));
    }
    let allowed = words.replace('|', ", ");
    Err(ApiError::invalid(path, format!("Invalid {path}: must be one of {allowed}")))
}

fn untyped(node: &Node) -> Value {
    match node {
        Node::Text(text) => json!(text),
        Node::Branch(parts) => parts.iter().map(|(name, part)| (name.clone(), untyped(part))).collect(),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}[{name}]") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources;

    #[test]
    fn every_call_that_is_answered_has_its_parameters_in_the_table() {
        let table = ParameterTable::load().unwrap();
        for (path, calls) in resources::routes().into_paths() {
            for (method, _) in calls {
                assert!(table.calls.contains_key(&format!("{method} {path}")), "{method} {path}");
            }
        }
    }

    #[test]
    fn typed_values_come_out_of_a_form() {
        let mut form = Node::empty();
        form.add_encoded(b"currency=eur&unit_amount=1450&active=true&recurring[interval]=month").unwrap();
        let read = ParameterTable::load().unwrap().read("POST", "/v1/prices", &form).unwrap().unwrap();
        let expected = json!({ "currency": "eur", "unit_amount": 1450, "active": true, "recurring": { "interval": "month" } });
        assert_eq!(read, expected);
    }
}
