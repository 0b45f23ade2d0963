//! In a browser: a custom property of the page, and the browser's own storage.

use leptos::prelude::{document, window};
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{CssStyleDeclaration, HtmlElement};

use super::Limits;

fn root() -> Option<HtmlElement> {
    document().document_element()?.dyn_into().ok()
}

fn computed() -> Option<CssStyleDeclaration> {
    let root = root()?;
    window().get_computed_style(&root).ok().flatten()
}

/// What a width may be in this window.
pub fn limits() -> Limits {
    let size = computed().and_then(|style| style.get_property_value("font-size").ok());
    let rem = size.and_then(|size| size.trim_end_matches("px").parse().ok()).unwrap_or(16.0);
    let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or_default();
    Limits::of(rem, width)
}

/// The width that was chosen for a column.
pub fn kept(name: &str) -> Option<i32> {
    let storage = window().local_storage().ok().flatten()?;
    storage.get_item(&format!("width-{name}")).ok().flatten()?.parse().ok()
}

/// Gives a column a width and keeps it; `None` is the usual one again.
pub fn keep(name: &str, width: Option<i32>) {
    let (property, item) = (format!("--{name}-width"), format!("width-{name}"));
    let storage = window().local_storage().ok().flatten();
    // A browser that keeps nothing shows the width until the page is left.
    if let Some(root) = root() {
        let _ = match width {
            Some(width) => root.style().set_property(&property, &format!("{width}px")),
            None => root.style().remove_property(&property).map(drop),
        };
    }
    if let Some(storage) = storage {
        let _ = match width {
            Some(width) => storage.set_item(&item, &width.to_string()),
            None => storage.remove_item(&item),
        };
    }
}

/// Whether lines of the page run from right to left, so that what is before stands on the right.
pub fn runs_right_to_left() -> bool {
    computed().and_then(|style| style.get_property_value("direction").ok()).as_deref()
        == Some("rtl")
}
