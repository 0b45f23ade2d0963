//! The column of the list: views, finding, tabs, and the conversations.

use leptos::prelude::*;
use leptos_router::components::Form;

use super::finding::use_finding;
use super::roll::Roll;
use super::selection::SelectionBar;
use super::shared::Inbox;
use super::sort::SortMenu;
use super::views_nav::ViewsNav;
use crate::answers::{Answer, Transition, ask_if};
use crate::companies::end::api::CompanyTitle;
use crate::conversations::{Filter, Lines, Scope, State};
use crate::notes::views::NotesThatName;
use crate::ui::refused;

/// The list that the address asks for.
#[component]
pub fn List(
    first: Answer<Lines>,
    /// Asks for it once more.
    again: Callback<()>,
    before: Memo<Option<String>>,
) -> impl IntoView {
    let inbox = expect_context::<Inbox>();
    view! {
        <ViewsNav />
        <div class="list-column">
            <Head inbox />
            <SelectionBar inbox />
            {move || {
                let mentions = inbox.filter.read().scope == Scope::Mentions;
                mentions.then(|| view! { <NotesThatName versions=[inbox.own, inbox.theirs] /> })
            }}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || {
                    first
                        .get()
                        .map(|answer| match answer {
                            Ok(lines) => {
                                let filter = inbox.filter.get_untracked();
                                view! { <Roll first=lines filter before=before.get_untracked() /> }.into_any()
                            }
                            Err(error) => {
                                let retry = error.passes().then(|| view! {
                                    <button class="button" type="button" on:click=move |_| again.run(())>
                                        "Try again"
                                    </button>
                                });
                                view! {
                                    <div class="empty">
                                        {refused(error)}
                                        {retry}
                                    </div>
                                }
                                .into_any()
                            }
                        })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

/// What the list is, a field to find people, and the states.
#[component]
fn Head(inbox: Inbox) -> impl IntoView {
    let filter = inbox.filter;
    let tab = move |state: State| {
        let href = move || Filter { state, ..filter.get() }.address(None);
        view! {
            <a href=href aria-current=move || (filter.read().state == state).then_some("page")>
                {state.said()}
            </a>
        }
    };
    let (typed, look) = use_finding(inbox);
    let hidden = move || {
        let kept = Filter { find: String::new(), ..filter.get() }.query();
        let pairs = kept.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| {
            let (name, value) = (name.to_owned(), value.to_owned());
            view! { <input type="hidden" name=name value=value /> }
        });
        pairs.collect_view()
    };
    view! {
        <header class="inbox-header">
            // A thread has a heading of its own.
            {move || inbox.current.get().is_none().then(|| view! { <h1 class="visually-hidden">"Inbox"</h1> })}
            <h2>{move || view! { <ListTitle inbox filter=filter.get() /> }}</h2>
            <SortMenu inbox />
            <button id="keys-button" class="button small ghost keys-button" type="button" popovertarget="keys" title="Keys (?)" aria-keyshortcuts="?">
                "?"
            </button>
        </header>
        <Form method="GET" action="/inbox" attr:class="inbox-find" attr:role="search">
            {hidden}
            <input
                id="find"
                class="input"
                type="search"
                name="find"
                aria-label="Find by the person's name or e-mail"
                placeholder="Find a person (/)"
                maxlength="200"
                autocomplete="off"
                prop:value=move || typed.get().unwrap_or_else(|| filter.get().find)
                value=filter.get_untracked().find
                on:input:target=move |ev| look.run(ev.target().value())
            />
        </Form>
        <nav class="tabs inbox-tabs" aria-label="States">
            {State::ALL.iter().copied().map(tab).collect_view()}
        </nav>
    }
    .into_any()
}

/// What the list is called, short.
#[component]
fn ListTitle(inbox: Inbox, filter: Filter) -> impl IntoView {
    let Filter { scope, priority, .. } = filter;
    let title = ask_if(move || match scope {
        Scope::Company(company) => Some(CompanyTitle { company }),
        _ => None,
    });
    let name = move || match scope {
        Scope::All => "All conversations".to_owned(),
        Scope::Mine => "Mine".to_owned(),
        Scope::Unassigned => "Unassigned".to_owned(),
        Scope::Mentions => "Mentions".to_owned(),
        Scope::Company(_) => {
            let title = title.get().and_then(Result::ok).flatten();
            title.map_or_else(|| "One company".to_owned(), |title| format!("People of {title}"))
        }
        Scope::Teammate(_) | Scope::Team(_) | Scope::Tag(_) | Scope::Segment(_) => {
            let views = inbox.views.get().and_then(Result::ok).map(|v| v.views).unwrap_or_default();
            let found = views.into_iter().find(|v| v.saved.is_none() && v.filter.scope == scope);
            found.map_or_else(|| "Inbox".to_owned(), |v| v.name)
        }
    };
    let said = move || match (scope, priority) {
        (Scope::All, true) => "Priority".to_owned(),
        (_, true) => format!("{}, priority", name()),
        (_, false) => name(),
    };
    view! { <Transition><span dir="auto">{said}</span></Transition> }.into_any()
}
