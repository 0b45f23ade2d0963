//! What each of those who will get a message reads, one after the other.

use leptos::prelude::*;

use super::message::PATH;
use crate::answers::{Transition, ask};
use crate::companies::message::api::MessageRecipient;
use crate::companies::message::{Choice, Recipient};
use crate::id::CompanyId;
use crate::ui::flash::use_typed;
use crate::ui::refused;

/// The text with the variables of one person, and buttons to the next. Its buttons belong to the form: without
/// JavaScript they send what was typed and bring it back with the preview.
#[component]
pub fn Preview(
    company: CompanyId,
    choice: Choice,
    body: RwSignal<String>,
    /// Counts the changes of who gets it.
    version: RwSignal<u32>,
) -> impl IntoView {
    let first = use_typed(PATH, "step").and_then(|at| at.parse().ok()).unwrap_or(0);
    let at = RwSignal::new(first);
    let person = ask(move || {
        version.track();
        let Choice { people, all, find } = choice.clone();
        MessageRecipient { company, people, all, find, at: at.get() }
    });
    view! {
        <section class="card preview" aria-label="Preview">
            <Transition>
                {
                    // Made in here, so that the page waits for what they read.
                    let state = Memo::new(move |_| person.get().map(|answer| answer.map(|one| one.is_some())));
                    let latest = Memo::new(move |_| person.get().and_then(Result::ok).flatten());
                    move || match state.get() {
                        // It stays while others are shown, and with it the button that was pressed.
                        Some(Ok(true)) => view! { <Shown latest body at /> }.into_any(),
                        Some(Ok(false)) => view! { <p class="quiet">"Nobody will get this."</p> }.into_any(),
                        Some(Err(error)) => refused(error).into_any(),
                        None => ().into_any(),
                    }
                }
            </Transition>
        </section>
    }
    .into_any()
}

#[component]
fn Shown(
    latest: Memo<Option<Recipient>>,
    body: RwSignal<String>,
    at: RwSignal<i64>,
) -> impl IntoView {
    let title = move || latest.read().as_ref().map(|one| one.title.clone());
    let now = Memo::new(move |_| latest.read().as_ref().map_or(0, |one| one.at));
    let total = Memo::new(move |_| latest.read().as_ref().map_or(0, |one| one.total));
    let text = Memo::new(move |_| {
        let text = latest.read().as_ref().map(|one| one.values.fill(&body.read()));
        text.unwrap_or_default().trim().to_owned()
    });
    // With JavaScript the text follows what is typed by itself.
    let started = RwSignal::new(false);
    Effect::new(move |_| started.set(true));
    let step = move |by: i64, word: &'static str, off: Signal<bool>| {
        view! {
            <button
                class="button small"
                type="submit"
                form="group-message"
                name="step"
                value=move || (now.get() + by).to_string()
                formnovalidate
                disabled=off
                on:click=move |ev| {
                    ev.prevent_default();
                    at.set(now.get_untracked() + by);
                }
            >
                {word}
            </button>
        }
    };
    view! {
        <header class="preview-head">
            <h2 dir="auto">{title}</h2>
            <span class="quiet">{move || format!("{} of {}", now.get() + 1, total.get())}</span>
            <span class="preview-steps">
                <span hidden=started>{step(0, "Show the preview", Signal::stored(false))}</span>
                {step(-1, "Previous", Signal::derive(move || now.get() == 0))}
                {step(1, "Next", Signal::derive(move || now.get() + 1 >= total.get()))}
            </span>
        </header>
        <div class="preview-text" dir="auto" hidden=move || text.read().is_empty()>
            {text}
        </div>
        <p class="quiet" hidden=move || !text.read().is_empty()>
            {move || {
                if body.read().trim().is_empty() {
                    "Write something to see what they will read."
                } else {
                    "Nothing is left for this person to read, so they are left out."
                }
            }}
        </p>
    }
    .into_any()
}
