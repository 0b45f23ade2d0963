//! The audit log with its filters.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::answers::{Transition, ask};
use crate::audit::api::ReadAudit;
use crate::audit::{Action, Line, Page};
use crate::live::{Topic, follow};
use crate::ui::{TimeAgo, refused};
use crate::workspace::views::SettingsNav;

/// Who changed what, newest first.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let text = move |name: &str| query.read().get(name).unwrap_or_default();
    let asked = Memo::new(move |_| (text("who"), text("action"), text("before")));
    let version = RwSignal::new(0);
    let page = ask(move || {
        version.track();
        let (who, action, before) = asked.get();
        ReadAudit { who: who.parse().unwrap_or(0), action, before: before.parse().ok() }
    });
    follow(Topic::Workspace, version, move || Some(page.get()?.ok()?.seq));
    view! {
        <Title text="Audit log" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Audit log"</h1>
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || {
                    page.get()
                        .map(|answer| match answer {
                            Ok(page) => {
                                let (who, action, _) = asked.get_untracked();
                                view! { <Log page who action /> }.into_any()
                            }
                            Err(error) => refused(error).into_any(),
                        })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Log(page: Page, who: String, action: String) -> impl IntoView {
    let older = page
        .older
        .map(|before| format!("/settings/audit?who={who}&action={action}&before={before}"));
    let people = page.teammates.into_iter().map(|(id, name)| {
        let id = id.to_string();
        let chosen = id == who;
        view! { <option value=id selected=chosen>{name}</option> }
    });
    let actions = Action::ALL.iter().map(|a| {
        view! { <option value=a.word() selected=a.word() == action>{a.title()}</option> }
    });
    let lines: Vec<_> = page.lines;
    let empty = lines.is_empty().then(|| {
        let fits = if who.is_empty() && action.is_empty() { "Nothing yet." } else { "Nothing fits." };
        view! { <p class="empty-text">{fits} " Changes of the team, keys and settings are kept here."</p> }
    });
    view! {
        <form class="toolbar" method="get" action="/settings/audit">
            <select class="input" name="who" aria-label="Who">
                <option value="">"Everyone"</option>
                {people.collect_view()}
            </select>
            <select class="input" name="action" aria-label="What">
                <option value="">"Every change"</option>
                {actions.collect_view()}
            </select>
            <button class="button" type="submit">
                "Show"
            </button>
        </form>
        {empty}
        <ol class="team" aria-label="Changes">
            {lines.into_iter().map(|line| view! { <Row line /> }).collect_view()}
        </ol>
        {older.map(|href| view! { <nav class="pager"><a class="button" href=href>"Older"</a></nav> })}
    }
    .into_any()
}

#[component]
fn Row(line: Line) -> impl IntoView {
    let who = line.actor.unwrap_or_else(|| "The operator".into());
    view! {
        <li class="team-row">
            <span class="team-name">
                <strong>
                    <bdi>{who}</bdi>
                </strong>
                " · "
                {line.title}
                <span class="quiet" dir="auto">
                    {line.detail}
                </span>
            </span>
            <TimeAgo stamp=line.at />
        </li>
    }
    .into_any()
}
