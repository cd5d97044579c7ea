//! Reading and writing Stripe's objects, which the sandbox keeps as the JSON that the API shows.
//!
//! Paths are dotted (`recurring.interval`). A field that is missing and a field that is null read the same.

use serde_json::{Map, Value, json};

/// Short ways into a JSON object.
pub(crate) trait Fields {
    /// The value at a dotted path, unless it is missing or null.
    fn field(&self, path: &str) -> Option<&Value>;
    /// Puts a value at a dotted path, making the objects on the way.
    fn put(&mut self, path: &str, value: impl Into<Value>);

    /// Sets the members of another object, over what is there.
    fn merge(&mut self, members: Value);

    /// The text at a path.
    fn text(&self, path: &str) -> Option<&str> {
        self.field(path).and_then(Value::as_str)
    }

    /// The text at a path, as its own string.
    fn owned(&self, path: &str) -> Option<String> {
        self.text(path).map(str::to_owned)
    }

    /// The whole number at a path.
    fn integer(&self, path: &str) -> Option<i64> {
        self.field(path).and_then(Value::as_i64)
    }

    /// The whole number at a path, 0 without one: what Stripe's amounts mean when they are not there.
    fn amount(&self, path: &str) -> i64 {
        self.integer(path).unwrap_or(0)
    }

    /// Whether the value at a path is true.
    fn flag(&self, path: &str) -> bool {
        self.field(path).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The elements of the array at a path; none without one.
    fn elements(&self, path: &str) -> &[Value] {
        self.field(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The same, to change them; `None` where there is no array.
    fn elements_mut(&mut self, path: &str) -> Option<&mut Vec<Value>>;

    /// A copy of the value at a path, null without one.
    fn copy(&self, path: &str) -> Value {
        self.field(path).cloned().unwrap_or(Value::Null)
    }

    /// The object's own id; empty for the few without one.
    fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    /// The object's type, such as `customer`.
    fn kind(&self) -> &str {
        self.text("object").unwrap_or_default()
    }
}

impl Fields for Value {
    fn field(&self, path: &str) -> Option<&Value> {
        let found = path.split('.').try_fold(self, |value, key| value.get(key))?;
        (!found.is_null()).then_some(found)
    }

    fn elements_mut(&mut self, path: &str) -> Option<&mut Vec<Value>> {
        path.split('.').try_fold(self, |value, key| value.get_mut(key))?.as_array_mut()
    }

    fn put(&mut self, path: &str, value: impl Into<Value>) {
        let mut place = self;
        for key in path.split('.') {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            place = &mut place[key];
        }
        *place = value.into();
    }

    fn merge(&mut self, members: Value) {
        if let (Value::Object(own), Value::Object(members)) = (self, members) {
            own.extend(members);
        }
    }
}

/// A list, as Stripe's API shows one. Its elements do not go through `json!`, which would copy all that is in them.
pub(crate) fn list_of(data: Vec<Value>, has_more: bool, url: &str) -> Value {
    let mut list = json!({ "object": "list", "data": null, "has_more": has_more, "url": url });
    list.put("data", data);
    list
}

/// Copies the named parameters that were given, null included, so that an update changes only what it names.
pub(crate) fn copy_given(target: &mut Value, parameters: &Value, names: &[&str]) {
    for name in names {
        if let Some(value) = parameters.get(*name) {
            target.put(name, value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_field_reads_as_missing() {
        let object = json!({ "a": { "b": null, "c": 3 } });
        assert_eq!(object.field("a.b"), None);
        assert_eq!(object.integer("a.c"), Some(3));
        assert_eq!(object.field("a.c.d"), None);
    }

    #[test]
    fn put_makes_the_objects_on_the_way() {
        let mut object = json!({ "a": null });
        object.put("a.b.c", 1);
        assert_eq!(object, json!({ "a": { "b": { "c": 1 } } }));
    }
}
