//! What was typed into a field, or chosen by it, before the page could listen.

use leptos::html::ElementType;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

/// What ties a field to its element, whose value `take` reads as soon as the page can listen: what somebody wrote while it was
/// loading is not lost. In a browser only.
pub fn typed_before<E>(take: impl Fn(E::Output) + 'static) -> NodeRef<E>
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    let field = NodeRef::<E>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            untrack(|| take(field));
        }
    });
    field
}
