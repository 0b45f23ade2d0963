//! The audit log with its filters.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::filters::Filters;
use crate::answers::{Transition, ask};
use crate::audit::api::ReadAudit;
use crate::audit::{Asked, Line, OPERATOR, Page};
use crate::error::Error;
use crate::lists::views::Empty;
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
        ReadAudit { who, action, before }
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
                                let (who, action, before) = asked.get_untracked();
                                let asked = Asked::read(&who, &action, &before).unwrap_or_default();
                                view! { <Log page asked /> }.into_any()
                            }
                            Err(error) => view! { <NoLog error /> }.into_any(),
                        })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

/// The name of the link to the whole log.
const WHOLE: &str = "Show every change";

/// Why nothing is shown; what an address asks wrongly is taken away by a link.
#[component]
fn NoLog(error: Error) -> impl IntoView {
    let whole = matches!(error, Error::Invalid { .. }).then(|| {
        view! {
            <a class="button" href=Asked::PATH>
                {WHOLE}
            </a>
        }
    });
    view! {
        <div class="empty">
            {refused(error)}
            {whole}
        </div>
    }
}

#[component]
fn Log(page: Page, asked: Asked) -> impl IntoView {
    let older = page.older.map(|before| Asked { before: Some(before), ..asked }.address());
    let lines: Vec<_> = page.lines;
    let empty = lines.is_empty().then(|| view! { <Nothing asked /> });
    view! {
        <Filters asked teammates=page.teammates />
        {empty}
        <ol class="team" aria-label="Changes">
            {lines.into_iter().map(|line| view! { <Row line /> }).collect_view()}
        </ol>
        {older.map(|href| view! { <nav class="pager"><a class="button" href=href>"Older"</a></nav> })}
    }
    .into_any()
}

#[component]
fn Nothing(asked: Asked) -> impl IntoView {
    let (title, text, all) = if asked == Asked::default() {
        ("Nothing yet", "Changes of the team, keys and settings are kept here.", None)
    } else {
        let all = Some((Asked::PATH, WHOLE));
        ("Nothing found", "Choose somebody else, or another change.", all)
    };
    view! { <Empty title text all /> }
}

#[component]
fn Row(line: Line) -> impl IntoView {
    let who = line.actor.unwrap_or_else(|| OPERATOR.into());
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
