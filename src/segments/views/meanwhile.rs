//! That somebody else changed a segment which is being changed here, and what can be done then.

use leptos::prelude::*;

use crate::segments::Detail;

/// Nothing until the segment is another one than the changing of it began with.
#[component]
pub fn Meanwhile(
    /// As it is saved.
    saved: Memo<Detail>,
    /// The version that was there when the changing of it began.
    began: i64,
    /// Whether a save was refused for it.
    refused: bool,
    /// The address of a new segment with the rule as it stands here.
    own: Signal<String>,
) -> impl IntoView {
    let version = Memo::new(move |_| saved.with(|d| d.version));
    let who = move || {
        let who = saved.with(|d| d.changed_by.clone());
        if who.is_empty() { "Somebody else".to_owned() } else { who }
    };
    let lost = if refused {
        " changed this segment after you opened it, so yours is not saved yet. What you typed is all here."
    } else {
        " changed this segment after you opened it. What you typed is still here."
    };
    let name = move || saved.with(|d| d.brief.name.clone());
    let says = move || saved.with(|d| d.brief.sentence.clone());
    let theirs = move || format!("/segments/{}", saved.with(|d| d.brief.id));
    let notice = move || {
        (version.get() != began).then(|| {
            view! {
                <div class="notice segment-meanwhile">
                    <p>
                        <strong dir="auto">{who}</strong>
                        {lost}
                    </p>
                    <p>
                        "As it is saved now: "
                        <bdi>{name}</bdi>
                        ". "
                        <bdi>{says}</bdi>
                    </p>
                    <div class="segment-meanwhile-ways">
                        // With the version that is shown: were it changed once more, that would be said again.
                        <button class="button small" type="submit" name="over" value=move || version.get().to_string()>
                            "Save mine anyway"
                        </button>
                        <a class="button small" href=own>
                            "Make mine a new segment"
                        </a>
                        // Past the router, which stays where the address is the same.
                        <a class="button small" href=theirs rel="external">
                            "Drop mine and show theirs"
                        </a>
                    </div>
                </div>
            }
        })
    };
    view! { <div role="status">{notice}</div> }.into_any()
}
