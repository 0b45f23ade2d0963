//! Who has seen a note, and saying that the viewer has.

use std::collections::HashMap;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::id::NoteId;
use crate::notes::Look;
use crate::notes::api::see_notes;
use crate::ui::{TimeAgo, focus, scroll};

/// How often it is said of one note at most.
const AGAIN: Duration = Duration::from_secs(60);
/// How long a place must stand still until what is there counts as seen.
const STILL: Duration = Duration::from_millis(500);

/// Who has seen a note last, and on hover and focus everybody who has.
#[component]
pub fn SeenBy(note: NoteId, looks: Signal<Vec<Look>>) -> impl IntoView {
    let id = format!("note-{note}-seen");
    move || {
        let all = looks.get();
        let last = all.first().cloned()?;
        let said = view! {
            "Seen by "
            <span dir="auto">{last.by}</span>
            " "
            <TimeAgo stamp=last.at />
        };
        if all.len() == 1 {
            return Some(view! { <span class="note-seen quiet">{said}</span> }.into_any());
        }
        let everybody = all.into_iter().map(|Look { by, at }| {
            view! {
                <span>
                    <span dir="auto">{by}</span>
                    " "
                    <TimeAgo stamp=at />
                </span>
            }
        });
        let everybody = everybody.collect_view();
        Some(
            view! {
                <span class="note-seen quiet hovered">
                    <button class="note-seen-last" type="button" aria-describedby=id.clone()>
                        {said}
                    </button>
                    <span class="note-seen-all" id=id.clone() role="tooltip">
                        {everybody}
                    </span>
                </span>
            }
            .into_any(),
        )
    }
}

/// Everybody who has seen a note, in its history.
#[component]
pub fn SeenByAll(looks: Signal<Vec<Look>>) -> impl IntoView {
    move || {
        let all = looks.get();
        let one = |Look { by, at }: Look| {
            view! {
                <li>
                    <span dir="auto">{by}</span>
                    " "
                    <TimeAgo stamp=at />
                </li>
            }
        };
        (!all.is_empty()).then(|| {
            view! {
                <div class="note-seen-list quiet">
                    <p>"Seen by"</p>
                    <ul>{all.into_iter().map(one).collect_view()}</ul>
                </div>
            }
        })
    }
}

/// Says which notes are on the screen while somebody looks at the page: when they come or change, and when the page is scrolled or
/// looked at again. `place` is what a note's place on the page is called before its number, such as `note`.
pub fn look(list: Signal<Vec<NoteId>>, place: &'static str) {
    let due = RwSignal::new(0_u32);
    let said = StoredValue::new(HashMap::<NoteId, u32>::new());
    let minute = StoredValue::new(0_u32);
    let waits = StoredValue::new(false);
    let soon = move || {
        if waits.try_get_value() == Some(false) {
            waits.set_value(true);
            let now = move || {
                waits.try_set_value(false);
                due.try_update(|n| *n += 1);
            };
            set_timeout(now, STILL);
        }
    };
    scroll::on_any(soon);
    Effect::new(move |_| {
        let heard = window_event_listener(leptos::ev::focus, move |_| soon());
        let next = move || _ = minute.try_update_value(|n| *n += 1);
        let clock = set_interval_with_handle(next, AGAIN);
        on_cleanup(move || {
            heard.remove();
            if let Ok(clock) = clock {
                clock.clear();
            }
        });
    });
    Effect::new(move |_| {
        list.track();
        soon();
    });
    Effect::new(move |_| {
        due.track();
        if due.get_untracked() == 0 || !focus::is_looked_at() {
            return;
        }
        let now = minute.get_value();
        let fresh = |id: &NoteId| said.with_value(|said| said.get(id) != Some(&now));
        let shown = |id: &NoteId| scroll::is_on_screen(&format!("#{place}-{id}"));
        let seen: Vec<_> =
            list.get_untracked().into_iter().filter(|id| fresh(id) && shown(id)).collect();
        if seen.is_empty() {
            return;
        }
        said.update_value(|said| said.extend(seen.iter().map(|id| (*id, now))));
        spawn_local(async move {
            // Where it does not arrive it is said with the next look.
            let _ = see_notes(seen).await;
        });
    });
}
