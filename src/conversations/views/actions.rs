//! Menus that change conversations: buttons of one form, so that they work without JavaScript.

use std::time::Duration;

use leptos::prelude::*;

use super::shared::Inbox;
use crate::answers::{Transition, kept};
use crate::conversations::{Line, Snooze, State, Views};
use crate::id::{TagId, TeamId, TeammateId};
use crate::teammates::Viewer;
use crate::ui::{Menu, focus, menu, use_minute};

/// What menus offer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Offered {
    teams: Vec<(TeamId, String)>,
    teammates: Vec<(TeammateId, String)>,
    tags: Vec<String>,
}

/// How the conversation stands whose menus they are.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stands {
    state: State,
    priority: bool,
    assignee: TeammateId,
    team: TeamId,
    tags: Vec<(TagId, String)>,
}

/// Assign, snooze, tag, close and what is rarer. `prefix` begins the ids of the menus; without a line it is for several
/// conversations at once. The menus stay while what they show changes.
#[component]
pub fn Actions(prefix: &'static str, line: Option<Memo<Line>>) -> impl IntoView {
    let inbox = expect_context::<Inbox>();
    view! {
        <Transition>
            {
                let there = kept(move || inbox.views.get().is_some_and(|views| views.is_ok()));
                move || there.get().then(|| {
                    let offered = Memo::new(move |_| {
                        let views = inbox.views.get().and_then(Result::ok);
                        let of = |v: Views| Offered { teams: v.teams, teammates: v.teammates, tags: v.tags };
                        views.map(of).unwrap_or_default()
                    });
                    view! { <Menus prefix line offered /> }
                })
            }
        </Transition>
    }
    .into_any()
}

#[component]
fn Menus(prefix: &'static str, line: Option<Memo<Line>>, offered: Memo<Offered>) -> impl IntoView {
    let id = |what: &str| format!("{prefix}-{what}");
    let stands = Memo::new(move |_| {
        line.map(|line| {
            let line = line.read();
            Stands {
                state: line.state,
                priority: line.priority,
                assignee: line.assignee_id,
                team: line.team_id,
                tags: line.tags.clone(),
            }
        })
    });
    let closed =
        Memo::new(move |_| stands.read().as_ref().is_some_and(|s| s.state == State::Closed));
    let word = move || if closed.get() { "open" } else { "close" };
    let said = move || if closed.get() { "Open again" } else { "Close" };
    view! {
        // Enter in a field presses the first button: it says what was typed.
        <button type="submit" name="change" value="typed" hidden tabindex="-1"></button>
        <Menu id=id("assign") label="Assign" title="Assign (a)" key="a">
            {move || view! { <Assign offered=offered.get() stands=stands.get() /> }}
        </Menu>
        <Menu id=id("snooze") label="Snooze" title="Snooze (z)" key="z">
            <SnoozeFor />
        </Menu>
        <Menu id=id("tag") label="Tag" title="Tag (t)" key="t">
            <TagWith offered stands prefix />
        </Menu>
        <Menu id=id("more") label="More" title="More">
            {move || view! { <More stands=stands.get() unread=format!("{prefix}-unread") /> }}
        </Menu>
        <button
            class="button small shelve"
            id=id("shelve")
            type="submit"
            name="change"
            value=word
            title=move || format!("{} (e)", said())
            aria-keyshortcuts="e"
            on:click=|_| set_timeout(|| menu::fold(".folded"), Duration::ZERO)
        >
            {said}
            <kbd>"e"</kbd>
        </button>
    }
    .into_any()
}

/// What is done less often.
#[component]
fn More(stands: Option<Stands>, unread: String) -> impl IntoView {
    let (first, turn) =
        (("priority:on", "Mark as priority"), ("priority:off", "No longer a priority"));
    let snoozed = stands.as_ref().is_none_or(|s| s.state == State::Snoozed);
    let rest = match stands.map(|s| s.priority) {
        Some(true) => vec![turn],
        Some(false) => vec![first],
        None => vec![first, turn],
    };
    let item = |(word, said): (&str, &str)| {
        view! {
            <li>
                <Button word=word.to_owned() said=said.to_owned() />
            </li>
        }
    };
    view! {
        <ul>
            {snoozed.then(|| item(("open", "Open now")))}
            <li>
                <Button word="unread".to_owned() said="Mark unread".to_owned() key=Some("u") id=Some(unread) />
            </li>
            {rest.into_iter().map(item).collect_view()}
        </ul>
    }
    .into_any()
}

