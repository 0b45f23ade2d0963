//! On the server, which says itself what depends on the time.

use leptos::prelude::*;

use crate::time::Time;

/// Does nothing.
pub const fn provide_minute() {}

/// Nothing: the page is not live.
pub fn use_minute() -> ReadSignal<Option<Time>> {
    RwSignal::new(None).read_only()
}
