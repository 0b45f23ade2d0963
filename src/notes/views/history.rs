//! The texts that a note had.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::id::NoteId;
use crate::notes::api::{NoteHistory, NoteVersion, RestoreVersion};
use crate::notes::{Note, Step};
use crate::ui::TimeAgo;

/// Steps back through a note's texts; any of them can be looked at, and be the note's again. It is asked for when it is
/// opened, so that it is there where a script runs.
#[component]
pub fn History(note: Memo<Note>, changed: Callback<()>) -> impl IntoView {
    let id = note.get_untracked().id;
    let scripted = RwSignal::new(false);
    Effect::new(move |_| scripted.set(true));
    let open = RwSignal::new(false);
    let history = ServerAction::<NoteHistory>::new();
    Effect::new(move |_| {
        let version = note.get().version;
        // A note that has had one text has no history.
        if open.get() && version > 1 {
            history.dispatch(NoteHistory { note: id });
        }
    });
    let steps = move || history.value().get().and_then(Result::ok).unwrap_or_default();
    let failure = move || history.value().get().and_then(Result::err);
    let list = move || {
        let current = note.get().version;
        let step = move |step: Step| {
            let now = step.version == current;
            view! { <StepItem note=id step now changed /> }
        };
        steps().into_iter().map(step).collect_view()
    };
    view! {
        <Show when=move || scripted.get() && note.with(|n| n.version > 1)>
            <details class="note-history" on:toggle:target=move |ev| open.set(ev.target().has_attribute("open"))>
                <summary class="link-button">"History"</summary>
                {move || failure().map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
                <ol class="note-steps" aria-label="History of the note">
                    {list}
                </ol>
            </details>
        </Show>
    }
    .into_any()
}

#[component]
fn StepItem(note: NoteId, step: Step, now: bool, changed: Callback<()>) -> impl IntoView {
    let look = ServerAction::<NoteVersion>::new();
    let restore = ServerAction::<RestoreVersion>::new();
    let open = RwSignal::new(false);
    let version = step.version;
    let by = step.by.unwrap_or_else(|| "Your product".into());
    Effect::new(move |_| {
        if let Some(Ok(())) = restore.value().get() {
            changed.run(());
        }
    });
    let toggle = move |_| {
        open.update(|open| *open = !*open);
        if open.get_untracked() {
            look.dispatch(NoteVersion { note, version });
        }
    };
    let text = move || look.value().get().and_then(Result::ok).filter(|_| open.get());
    let failure = move || {
        let looked = look.value().get().and_then(Result::err);
        looked.or_else(|| restore.value().get().and_then(Result::err))
    };
    view! {
        <li>
            <div class="note-step">
                <strong dir="auto">{by}</strong>
                <TimeAgo stamp=step.at />
                <button class="link-button" type="button" aria-expanded=move || open.get().to_string() on:click=toggle>
                    {move || if open.get() { "Hide" } else { "Show" }}
                </button>
                {if now {
                    view! { <span class="quiet">"The text now"</span> }.into_any()
                } else {
                    view! {
                        <ActionForm action=restore>
                            <input type="hidden" name="note" value=note.to_string() />
                            <input type="hidden" name="version" value=version.to_string() />
                            <button class="link-button" type="submit">
                                "Restore"
                            </button>
                        </ActionForm>
                    }
                        .into_any()
                }}
            </div>
            {move || text().map(|html| view! { <div class="prose" dir="auto" inner_html=html></div> })}
            {move || failure().map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
        </li>
    }
    .into_any()
}
