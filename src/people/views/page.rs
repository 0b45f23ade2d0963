//! The list of people: filters, table, selection, and the jobs that it began.

use std::collections::HashSet;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::export::{ExportAll, ExportChosen};
use super::filters::Filters;
use super::table::PeopleTable;
use crate::answers::{Answer, Transition, ask};
use crate::attributes::Subject;
use crate::jobs::Place;
use crate::jobs::views::Jobs;
use crate::lists::views::{Columns, Empty, KnownTags, Pages, SelectionBar, use_visit};
use crate::lists::{Column, Filters as _};
use crate::live::{Topic, follow};
use crate::people::api::{ListPeople, PeopleOptions};
use crate::people::{Asked, Filter, People};
use crate::segments::views::{NoList, Ruled, SegmentTabs};
use crate::ui::{escape, lasting, thousands};

/// The form that the table's boxes belong to, by its id.
pub(super) const FORM: &str = "selection";

/// Everyone, last seen first, with fields to find and choose some.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|q| Asked::from_query(|name| q.get(name))));
    // The page's, since the fields are drawn again while somebody types: what waits for the next letter is not lost.
    let visit = use_visit(asked);
    let version = RwSignal::new(0);
    let list = ask(move || {
        version.track();
        ListPeople { address: asked.get().address() }
    });
    let options = ask(|| PeopleOptions {});
    let selected = RwSignal::new(HashSet::new());
    follow(Topic::People, version, move || Some(list.get()?.ok()?.seq));
    let title = Memo::new(move |_| {
        let archived = asked.read().filter.archived;
        if archived { "Archived people" } else { "People" }.to_owned()
    });
    view! {
        <Title text=lasting(title) />
        <header class="page-header">
            <h1>{title}</h1>
            <a class="button small page-actions" href="/import">
                "Import"
            </a>
        </header>
        <SegmentTabs of=Subject::Contact base="/people" chosen=Signal::derive(move || asked.read().filter.segment) />
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                options
                    .get()
                    .and_then(Result::ok)
                    .map(|options| {
                        let columns = options.columns.clone();
                        let tags = options.tags.iter().map(|(_, name)| name.clone()).collect();
                        view! {
                            <div class="people-tools">
                                <Filters asked visit options />
                                <KnownTags names=tags />
                                <Columns of=Subject::Contact all=columns chosen=shown(&list) version />
                            </div>
                        }
                    })
            }}
        </Transition>
        <Jobs at=Place::People />
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                list.get()
                    .map(|answer| match answer {
                        Ok(people) => view! { <Found people asked=asked.get_untracked() selected /> }.into_any(),
                        Err(error) => {
                            let asked = asked.get_untracked();
                            let without = asked.with(|f| f.rule.clear()).address();
                            view! { <NoList of=Subject::Contact error rule=asked.filter.rule without /> }.into_any()
                        }
                    })
            }}
        </Transition>
        <Transition>
            {
                // It stays while the list changes, so that a tag that is being typed is not lost.
                let total = Memo::new(move |_| list.get().and_then(Result::ok).map_or(0, |people| people.total));
                let any = Memo::new(move |_| total.get() > 0);
                let all = RwSignal::new(false);
                let address = Signal::derive(move || asked.read().address());
                move || {
                    any.get()
                        .then(|| {
                            view! {
                                <SelectionBar of=Subject::Contact form=FORM total address selected all>
                                    <Message selected all address />
                                    <ExportChosen asked selected all />
                                </SelectionBar>
                            }
                        })
                }
            }
        </Transition>
        <Transition>
            {move || {
                let next = list.get().and_then(Result::ok).and_then(|people| people.next);
                view! { <Pages asked=asked.get() next /> }
            }}
        </Transition>
    }
    .into_any()
}

fn shown(list: &Answer<People>) -> Vec<Column> {
    list.get_untracked().and_then(Result::ok).map(|people| people.columns).unwrap_or_default()
}

#[component]
fn Found(people: People, asked: Asked, selected: RwSignal<HashSet<i64>>) -> impl IntoView {
    let without = asked.with(|f| f.rule.clear()).address();
    let (said, rule) = (people.said.clone(), asked.filter.rule.clone());
    let ruled = view! { <Ruled of=Subject::Contact said rule without /> };
    if people.rows.is_empty() {
        return view! {
            {ruled}
            <Nobody asked />
        }
        .into_any();
    }
    let total = match people.total {
        1 => "1 person".to_owned(),
        n => format!("{} people", thousands(n)),
    };
    view! {
        {ruled}
        <p class="toolbar-count">
            {total} " · " <ExportAll asked=asked.clone() total=people.total />
        </p>
        <PeopleTable people asked selected />
    }
    .into_any()
}

#[component]
fn Nobody(asked: Asked) -> impl IntoView {
    let (title, text) = if asked.filter == Filter::default() {
        ("Nobody yet", "People appear here as soon as your product sends data.")
    } else if asked.filter.archived {
        ("Nobody in the archive", "People whom you archive are kept here with all their history.")
    } else if asked.filter.only_a_segment() {
        ("Nobody is in this segment", "Whoever its rule comes to hold for appears here at once.")
    } else {
        ("Nobody found", "Look for fewer letters, or take a filter away.")
    };
    let all = (asked.filter != Filter::default()).then_some(("/people", "All people"));
    view! { <Empty title text all /> }
}

/// Where a message to those selected is written, or to all whom the list of this address shows.
#[component]
fn Message(
    selected: RwSignal<HashSet<i64>>,
    all: RwSignal<bool>,
    address: Signal<String>,
) -> impl IntoView {
    let href = move || {
        if all.get() {
            return format!("/outbound/new?list={}", escape(&address.read()));
        }
        let mut ids: Vec<_> = selected.read().iter().copied().collect();
        ids.sort_unstable();
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        format!("/outbound/new?people={}", ids.join(","))
    };
    view! {
        <a class="button small" href=href hidden=move || !all.get() && selected.read().is_empty()>
            "Message"
        </a>
    }
}
