//! What stands where a segment is not.

use leptos::prelude::*;

use crate::error::Error;
use crate::ui::Missing;

/// What stands where a segment is not, or what is needed to build one could not be had.
#[component]
pub fn NoSegment(
    error: Error,
    /// Asks once more; nothing where nobody was asked.
    #[prop(default = None)]
    again: Option<Callback<()>>,
) -> impl IntoView {
    view! { <Missing error what="segment" all=("/segments", "All segments") again /> }
}
