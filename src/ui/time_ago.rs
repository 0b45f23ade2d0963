//! A moment: how long ago, with the exact time on hover.

use leptos::prelude::*;

use super::use_minute;
use crate::time::Stamp;

/// A moment as the server worded it, and then as time goes by: a page may stand open for hours.
#[component]
pub fn TimeAgo(
    /// The moment.
    stamp: Stamp,
) -> impl IntoView {
    let (datetime, title) = (stamp.iso.clone(), stamp.exact.clone());
    let ago = use_ago(stamp);
    view! {
        <time datetime=datetime title=title>
            {ago}
        </time>
    }
}

/// How long ago a moment is, followed to the minute.
pub fn use_ago(stamp: Stamp) -> impl Fn() -> String + Clone + Send + 'static {
    let time = use_minute();
    move || time.get().map_or_else(|| stamp.ago.clone(), |now| stamp.at.ago(now))
}
