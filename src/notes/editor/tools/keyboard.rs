//! How much of the page the keyboard of a phone covers, as a property that styles read: what is to stay within reach stands
//! above it.

use js_sys::Reflect;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{EventTarget, HtmlElement};
use wasm_bindgen::closure::Closure;

/// What the property is called.
const COVERED: &str = "--keyboard";

/// Keeps the property for as long as the component stands.
pub fn follow() {
    let seen = Reflect::get(&window(), &"visualViewport".into());
    let Some(seen) = seen.ok().and_then(|seen| seen.dyn_into::<EventTarget>().ok()) else { return };
    let root = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok());
    let Some(root) = root else { return };
    let said = StoredValue::new(0);
    let (part, page) = (seen.clone(), root.clone());
    let look = move || {
        let now = covered(&part, &page);
        if said.try_get_value().is_some_and(|said| said != now) {
            said.set_value(now);
            // A browser that takes no property covers nothing either.
            let _ = page.style().set_property(COVERED, &format!("{now}px"));
        }
    };
    look();
    let look = Closure::<dyn Fn()>::new(look);
    for event in ["resize", "scroll"] {
        let _ = seen.add_event_listener_with_callback(event, look.as_ref().unchecked_ref());
    }
    let kept = StoredValue::new_local(Some((seen, root, look)));
    on_cleanup(move || {
        let Some(Some((seen, root, look))) = kept.try_update_value(Option::take) else { return };
        for event in ["resize", "scroll"] {
            let _ = seen.remove_event_listener_with_callback(event, look.as_ref().unchecked_ref());
        }
        let _ = root.style().remove_property(COVERED);
    });
}

/// How many pixels at the foot of the page cannot be seen. Who has made the page larger looks at a part of it.
fn covered(seen: &EventTarget, page: &HtmlElement) -> i32 {
    let of = |name: &str| Reflect::get(seen, &name.into()).ok().and_then(|value| value.as_f64());
    let (Some(height), Some(top), Some(scale)) = (of("height"), of("offsetTop"), of("scale"))
    else {
        return 0;
    };
    let hidden = f64::from(page.client_height()) - height - top;
    if scale > 1.01 { 0 } else { hidden.round().max(0.0) as i32 }
}
