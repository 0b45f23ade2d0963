//! Segments along the top of a list, with how many each holds for.

use leptos::prelude::*;

use crate::answers::{Transition, ask};
use crate::attributes::Subject;
use crate::id::SegmentId;
use crate::live::{Topic, follow};
use crate::segments::Brief;
use crate::segments::api::ListSegments;
use crate::ui::{WATCHED, settle, thousands};

/// A link for everyone and one for each segment; `chosen` is the one that the list shows.
#[component]
pub fn SegmentTabs(
    /// People or companies.
    of: Subject,
    /// The address of the list.
    base: &'static str,
    /// Which one is shown.
    #[prop(into)]
    chosen: Signal<Option<SegmentId>>,
) -> impl IntoView {
    let version = RwSignal::new(0);
    let settled = settle(version, WATCHED);
    let list = ask(move || {
        settled.track();
        ListSegments {}
    });
    follow(Topic::Segments, version, move || Some(list.get()?.ok()?.seq));
    let fault = move || {
        let all = list.get()?.ok()?.all;
        let segment =
            all.into_iter().find(|s| Some(s.id) == chosen.get() && !s.fault.is_empty())?;
        Some(view! {
            <p class="notice segment-fault list-rule">
                <span>
                    <bdi>{segment.name}</bdi>
                    {format!(" matches nobody any more: {}.", segment.fault)}
                </span>
                <a href=format!("/segments/{}", segment.id)>"Change the rule"</a>
            </p>
        })
    };
    let filling = move || {
        let all = list.get()?.ok()?.all;
        let segment = all.into_iter().find(|s| Some(s.id) == chosen.get() && s.fault.is_empty())?;
        let (done, total) = segment.filling?;
        let word = if segment.paused { "was stopped" } else { "is being filled" };
        let (done, total) = (thousands(done), thousands(total));
        Some(view! {
            <p class="notice list-rule">
                <span>
                    <bdi>{segment.name}</bdi>
                    {format!(" {word}: {done} of {total} were looked at so far.")}
                </span>
                <a href=format!("/segments/{}", segment.id)>"Show the segment"</a>
            </p>
        })
    };
    let tab = move |segment: Brief| {
        let id = segment.id;
        let current = move || (chosen.get() == Some(id)).then_some("page");
        // Not the whole number yet.
        let more = segment.filling.is_some().then_some("…");
        view! {
            <a href=format!("{base}?segment={id}") aria-current=current title=segment.sentence dir="auto">
                {segment.name}
                <span class="tab-count">{thousands(segment.members)} {more}</span>
            </a>
        }
    };
    let all = match of {
        Subject::Contact => "Everyone",
        Subject::Company => "All",
    };
    view! {
        <nav class="tabs segment-tabs" aria-label="Segments">
            <a href=base aria-current=move || chosen.get().is_none().then_some("page")>
                {all}
            </a>
            <Transition>
                {move || {
                    list.get()
                        .and_then(Result::ok)
                        .map(|segments| {
                            // The health of companies has tabs of its own.
                            let shown = |s: &Brief| s.subject == of && !(of == Subject::Company && s.builtin);
                            segments.all.into_iter().filter(shown).map(tab).collect_view()
                        })
                }}
            </Transition>
            <a class="segment-more" href="/segments">
                "All segments"
            </a>
        </nav>
        <Transition>{fault} {filling}</Transition>
    }
    .into_any()
}
