//! Who asks, inside server functions and pages.

use std::sync::Arc;

use axum::http::StatusCode;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::error::Error;
use crate::server::state::AppState;
use crate::teammates::Viewer;

/// The process's state.
pub fn app() -> Result<Arc<AppState>, Error> {
    use_context::<Arc<AppState>>().ok_or(Error::Internal)
}

/// The teammate who asks, with the process's state.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
pub fn viewer() -> Result<(Arc<AppState>, Viewer), Error> {
    let viewer = use_context::<Viewer>().ok_or(Error::Unauthorized)?;
    Ok((app()?, viewer))
}

/// Gives a page or a reading request the status that says why it failed.
pub fn refuse(error: Error) -> Error {
    if let (Some(response), Ok(status)) =
        (use_context::<ResponseOptions>(), StatusCode::from_u16(error.status()))
    {
        response.set_status(status);
    }
    error
}
