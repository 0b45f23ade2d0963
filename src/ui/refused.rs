//! Why something was refused.

use leptos::prelude::*;

use crate::error::Error;

/// Why a form, or what a page asked for, was refused: a sentence, which readers of the screen hear at once.
pub fn refused(error: Error) -> impl IntoView {
    view! { <p class="notice error" role="alert">{error.sentence()}</p> }
}
