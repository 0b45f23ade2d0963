//! The list of people.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::contacts::api::list_people;
use crate::contacts::{Contact, People};
use crate::live::{Live, Topic};
use crate::time::Stamp;
use crate::ui::{Avatar, TimeAgo};

/// Everyone, last seen first, with a field to find some.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let query = use_query_map();
    let find = Memo::new(move |_| query.read().get("find").unwrap_or_default());
    let after = Memo::new(move |_| query.read().get("after"));
    let version = RwSignal::new(0);
    let list = Resource::new(
        move || (find.get(), after.get(), version.get()),
        |(find, after, _)| list_people(find, after),
    );
    if let Some(live) = use_context::<Live>() {
        Effect::new(move |_| {
            if let Some(Ok(people)) = list.get() {
                live.follow(Topic::People, people.seq, version);
            }
        });
        on_cleanup(move || live.leave(Topic::People));
    }
    view! {
        <Title text="People" />
        <header class="page-header">
            <h1>"People"</h1>
        </header>
        <form class="toolbar" method="get" action="/people" role="search">
            <input
                class="input"
                type="search"
                name="find"
                aria-label="Find people"
                placeholder="Name, e-mail address or id"
                value=move || find.get()
            />
            <button class="button" type="submit">
                "Find"
            </button>
        </form>
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                list.get()
                    .map(|answer| match answer {
                        Ok(people) => view! { <Table people find=find.get_untracked() /> }.into_any(),
                        Err(error) => view! { <p class="notice error" role="alert">{error.sentence()}</p> }.into_any(),
                    })
            }}
        </Transition>
    }
}

#[component]
fn Table(people: People, find: String) -> impl IntoView {
    if people.rows.is_empty() {
        let (title, text) = if find.is_empty() {
            (
                "Nobody yet",
                "People appear here as soon as your product sends identify or track calls.",
            )
        } else {
            ("Nobody found", "Names, e-mail addresses and ids are looked up by how they begin.")
        };
        return view! {
            <div class="empty">
                <p class="empty-title">{title}</p>
                <p class="empty-text">{text}</p>
            </div>
        }
        .into_any();
    }
    let total =
        if people.total == 1 { "1 person".to_owned() } else { format!("{} people", people.total) };
    let next = people.next.map(|after| {
        let find: String =
            if find.is_empty() { String::new() } else { format!("&find={}", escape(&find)) };
        view! {
            <nav class="pager">
                <a class="button" href=format!("/people?after={after}{find}")>
                    "Next"
                </a>
            </nav>
        }
    });
    view! {
        <p class="toolbar-count">{total}</p>
        <div class="table-wrap">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Id"</th>
                        <th scope="col">"Last seen"</th>
                    </tr>
                </thead>
                <tbody>{people.rows.into_iter().map(|(contact, seen)| view! { <Row contact seen /> }).collect_view()}</tbody>
            </table>
        </div>
        {next}
    }
    .into_any()
}

/// Percent-encodes everything but letters, digits and `-._~` (RFC 3986, unreserved).
fn escape(text: &str) -> String {
    let byte = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(b).to_string()
        }
        _ => format!("%{b:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[component]
fn Row(contact: Contact, seen: Option<Stamp>) -> impl IntoView {
    let title = contact.title();
    let email = contact.email.clone().filter(|e| *e != title);
    let seen = match seen {
        Some(stamp) => view! { <TimeAgo stamp /> }.into_any(),
        None => "Never".into_any(),
    };
    view! {
        <tr>
            <td>
                <a class="person-cell" href=format!("/contacts/{}", contact.id)>
                    <Avatar name=title.clone() seed=contact.id.0 />
                    <span class="person-name" dir="auto">
                        {title}
                    </span>
                    <span class="person-email" dir="auto">
                        {email}
                    </span>
                </a>
            </td>
            <td>{contact.external_id}</td>
            <td>{seen}</td>
        </tr>
    }
}
