//! The files that came with a part.

use leptos::prelude::*;

use crate::attachments::Attachment;
use crate::ui::Icon;

/// Pictures as pictures, in a place kept for them, and everything else as links that save it.
#[component]
pub fn Files(
    /// The files.
    files: Vec<Attachment>,
) -> impl IntoView {
    if files.is_empty() {
        return ().into_any();
    }
    view! { <ul class="files" aria-label="Files">{files.into_iter().map(|file| view! { <File file /> }).collect_view()}</ul> }
        .into_any()
}

#[component]
fn File(file: Attachment) -> impl IntoView {
    let (href, weight) = (file.href(), file.weight());
    if file.is_picture() {
        return view! {
            <li>
                <a class="file-picture" href=href.clone() target="_blank" rel="noopener external">
                    <img
                        src=href.clone()
                        alt=file.name
                        width=file.width
                        height=file.height
                        loading="lazy"
                        decoding="async"
                    />
                </a>
            </li>
        }
        .into_any();
    }
    let name = file.name.clone();
    view! {
        <li>
            <a class="file" href=href download=file.name rel="external">
                <Icon name="file" />
                // A long name is cut.
                <bdi class="file-name" title=name>
                    {name.clone()}
                </bdi>
                <span class="quiet">{weight}</span>
            </a>
        </li>
    }
    .into_any()
}
