//! Signing in and out, as forms that work without JavaScript.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;

use crate::error::Error;

/// Signs in and goes where the teammate wanted to go.
///
/// # Errors
/// As [`super::sign_in`].
#[server(prefix = "/do", endpoint = "sign_in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), Error> {
    use crate::server::{cookie, viewer};
    let app = viewer::app()?;
    let token = super::sign_in(&app, &email, &password).await?;
    let line = cookie::write(super::SESSION_COOKIE, &token, 30 * 24 * 60 * 60, app.secure);
    cookie::set(&line)?;
    // Only a path of this site: `//elsewhere` and `/\elsewhere` are other sites.
    let next = next.filter(|n| n.starts_with('/') && !n.starts_with("//") && !n.contains('\\'));
    leptos_axum::redirect(next.as_deref().unwrap_or("/people"));
    Ok(())
}

/// Signs out.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
#[server(prefix = "/do", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), Error> {
    use crate::server::{cookie, viewer};
    let app = viewer::app()?;
    let headers =
        use_context::<axum::http::request::Parts>().map(|p| p.headers).unwrap_or_default();
    if let Some(token) = cookie::read(&headers, super::SESSION_COOKIE) {
        super::sign_out(&app, &token).await?;
    }
    cookie::set(&cookie::write(super::SESSION_COOKIE, "", 0, app.secure))?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}
