//! The files of a message while it is written: attached and taken away by forms of their own.

use leptos::prelude::*;

use crate::attachments::Attachment;
use crate::outbound::api::RemoveMessageFile;
use crate::outbound::{Detail, FILES};
use crate::ui::flash::use_failure;
use crate::ui::refused;
use leptos::server_fn::ServerFn as _;

/// What is attached, each with a button that takes it away, and a field for more.
#[component]
pub fn MessageFiles(
    message: Detail,
    /// Whether something of the message was changed and not saved, which a file would lose.
    dirty: Memo<bool>,
) -> impl IntoView {
    let id = message.brief.id;
    let failure = use_failure(FILES).or_else(|| use_failure(RemoveMessageFile::PATH));
    let weight: i64 = message.files.iter().map(|file| file.size).sum();
    let weight = Attachment { size: weight, ..nothing() }.weight();
    let sum = match message.files.len() {
        0 => String::new(),
        1 => format!("1 file, {weight}. "),
        n => format!("{n} files, {weight} together. "),
    };
    let one = |file: Attachment| {
        view! {
            <li class="message-file">
                <a href=file.href() target="_blank" rel="noopener external">
                    <bdi>{file.name.clone()}</bdi>
                </a>
                <span class="quiet">{file.weight()}</span>
                <form method="post" action=RemoveMessageFile::PATH>
                    <input type="hidden" name="id" value=id.to_string() />
                    <input type="hidden" name="file" value=file.id.to_string() />
                    <button class="button small" type="submit" aria-label=format!("Remove {}", file.name) disabled=move || dirty.get()>
                        "Remove"
                    </button>
                </form>
            </li>
        }
    };
    view! {
        <section class="message-part" aria-labelledby="files">
            <h2 id="files">"Files"</h2>
            {failure.map(refused)}
            <ul class="message-files">{message.files.into_iter().map(one).collect_view()}</ul>
            <form class="message-attach" method="post" action=FILES enctype="multipart/form-data">
                <input type="hidden" name="id" value=id.to_string() />
                <label class="field">
                    "Files to attach"
                    <input class="input" type="file" name="file" multiple required />
                </label>
                <button class="button" type="submit" disabled=move || dirty.get()>
                    "Attach"
                </button>
            </form>
            <p class="hint">
                {sum} "At most 10 files and 10 MB together, no programs. They are kept once, however many people get them."
            </p>
            <p class="notice warn" hidden=move || !dirty.get()>
                "There are changes that are not saved. Save them before you attach or remove files."
            </p>
        </section>
    }
    .into_any()
}

const fn nothing() -> Attachment {
    Attachment { id: crate::id::AttachmentId(0), name: String::new(), size: 0, width: 0, height: 0 }
}
