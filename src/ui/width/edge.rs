//! The edge between two columns, to be pulled.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::Element;

use super::kept;

/// How far one press of a key moves it, in pixels.
const STEP: i32 = 16;

/// An edge that gives a column its width: by pointer, by the arrow keys, by Home and End; Enter and a double click take
/// the usual width again. Nothing without a script.
#[component]
pub fn Edge(
    /// The name of the column: its custom property is `--NAME-width`.
    name: &'static str,
    /// What is moved, for who cannot see it.
    label: &'static str,
    /// Whether the column is on the far side, so that it grows towards the beginning.
    #[prop(optional)]
    far: bool,
) -> impl IntoView {
    let limits = RwSignal::new(None);
    let width = RwSignal::new(0);
    // What is chosen may be more than a smaller window has room for.
    let look = move || {
        let now = kept::limits();
        limits.set(Some(now));
        width.set(now.fit(kept::kept(name).unwrap_or(now.usual)));
    };
    Effect::new(move |_| look());
    let resized = window_event_listener(leptos::ev::resize, move |_| look());
    on_cleanup(move || resized.remove());
    let set = move |wanted: i32| {
        let chosen = kept::limits().fit(wanted);
        width.set(chosen);
        kept::keep(name, Some(chosen));
    };
    let reset = move || {
        kept::keep(name, None);
        look();
    };
    let way = move || if far == kept::runs_right_to_left() { 1 } else { -1 };
    let pulled = RwSignal::new(None::<(i32, i32)>);
    let take = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        event.prevent_default();
        if let Some(edge) = event.current_target().and_then(|t| t.dyn_into::<Element>().ok()) {
            // Without it the edge is let go when the pointer leaves it.
            let _ = edge.set_pointer_capture(event.pointer_id());
        }
        pulled.set(Some((event.client_x(), width.get_untracked())));
    };
    let pull = move |event: PointerEvent| {
        if let Some((from, before)) = pulled.get_untracked() {
            set(before + way() * (event.client_x() - from));
        }
    };
    let press = move |event: KeyboardEvent| {
        let now = width.get_untracked();
        match event.key().as_str() {
            "ArrowRight" => set(now + way() * STEP),
            "ArrowLeft" => set(now - way() * STEP),
            "Home" => set(0),
            "End" => set(i32::MAX),
            "Enter" => reset(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <div
            class=format!("edge edge-{name}")
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=label
            aria-valuemin=move || limits.get().map(|l| l.least)
            aria-valuemax=move || limits.get().map(|l| l.most)
            aria-valuenow=width
            aria-valuetext=move || format!("{} pixels", width.get())
            title="Pull to change the width; double-click for the usual one"
            hidden=move || limits.get().is_none()
            data-pulled=move || pulled.get().map(|_| "on")
            on:pointerdown=take
            on:pointermove=pull
            on:lostpointercapture=move |_| pulled.set(None)
            on:dblclick=move |_| reset()
            on:keydown=press
        ></div>
    }
    .into_any()
}
