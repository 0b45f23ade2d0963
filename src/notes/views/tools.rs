//! The buttons for formatting under a field.

use futures::channel::oneshot::{Sender, channel};
use leptos::html::{Div, Textarea};
use leptos::prelude::*;

use crate::notes::editor::{self, Desk, Row};

/// Where they stand once somebody writes in the field: what they are comes with what a note is written in with. Nothing where
/// that does not come, and nothing without a script.
#[component]
pub fn Tools(
    /// How the field is written in, where several write in it.
    #[prop(optional)]
    desk: Option<Desk>,
    field: NodeRef<Textarea>,
    /// Whether somebody writes in it.
    wanted: Signal<bool>,
) -> impl IntoView {
    let place = NodeRef::<Div>::new();
    // They are gone when this is.
    let shown = StoredValue::new(None::<Sender<()>>);
    Effect::new(move |_| {
        let Some(place) = place.get().filter(|_| wanted.get()) else { return };
        if shown.with_value(Option::is_none) {
            let (here, gone) = channel();
            shown.set_value(Some(here));
            editor::show_tools(Row { place: place.into(), desk, field }, gone);
        }
    });
    view! { <div class="note-tools" node_ref=place></div> }.into_any()
}
