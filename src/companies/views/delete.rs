//! Deleting a company: what goes, what stays, and its name to confirm it.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use super::company::NoCompany;
use crate::answers::{Transition, ask};
use crate::companies::end::Brief;
use crate::companies::end::api::{DeleteCompany, DeletionPlan};
use crate::error::Error;
use crate::id::CompanyId;
use crate::ui::flash::{failure_of, use_typed};
use crate::ui::{refused, use_id};

/// The page that says what deleting a company does, and does it.
#[component]
pub fn DeletePage() -> impl IntoView {
    let id = use_id::<CompanyId>("/companies/");
    move || match id.get() {
        Some(company) => view! { <DeleteOf company /> }.into_any(),
        None => view! { <NoCompany error=Error::NotFound /> }.into_any(),
    }
}

#[component]
fn DeleteOf(company: CompanyId) -> impl IntoView {
    let tries = RwSignal::new(0_u32);
    let again = Callback::new(move |()| tries.update(|n| *n += 1));
    let plan = ask(move || {
        tries.track();
        DeletionPlan { company }
    });
    view! {
        <Title text="Delete a company" />
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                plan.get()
                    .map(|answer| match answer {
                        Ok(plan) => view! { <Plan plan /> }.into_any(),
                        Err(error) => view! { <NoCompany error again=Some(again) /> }.into_any(),
                    })
            }}
        </Transition>
    }
    .into_any()
}

fn count(n: i64, one: &str, many: &str) -> String {
    match n {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    }
}

/// What goes with it, as far as there is any.
fn goes(n: i64, one: &str, many: &str) -> Option<impl IntoView> {
    (n > 0).then(|| view! { <li>{count(n, one, many)}</li> })
}

#[component]
fn Plan(plan: Brief) -> impl IntoView {
    let people = match plan.people {
        0 => "Nobody is in it.".to_owned(),
        1 => "1 person stays, with everything in their own stream; they are in this company no longer.".to_owned(),
        n => format!("{n} people stay, each with everything in their own stream; they are in this company no longer."),
    };
    let merged = (plan.merged > 0).then(|| {
        let ids = count(plan.merged, "company that was", "companies that were");
        view! { <li>{format!("The ids of {ids} merged into it")}</li> }
    });
    view! {
        <header class="page-header">
            <h1>"Delete " <bdi>{plan.title.clone()}</bdi></h1>
        </header>
        <div class="sheet">
            <section class="card" aria-label="What goes">
                <h2>"What goes"</h2>
                <ul class="plan-list">
                    <li>"Its card: name, plan, spend, and the rest"</li>
                    {goes(plan.data, "value of its own data", "values of its own data")}
                    {goes(plan.tags.len() as i64, "tag of its own", "tags of its own")}
                    {goes(plan.notes, "note about it", "notes about it")}
                    <li>"Its stream of " {plan.entries()}</li>
                    {merged}
                </ul>
                <h2>"What stays"</h2>
                <ul class="plan-list">
                    <li>{people}</li>
                    {(plan.people > 0).then(|| view! { <li>"Conversations with them."</li> })}
                    <li>
                        "What your product sends later about the company id " <code dir="auto">{plan.company_id.clone()}</code>
                        " makes a new company."
                    </li>
                </ul>
            </section>
            <Confirm plan />
        </div>
    }
    .into_any()
}

#[component]
fn Confirm(plan: Brief) -> impl IntoView {
    let delete = ServerAction::<DeleteCompany>::new();
    let failure = failure_of(delete);
    view! {
        <ActionForm action=delete attr:class="form">
            <input type="hidden" name="company" value=plan.id.to_string() />
            <p>"You can undo it for 15 seconds, and not after that. To go on, type the name: " <bdi><strong>{plan.title}</strong></bdi></p>
            <input
                class="input"
                name="confirm"
                aria-label="Name of the company"
                autocomplete="off"
                required
                value=use_typed("/do/delete_company", "confirm")
            />
            {move || failure().map(refused)}
            <div class="form-actions">
                <button class="button danger" type="submit" disabled=move || delete.pending().get()>
                    "Delete"
                </button>
                <a class="button" href=format!("/companies/{}", plan.id)>
                    "Cancel"
                </a>
            </div>
        </ActionForm>
    }
    .into_any()
}
