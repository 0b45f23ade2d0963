//! One person in the list of a company's people.

use std::collections::HashSet;

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::people_bar::FORM;
use crate::answers::kept;
use crate::companies::Member;
use crate::companies::api::{Detach, MainContact};
use crate::id::{CompanyId, ContactId};
use crate::lists::views::Tick;
use crate::outbound::Reason;
use crate::ui::menu::put_away;
use crate::ui::{Avatar, TimeAgo};

/// Who it is, what is known of them at a glance, and what can be done. The row stays the same person's whatever moves
/// around it, so that an open menu and the focus do.
#[component]
pub fn MemberRow(
    company: CompanyId,
    member: Signal<Member>,
    selected: RwSignal<HashSet<i64>>,
    main: Memo<ContactId>,
    changed: Callback<()>,
) -> impl IntoView {
    let id = member.with_untracked(|member| member.id);
    let who = kept(move || member.with(|m| (m.title.clone(), m.email.clone(), m.picture.clone())));
    let is_main = kept(move || main.get() == id);
    view! {
        <li class="member">
            {move || {
                let (title, email, picture) = who.get();
                view! {
                    <Tick id=id.0 title=title.clone() name="people[]" form=FORM selected />
                    <a class="person-cell" href=format!("/contacts/{id}")>
                        <Avatar name=title.clone() seed=id.0 picture />
                        <span class="person-name" dir="auto">
                            {title}
                        </span>
                        <span class="person-email" dir="auto">
                            {email}
                        </span>
                    </a>
                }
            }}
            <span class="member-facts">
                {move || is_main.get().then(|| view! { <span class="badge">"Main contact"</span> })}
                {move || view! { <Known member=member.get() /> }}
            </span>
            <MemberMenu company id title=Signal::derive(move || who.get().0) is_main changed />
        </li>
    }
    .into_any()
}

/// What is known of them at a glance.
#[component]
fn Known(member: Member) -> impl IntoView {
    let seen = match member.seen {
        Some(stamp) => view! { <TimeAgo stamp /> }.into_any(),
        None => view! { <span class="never">"Never seen"</span> }.into_any(),
    };
    let left_out = member.left_out.map(|reason| {
        let (word, class) = match reason {
            Reason::Blocked => ("Blocked", "badge danger"),
            Reason::Archived => ("Archived", "badge quiet"),
            // Not marked here: other messages reach them.
            _ => return ().into_any(),
        };
        view! {
            <span class=class title=format!("{word}: messages to people of the company leave them out")>
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
        {left_out}
        {seen}
        <span>{sessions}</span>
        <bdi>{member.place}</bdi>
        {member.tags.into_iter().map(|tag| view! { <span class="tag"><span class="tag-name" dir="auto">{tag}</span></span> }).collect_view()}
    }
    .into_any()
}

#[component]
fn MemberMenu(
    company: CompanyId,
    id: ContactId,
    title: Signal<String>,
    is_main: Signal<bool>,
    changed: Callback<()>,
) -> impl IntoView {
    let detach = ServerAction::<Detach>::new();
    let choose = ServerAction::<MainContact>::new();
    Effect::new(move |_| {
        if matches!(detach.value().get(), Some(Ok(())))
            || matches!(choose.value().get(), Some(Ok(())))
        {
            put_away();
            changed.run(());
        }
    });
    let who = move || if is_main.get() { "0".to_owned() } else { id.to_string() };
    let word = move || if is_main.get() { "No longer main contact" } else { "Make main contact" };
    view! {
        <details class="menu">
            <summary class="button small" aria-label=move || format!("More for {}", title.get())>
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
                        <input type="hidden" name="contact" value=who />
                        <button type="submit">{word}</button>
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
    }
    .into_any()
}
