//! Stripe's rules for metadata: <https://docs.stripe.com/metadata>.

use serde_json::{Map, Value, json};

use crate::fields::Fields;
use crate::http::error::ApiError;

const MAX_KEYS: usize = 50;
const MAX_KEY_CHARACTERS: usize = 40;
const MAX_VALUE_CHARACTERS: usize = 500;

/// The metadata of a new object: what was given, checked, without the keys given as empty.
pub(crate) fn initial(parameters: &Value) -> Result<Value, ApiError> {
    let mut object = json!({ "metadata": {} });
    merge(&mut object, parameters)?;
    Ok(object.copy("metadata"))
}

/// Merges given metadata into an object's: a key given as empty goes, an empty whole clears all, the rest stays.
pub(crate) fn merge(object: &mut Value, parameters: &Value) -> Result<(), ApiError> {
    let Some(given) = parameters.get("metadata") else { return Ok(()) };
    let Some(given) = given.as_object() else {
        object.put("metadata", json!({}));
        return Ok(());
    };
    let mut merged = object.field("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    for (key, value) in given {
        apply(&mut merged, key, value.as_str().unwrap_or_default())?;
    }
    if merged.len() > MAX_KEYS {
        return Err(ApiError::invalid("metadata", format!("Metadata can have at most {MAX_KEYS} keys.")));
    }
    object.put("metadata", merged);
    Ok(())
}

fn apply(metadata: &mut Map<String, Value>, key: &str, value: &str) -> Result<(), ApiError> {
    let name = format!("metadata[{key}]");
    if key.chars().count() > MAX_KEY_CHARACTERS {
        return Err(ApiError::invalid(
            &name,
            format!("Metadata keys can have at most {MAX_KEY_CHARACTERS} characters."),
        ));
    }
    if value.chars().count() > MAX_VALUE_CHARACTERS {
        return Err(ApiError::invalid(
            &name,
            format!("Metadata values can have at most {MAX_VALUE_CHARACTERS} characters."),
        ));
    }
    if value.is_empty() {
        metadata.shift_remove(key);
    } else {
        metadata.insert(key.to_owned(), Value::from(value));
    }
    Ok(())
}
