//! The list of companies: health, filters, table, selection, and the jobs that it began.

use std::collections::HashSet;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::filters::{Filters, HealthTabs};
use super::table::CompaniesTable;
use crate::answers::{Answer, Transition, ask, kept, now};
use crate::attributes::Subject;
use crate::companies::api::{CompanyCounts, CompanyOptions, ListCompanies};
use crate::companies::list::{Asked, Companies, Filter};
use crate::id::CompanyId;
use crate::jobs::Place;
use crate::jobs::views::Jobs;
use crate::lists::views as lists;
use crate::lists::views::{Columns, Empty, KnownTags, Pages, SelectionBar, use_visit};
use crate::lists::{Column, Filters as _};
use crate::live::{Topic, follow};
use crate::segments::views::{NoList, Ruled, SegmentTabs};
use crate::ui::thousands;

/// The form that the table's boxes belong to, by its id.
pub(super) const FORM: &str = "selection";

/// Every company, last seen first, with fields to find and choose some.
#[component]
pub fn CompaniesPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|q| Asked::from_query(|name| q.get(name))));
    // The page's, since the fields are drawn again while somebody types: what waits for the next letter is not lost.
    let visit = use_visit(asked);
    let version = RwSignal::new(0);
    let list = ask(move || {
        version.track();
        ListCompanies { address: asked.get().address() }
    });
    // The counts follow the filters, but for the one that they are themselves.
    let counted = Memo::new(move |_| asked.read().with(|f| f.health = None).filter);
    let counts = ask(move || {
        version.track();
        let all = Asked { filter: counted.get(), ..Asked::default() };
        CompanyCounts { address: all.address() }
    });
    let options = ask(|| CompanyOptions {});
    let selected = RwSignal::new(HashSet::new());
    follow(Topic::Companies, version, move || Some(list.get()?.ok()?.seq));
    view! {
        <Title text="Companies" />
        <header class="page-header">
            <h1>"Companies"</h1>
            <a class="button small page-actions" href="/import?kind=companies">
                "Import"
            </a>
        </header>
        <div class="list-tabs">
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || counts.get().and_then(Result::ok).map(|counts| view! { <HealthTabs asked counts /> })}
            </Transition>
            <SegmentTabs
                of=Subject::Company
                base="/companies"
                chosen=Signal::derive(move || asked.read().filter.segment)
            />
        </div>
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {
                // The fields stay while the list changes, so that nothing that is typed is lost.
                let there = kept(move || options.get().is_some_and(|o| o.is_ok()));
                move || {
                    there
                        .get()
                        .then(|| now(&options))
                        .flatten()
                        .map(|options| {
                            let columns = options.columns.clone();
                            let tags = options.tags.iter().map(|(_, name)| name.clone()).collect();
                            view! {
                                <div class="people-tools">
                                    <Filters asked visit options />
                                    <KnownTags names=tags />
                                    <Columns of=Subject::Company all=columns chosen=shown(&list) version />
                                </div>
                            }
                        })
                }
            }
        </Transition>
        <Jobs at=Place::Companies />
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                list.get()
                    .map(|answer| match answer {
                        Ok(companies) => view! { <Found companies asked=asked.get_untracked() selected /> }.into_any(),
                        Err(error) => {
                            let asked = asked.get_untracked();
                            let without = asked.with(|f| f.rule.clear()).address();
                            view! { <NoList of=Subject::Company error rule=asked.filter.rule without /> }.into_any()
                        }
                    })
            }}
        </Transition>
        <Transition>
            {
                let total = Memo::new(move |_| list.get().and_then(Result::ok).map_or(0, |companies| companies.total));
                let any = Memo::new(move |_| total.get() > 0);
                let all = RwSignal::new(false);
                let address = Signal::derive(move || asked.read().address());
                move || {
                    any.get()
                        .then(|| {
                            view! {
                                <SelectionBar of=Subject::Company form=FORM total address selected all>
                                    <ExportChosen asked selected all />
                                </SelectionBar>
                            }
                        })
                }
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

/// The selected companies as a file.
#[component]
fn ExportChosen(
    asked: Memo<Asked>,
    selected: RwSignal<HashSet<i64>>,
    all: RwSignal<bool>,
) -> impl IntoView {
    let href = move || {
        if all.get() {
            return asked.read().filter.export_address();
        }
        let mut only: Vec<_> = selected.read().iter().copied().map(CompanyId).collect();
        only.sort_unstable();
        Filter { only, ..Filter::default() }.export_address()
    };
    view! { <lists::ExportChosen file="companies.csv" href selected all /> }
}

fn shown(list: &Answer<Companies>) -> Vec<Column> {
    list.get_untracked().and_then(Result::ok).map(|companies| companies.columns).unwrap_or_default()
}

#[component]
fn Found(companies: Companies, asked: Asked, selected: RwSignal<HashSet<i64>>) -> impl IntoView {
    let without = asked.with(|f| f.rule.clear()).address();
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
        n => format!("{} companies", thousands(n)),
    };
    let export = match companies.total {
        1 => "Export it as CSV".to_owned(),
        n => format!("Export all {} as CSV", thousands(n)),
    };
    view! {
        {ruled}
        <p class="toolbar-count">
            {total} " · "
            <a href=asked.filter.export_address() download="companies.csv" rel="external">
                {export}
            </a>
        </p>
        <CompaniesTable companies asked selected />
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
    } else if asked.filter.only_a_segment() {
        (
            "No company is in this segment",
            "Each that its rule comes to hold for appears here at once.",
        )
    } else {
        ("No company found", "Look for fewer letters, or take a filter away.")
    };
    let all = (asked.filter != Filter::default()).then_some(("/companies", "All companies"));
    view! { <Empty title text all /> }
}
