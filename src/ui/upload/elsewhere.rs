//! Outside a browser nobody has files.

use leptos::web_sys::{ClipboardEvent, DragEvent, Event};

use crate::error::Error;

/// No file.
#[derive(Clone)]
pub struct Picked;

impl Picked {
    /// None.
    pub const fn name(&self) -> String {
        String::new()
    }

    /// Nothing.
    pub const fn size(&self) -> f64 {
        0.0
    }
}

/// Nothing.
pub const fn chosen(_event: &Event) -> Vec<Picked> {
    Vec::new()
}

/// Nothing.
pub const fn held(_event: &Event) -> Vec<Picked> {
    Vec::new()
}

/// Nothing.
pub const fn dropped(_event: &DragEvent) -> Vec<Picked> {
    Vec::new()
}

/// Nothing.
pub const fn pasted(_event: &ClipboardEvent) -> Vec<Picked> {
    Vec::new()
}

/// Nothing.
pub const fn pasted_text(_event: &ClipboardEvent) -> Option<String> {
    None
}

/// Nothing.
pub const fn pasted_page(_event: &ClipboardEvent) -> Option<String> {
    None
}

/// Nothing is dragged.
pub const fn carries_files(_event: &DragEvent) -> bool {
    false
}

/// Does nothing.
pub fn send<T>(
    _file: &Picked,
    _address: &str,
    _fields: &[(&str, String)],
    _progress: impl Fn(f64) + 'static,
    _done: impl FnOnce(Result<T, Error>) + 'static,
) {
}
