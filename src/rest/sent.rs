//! The JSON object that a caller sent.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde_json::{Map, Value};

use super::Refused;
use crate::error::Error;

/// A JSON object without NUL characters, which PostgreSQL cannot keep.
pub struct Sent(
    /// Its fields.
    pub Map<String, Value>,
);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Refused::of(rejection.status()))?;
        Ok(Self(read(&bytes)?))
    }
}

/// Reads a JSON object.
///
/// # Errors
/// [`Error::Invalid`] for anything else, and for NUL characters in it.
pub fn read(bytes: &[u8]) -> Result<Map<String, Value>, Error> {
    let value: Value = serde_json::from_slice(bytes).map_err(|e| {
        Error::invalid("body", format!("not JSON at line {}, column {}", e.line(), e.column()))
    })?;
    if has_nul(&value) {
        return Err(Error::invalid("body", "NUL characters are not accepted"));
    }
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err(Error::invalid("body", "send a JSON object")),
    }
}

/// Whether any text in it, names too, has a NUL. JSON is parsed to a bounded depth, so this ends.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(k, v)| k.contains('\0') || has_nul(v)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::has_nul;

    #[test]
    fn a_nul_is_found_wherever_it_is_and_its_spelling_is_not_one() {
        assert!(has_nul(&json!({"a": [{"b": "x\0"}]})));
        assert!(has_nul(&json!({"a\0": 1})));
        assert!(!has_nul(&json!({"a": "\\u0000"})));
    }
}
