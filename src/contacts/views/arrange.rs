//! Arranging the sections of facts.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::contacts::api::SetSections;
use crate::contacts::{Arrangement, Section};
use crate::ui::{Fold, focus};

/// The viewer's arrangement on this page, and what keeps it.
#[derive(Clone, Copy)]
pub struct Arranged {
    /// As it is here, before the server has heard of it.
    pub now: RwSignal<Arrangement>,
    save: ServerAction<SetSections>,
}

impl Arranged {
    /// Begins with what the server has, and follows it.
    pub fn new(theirs: Signal<Arrangement>) -> Self {
        let now = RwSignal::new(theirs.get_untracked());
        let save = ServerAction::<SetSections>::new();
        Effect::new(move |before: Option<Arrangement>| {
            let theirs = theirs.get();
            if before.is_some_and(|before| before != theirs) && !save.pending().get_untracked() {
                now.set(theirs.clone());
            }
            theirs
        });
        Self { now, save }
    }

    /// What keeps whether a section is folded.
    pub fn fold(self, section: Section) -> Fold {
        Fold {
            folded: Signal::derive(move || self.now.read().is_folded(section)),
            set: Callback::new(move |folded| {
                self.now.update(|now| *now = now.clone().folded(section, folded));
                let sections = self.now.read_untracked().written();
                self.save.dispatch(SetSections { sections });
            }),
        }
    }
}

/// The sections by name, each with a step up and down, behind a button.
#[component]
pub fn Arrange(arranged: Arranged) -> impl IntoView {
    let Arranged { now, save } = arranged;
    let failure = move || save.value().get().and_then(Result::err);
    let usual = Arrangement::default();
    let is_usual = {
        let order = usual.order();
        move || now.read().order() == order
    };
    view! {
        <details class="arrange">
            <summary class="link-button">"Arrange"</summary>
            <ActionForm action=save>
                <ol class="arrange-list">
                    <For each=move || now.get().order() key=|section| *section let:section>
                        <li>
                            <span>{section.title()}</span>
                            <Step now section by=-1 />
                            <Step now section by=1 />
                        </li>
                    </For>
                </ol>
                <button
                    class="link-button"
                    type="submit"
                    name="sections"
                    value=usual.written()
                    disabled=is_usual
                    on:click=move |_| soon(move || now.set(Arrangement::default()))
                >
                    "The usual order"
                </button>
                {move || failure().map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
            </ActionForm>
        </details>
    }
    .into_any()
}

/// A button that moves a section up or down: its value is what there is after it.
#[component]
fn Step(now: RwSignal<Arrangement>, section: Section, by: isize) -> impl IntoView {
    let (way, sign, other) = if by < 0 { ("up", "↑", "down") } else { ("down", "↓", "up") };
    let after = move || now.read().moved(section, by);
    let id = move |way: &str| format!("arrange-{}-{way}", section.word());
    let press = move |_| {
        soon(move || {
            if let Some(after) = now.read_untracked().moved(section, by) {
                now.set(after);
            }
            // What is moved in a page loses the focus; at the end there is only the other way.
            let way = if now.read_untracked().moved(section, by).is_some() { way } else { other };
            request_animation_frame(move || focus::focus(&format!("#{}", id(way))));
        });
    };
    view! {
        <button
            class="arrange-step"
            id=id(way)
            type="submit"
            name="sections"
            value=move || after().map(|a| a.written())
            disabled=move || after().is_none()
            aria-label=format!("Move {} {way}", section.title())
            on:click=press
        >
            {sign}
        </button>
    }
    .into_any()
}

/// After the form has been sent with what the button says now.
fn soon(what: impl FnOnce() + 'static) {
    set_timeout(what, std::time::Duration::ZERO);
}
