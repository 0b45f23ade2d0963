//! The texts that a note had.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use crate::answers::{Transition, ask, ask_if};
use crate::id::NoteId;
use crate::notes::api::{NoteHistory, NoteVersion, RestoreVersion};
use crate::notes::{Note, Step};
use crate::ui::TimeAgo;
use crate::ui::flash::{use_failure, use_typed};

/// The address of this page with a note's history open, and one of its texts; of the page without any for `None`.
#[derive(Clone, Copy)]
struct Address(NoteId);

impl Address {
    fn of(self, open: bool, version: Option<i64>) -> impl Fn() -> String {
        let (path, query) = (use_location().pathname, use_query_map());
        move || {
            let mut query = query.get();
            query.remove("history");
            query.remove("version");
            if open {
                query.insert("history", self.0.to_string());
            }
            if let Some(version) = version {
                query.insert("version", version.to_string());
            }
            format!("{}{}#note-{}", path.get(), query.to_query_string(), self.0)
        }
    }
}

/// Steps back through a note's texts; any of them can be looked at, and be the note's again. What is open stands in the
/// page's address, so that it can be sent to a teammate, and works without a script.
#[component]
pub fn History(note: Memo<Note>, changed: Callback<()>) -> impl IntoView {
    let id = note.get_untracked().id;
    let query = use_query_map();
    let open = Memo::new(move |_| query.read().get("history") == Some(id.to_string()));
    let (opens, closes) = (Address(id).of(true, None), Address(id).of(false, None));
    let link = Signal::derive(move || if open.get() { closes() } else { opens() });
    view! {
        // A note that has had one text has no history.
        <Show when=move || note.with(|n| n.version > 1)>
            <a
                class="link-button"
                href=link
                data-noscroll
                aria-expanded=move || open.get().to_string()
            >
                "History"
            </a>
        </Show>
        {move || open.get().then(|| view! { <Steps note changed /> })}
    }
    .into_any()
}

#[component]
fn Steps(note: Memo<Note>, changed: Callback<()>) -> impl IntoView {
    let id = note.get_untracked().id;
    let query = use_query_map();
    let shown = Memo::new(move |_| query.read().get("version")?.parse::<i64>().ok());
    let history = ask(move || {
        note.track();
        NoteHistory { note: id }
    });
    let text = ask_if(move || shown.get().map(|version| NoteVersion { note: id, version }));
    let steps = move || history.get().and_then(Result::ok).unwrap_or_default();
    let failure = move || {
        let looked = text.get().and_then(Result::err);
        history.get().and_then(Result::err).or(looked)
    };
    let html = move || text.get().and_then(Result::ok).flatten();
    let html = Signal::derive(html);
    view! {
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            <ol class="note-steps" aria-label="History of the note">
                <For each=steps key=|step| step.version let:step>
                    <StepItem note step shown html changed />
                </For>
            </ol>
            {move || failure().map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
        </Transition>
    }
    .into_any()
}

#[component]
fn StepItem(
    note: Memo<Note>,
    step: Step,
    shown: Memo<Option<i64>>,
    /// The text that is shown.
    html: Signal<Option<String>>,
    changed: Callback<()>,
) -> impl IntoView {
    let restore = ServerAction::<RestoreVersion>::new();
    let id = note.get_untracked().id;
    let version = step.version;
    let by = step.by.unwrap_or_else(|| "Your product".into());
    let open = move || shown.get() == Some(version);
    let now = move || note.with(|n| n.version == version);
    let typed = |field| use_typed("/do/restore_version", field);
    let mine =
        typed("note") == Some(id.to_string()) && typed("version") == Some(version.to_string());
    let before = use_failure("/do/restore_version").filter(|_| mine);
    Effect::new(move |_| {
        if let Some(Ok(())) = restore.value().get() {
            changed.run(());
        }
    });
    let (shows, hides) = (Address(id).of(true, Some(version)), Address(id).of(true, None));
    let link = move || if open() { hides() } else { shows() };
    let text = move || html.get().filter(|_| open());
    let failure = move || match restore.value().get() {
        Some(answer) => answer.err(),
        None => before.clone(),
    };
    view! {
        <li>
            <div class="note-step">
                <strong dir="auto">{by}</strong>
                <TimeAgo stamp=step.at />
                <a class="link-button" href=link data-noscroll aria-expanded=move || open().to_string()>
                    {move || if open() { "Hide" } else { "Show" }}
                </a>
                <Show
                    when=move || !now()
                    fallback=|| view! { <span class="quiet">"The text now"</span> }
                >
                    <ActionForm action=restore>
                        <input type="hidden" name="note" value=id.to_string() />
                        <input type="hidden" name="version" value=version.to_string() />
                        <button class="link-button" type="submit">
                            "Restore"
                        </button>
                    </ActionForm>
                </Show>
            </div>
            {move || text().map(|html| view! { <div class="prose" dir="auto" inner_html=html></div> })}
            {move || failure().map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
        </li>
    }
    .into_any()
}
