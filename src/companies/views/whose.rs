//! Whose entries a company's stream shows: everybody's, or those of one of its people, who is found by typing.

use leptos::html::Input;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::answers::{Transition, ask_if};
use crate::companies::api::{CompanyMembers, CompanyPerson};
use crate::companies::{Members, Order};
use crate::id::{CompanyId, ContactId};
use crate::stream::Facet;
use crate::ui::{scroll, use_later};

/// How many people are offered.
const OFFERED: usize = 8;

/// The address of a company's stream: of one person's entries, of one type.
fn address(company: CompanyId, person: Option<ContactId>, facet: Option<Facet>) -> String {
    let person = person.map(|id| format!("&person={id}")).unwrap_or_default();
    let show = facet.map(|facet| format!("&show={}", facet.word())).unwrap_or_default();
    format!("/companies/{company}?view=stream{show}{person}")
}

/// Says whose entries are shown, with the way back to everybody's, and finds somebody else.
#[component]
pub fn Whose(
    company: CompanyId,
    /// Goes up when something about it changed.
    version: RwSignal<u32>,
) -> impl IntoView {
    let query = use_query_map();
    let person =
        Memo::new(move |_| query.read().get("person").and_then(|p| p.parse::<ContactId>().ok()));
    let facet = Memo::new(move |_| query.read().get("show").and_then(|w| Facet::from_word(&w)));
    let name = ask_if(move || {
        version.track();
        person.get().map(|person| CompanyPerson { company, person })
    });
    view! {
        <div class="whose">
            <Transition>
                {move || {
                    let name = match name.get()? {
                        Ok(name) => name?,
                        Err(_) => "someone who was deleted".into(),
                    };
                    let href = address(company, None, facet.get());
                    Some(view! { <Chip name href /> })
                }}
            </Transition>
            // Closed again once somebody is chosen.
            {move || view! { <Finder company chosen=person.get() facet /> }}
        </div>
    }
    .into_any()
}

#[component]
fn Chip(name: String, href: String) -> impl IntoView {
    view! {
        <span class="chip" aria-current="true">
            "Only entries of "
            <bdi>{name}</bdi>
        </span>
        <a class="button small" href=href>
            "Show everybody’s"
        </a>
    }
    .into_any()
}

/// A plain form that asks for an address; with JavaScript it finds as one types.
#[component]
fn Finder(
    company: CompanyId,
    chosen: Option<ContactId>,
    facet: Memo<Option<Facet>>,
) -> impl IntoView {
    let who = use_query_map().with_untracked(|query| query.get("who"));
    let opened = who.is_some();
    let asked = RwSignal::new(who.clone());
    let members = ask_if(move || {
        let find = asked.get()?;
        Some(CompanyMembers { company, find, order: Order::LastSeen, reversed: false, page: 0 })
    });
    let later = use_later();
    let field = NodeRef::<Input>::new();
    let toggled = move |open: bool| {
        if !open {
            return;
        }
        if asked.read_untracked().is_none() {
            asked.set(Some(String::new()));
        }
        if let Some(field) = field.get_untracked() {
            // A field that cannot take the focus leaves it where it is.
            let _ = field.focus();
        }
    };
    // Whoever is offered comes onto the screen with the field.
    Effect::new(move |_| {
        if matches!(members.get(), Some(Ok(Some(_)))) {
            request_animation_frame(|| scroll::fit(".whose > .menu[open] > .menu-form"));
        }
    });
    let word = if chosen.is_some() { "Choose somebody else" } else { "Filter by person" };
    view! {
        <details
            class="menu"
            open=opened
            on:toggle:target=move |ev| toggled(ev.target().has_attribute("open"))
        >
            <summary class="button small">{word}</summary>
            <form class="form menu-form" method="get" action=format!("/companies/{company}") role="search">
                <input type="hidden" name="view" value="stream" />
                {move || facet.get().map(|facet| view! { <input type="hidden" name="show" value=facet.word() /> })}
                <input
                    class="input"
                    type="search"
                    name="who"
                    aria-label="Find whose entries to show"
                    placeholder="Name, e-mail address or id"
                    autocomplete="off"
                    value=who
                    node_ref=field
                    on:input:target=move |ev| {
                        let text = ev.target().value();
                        later.run(move || asked.set(Some(text)));
                    }
                />
                <button class="button small" type="submit">
                    "Find"
                </button>
                <Transition>
                    {move || {
                        let found = members.get().and_then(Result::ok).flatten();
                        found.map(|members| view! { <Offered company members facet=facet.get() /> })
                    }}
                </Transition>
            </form>
        </details>
    }
    .into_any()
}

#[component]
fn Offered(company: CompanyId, members: Members, facet: Option<Facet>) -> impl IntoView {
    if members.rows.is_empty() {
        return view! { <p class="hint">"Nobody found. Look for fewer letters."</p> }.into_any();
    }
    let more = members.total - members.rows.len().min(OFFERED) as i64;
    let offer = members.rows.into_iter().take(OFFERED).map(|member| {
        let href = address(company, Some(member.id), facet);
        view! {
            <li>
                <a class="choice" href=href dir="auto">
                    {member.title}
                </a>
            </li>
        }
    });
    view! {
        <ul class="choices" aria-label="People of this company">
            {offer.collect_view()}
        </ul>
        {(more > 0).then(|| view! { <p class="hint">{format!("and {more} more: type a part of the name")}</p> })}
    }
    .into_any()
}
