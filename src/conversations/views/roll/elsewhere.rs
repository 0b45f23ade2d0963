//! Outside a browser nothing scrolls.

use leptos::html::{Div, Li};
use leptos::prelude::NodeRef;

/// Nothing is seen.
pub const fn seen(_frame: NodeRef<Div>) -> Option<(usize, usize)> {
    None
}

/// Does nothing.
pub const fn space(_space: NodeRef<Li>, _rows: usize) {}

/// Nothing is scrolled.
pub const fn scrolled(_frame: NodeRef<Div>) -> Option<i32> {
    None
}

/// Does nothing.
pub const fn scroll(_frame: NodeRef<Div>, _at: i32) {}

/// Does nothing.
pub const fn show(_frame: NodeRef<Div>, _place: usize) {}

/// Does nothing.
pub const fn shift(_frame: NodeRef<Div>, _rows: i64) {}

/// Does nothing.
pub const fn grow(_space: NodeRef<Li>, _rows: usize) {}
