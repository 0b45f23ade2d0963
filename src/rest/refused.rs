//! A refusal as the public APIs answer it: `{"type":"error.list","request_id":…,"errors":[…]}`.

use std::iter::once;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tower_http::request_id::RequestId;

use super::most;
use crate::error::Error;

/// A refusal with its status and the word that programs look at.
#[derive(Debug, Clone)]
pub struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
    field: Option<String>,
    /// The other fields that are refused, each with why.
    others: Vec<(String, String)>,
}

impl Refused {
    /// The refusal that a status says by itself.
    pub fn of(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method_not_allowed", "This address does not take this method")
            }
            StatusCode::PAYLOAD_TOO_LARGE => return Self::too_large(most::MOST),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("unsupported_media_type", "Send JSON as it is, or to the tracking API in gzip")
            }
            StatusCode::TOO_MANY_REQUESTS => {
                ("rate_limit_exceeded", "Too many requests. Wait until X-RateLimit-Reset")
            }
            s if s.is_server_error() => return Error::Internal.into(),
            _ => ("parameter_invalid", "The address or the request makes no sense"),
        };
        Self { status, code, message: message.into(), field: None, others: Vec::new() }
    }

    /// The refusal of a request over so many bytes.
    pub fn too_large(most: usize) -> Self {
        let message = format!("Send at most {}", most::words(most));
        let (status, code) = (StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large");
        Self { status, code, message, field: None, others: Vec::new() }
    }

    /// Says of a "not found" which part of the address named it, unless a field did.
    pub fn in_address(&mut self, part: &str) {
        if self.status == StatusCode::NOT_FOUND {
            self.field.get_or_insert_with(|| part.to_owned());
        }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::NotFound | Error::Missing { .. } => "not_found",
            Error::Unauthorized => "unauthorized",
            Error::Invalid { .. } | Error::Several(_) => "parameter_invalid",
            Error::Conflict(_) | Error::Taken { .. } => "conflict",
            Error::Forbidden(_) => "action_forbidden",
            Error::TooMany => "rate_limit_exceeded",
            Error::TooSlow => "request_too_slow",
            Error::Unreachable | Error::Internal => "server_error",
        };
        let status =
            StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let message = error.to_string();
        let (field, others) = match error {
            Error::Invalid { field, .. }
            | Error::Taken { field, .. }
            | Error::Missing { field } => (Some(field), Vec::new()),
            Error::Several(mut all) => {
                let others = all.split_off(all.len().min(1));
                (all.pop().map(|(field, _)| field), others)
            }
            _ => (None, Vec::new()),
        };
        Self { status, code, message, field, others }
    }
}

impl IntoResponse for Refused {
    /// Without its words yet: [`finish`] writes them, since it knows the request's id.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the refusals of every route, with the id under which the request is known.
pub async fn finish(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map(|id| id.header_value().clone());
    let mut response = next.run(request).await;
    let Some(refused) = response.extensions_mut().remove::<Refused>() else { return response };
    let mut error = json!({ "code": refused.code, "message": refused.message });
    if let Some(field) = refused.field {
        error["field"] = field.into();
    }
    let other = |(field, why): (String, String)| {
        let message = format!("{field}: {why}");
        json!({ "code": refused.code, "message": message, "field": field })
    };
    let errors: Vec<_> = once(error).chain(refused.others.into_iter().map(other)).collect();
    let id = id.as_ref().and_then(|id| id.to_str().ok());
    let body = json!({ "type": "error.list", "request_id": id, "errors": errors });
    *response.body_mut() = Body::from(body.to_string());
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
