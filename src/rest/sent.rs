//! The JSON that a caller sent.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::{Refused, most};
use crate::error::Error;

/// A JSON object without NUL characters, which PostgreSQL cannot keep.
pub struct Sent(
    /// Its fields.
    pub Map<String, Value>,
);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let most = most::of(&request);
        let bytes =
            Bytes::from_request(request, state).await.map_err(|rejection| {
                match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => Refused::too_large(most),
                    other => Refused::of(other),
                }
            })?;
        Ok(Self(read(&bytes)?))
    }
}

/// Reads a JSON object.
///
/// # Errors
/// As [`parse`] and [`plain`]; [`Error::Invalid`] for another value.
pub fn read(bytes: &[u8]) -> Result<Map<String, Value>, Error> {
    let value = parse(bytes)?;
    plain(&value)?;
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err(Error::invalid("body", "send a JSON object")),
    }
}

/// Reads JSON.
///
/// # Errors
/// [`Error::Invalid`] for what is none, with the line and the column; for text that is not UTF-8 at the field it is in.
pub fn parse(bytes: &[u8]) -> Result<Value, Error> {
    serde_json::from_slice(bytes).map_err(|e| match std::str::from_utf8(bytes) {
        Ok(_) => {
            let (line, column) = (e.line(), e.column());
            Error::invalid("body", format!("not JSON at line {line}, column {column}"))
        }
        Err(wrong) => {
            let (good, rest) = bytes.split_at(wrong.valid_up_to());
            // A NUL stands where the text breaks off, since its field can be found.
            let mut marked = [good, b"\\u0000"].concat();
            marked.extend_from_slice(String::from_utf8_lossy(rest).as_bytes());
            let marked = serde_json::from_slice(&marked).unwrap_or_default();
            let field = nul(&marked, "").unwrap_or_else(|| "body".into());
            Error::invalid(field, "send UTF-8")
        }
    })
}

/// Refuses NUL characters, in names too.
///
/// # Errors
/// [`Error::Invalid`] at the field that has one, such as `users[0].id`, or for a name at the object that it is in.
pub fn plain(value: &Value) -> Result<(), Error> {
    let refused = |field| Err(Error::invalid(field, "NUL characters are not accepted"));
    nul(value, "").map_or(Ok(()), refused)
}

/// Where the first NUL is. JSON is parsed to a bounded depth, so this ends.
fn nul(value: &Value, path: &str) -> Option<String> {
    let here = || if path.is_empty() { "body".to_owned() } else { path.to_owned() };
    match value {
        Value::String(text) => text.contains('\0').then(here),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(n, item)| nul(item, &format!("{path}[{n}]")))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let dot = if path.is_empty() { "" } else { "." };
            if name.contains('\0') {
                Some(here())
            } else {
                nul(value, &format!("{path}{dot}{name}"))
            }
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{parse, plain};
    use crate::error::Error;

    fn field<T>(read: Result<T, Error>) -> Option<String> {
        match read {
            Err(Error::Invalid { field, .. }) => Some(field),
            _ => None,
        }
    }

    #[test]
    fn a_nul_is_found_wherever_it_is_and_its_spelling_is_not_one() {
        assert_eq!(field(plain(&json!({"a": [1, {"b": "x\0"}]}))).unwrap(), "a[1].b");
        assert_eq!(field(plain(&json!({"a": {"b\0": 1}}))).unwrap(), "a");
        assert_eq!(field(plain(&json!({"a\0": 1}))).unwrap(), "body");
        assert_eq!(field(plain(&json!({"a": "\\u0000"}))), None);
    }

    #[test]
    fn what_is_not_utf_8_is_found_where_it_is() {
        assert_eq!(field(parse(b"{\"a\": {\"b\": [\"x\xff\xfe\", 1]}}")).unwrap(), "a.b[0]");
        assert_eq!(field(parse(b"{\"a\": \"\xc3\"}")).unwrap(), "a");
        assert_eq!(field(parse(b"{\"a\xff\": 1}")).unwrap(), "body");
        assert_eq!(field(parse(b"\xff")).unwrap(), "body");
        assert_eq!(field(parse("{\"a\": \"\u{fffd}\"}".as_bytes())), None);
    }
}
