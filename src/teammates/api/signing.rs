//! Signing in and out, joining, and a forgotten password, as forms that work without JavaScript.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::Error;

/// Signs in and goes where the teammate wanted to go, by way of the second step where they have one.
///
/// # Errors
/// As [`crate::teammates::enter`].
#[server(prefix = "/do", endpoint = "sign_in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), Error> {
    use crate::server::{cookie, viewer};
    use crate::teammates::{Entered, SECOND_STEP_COOKIE, SESSION_COOKIE, second};
    let app = viewer::app()?;
    match crate::teammates::enter(&app, &email, &password, &viewer::agent()).await? {
        Entered::Session(token) => {
            cookie::set(&cookie::write(SESSION_COOKIE, &token, 30 * 24 * 60 * 60, app.secure))?;
            leptos_axum::redirect(&ours(next));
        }
        Entered::SecondStep(begun) => {
            let age = second::PATIENCE / 1000;
            cookie::set(&cookie::write(SECOND_STEP_COOKIE, &begun, age, app.secure))?;
            let next = ours(next);
            let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            leptos_axum::redirect(&format!("/sign-in/code?next={next}"));
        }
    }
    Ok(())
}

/// Where to go after signing in: only to a path of this site.
#[cfg(feature = "ssr")]
fn ours(next: Option<String>) -> String {
    let next = next.filter(|next| crate::server::viewer::is_ours(next));
    next.unwrap_or_else(|| "/people".into())
}

/// The second step of signing in: a code of the app, or a recovery code.
///
/// # Errors
/// As [`crate::teammates::second::finish`].
#[server(prefix = "/do", endpoint = "second_step")]
pub async fn second_step(code: String, next: Option<String>) -> Result<(), Error> {
    use crate::server::{cookie, viewer};
    use crate::teammates::{SECOND_STEP_COOKIE, SESSION_COOKIE, second};
    let app = viewer::app()?;
    let parts = use_context::<axum::http::request::Parts>().ok_or(Error::Internal)?;
    let begun = cookie::read(&parts.headers, SECOND_STEP_COOKIE).unwrap_or_default();
    let token = second::finish(&app, &begun, &code, &viewer::agent()).await?;
    cookie::set(&cookie::write(SECOND_STEP_COOKIE, "", 0, app.secure))?;
    cookie::set(&cookie::write(SESSION_COOKIE, &token, 30 * 24 * 60 * 60, app.secure))?;
    leptos_axum::redirect(&ours(next));
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
    if let Some(token) = cookie::read(&headers, crate::teammates::SESSION_COOKIE) {
        crate::teammates::sign_out(&app, &token).await?;
    }
    cookie::set(&cookie::write(crate::teammates::SESSION_COOKIE, "", 0, app.secure))?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// The workspace's name and the address that a link invites.
///
/// # Errors
/// [`Error::NotFound`] for a link that is used, revoked or too old.
#[server(prefix = "/do", endpoint = "invited", input = GetUrl)]
pub async fn invited(token: String) -> Result<(String, String), Error> {
    use crate::server::viewer;
    let app = viewer::app()?;
    crate::teammates::invited(&app, &token).await?.ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// Accepts an invitation and signs in.
///
/// # Errors
/// As [`crate::teammates::join`].
#[server(prefix = "/do", endpoint = "join")]
pub async fn join(token: String, name: String, password: String) -> Result<(), Error> {
    use crate::server::{cookie, viewer};
    let app = viewer::app()?;
    let email = crate::teammates::join(&app, &token, &name, &password).await?;
    let entered = crate::teammates::enter(&app, &email, &password, &viewer::agent()).await?;
    let crate::teammates::Entered::Session(session) = entered else { return Err(Error::Internal) };
    cookie::set(&cookie::write(
        crate::teammates::SESSION_COOKIE,
        &session,
        30 * 24 * 60 * 60,
        app.secure,
    ))?;
    leptos_axum::redirect("/inbox");
    Ok(())
}

/// Whether a forgotten password can be set by mail here.
///
/// # Errors
/// [`Error::Internal`] only.
#[server(prefix = "/do", endpoint = "sends_mail", input = GetUrl)]
pub async fn sends_mail() -> Result<bool, Error> {
    Ok(crate::server::viewer::app()?.mail.is_some())
}

/// Whether the page that asks still has a session.
///
/// # Errors
/// None but for a connection that is lost.
#[server(prefix = "/do", endpoint = "is_signed_in", input = GetUrl)]
pub async fn is_signed_in() -> Result<bool, Error> {
    Ok(use_context::<crate::teammates::Viewer>().is_some())
}

/// Sends a link that sets a new password, if the address has an account; the answer does not tell whether it has.
///
/// # Errors
/// As [`crate::teammates::forgot`].
#[server(prefix = "/do", endpoint = "forgot_password")]
pub async fn forgot_password(email: String) -> Result<(), Error> {
    use crate::server::viewer;
    let app = viewer::app()?;
    crate::teammates::forgot(&app, &email)?;
    viewer::lead_and_show(&app, "/forgot-password", vec![("asked".to_owned(), email)])
}

/// The address whose password a link sets.
///
/// # Errors
/// [`Error::NotFound`] for a link that is used or too old.
#[server(prefix = "/do", endpoint = "resets", input = GetUrl)]
pub async fn resets(token: String) -> Result<String, Error> {
    use crate::server::viewer;
    let app = viewer::app()?;
    crate::teammates::resets(&app, &token).await?.ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// Sets a password by a link and leads to the page of signing in.
///
/// # Errors
/// As [`crate::teammates::reset`].
#[server(prefix = "/do", endpoint = "reset_password")]
pub async fn reset_password(token: String, new_password: String) -> Result<(), Error> {
    use crate::server::viewer;
    let app = viewer::app()?;
    crate::teammates::reset(&app, &token, &new_password).await?;
    viewer::lead_and_say(&app, "/sign-in", "Your password is changed. Sign in with it.")
}
