//! What each of those who will get a message reads, one after the other.

use leptos::prelude::*;

use super::message::PATH;
use crate::answers::ask;
use crate::companies::message::api::MessageRecipient;
use crate::companies::message::{Choice, Recipient};
use crate::id::CompanyId;
use crate::ui::flash::use_typed;

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
    // With JavaScript the text follows what is typed by itself.
    let started = RwSignal::new(false);
    Effect::new(move |_| started.set(true));
    let step = move |to: i64, word: &'static str, off: bool| {
        view! {
            <button
                class="button small"
                type="submit"
                form="group-message"
                name="step"
                value=to.to_string()
                formnovalidate
                disabled=off
                on:click=move |ev| {
                    ev.prevent_default();
                    at.set(to);
                }
            >
                {word}
            </button>
        }
    };
    let shown = move |one: Recipient| {
        let Recipient { title, at, total, values, .. } = one;
        let text = move || values.fill(&body.get()).trim().to_owned();
        let text = Memo::new(move |_| text());
        view! {
            <header class="preview-head">
                <h2 dir="auto">{title}</h2>
                <span class="quiet">{format!("{} of {total}", at + 1)}</span>
                <span class="preview-steps">
                    {(!started.get_untracked()).then(|| view! { <span hidden=started>{step(at, "Show the preview", false)}</span> })}
                    {step(at - 1, "Previous", at == 0)}
                    {step(at + 1, "Next", at + 1 >= total)}
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
    };
    view! {
        <section class="card preview" aria-label="Preview">
            <Transition>
                {move || {
                    match person.get() {
                        Some(Ok(Some(one))) => shown(one).into_any(),
                        Some(Ok(None)) => view! { <p class="quiet">"Nobody will get this."</p> }.into_any(),
                        Some(Err(error)) => view! { <p class="notice error" role="alert">{error.sentence()}</p> }.into_any(),
                        None => ().into_any(),
                    }
                }}
            </Transition>
        </section>
    }
    .into_any()
}
