//! Menus that change conversations: buttons of one form, so that they work without JavaScript.

use leptos::prelude::*;

use crate::conversations::{Line, Snooze, State, Views};
use crate::teammates::Viewer;
use crate::ui::{Menu, focus, menu};

/// Assign, snooze, tag, close and what is rarer. `prefix` begins the ids of the menus; without a line it is for several
/// conversations at once.
#[component]
pub fn Actions(prefix: &'static str, line: Option<Line>, views: Views) -> impl IntoView {
    let id = |what: &str| format!("{prefix}-{what}");
    let state = line.as_ref().map(|l| l.state);
    let shelve = match state {
        Some(State::Closed) => ("open", "Open again"),
        _ => ("close", "Close"),
    };
    let mut rest = vec![("unread", "Mark unread")];
    if state.is_none_or(|s| s == State::Snoozed) {
        rest.insert(0, ("open", "Open now"));
    }
    match line.as_ref().map(|l| l.priority) {
        Some(true) => rest.push(("priority:off", "No longer first")),
        Some(false) => rest.push(("priority:on", "Put first")),
        None => rest.extend([("priority:on", "Put first"), ("priority:off", "No longer first")]),
    }
    let unread = id("unread");
    let rest = rest.into_iter().map(|(word, said)| {
        let key = (word == "unread").then_some("u");
        let id = key.map(|_| unread.clone());
        view! {
            <li>
                <Button word=word.to_owned() said=said.to_owned() key id />
            </li>
        }
    });
    let rest = rest.collect_view();
    let known = views.tags.clone();
    let tagged = line.clone();
    view! {
        // Enter in a field presses the first button: it says what was typed.
        <button type="submit" name="change" value="typed" hidden tabindex="-1"></button>
        <Menu id=id("assign") label="Assign" title="Assign (a)" key="a">
            <Assign views line />
        </Menu>
        <Menu id=id("snooze") label="Snooze" title="Snooze (z)" key="z">
            <SnoozeFor />
        </Menu>
        <Menu id=id("tag") label="Tag" title="Tag (t)" key="t">
            <TagWith known line=tagged prefix />
        </Menu>
        <Menu id=id("more") label="More" title="More">
            <ul>{rest}</ul>
        </Menu>
        <button class="button small shelve" id=id("shelve") type="submit" name="change" value=shelve.0 title=format!("{} (e)", shelve.1) aria-keyshortcuts="e">
            {shelve.1}
            <kbd>"e"</kbd>
        </button>
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
) -> impl IntoView {
    let close = |_| {
        // After the form has been sent.
        set_timeout(|| _ = menu::close_all(), std::time::Duration::ZERO);
    };
    view! {
        <button type="submit" name="change" value=word id=id aria-keyshortcuts=key aria-pressed=chosen.then_some("true") on:click=close>
            <span dir="auto">{said}</span>
            {key.map(|key| view! { <kbd>{key}</kbd> })}
        </button>
    }
    .into_any()
}

#[component]
fn Assign(views: Views, line: Option<Line>) -> impl IntoView {
    let me = use_context::<Option<Viewer>>().flatten();
    let (assignee, team) = line.map_or((-1, -1), |l| (l.assignee_id.0, l.team_id.0));
    let item = |verb: &str, id: i64, said: String, chosen: bool| {
        view! {
            <li>
                <Button word=format!("{verb}:{id}") said chosen />
            </li>
        }
    };
    let mine = me.as_ref().map(|me| item("assign", me.id.0, "Me".into(), me.id.0 == assignee));
    let others = views.teammates.into_iter().filter(|t| me.as_ref().is_none_or(|me| me.id != t.0));
    let others = others.map(|(id, name)| item("assign", id.0, name, id.0 == assignee));
    let teams = (!views.teams.is_empty()).then(|| {
        let teams =
            views.teams.into_iter().map(|(id, name)| item("team", id.0, name, id.0 == team));
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

#[component]
fn SnoozeFor() -> impl IntoView {
    let item = |(word, said): (&'static str, &'static str)| {
        view! {
            <li>
                <Button word=word.to_owned() said=said.to_owned() />
            </li>
        }
    };
    view! {
        <ul>{Snooze::ALL.map(item).into_iter().collect_view()}</ul>
        <div class="menu-form">
            <input class="input" type="datetime-local" name="at" aria-label="Snooze until" />
            <Button word="snooze:at".to_owned() said="Snooze until then".to_owned() />
        </div>
    }
    .into_any()
}

#[component]
fn TagWith(known: Vec<String>, line: Option<Line>, prefix: &'static str) -> impl IntoView {
    let list = format!("{prefix}-tags");
    let add = format!("{prefix}-tag-add");
    let press = format!("#{add}");
    let options = known.into_iter().map(|name| view! { <option value=name></option> });
    let off = line.into_iter().flat_map(|l| l.tags).map(|(id, name)| {
        view! {
            <li>
                <Button word=format!("untag:{id}") said=format!("Take off {name}") />
            </li>
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
            <input class="input" name="tag" aria-label="Tag" placeholder="Tag" maxlength="100" autocomplete="off" list=list.clone() on:keydown=enter />
            <datalist id=list>{options.collect_view()}</datalist>
            <Button word="tag".to_owned() said="Add tag".to_owned() id=Some(add) />
        </div>
        <ul>{off.collect_view()}</ul>
    }
    .into_any()
}
