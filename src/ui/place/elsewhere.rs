//! A server makes its pages in their order.

use leptos::web_sys::Element;

/// Nothing to do.
pub fn place(_list: &Element, _attribute: &str, _order: &[&str]) {}
