//! Merging a company into another: finding the other, seeing what happens, and the name to confirm it.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::company::NoCompany;
use crate::answers::{Transition, ask};
use crate::companies::end::api::{CompanyTitle, MergeCompanies, MergePlan, OtherCompanies};
use crate::companies::end::{Difference, Merging};
use crate::error::Error;
use crate::id::CompanyId;
use crate::ui::flash::{failure_of, use_typed};
use crate::ui::{refused, use_id};

/// The page of a merge: the address says which company goes, and which one stays once it is chosen.
#[component]
pub fn MergePage() -> impl IntoView {
    let query = use_query_map();
    let from = use_id::<CompanyId>("/companies/");
    let into =
        Memo::new(move |_| query.read().get("into").and_then(|id| id.parse::<CompanyId>().ok()));
    let find = Memo::new(move |_| query.read().get("find").unwrap_or_default());
    view! {
        <Title text="Merge companies" />
        {move || match (from.get(), into.get()) {
            (None, _) => view! { <NoCompany error=Error::NotFound /> }.into_any(),
            (Some(from), None) => view! { <Choose from find=find.get() /> }.into_any(),
            (Some(from), Some(into)) => view! { <Chosen from into /> }.into_any(),
        }}
    }
    .into_any()
}

/// A field to find the company that stays, and what it found.
#[component]
fn Choose(from: CompanyId, find: String) -> impl IntoView {
    let tries = RwSignal::new(0_u32);
    let again = Callback::new(move |()| tries.update(|n| *n += 1));
    let goes = ask(move || {
        tries.track();
        CompanyTitle { company: from }
    });
    let words = find.clone();
    let found = ask(move || {
        tries.track();
        OtherCompanies { company: from, find: words.clone() }
    });
    let row = move |(id, title, company_id, people): (CompanyId, String, String, i64)| {
        let people = if people == 1 { "1 person".to_owned() } else { format!("{people} people") };
        view! {
            <li>
                <a class="choice" href=format!("/companies/{from}/merge?into={id}")>
                    <strong dir="auto">{title}</strong>
                    <span class="quiet" dir="auto">{company_id}</span>
                    <span class="quiet">{people}</span>
                </a>
            </li>
        }
    };
    view! {
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                goes.get()
                    .map(|answer| match answer {
                        Err(error) => view! { <NoCompany error again=Some(again) /> }.into_any(),
                        Ok(goes) => {
                            view! {
                                <header class="page-header">
                                    <h1>"Merge " <bdi>{goes}</bdi> " into another company"</h1>
                                </header>
                            }
                                .into_any()
                        }
                    })
            }}
        </Transition>
        <div class="sheet">
            <form class="toolbar" method="get" action=format!("/companies/{from}/merge") role="search">
                <input
                    class="input"
                    type="search"
                    name="find"
                    aria-label="Find the company that stays"
                    placeholder="Name, id or website of the company that stays"
                    autocomplete="off"
                    value=find
                />
                <button class="button" type="submit">
                    "Find"
                </button>
            </form>
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || {
                    found
                        .get()
                        .and_then(Result::ok)
                        .map(|found| {
                            if found.is_empty() {
                                view! {
                                    <div class="empty">
                                        <p class="empty-title">"No other company found"</p>
                                        <p class="empty-text">"Look for fewer letters."</p>
                                    </div>
                                }
                                    .into_any()
                            } else {
                                view! { <ul class="choices" aria-label="Companies">{found.into_iter().map(row).collect_view()}</ul> }.into_any()
                            }
                        })
                }}
            </Transition>
            <p>
                <a class="button" href=format!("/companies/{from}")>
                    "Cancel"
                </a>
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn Chosen(from: CompanyId, into: CompanyId) -> impl IntoView {
    let plan = ask(move || MergePlan { from, into });
    view! {
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                plan.get()
                    .map(|answer| match answer {
                        Ok(plan) => view! { <Plan plan /> }.into_any(),
                        Err(Error::NotFound) => view! { <NoCompany error=Error::NotFound /> }.into_any(),
                        Err(error) => {
                            view! {
                                <div class="sheet">
                                    {refused(error)}
                                    <p><a class="button" href=format!("/companies/{from}/merge")>"Choose another"</a></p>
                                </div>
                            }
                                .into_any()
                        }
                    })
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn Plan(plan: Merging) -> impl IntoView {
    let Merging { from, into, both, differences } = plan;
    let people = match (from.people, both) {
        (0, _) => "Nobody is in it.".to_owned(),
        (1, 0) => "1 person moves.".to_owned(),
        (n, 0) => format!("{n} people move."),
        (1, _) => "1 person is in both and stays once.".to_owned(),
        (n, both) => format!("{n} people move; {both} of them are in both and stay once."),
    };
    let notes = match from.notes {
        0 => "No note moves.".to_owned(),
        1 => "1 note moves.".to_owned(),
        n => format!("{n} notes move."),
    };
    let new: Vec<_> = from.tags.iter().filter(|tag| !into.tags.contains(tag)).cloned().collect();
    let tags = if new.is_empty() {
        "No tag is added.".to_owned()
    } else {
        format!("These tags are added: {}.", new.join(", "))
    };
    let entries = format!(
        "Its stream of {} becomes part of the other one's; what stands in both stands once.",
        from.entries()
    );
    let (stays, goes) = (into.title.clone(), from.title.clone());
    let swap = format!("/companies/{}/merge?into={}", into.id, from.id);
    view! {
        <header class="page-header">
            <h1>"Merge " <bdi>{goes.clone()}</bdi> " into " <bdi>{stays.clone()}</bdi></h1>
        </header>
        <div class="sheet">
            <section class="card" aria-label="What happens">
                <h2>"What happens"</h2>
                <ul class="plan-list">
                    <li>{people}</li>
                    <li>{notes}</li>
                    <li dir="auto">{tags}</li>
                    <li>{entries}</li>
                    <li>"Sessions add up, those of people in both once; last seen and health are judged anew."</li>
                    <li>
                        "The company id " <code dir="auto">{into.company_id}</code> " stays. What your product sends about "
                        <code dir="auto">{from.company_id}</code> " belongs to " <bdi>{stays.clone()}</bdi> " from then on, and the old address leads there."
                    </li>
                </ul>
                <Differences differences stays goes=goes.clone() />
                <p>
                    <a href=swap>"Keep the other one instead"</a>
                </p>
            </section>
            <Confirm from=from.id into=into.id name=goes />
        </div>
    }
    .into_any()
}

/// Which facts win.
#[component]
fn Differences(differences: Vec<Difference>, stays: String, goes: String) -> impl IntoView {
    if differences.is_empty() {
        return view! { <p class="quiet">"No fact differs."</p> }.into_any();
    }
    let row = |d: Difference| {
        let taken = d.stays.is_none();
        let stays = d.stays.unwrap_or_else(|| d.goes.clone());
        let goes = if taken {
            view! { <span class="quiet">"taken over"</span> }.into_any()
        } else {
            view! { <s dir="auto">{d.goes}</s> }.into_any()
        };
        view! {
            <tr>
                <th scope="row" dir="auto">{d.name}</th>
                <td dir="auto">{stays}</td>
                <td>{goes}</td>
            </tr>
        }
    };
    view! {
        <div class="table-wrap">
            <table class="table compare">
                <thead>
                    <tr>
                        <th scope="col">"Fact"</th>
                        <th scope="col" dir="auto">{stays}</th>
                        <th scope="col" dir="auto">{goes}</th>
                    </tr>
                </thead>
                <tbody>{differences.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Confirm(from: CompanyId, into: CompanyId, name: String) -> impl IntoView {
    let merge = ServerAction::<MergeCompanies>::new();
    let failure = failure_of(merge);
    view! {
        <ActionForm action=merge attr:class="form">
            <input type="hidden" name="from" value=from.to_string() />
            <input type="hidden" name="into" value=into.to_string() />
            <p>"You can undo it for 15 seconds, and not after that. To go on, type the name of the company that goes: " <bdi><strong>{name}</strong></bdi></p>
            <input
                class="input"
                name="confirm"
                aria-label="Name of the company that goes"
                autocomplete="off"
                required
                value=use_typed("/do/merge_companies", "confirm")
            />
            {move || failure().map(refused)}
            <div class="form-actions">
                <button class="button danger" type="submit" disabled=move || merge.pending().get()>
                    "Merge"
                </button>
                <a class="button" href=format!("/companies/{from}")>
                    "Cancel"
                </a>
            </div>
        </ActionForm>
    }
    .into_any()
}