/// A button of a menu; pressing it closes the menu.
#[component]
fn Button(
    word: String,
    said: String,
    #[prop(optional_no_strip)] key: Option<&'static str>,
    #[prop(optional_no_strip)] id: Option<String>,
    #[prop(optional)] chosen: bool,
    #[prop(optional)] when: &'static str,
) -> impl IntoView {
    let close = |_| {
        // After the form has been sent. The menu's button has the focus again.
        let close = || {
            menu::put_away();
            menu::close_all();
            menu::fold(".folded");
        };
        set_timeout(close, Duration::ZERO);
    };
    view! {
        <button type="submit" name="change" value=word id=id aria-keyshortcuts=key aria-pressed=chosen.then_some("true") on:click=close>
            <span dir="auto">{said}</span>
            {(!when.is_empty()).then(|| view! { " " <span class="menu-when">{when}</span> })}
            {key.map(|key| view! { <kbd>{key}</kbd> })}
        </button>
    }
    .into_any()
}

#[component]
fn Assign(offered: Offered, stands: Option<Stands>) -> impl IntoView {
    let me = use_context::<Option<Viewer>>().flatten().map(|viewer| viewer.id);
    let (assignee, team) = stands.map_or((-1, -1), |s| (s.assignee.0, s.team.0));
    let item = |verb: &str, id: i64, said: String, chosen: bool| {
        view! {
            <li>
                <Button word=format!("{verb}:{id}") said chosen />
            </li>
        }
    };
    let mine = me.map(|me| item("assign", me.0, "Me".into(), me.0 == assignee));
    let others = offered.teammates.into_iter().filter(|(id, _)| Some(*id) != me);
    let others = others.map(|(id, name)| item("assign", id.0, name, id.0 == assignee));
    let teams = (!offered.teams.is_empty()).then(|| {
        let teams =
            offered.teams.into_iter().map(|(id, name)| item("team", id.0, name, id.0 == team));
        view! {
            <p class="menu-title">"Teams"</p>
            <ul>
                {teams.collect_view()}
                {item("team", 0, "No team".into(), team == 0)}
            </ul>
        }
    });
    view! {
        <ul>
            {mine}
            {others.collect_view()}
            {item("assign", 0, "Nobody".into(), assignee == 0)}
        </ul>
        {teams}
    }
    .into_any()
}

/// Until when it can be put off: until later today as long as that is today.
#[component]
fn SnoozeFor() -> impl IntoView {
    let inbox = expect_context::<Inbox>();
    let time = use_minute();
    let later_today = Memo::new(move |_| {
        let views = inbox.views.get().and_then(Result::ok);
        views.is_some_and(|views| match time.get() {
            Some(now) => Snooze::is_later_today(now, views.midnight),
            None => views.later_today,
        })
    });
    let item = |(word, said, when): (&'static str, &'static str, &'static str)| {
        view! {
            <li>
                <Button word=word.to_owned() said=said.to_owned() when />
            </li>
        }
    };
    let [later, rest @ ..] = Snooze::ALL;
    view! {
        <ul>
            {move || later_today.get().then(|| item(later))}
            {rest.map(item).into_iter().collect_view()}
        </ul>
        <div class="menu-form">
            <input class="input" type="datetime-local" name="at" aria-label="Snooze until" />
            <Button word="snooze:at".to_owned() said="Snooze until then".to_owned() />
        </div>
    }
    .into_any()
}

#[component]
fn TagWith(
    offered: Memo<Offered>,
    stands: Memo<Option<Stands>>,
    prefix: &'static str,
) -> impl IntoView {
    let list = format!("{prefix}-tags");
    let add = format!("{prefix}-tag-add");
    let press = format!("#{add}");
    let options = move || {
        let names = offered.get().tags.into_iter();
        names.map(|name| view! { <option value=name></option> }).collect_view()
    };
    let off = move || {
        let tags = stands.get().into_iter().flat_map(|s| s.tags).map(|(id, name)| {
            view! {
                <li>
                    <Button word=format!("untag:{id}") said=format!("Take off {name}") />
                </li>
            }
        });
        tags.collect_view()
    };
    let field = NodeRef::<leptos::html::Input>::new();
    let inbox = expect_context::<Inbox>();
    Effect::new(move |_| {
        if let (Some(Ok(_)), Some(field)) = (inbox.act.value().get(), field.get_untracked()) {
            field.set_value("");
        }
    });
    let enter = move |key: leptos::web_sys::KeyboardEvent| {
        if key.key() == "Enter" {
            key.prevent_default();
            focus::click(&press);
        }
    };
    view! {
        <div class="menu-form">
            <input
                node_ref=field
                class="input"
                name="tag"
                aria-label="Tag"
                placeholder="Tag"
                maxlength="100"
                autocomplete="off"
                list=list.clone()
                on:keydown=enter
            />
            <datalist id=list>{options}</datalist>
            <Button word="tag".to_owned() said="Add tag".to_owned() id=Some(add) />
        </div>
        <ul>{off}</ul>
    }
    .into_any()
}
