//! What is pasted or dropped into a note: pages as Markdown, pictures as files of the note, and a word where it does not go. What is
//! said in a conversation is pasted into by the same rules.

use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{ClipboardEvent, DragEvent, Event as Change, HtmlTextAreaElement};

use crate::attachments::{Attachment, LARGEST};
use crate::id::NoteId;
use crate::notes::editor::{Desk, Event};
use crate::notes::{self, Owner, paste};
use crate::ui::{editor, upload};

/// What a file goes with.
#[derive(Clone, Copy)]
pub enum Home {
    /// A note that is there.
    Note(NoteId),
    /// A note about someone that is being written.
    New(Owner),
    /// What is being written in a conversation, which takes files of any kind beside its text.
    Said(Callback<Vec<upload::Picked>>),
}

/// How pasting into one field goes.
#[derive(Clone, Copy)]
pub struct Pasting {
    home: Home,
    desk: Option<Desk>,
    field: NodeRef<Textarea>,
    /// What went wrong.
    failed: RwSignal<Option<String>>,
    /// How many pictures are on their way.
    coming: RwSignal<usize>,
}

impl Pasting {
    /// Nothing pasted yet; the desk is that of a field which several write in.
    pub fn new(home: Home, desk: Option<Desk>, field: NodeRef<Textarea>) -> Self {
        Self { home, desk, field, failed: RwSignal::new(None), coming: RwSignal::new(0) }
    }

    /// The same, where something else says what went wrong.
    pub fn told_by(self, failed: RwSignal<Option<String>>) -> Self {
        Self { failed, ..self }
    }

    /// Something is pasted. Plain text that fits is the browser's to put in.
    pub fn paste(self, event: &ClipboardEvent) {
        self.take(event, upload::pasted_page(event));
    }

    /// Something is pasted where formatting has no place.
    pub fn paste_words(self, event: &ClipboardEvent) {
        self.take(event, None);
    }

    fn take(self, event: &ClipboardEvent, page: Option<String>) {
        let Some(field) = self.field.get_untracked() else { return };
        let text = upload::pasted_text(event).unwrap_or_default();
        let files = upload::pasted(event);
        self.failed.set(None);
        // Tables and word processors send a picture of their words along.
        if text.trim().is_empty() && !files.is_empty() {
            event.prevent_default();
            return self.send(files);
        }
        if let Some(link) = editor::leading(&field, &text).filter(|_| !is_in_code(&field)) {
            event.prevent_default();
            return self.put(&link);
        }
        let page = page.filter(|page| page.len() <= paste::LARGEST && paste::is_formatted(page));
        if let Some(page) = page.filter(|_| !is_in_code(&field)) {
            event.prevent_default();
            spawn_local(async move {
                let written = paste::markdown(page).await;
                match written {
                    Some(written) => self.put_page(&written),
                    None => self.put(&paste::visible(&text)),
                }
            });
            return;
        }
        let clean = paste::visible(&text);
        if clean.len() != text.replace("\r\n", "\n").len() || !editor::fits(&field, &clean) {
            event.prevent_default();
            return self.put(&clean);
        }
        self.begin();
    }

    /// Files are dropped; anything else is the browser's to put in.
    pub fn drop(self, event: &DragEvent) {
        let files = upload::dropped(event);
        if !files.is_empty() {
            event.prevent_default();
            self.failed.set(None);
            self.send(files);
        }
    }

    /// Pictures are chosen.
    pub fn choose(self, event: &Change) {
        self.failed.set(None);
        self.send(upload::chosen(event));
    }

    /// What comes next is one step for who undoes.
    fn begin(self) {
        if let Some(desk) = self.desk {
            desk.say(Event::Pasted);
        }
    }

    fn put_page(self, written: &str) {
        if let Some(field) = self.field.try_get_untracked().flatten() {
            let (before, after) = (editor::before_caret(&field), editor::after_caret(&field));
            self.put(&paste::apart(&before, written, &after));
        }
    }

    /// A picture is not a part of the word before it.
    fn put_picture(self, picture: &str) {
        if let Some(field) = self.field.try_get_untracked().flatten() {
            let in_word = editor::before_caret(&field).ends_with(|c: char| !c.is_whitespace());
            self.put(&format!("{}{picture}", if in_word { " " } else { "" }));
        }
    }

    fn put(self, text: &str) {
        let Some(field) = self.field.try_get_untracked().flatten() else { return };
        if !editor::fits(&field, text) {
            let words = if matches!(self.home, Home::Said(_)) {
                "This is too long for one message, so nothing was put in. Paste it in smaller pieces, or attach it as a file."
            } else {
                "This is too long for one note, so nothing was put in. Paste it in smaller pieces."
            };
            self.failed.try_set(Some(words.to_owned()));
            return;
        }
        self.begin();
        editor::insert(&field, text);
    }

    fn send(self, files: Vec<upload::Picked>) {
        let target = match self.home {
            Home::Note(note) => ("note", note.to_string()),
            Home::New(owner) => ("owner", owner.to_string()),
            Home::Said(takes) => return takes.run(files),
        };
        for file in files {
            if file.size() > LARGEST as f64 {
                let words = "The picture is larger than 25 MB. Choose a smaller one.";
                self.failed.set(Some(words.to_owned()));
                continue;
            }
            self.coming.update(|n| *n += 1);
            let fields = [target.clone()];
            upload::send::<Attachment>(
                &file,
                "/attachments",
                &fields,
                |_| {},
                move |answer| {
                    self.coming.try_update(|n| *n = n.saturating_sub(1));
                    match answer {
                        Ok(picture) => self.put_picture(&notes::picture(&picture)),
                        Err(error) => _ = self.failed.try_set(Some(error.sentence())),
                    }
                },
            );
        }
    }
}

/// Whether the cursor stands in a block of code, where everything is as it is typed.
fn is_in_code(field: &HtmlTextAreaElement) -> bool {
    editor::before_caret(field).lines().filter(|line| line.starts_with("```")).count() % 2 == 1
}

/// A button for pictures, as where nothing can be dropped.
#[component]
pub fn PictureButton(pasting: Pasting) -> impl IntoView {
    view! {
        <label class="button small note-picture" title="PNG, JPEG, GIF or WebP, at most 25 MB. Pasting and dropping work too">
            "Add picture"
            <input
                type="file"
                accept="image/png,image/jpeg,image/gif,image/webp"
                multiple
                on:change=move |event| pasting.choose(&event)
            />
        </label>
    }
    .into_any()
}

/// Pictures for a form that is sent without a script; with one, the button above is there instead.
#[component]
pub fn PlainPictures() -> impl IntoView {
    let live = RwSignal::new(false);
    Effect::new(move |_| live.set(true));
    view! {
        <label class="note-plain quiet">
            "Pictures"
            <input
                type="file"
                name="file"
                accept="image/png,image/jpeg,image/gif,image/webp"
                multiple
                prop:disabled=move || live.get()
            />
        </label>
    }
    .into_any()
}

/// What is on its way, and what went wrong.
#[component]
pub fn PastingLine(pasting: Pasting) -> impl IntoView {
    let coming = move || (pasting.coming.get() > 0).then_some("Uploading the picture");
    let failed = move || {
        pasting.failed.get().map(|words| {
            let words = if words.ends_with('.') { words } else { format!("{words}.") };
            view! { <p class="notice error" role="alert">{words}</p> }
        })
    };
    view! {
        <span class="quiet" role="status">{coming}</span>
        {failed}
    }
    .into_any()
}
