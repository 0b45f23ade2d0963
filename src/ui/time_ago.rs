//! A moment: how long ago, with the exact time on hover.

use leptos::prelude::*;

use crate::time::Stamp;

/// A moment as the server worded it.
#[component]
pub fn TimeAgo(
    /// The moment.
    stamp: Stamp,
) -> impl IntoView {
    view! {
        <time datetime=stamp.iso title=stamp.exact>
            {stamp.ago}
        </time>
    }
}
