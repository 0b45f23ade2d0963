//! Where the browser begins.

use any_spawner::Executor;
use leptos::mount::hydrate_from_async;
use leptos::prelude::*;
use leptos::tachys::dom::body;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::app::App;

/// Takes over the page that the server sent, once the code of its area has come.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    _ = Executor::init_wasm_bindgen();
    spawn_local(async {
        let settled = ArcRwSignal::new(false);
        let page = {
            let settled = settled.clone();
            move || view! { <App settled /> }
        };
        hydrate_from_async(body(), page).await.forget();
        settled.set(true);
        // Says on the root that the page answers by itself now, for tests.
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-ready", "on");
        }
    });
}
