//! The NUL character, which nobody types and PostgreSQL refuses in every text: refused where addresses and forms arrive.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::Error;

/// Whether an address or a form has one, as it is or in `%00`.
pub fn is_in(form: &[u8]) -> bool {
    form.contains(&0) || form.windows(3).any(|three| three == b"%00")
}

/// Refuses every address that has one. The REST API does so itself, and says in which parameter.
pub async fn check(request: Request, next: Next) -> Response {
    let asked = request.uri().path_and_query().map_or("", |asked| asked.as_str());
    if is_in(asked.as_bytes()) && !asked.starts_with("/api/") {
        return refused();
    }
    next.run(request).await
}

/// The refusal, in the words of a server function.
pub fn refused() -> Response {
    let error = Error::invalid("text", "NUL characters are not taken");
    (StatusCode::BAD_REQUEST, serde_json::to_string(&error).unwrap_or_default()).into_response()
}

#[cfg(test)]
mod tests {
    use super::is_in;

    #[test]
    fn it_is_found_as_it_is_and_escaped_once() {
        assert!(is_in(b"find=a%00b") && is_in(b"find=a\0b") && is_in(b"%00"));
        assert!(!is_in(b"find=100%2500&x=%0") && !is_in(b"") && !is_in(b"00"));
    }
}
