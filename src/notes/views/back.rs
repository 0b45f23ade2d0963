//! The way back from a form without a script.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

/// This page, at a place of it such as `#note-5`: where a browser goes that has sent a form by itself.
pub fn back(place: String) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    let (path, query) = (use_location().pathname, use_query_map());
    move || {
        // What stands on the page hears of the way to another one before it goes.
        let query = query.try_get().unwrap_or_default().to_query_string();
        format!("{}{query}{place}", path.try_get().unwrap_or_default())
    }
}
