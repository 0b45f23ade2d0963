//! Where the browser begins.

use any_spawner::Executor;
use leptos::ev;
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
        // Until then a link is the browser's own: the router would change the address under a page that is still being
        // taken over, and what was asked for would not be what it shows.
        let router = window_event_listener(ev::click, |click| click.stop_immediate_propagation());
        let page = {
            let settled = settled.clone();
            move || view! { <App settled /> }
        };
        hydrate_from_async(body(), page).await.forget();
        router.remove();
        settled.set(true);
        // Says on the root that the page answers by itself now, for tests.
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-ready", "on");
        }
    });
}
