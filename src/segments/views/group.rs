//! Conditions that belong together.

use leptos::prelude::*;

use super::drag::{hold, point};
use super::event_row::EventRow;
use super::finder::Finder;
use super::row::FieldRow;
use super::state::Build;
use crate::attributes::Subject;
use crate::segments::tree::{EVENT, Kind, Tree};

/// A group with its parts, each of which may be a group.
#[component]
pub fn Group(
    /// Its place.
    path: String,
    /// What is in it.
    tree: Tree,
    /// What its conditions are asked of.
    of: Subject,
    /// How many conditions the form has so far.
    counter: StoredValue<usize>,
) -> AnyView {
    let build = expect_context::<Build>();
    let Tree::Group(kind, parts) = tree else { return ().into_any() };
    let of = if kind.of_company() { Subject::Company } else { of };
    let (empty, many) = (parts.is_empty(), parts.len());
    // Whether what is dragged would come to the beginning or the end, where no part shows it.
    let dropped = {
        let path = path.clone();
        move || {
            let (group, before) = build.target.get()?;
            let edge = if before == many { "end" } else { "" };
            (group == path).then_some(edge)
        }
    };
    let parts = parts.into_iter().enumerate().map(|(n, part)| {
        let path = if path.is_empty() { n.to_string() } else { format!("{path}.{n}") };
        view! { <Part path tree=part of counter /> }
    });
    let parts = parts.collect_view();
    let nothing = match kind {
        Kind::Any | Kind::CompanyAny => "Nothing is asked yet, so nobody matches.",
        _ => "Nothing is asked yet, so everybody matches.",
    };
    let button = |act: &'static str, word: &'static str| {
        let act = format!("{act} {path}");
        let pressed = act.clone();
        view! {
            <button
                class="button small"
                type="submit"
                name="act"
                value=act
                on:click=move |ev| {
                    ev.prevent_default();
                    build.press(&pressed);
                }
            >
                {word}
            </button>
        }
    };
    view! {
        <div class="rule-group" data-kind=kind.word() data-place=path.clone() data-parts=many.to_string() data-drop=dropped>
            <div class="rule-group-head">
                <KindChoice path=path.clone() kind of />
                {(!path.is_empty()).then(|| view! { <Moves path=path.clone() what="group" /> })}
            </div>
            {empty.then(|| view! { <p class="empty-text">{nothing}</p> })}
            <ul class="rule-parts">{parts}</ul>
            <div class="rule-add">
                <Finder path=path.clone() of />
                {button("add", "Add condition")}
                {(of == Subject::Contact).then(|| button("event", "Add event"))}
                {button("group", "Add group")}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Part(path: String, tree: Tree, of: Subject, counter: StoredValue<usize>) -> AnyView {
    let build = expect_context::<Build>();
    let place = path.clone();
    let fault = Memo::new(move |_| {
        let marks = |faults: &Vec<(String, String)>| {
            faults.iter().find(|(at, _)| *at == place).map(|(_, message)| message.clone())
        };
        build.faults.with(marks)
    });
    let inner = match tree {
        group @ Tree::Group(..) => {
            view! { <Group path=path.clone() tree=group of counter /> }.into_any()
        }
        Tree::Row(row) => {
            let n = counter.get_value();
            counter.set_value(n + 1);
            let row = crate::segments::tree::Row { path: path.clone(), ..*row };
            let about = if row.field == EVENT {
                view! { <EventRow row n /> }.into_any()
            } else {
                view! { <FieldRow row n of /> }.into_any()
            };
            view! {
                <div class="rule-row" data-place=path.clone()>
                    {about}
                    <Moves path=path.clone() what="condition" />
                </div>
            }
            .into_any()
        }
    };
    // A line before it shows where what is dragged would come.
    let before = {
        let (group, last) = path.rsplit_once('.').unwrap_or(("", &path));
        let here = last.parse::<usize>().ok().map(|last| (group.to_owned(), last));
        move || (build.target.get().is_some() && build.target.get() == here).then_some("")
    };
    let carried = {
        let path = path.clone();
        move || (build.carried.get().as_ref() == Some(&path)).then_some("")
    };
    view! {
        <li class="rule-part" data-before=before data-carried=carried data-invalid=move || fault.get().map(|_| "")>
            {inner}
            {move || fault.get().map(|message| view! { <p class="field-error" role="alert">{message}</p> })}
        </li>
    }
    .into_any()
}

/// By what a part is dragged, with a mouse, a pen or a finger. The keyboard has the buttons beside it.
#[component]
fn Handle(path: String, what: &'static str) -> impl IntoView {
    let build = expect_context::<Build>();
    view! {
        <button
            class="rule-move rule-handle"
            type="button"
            tabindex="-1"
            aria-hidden="true"
            title=format!("Drag this {what}")
            hidden=move || !build.started.get()
            on:pointerdown=move |ev| {
                hold(&ev);
                build.carried.set(Some(path.clone()));
            }
            on:pointermove=move |ev| build.point_at(point(&ev))
            on:pointerup=move |ev| {
                build.point_at(point(&ev));
                build.drop_part();
            }
            on:pointercancel=move |_| build.let_go()
        >
            "⠿"
        </button>
    }
    .into_any()
}

/// Up, down and away.
#[component]
fn Moves(path: String, what: &'static str) -> impl IntoView {
    let build = expect_context::<Build>();
    let button = |act: &'static str, sign: &'static str, word: String| {
        let act = format!("{act} {path}");
        let pressed = act.clone();
        view! {
            <button
                class="rule-move"
                type="submit"
                name="act"
                value=act
                aria-label=word.clone()
                title=word
                on:click=move |ev| {
                    ev.prevent_default();
                    build.press(&pressed);
                }
            >
                {sign}
            </button>
        }
    };
    view! {
        <span class="rule-moves">
            <Handle path=path.clone() what />
            {button("up", "↑", format!("Move this {what} up"))}
            {button("down", "↓", format!("Move this {what} down"))}
            {button("remove", "×", format!("Remove this {what}"))}
        </span>
    }
    .into_any()
}

/// How the parts belong together. Without JavaScript each kind is a button.
#[component]
fn KindChoice(path: String, kind: Kind, of: Subject) -> impl IntoView {
    let build = expect_context::<Build>();
    let kinds = Kind::ALL.into_iter().filter(|(k, ..)| {
        // Companies are in no company, so that within their conditions only these are left.
        !k.of_company() || *k == kind || (of == Subject::Contact && build.of == Subject::Contact)
    });
    let kinds: Vec<_> = kinds.collect();
    let options = kinds.iter().map(|(k, word, said)| {
        view! {
            <option value=*word selected=*k == kind>
                {*said}
            </option>
        }
    });
    let plain = kinds.iter().filter(|(k, ..)| *k != kind).map(|(_, word, said)| {
        view! {
            <button class="button small" type="submit" name="act" value=format!("kind {path} {word}")>
                {*said}
            </button>
        }
    });
    let changed = {
        let path = path.clone();
        move |word: String| build.press(&format!("kind {path} {word}"))
    };
    view! {
        // Without a script it only says what the buttons beside it change.
        <select
            class="input rule-kind"
            aria-label="How these belong together"
            disabled=move || !build.started.get()
            on:change:target=move |ev| changed(ev.target().value())>
            {options.collect_view()}
        </select>
        <span class="rule-plain" hidden=build.started>
            {plain.collect_view()}
        </span>
    }
    .into_any()
}
