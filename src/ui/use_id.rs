//! The number in a page's address.

use std::str::FromStr;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

/// What the part of the address is that a route calls `:id`; nothing where it is none of these numbers. `page` is what the
/// addresses of the page begin with: one that is being left still stands when the next one has the address already, and
/// would ask for the number of another kind of thing.
pub fn use_id<T>(page: &'static str) -> Memo<Option<T>>
where
    T: FromStr + PartialEq + Clone + Send + Sync + 'static,
{
    let params = use_params_map();
    let path = use_location().pathname;
    Memo::new(move |before: Option<&Option<T>>| {
        if !path.read().starts_with(page) {
            return before.cloned().flatten();
        }
        params.read().get("id").and_then(|id| id.parse().ok())
    })
}
