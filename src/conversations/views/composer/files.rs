//! Files that will be sent with what is being written.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk::Desk;
use crate::attachments::Attachment;
use crate::attachments::api::remove_attachment;
use crate::error::Error;
use crate::id::AttachmentId;
use crate::ui::Icon;
use crate::ui::upload::Picked;

/// A file beside the field.
#[derive(Clone)]
pub struct Chip {
    /// Names it on the page.
    pub key: String,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: RwSignal<ChipState>,
    /// The file itself, to send it once more where the network lost it. One that the server has needs none, so that the server, which
    /// makes a page with any of its threads, keeps nothing that belongs to one.
    pub source: Option<StoredValue<Picked, LocalStorage>>,
}

/// How a file stands.
#[derive(Debug, Clone, PartialEq)]
pub enum ChipState {
    /// On its way, from 0 to 1.
    Uploading(f64),
    /// The server has it.
    Done(Attachment),
    /// The server does not have it.
    Failed(Error),
}

impl Chip {
    /// A file that is about to be sent.
    pub fn new(key: String, name: String) -> Self {
        let state = RwSignal::new(ChipState::Uploading(0.0));
        Self { key, name, state, source: None }
    }

    /// A file that the server has.
    pub fn done(file: Attachment) -> Self {
        let (key, name) = (file.id.to_string(), file.name.clone());
        let state = RwSignal::new(ChipState::Done(file));
        Self { key, name, state, source: None }
    }

    /// The file, once the server has it.
    pub fn file(&self) -> Option<Attachment> {
        match self.state.get_untracked() {
            ChipState::Done(file) => Some(file),
            _ => None,
        }
    }

    /// Whether the server does not have it, and will not.
    pub fn has_failed(&self) -> bool {
        matches!(self.state.get_untracked(), ChipState::Failed(_))
    }

    /// Whether it is on its way.
    pub fn is_uploading(&self) -> bool {
        matches!(self.state.get_untracked(), ChipState::Uploading(_))
    }
}

/// Takes away a file that was not sent; what fails is swept away in a day.
pub fn forget(id: AttachmentId) {
    spawn_local(async move {
        let _ = remove_attachment(id).await;
    });
}

/// The files, each with its progress and a way to take it away.
#[component]
pub fn Chips(desk: Desk) -> impl IntoView {
    let ids = move || {
        let files: Vec<_> = desk.chips.with(|c| c.iter().filter_map(Chip::file).collect());
        files.iter().map(|f| f.id.to_string()).collect::<Vec<_>>().join(",")
    };
    view! {
        <input type="hidden" name="files" value=ids />
        <ul class="chips" aria-label="Files to send">
            <For each=move || desk.chips.get() key=|chip| chip.key.clone() let:chip>
                <ChipView chip desk />
            </For>
        </ul>
    }
    .into_any()
}

#[component]
fn ChipView(chip: Chip, desk: Desk) -> impl IntoView {
    let Chip { key, name, state, .. } = chip.clone();
    let number = move || match state.get() {
        ChipState::Done(file) => Some(file.id.to_string()),
        _ => None,
    };
    let standing = move || match state.get() {
        ChipState::Uploading(part) => {
            view! { <progress value=part max="1" aria-label="Uploading"></progress> }.into_any()
        }
        ChipState::Done(file) => view! { <span class="quiet">{file.weight()}</span> }.into_any(),
        ChipState::Failed(error) => {
            let chip = chip.clone();
            let again = error.passes().then(|| {
                view! {
                    <button class="link-button" type="button" on:click=move |_| desk.send_again(&chip)>
                        "Try again"
                    </button>
                }
            });
            view! {
                <span class="chip-error">
                    <span role="alert">{error.sentence()}</span>
                    " "
                    {again}
                </span>
            }
            .into_any()
        }
    };
    let label = format!("Take away {name}");
    let take = move |click: leptos::ev::MouseEvent| {
        click.prevent_default();
        if let ChipState::Done(file) = state.get_untracked() {
            forget(file.id);
        }
        desk.chips.update(|c| c.retain(|chip| chip.key != key));
    };
    view! {
        <li class="chip">
            <Icon name="file" />
            <bdi class="file-name" title=name>
                {name.clone()}
            </bdi>
            {standing}
            <button
                class="link-button"
                type="submit"
                name="attachment"
                value=number
                formaction="/do/remove_attachment"
                formenctype="application/x-www-form-urlencoded"
                formnovalidate
                aria-label=label
                on:click=take
            >
                "×"
            </button>
        </li>
    }
    .into_any()
}
