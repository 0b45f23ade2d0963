//! Notifications of the browser.

use js_sys::{Object, Promise, Reflect};
use leptos::prelude::{document, window};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

use super::Permission;
use crate::alerts::{Item, device};

#[wasm_bindgen]
extern "C" {
    type Notification;
    #[wasm_bindgen(constructor, catch)]
    fn new(title: &str, options: &JsValue) -> Result<Notification, JsValue>;
    #[wasm_bindgen(static_method_of = Notification, getter)]
    fn permission() -> String;
    #[wasm_bindgen(static_method_of = Notification, js_name = requestPermission, catch)]
    fn request_permission() -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, setter)]
    fn set_onclick(this: &Notification, heard: &JsValue);
    #[wasm_bindgen(method)]
    fn close(this: &Notification);
}

/// Whether they may be shown.
pub fn permission() -> Permission {
    if !Reflect::has(&window(), &"Notification".into()).unwrap_or(false) {
        return Permission::Missing;
    }
    match Notification::permission().as_str() {
        "granted" => Permission::Granted,
        "denied" => Permission::Denied,
        _ => Permission::Unasked,
    }
}

/// Asks whoever sits there, who has just pressed a button.
pub fn allow(done: impl FnOnce(Permission) + 'static) {
    if permission() == Permission::Missing {
        return done(Permission::Missing);
    }
    let Ok(asked) = Notification::request_permission() else { return done(permission()) };
    let heard = Closure::once(move |_: JsValue| done(permission()));
    let _ = asked.then(&heard);
    heard.forget();
}

/// The page's own icon, whose name changes with it.
fn icon() -> String {
    let link = document().query_selector("link[rel=apple-touch-icon]").ok().flatten();
    link.and_then(|link| link.get_attribute("href")).unwrap_or_default()
}

/// Shows one. Pressing it opens its conversation in this tab. `sound` is whether it may be heard where not the page sounds.
pub fn show(item: &Item, sound: bool, open: impl Fn(&str) + 'static) {
    if permission() != Permission::Granted {
        return;
    }
    let options = Object::new();
    let address = item.place.address();
    let icon = icon();
    // What is written next in a place takes the place of what was shown of it.
    for (name, value) in [("body", item.text.as_str()), ("tag", &address), ("icon", &icon)] {
        // A plain object takes any property.
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    // A phone's browser shows only what a worker shows, which opens the address by itself.
    let Ok(shown) = Notification::new(&item.title, &options) else {
        let data = Object::new();
        let _ = Reflect::set(&data, &"address".into(), &address.into());
        let _ = Reflect::set(&options, &"data".into(), &data);
        let _ = Reflect::set(&options, &"silent".into(), &(!sound).into());
        return device::show(item.title.clone(), options);
    };
    let pressed = Closure::<dyn Fn()>::new({
        let shown: Notification = shown.clone().unchecked_into();
        move || {
            let _ = window().focus();
            open(&address);
            shown.close();
        }
    });
    shown.set_onclick(pressed.as_ref());
    pressed.forget();
}
