//! The texts that a note had.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use leptos_router::params::ParamsMap;

use super::by::By;
use super::seen::SeenByAll;
use crate::answers::{Transition, ask, ask_if};
use crate::id::NoteId;
use crate::notes::api::{NoteHistory, NoteVersion, RestoreVersion};
use crate::notes::{Look, Step, Written};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{TimeAgo, refused};

/// The address of this page with a note's history open, and one of its texts. It is made where the note is: the steps are
/// gone already when they hear that it has changed.
#[derive(Clone, Copy)]
struct Address {
    note: NoteId,
    /// What its place on the page is called, such as `note-5`.
    place: StoredValue<String>,
    path: Memo<String>,
    query: Memo<ParamsMap>,
}

impl Address {
    fn new(note: NoteId, place: String) -> Self {
        let place = StoredValue::new(place);
        Self { note, place, path: use_location().pathname, query: use_query_map() }
    }

    /// Nothing once the page is another one: what stands on it hears of the way there before it goes.
    fn of(self, open: bool, version: Option<i64>) -> Option<String> {
        let mut query = self.query.try_get()?;
        query.remove("history");
        query.remove("version");
        if open {
            query.insert("history", self.note.to_string());
        }
        if let Some(version) = version {
            query.insert("version", version.to_string());
        }
        let place = self.place.try_get_value()?;
        Some(format!("{}{}#{place}", self.path.try_get()?, query.to_query_string()))
    }
}

/// Steps back through a note's texts; any of them can be looked at, and be the note's again. What is open stands in the
/// page's address, so that it can be sent to a teammate, and works without a script.
#[component]
pub fn History(
    note: Memo<Written>,
    /// Who else has seen the note.
    looks: Signal<Vec<Look>>,
    changed: Callback<()>,
    /// What the note's place on the page is called.
    place: String,
) -> impl IntoView {
    let id = note.get_untracked().id;
    let address = Address::new(id, place);
    let query = address.query;
    let open = Memo::new(move |_| query.read().get("history") == Some(id.to_string()));
    let shown = Memo::new(move |_| query.read().get("version")?.parse::<i64>().ok());
    let is_open = move || open.try_get().unwrap_or_default();
    let link = move || address.of(!is_open(), None);
    view! {
        // A note that has had one text has no history.
        <Show when=move || note.with(|n| n.version > 1)>
            <a
                class="link-button"
                href=link
                data-noscroll
                aria-expanded=move || is_open().to_string()
            >
                "History"
            </a>
        </Show>
        {move || is_open().then(|| view! { <Steps note looks address shown changed /> })}
    }
    .into_any()
}

#[component]
fn Steps(
    note: Memo<Written>,
    looks: Signal<Vec<Look>>,
    address: Address,
    shown: Memo<Option<i64>>,
    changed: Callback<()>,
) -> impl IntoView {
    let id = note.get_untracked().id;
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
                    <StepItem note step address shown html changed />
                </For>
            </ol>
            <SeenByAll looks />
            {move || failure().map(refused)}
        </Transition>
    }
    .into_any()
}

#[component]
fn StepItem(
    note: Memo<Written>,
    step: Step,
    address: Address,
    shown: Memo<Option<i64>>,
    /// The text that is shown.
    html: Signal<Option<String>>,
    changed: Callback<()>,
) -> impl IntoView {
    let restore = ServerAction::<RestoreVersion>::new();
    let id = note.get_untracked().id;
    let version = step.version;
    let by = if step.by.is_empty() { vec!["Your product".into()] } else { step.by };
    let open = move || shown.try_get().flatten() == Some(version);
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
    let link = move || address.of(true, (!open()).then_some(version));
    let text = move || html.try_get().flatten().filter(|_| open());
    let failure = move || match restore.value().get() {
        Some(answer) => answer.err(),
        None => before.clone(),
    };
    view! {
        <li>
            <div class="note-step">
                <strong>
                    <By names=by />
                </strong>
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
            {move || failure().map(refused)}
        </li>
    }
    .into_any()
}
