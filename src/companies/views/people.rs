//! The people of a company: found, sorted, tagged, attached and detached.

use std::collections::HashSet;

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::attach::Attach;
use super::people_bar::{FORM, PeopleBar};
use crate::answers::{Transition, ask};
use crate::companies::api::{CompanyMembers, Detach, MainContact};
use crate::companies::message::Reason;
use crate::companies::{Member, Members, Order, Profile, Roll};
use crate::error::Error;
use crate::id::{CompanyId, ContactId};
use crate::jobs::views::Jobs;
use crate::lists::views::{Empty, Tick};
use crate::ui::{Avatar, TimeAgo, escape};

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
        <Jobs />
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                members
                    .get()
                    .map(|answer| match answer {
                        Ok(members) => {
                            view! { <Found company members roll=roll.get_untracked() selected main changed /> }.into_any()
                        }
                        Err(error) => view! { <Failed error /> }.into_any(),
                    })
            }}
        </Transition>
        <Transition>
            <PeopleBar company roll total selected />
        </Transition>
    }
    .into_any()
}

/// Why something could not be done.
#[component]
pub(super) fn Failed(error: Error) -> impl IntoView {
    view! { <p class="notice error" role="alert">{error.sentence()}</p> }.into_any()
}

#[component]
fn Found(
    company: CompanyId,
    members: Members,
    roll: Roll,
    selected: RwSignal<HashSet<i64>>,
    main: Memo<ContactId>,
    changed: Callback<()>,
) -> impl IntoView {
    if members.rows.is_empty() {
        let (title, text) = if roll.find.is_empty() {
            (
                "Nobody is in this company",
                "People join by a group call of your product, by an import, or when you attach them here.",
            )
        } else {
            ("Nobody found", "Look for fewer letters.")
        };
        return view! { <Empty title text /> }.into_any();
    }
    let link = |page: i64, word: &'static str| {
        let href = address(company, &Roll { page, ..roll.clone() });
        view! {
            <a class="button small" href=href>
                {word}
            </a>
        }
    };
    let sorts = Order::ALL.map(|(order, _, name)| sort(company, &roll, order, name));
    let before = (roll.page > 0).then(|| link(roll.page - 1, "Back"));
    let after = members.more.then(|| link(roll.page + 1, "Next"));
    view! {
        <p class="members-sort">"Sorted by " {sorts.collect_view()}</p>
        <ul class="members" aria-label="People">
            {members.rows.into_iter().map(|member| view! { <MemberRow company member selected main changed /> }).collect_view()}
        </ul>
        <nav class="pager" aria-label="Pages">
            {before}
            {after}
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

#[component]
fn MemberRow(
    company: CompanyId,
    member: Member,
    selected: RwSignal<HashSet<i64>>,
    main: Memo<ContactId>,
    changed: Callback<()>,
) -> impl IntoView {
    let id = member.id;
    let detach = ServerAction::<Detach>::new();
    let choose = ServerAction::<MainContact>::new();
    Effect::new(move |_| {
        if matches!(detach.value().get(), Some(Ok(())))
            || matches!(choose.value().get(), Some(Ok(())))
        {
            changed.run(());
        }
    });
    let is_main = move || main.get() == id;
    let seen = match member.seen {
        Some(stamp) => view! { <TimeAgo stamp /> }.into_any(),
        None => view! { <span class="never">"Never seen"</span> }.into_any(),
    };
    let left_out = member.left_out.map(|reason| {
        let (word, class) = match reason {
            Reason::Blocked => ("Blocked", "badge danger"),
            Reason::Archived => ("Archived", "badge quiet"),
            // Not marked here: other messages reach them.
            Reason::Unsubscribed | Reason::NoAddress => return ().into_any(),
        };
        view! {
            <span class=class title=reason.means()>
                {word}
            </span>
        }
        .into_any()
    });
    let sessions = match member.sessions {
        1 => "1 session".to_owned(),
        n => format!("{n} sessions"),
    };
    view! {
        <li class="member">
            <Tick id=id.0 title=member.title.clone() name="people[]" form=FORM selected />
            <a class="person-cell" href=format!("/contacts/{id}")>
                <Avatar name=member.title.clone() seed=id.0 picture=member.picture />
                <span class="person-name" dir="auto">
                    {member.title.clone()}
                </span>
                <span class="person-email" dir="auto">
                    {member.email}
                </span>
            </a>
            <span class="member-facts">
                {move || is_main().then(|| view! { <span class="badge">"Main contact"</span> })}
                {left_out}
                {seen}
                <span>{sessions}</span>
                <bdi>{member.place}</bdi>
                {member.tags.into_iter().map(|tag| view! { <span class="tag"><span class="tag-name" dir="auto">{tag}</span></span> }).collect_view()}
            </span>
            <details class="menu">
                <summary class="button small" aria-label=format!("Actions for {}", member.title)>
                    "More"
                </summary>
                <ul>
                    <li>
                        <a href=format!("/contacts/{id}?compose=message")>"Message"</a>
                    </li>
                    <li>
                        <a href=format!("/companies/{company}?view=stream&person={id}")>"Show in the stream"</a>
                    </li>
                    <li>
                        <ActionForm action=choose>
                            <input type="hidden" name="company" value=company.to_string() />
                            <input type="hidden" name="contact" value=move || if is_main() { "0".to_owned() } else { id.to_string() } />
                            <button type="submit">{move || if is_main() { "No longer main contact" } else { "Make main contact" }}</button>
                        </ActionForm>
                    </li>
                    <li>
                        <ActionForm action=detach>
                            <input type="hidden" name="company" value=company.to_string() />
                            <input type="hidden" name="contact" value=id.to_string() />
                            <button type="submit">"Detach from the company"</button>
                        </ActionForm>
                    </li>
                </ul>
            </details>
        </li>
    }
    .into_any()
}
