//! Arranging the sections of facts.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::contacts::api::{SetSections, sections};
use crate::contacts::{Arrangement, Section};
use crate::live::{Topic, follow};
use crate::teammates::Viewer;
use crate::ui::{Fold, focus, refused, scroll};

/// The viewer's arrangement on this page, and what keeps it.
#[derive(Clone, Copy)]
pub struct Arranged {
    /// As it is here, before the server has heard of it.
    pub now: RwSignal<Arrangement>,
    save: ServerAction<SetSections>,
}

impl Arranged {
    /// Begins with what came with a profile of that number, and follows what the viewer arranges in other tabs.
    pub fn new(first: Arrangement, seq: i64) -> Self {
        let now = RwSignal::new(first);
        let save = ServerAction::<SetSections>::new();
        let (saved, saving) = (save.version(), save.pending());
        let elsewhere = RwSignal::new(0);
        if let Some(me) = use_context::<Option<Viewer>>().flatten() {
            follow(Topic::Mine(me.id), elsewhere, move || Some(seq));
        }
        Effect::new(move |before: Option<()>| {
            elsewhere.track();
            // What is under way here is newer than whatever is told, and so is what is arranged before the answer is here.
            if before.is_some() && !saving.get_untracked() {
                let asked = saved.get_untracked();
                spawn_local(async move {
                    if let Ok(theirs) = sections().await
                        && saving.try_get_untracked() == Some(false)
                        && saved.try_get_untracked() == Some(asked)
                        && now.try_with_untracked(|now| *now != theirs) == Some(true)
                    {
                        now.try_set(theirs);
                    }
                });
            }
        });
        Self { now, save }
    }

    /// Shows another arrangement, and keeps it.
    fn put(self, after: Arrangement) {
        self.save.dispatch(SetSections { sections: after.written() });
        self.now.set(after);
    }

    /// What keeps whether a section is folded.
    pub fn fold(self, section: Section) -> Fold {
        Fold {
            folded: Signal::derive(move || self.now.read().is_folded(section)),
            set: Callback::new(move |folded| {
                self.put(self.now.get_untracked().folded(section, folded));
            }),
        }
    }
}

/// The sections by name, each with a step up and down, behind a button.
#[component]
pub fn Arrange(arranged: Arranged) -> impl IntoView {
    let Arranged { now, save, .. } = arranged;
    let failure = move || save.value().get().and_then(Result::err);
    let usual = Arrangement::default();
    let is_usual = {
        let order = usual.order();
        move || now.read().order() == order
    };
    // A place stays where it is and says which section it has, so that nothing that is pressed moves in the page.
    let places = (0..Section::ALL.len()).map(|place| {
        let title = move || now.read().at(place).title();
        view! {
            <li>
                <span>{title}</span>
                <Step arranged place by=-1 />
                <Step arranged place by=1 />
            </li>
        }
    });
    let places = places.collect_view();
    view! {
        // It stands last, so that what opens would lie below the screen.
        <details class="arrange" on:toggle=|_| _ = scroll::reveal(".arrange[open]")>
            <summary class="link-button">"Arrange"</summary>
            <form method="post" action="/do/set_sections">
                <ol class="arrange-list">{places}</ol>
                <button
                    class="link-button"
                    type="submit"
                    name="sections"
                    value=usual.written()
                    disabled=is_usual
                    on:click=move |event: MouseEvent| {
                        event.prevent_default();
                        arranged.put(Arrangement::default());
                    }
                >
                    "The usual order"
                </button>
                {move || failure().map(refused)}
            </form>
        </details>
    }
    .into_any()
}

/// A button that moves the section of a place up or down: its value is what there is after it.
#[component]
fn Step(arranged: Arranged, place: usize, by: isize) -> impl IntoView {
    let now = arranged.now;
    let (way, sign, other) = if by < 0 { ("up", "↑", "down") } else { ("down", "↓", "up") };
    let after = move || {
        let now = now.read();
        now.moved(now.at(place), by)
    };
    let press = move |event: MouseEvent| {
        event.prevent_default();
        let Some((after, to)) = untrack(after).zip(place.checked_add_signed(by)) else { return };
        let ends = after.moved(after.at(to), by).is_none();
        arranged.put(after);
        // The focus goes with the section; at the end there is only the other way.
        let way = if ends { other } else { way };
        request_animation_frame(move || focus::focus(&format!("#{}", id(to, way))));
    };
    view! {
        <button
            class="arrange-step"
            id=id(place, way)
            type="submit"
            name="sections"
            value=move || after().map(|a| a.written())
            disabled=move || after().is_none()
            aria-label=move || format!("Move {} {way}", now.read().at(place).title())
            on:click=press
        >
            {sign}
        </button>
    }
    .into_any()
}

fn id(place: usize, way: &str) -> String {
    format!("arrange-{place}-{way}")
}
