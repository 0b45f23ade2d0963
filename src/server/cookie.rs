//! Reading and writing cookies: always HttpOnly, SameSite=Lax, for the whole site.

use axum::http::{HeaderMap, HeaderValue, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::error::Error;

/// A cookie's value, as it was sent; the first where there are several of that name.
pub fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|h| h.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// A `Set-Cookie` line. `age` in seconds; 0 removes it.
pub fn write(name: &str, value: &str, age: i64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")
}

/// Adds a `Set-Cookie` line to the answer of the server function that runs.
///
/// # Errors
/// [`Error::Internal`] outside of one, and for a line that no header may have.
pub fn set(line: &str) -> Result<(), Error> {
    let value = HeaderValue::from_str(line).map_err(|_| Error::Internal)?;
    let response = use_context::<ResponseOptions>().ok_or(Error::Internal)?;
    response.append_header(header::SET_COOKIE, value);
    Ok(())
}
