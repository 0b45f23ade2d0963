//! The people of a company: found, sorted, tagged, attached and detached.

use std::collections::HashSet;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::attach::Attach;
use super::member::MemberRow;
use super::people_bar::PeopleBar;
use crate::answers::{Answer, Transition, ask, kept};
use crate::companies::api::CompanyMembers;
use crate::companies::{Member, Members, Order, Profile, Roll};
use crate::id::{CompanyId, ContactId};
use crate::jobs::Place;
use crate::jobs::views::Jobs;
use crate::lists::views::Empty;
use crate::ui::{Each, escape, refused};

fn asked(get: impl Fn(&str) -> Option<String>) -> Roll {
    Roll {
        find: get("find").unwrap_or_default(),
        order: get("order").and_then(|w| Order::from_word(&w)).unwrap_or_default(),
        reversed: get("reversed").is_some(),
        page: get("page").and_then(|p| p.parse().ok()).unwrap_or(0),
    }
}

fn address(company: CompanyId, roll: &Roll) -> String {
    let (find, order, page) = (escape(&roll.find), roll.order.word(), roll.page);
    let reversed = if roll.reversed { "&reversed=1" } else { "" };
    format!("/companies/{company}?view=people&find={find}&order={order}{reversed}&page={page}")
}

/// The people in a company now.
#[component]
pub fn People(
    company: CompanyId,
    /// Counts the changes.
    version: RwSignal<u32>,
    profile: Memo<Profile>,
    changed: Callback<()>,
) -> impl IntoView {
    let query = use_query_map();
    let roll = Memo::new(move |_| query.with(|q| asked(|name| q.get(name))));
    let members = ask(move || {
        version.track();
        let Roll { find, order, reversed, page } = roll.get();
        CompanyMembers { company, find, order, page, reversed }
    });
    let selected = RwSignal::new(HashSet::new());
    let total = Memo::new(move |_| members.get().and_then(Result::ok).map_or(0, |m| m.total));
    let main = Memo::new(move |_| profile.with(|p| p.company.main_contact_id));
    view! {
        <div class="people-tools">
        <form class="toolbar" method="get" action=format!("/companies/{company}") role="search">
            <input type="hidden" name="view" value="people" />
            <input
                class="input"
                type="search"
                name="find"
                aria-label="Find people of this company"
                placeholder="Name, e-mail address or id"
                value=roll.get_untracked().find
            />
            <button class="button" type="submit">
                "Find"
            </button>
            <input type="hidden" name="order" value=move || roll.read().order.word() />
            {move || roll.read().reversed.then(|| view! { <input type="hidden" name="reversed" value="1" /> })}
        </form>
        <Attach company changed />
        </div>
        <Jobs at=Place::Company(company) />
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {
                // The rows say what is new themselves.
                let any = kept(move || members.get().map(|answer| answer.map(|m| !m.rows.is_empty())));
                move || {
                    any.get()
                        .map(|any| match any {
                            Ok(true) => view! { <Found company members roll selected main changed /> }.into_any(),
                            Ok(false) => view! { <Nobody roll /> }.into_any(),
                            Err(error) => refused(error).into_any(),
                        })
                }
            }
        </Transition>
        <Transition>
            <PeopleBar company roll total selected />
        </Transition>
    }
    .into_any()
}

#[component]
fn Nobody(roll: Memo<Roll>) -> impl IntoView {
    move || {
        let (title, text) = if roll.read().find.is_empty() {
            (
                "Nobody is in this company",
                "People join by a group call of your product, by an import, or when you attach them here.",
            )
        } else {
            ("Nobody found", "Look for fewer letters.")
        };
        view! { <Empty title text /> }
    }
}

#[component]
fn Found(
    company: CompanyId,
    members: Answer<Members>,
    roll: Memo<Roll>,
    selected: RwSignal<HashSet<i64>>,
    main: Memo<ContactId>,
    changed: Callback<()>,
) -> impl IntoView {
    let rows = kept(move || members.get().and_then(Result::ok).map(|m| m.rows).unwrap_or_default());
    let more = kept(move || members.get().and_then(Result::ok).is_some_and(|m| m.more));
    let page = Memo::new(move |_| roll.with(|roll| roll.page));
    let link = move |page: i64, word: &'static str| {
        let href = address(company, &Roll { page, ..roll.get() });
        view! {
            <a class="button small" href=href>
                {word}
            </a>
        }
    };
    let sorts = move || {
        let sorts =
            Order::ALL.map(|(order, _, name)| roll.with(|roll| sort(company, roll, order, name)));
        sorts.collect_view()
    };
    view! {
        <p class="members-sort">"Sorted by " {sorts}</p>
        <ul class="members" aria-label="People">
            <Each rows key=|member: &Member| member.id let:member>
                <MemberRow company member selected main changed />
            </Each>
        </ul>
        <nav class="pager" aria-label="Pages">
            {move || (page.get() > 0).then(|| link(page.get() - 1, "Back"))}
            {move || more.get().then(|| link(page.get() + 1, "Next"))}
        </nav>
    }
    .into_any()
}

/// A link that sorts by something, or turns the order round where it does already.
fn sort(company: CompanyId, roll: &Roll, order: Order, name: &'static str) -> AnyView {
    let current = roll.order == order;
    let reversed = current && !roll.reversed;
    let way = current.then_some(if order.descends() != roll.reversed {
        "descending"
    } else {
        "ascending"
    });
    let href = address(company, &Roll { order, reversed, page: 0, ..roll.clone() });
    view! {
        <a class="sort" href=href aria-current=current.then_some("true") data-way=way>
            {name}
            {way.map(|way| view! { <span class="visually-hidden">{format!(", {way}")}</span> })}
        </a>
    }
    .into_any()
}
