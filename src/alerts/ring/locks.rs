//! Who of several tabs does a thing: the one that gets its lock (Web Locks).

use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "locks"], js_name = request, catch)]
    fn request(name: &str, options: &JsValue, took: &Function) -> Result<Promise, JsValue>;
}

/// Does a thing unless another tab did it in the last `millis` milliseconds. A browser without locks has each tab do it.
pub fn once(name: &str, millis: i32, act: impl FnOnce() + Clone + 'static) {
    let options = Object::new();
    // A plain object takes any property.
    let _ = Reflect::set(&options, &"ifAvailable".into(), &true.into());
    let alone = act.clone();
    let took = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        if lock.is_null() {
            return JsValue::UNDEFINED;
        }
        act();
        // The lock is held until this is kept.
        let held = Promise::new(&mut |done, _| {
            let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, millis);
        });
        held.into()
    });
    if request(name, &options, &took.into()).is_err() {
        alone();
    }
}
