//! The list of companies: health, filters, table, selection, and the jobs that it began.

use std::collections::HashSet;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::columns::Columns;
use super::filters::{Filters, HealthTabs};
use super::selection::SelectionBar;
use super::table::Table;
use crate::answers::{Transition, ask, kept, now};
use crate::attributes::Subject;
use crate::companies::api::{CompanyOptions, ListCompanies};
use crate::companies::list::{Asked, Companies, Filter};
use crate::jobs::views::Jobs;
use crate::live::{Topic, follow};
use crate::segments::views::{Ruled, SegmentTabs};

/// Every company, last seen first, with fields to find and choose some.
#[component]
pub fn CompaniesPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|q| Asked::from_query(|name| q.get(name))));
    let version = RwSignal::new(0);
    let list = ask(move || {
        version.track();
        ListCompanies { address: asked.get().address() }
    });
    let options = ask(move || {
        version.track();
        CompanyOptions {}
    });
    let selected = RwSignal::new(HashSet::new());
    follow(Topic::Companies, version, move || Some(list.get()?.ok()?.seq));
    view! {
        <Title text="Companies" />
        <header class="page-header">
            <h1>"Companies"</h1>
            <a class="button small page-actions" href="/import">
                "Import"
            </a>
        </header>
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                let counts = options.get().and_then(Result::ok).map(|o| o.health);
                counts.map(|counts| view! { <HealthTabs asked counts /> })
            }}
            {
                // The fields stay while the counts change, so that nothing that is typed is lost.
                let there = kept(move || options.get().is_some_and(|o| o.is_ok()));
                move || {
                    there
                        .get()
                        .then(|| now(&options))
                        .flatten()
                        .map(|options| {
                            let columns = options.columns.clone();
                            view! {
                                <div class="people-tools">
                                    <Filters asked options />
                                    <Columns all=columns list version />
                                </div>
                            }
                        })
                }
            }
        </Transition>
        <SegmentTabs of=Subject::Company base="/companies" chosen=Signal::derive(move || asked.read().filter.segment) />
        <Jobs />
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                list.get()
                    .map(|answer| match answer {
                        Ok(companies) => view! { <Found companies asked=asked.get_untracked() selected /> }.into_any(),
                        Err(error) => view! { <p class="notice error" role="alert">{error.sentence()}</p> }.into_any(),
                    })
            }}
        </Transition>
        <Transition>
            {
                let total = Memo::new(move |_| list.get().and_then(Result::ok).map_or(0, |companies| companies.total));
                let any = Memo::new(move |_| total.get() > 0);
                move || any.get().then(|| view! { <SelectionBar total asked selected /> })
            }
        </Transition>
        <Transition>
            {move || {
                let next = list.get().and_then(Result::ok).and_then(|companies| companies.next);
                view! { <Pages asked=asked.get() next /> }
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn Pages(asked: Asked, next: Option<String>) -> impl IntoView {
    let link = |after: Option<String>, word: &'static str| {
        let href = Asked { after, ..asked.clone() }.address();
        view! {
            <a class="button" href=href>
                {word}
            </a>
        }
    };
    let first = asked.after.is_some().then(|| link(None, "First page"));
    let next = next.map(|after| link(Some(after), "Next"));
    view! {
        <nav class="pager" aria-label="Pages">
            {first}
            {next}
        </nav>
    }
    .into_any()
}

#[component]
fn Found(companies: Companies, asked: Asked, selected: RwSignal<HashSet<i64>>) -> impl IntoView {
    let without = Filter { rule: String::new(), ..asked.filter.clone() };
    let without = Asked { filter: without, after: None, ..asked.clone() }.address();
    let (said, rule) = (companies.said.clone(), asked.filter.rule.clone());
    let ruled = view! { <Ruled of=Subject::Company said rule without /> };
    if companies.rows.is_empty() {
        return view! {
            {ruled}
            <Nothing asked />
        }
        .into_any();
    }
    let total = match companies.total {
        1 => "1 company".to_owned(),
        n => format!("{n} companies"),
    };
    let export = match companies.total {
        1 => "Export it as CSV".to_owned(),
        n => format!("Export all {n} as CSV"),
    };
    view! {
        {ruled}
        <p class="toolbar-count">
            {total} " · "
            <a href=asked.export_address() download="companies.csv" rel="external">
                {export}
            </a>
        </p>
        <Table companies asked selected />
    }
    .into_any()
}

#[component]
fn Nothing(asked: Asked) -> impl IntoView {
    let (title, text) = if asked.filter == Filter::default() {
        (
            "No company yet",
            "Companies appear here as soon as your product sends a group call, or you import them.",
        )
    } else {
        ("No company found", "Look for fewer letters, or take a filter away.")
    };
    let all = (asked.filter != Filter::default()).then(|| {
        view! {
            <a class="button" href="/companies">
                "All companies"
            </a>
        }
    });
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            <p class="empty-text">{text}</p>
            {all}
        </div>
    }
    .into_any()
}
