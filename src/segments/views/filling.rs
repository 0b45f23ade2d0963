//! How far the finding out of who a new rule holds for is, with a way to stop it and to go on.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::id::SegmentId;
use crate::segments::Detail;
use crate::segments::api::PauseSegment;
use crate::ui::flash::failure_of;
use crate::ui::{refused, thousands};

/// Nothing once everyone was looked at.
#[component]
pub fn Filling(id: SegmentId, now: Memo<Detail>) -> impl IntoView {
    // The page stays, with what is being written in it.
    let pause = ServerAction::<PauseSegment>::new();
    let failure = failure_of(pause);
    // A segment in the archive is filled when it is taken back.
    let far = Memo::new(move |_| now.with(|d| d.brief.filling.filter(|_| !d.archived)));
    let there = Memo::new(move |_| far.get().is_some());
    let paused = Memo::new(move |_| now.with(|d| d.brief.paused));
    let (done, total) =
        (move || far.get().unwrap_or_default().0, move || far.get().unwrap_or_default().1.max(1));
    let said = move || {
        let word = if paused.get() { "Stopped" } else { "Looking at everyone" };
        let (done, total) = (thousands(done()), thousands(total()));
        format!("{word}: {done} of {total}. The number below is not whole yet.")
    };
    let shown = move || {
        there.get().then(|| {
            view! {
                <ActionForm action=pause attr:class="notice segment-filling">
                    <span role="status">{said}</span>
                    <progress aria-label="Looked at" value=move || done().to_string() max=move || total().to_string()></progress>
                    <input type="hidden" name="id" value=id.to_string() />
                    <input type="hidden" name="pause" value=move || (!paused.get()).to_string() />
                    <button class="button small" type="submit">
                        {move || if paused.get() { "Go on" } else { "Stop" }}
                    </button>
                </ActionForm>
            }
        })
    };
    view! {
        {shown}
        {move || failure().map(refused)}
    }
    .into_any()
}
