//! A company's profile: its people and one stream of them all, beside what is known.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::arriving::ArrivingNote;
use super::header::CompanyHeader;
use super::people::People;
use super::sections::Sections;
use super::whose::Whose;
use crate::answers::{Transition, ask, kept, now};
use crate::companies::Profile;
use crate::companies::api::CompanyProfile;
use crate::error::Error;
use crate::id::CompanyId;
use crate::live::{Topic, follow};
use crate::notes::views::{NoteComposer, NotesOf};
use crate::owner::Owner;
use crate::stream::views::StreamOf;
use crate::ui::{lasting, use_id};

/// The page of one company, by the number in its address.
#[component]
pub fn CompanyPage() -> impl IntoView {
    let id = use_id::<CompanyId>("/companies/");
    move || match id.get() {
        Some(company) => view! { <CompanyOf company /> }.into_any(),
        None => view! { <Missing error=Error::NotFound /> }.into_any(),
    }
}

#[component]
fn CompanyOf(company: CompanyId) -> impl IntoView {
    let version = RwSignal::new(0);
    let profile = ask(move || {
        version.track();
        CompanyProfile { id: company }
    });
    follow(Topic::Company(company), version, move || Some(profile.get()?.ok()?.seq));
    view! {
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {
                // Whether there is a profile changes seldom, and what it says often: the page stays while it does,
                // so that nothing that is typed or opened is lost.
                let failed = kept(move || profile.get().map(Result::err));
                let latest = Memo::new(move |_| profile.get().and_then(Result::ok));
                move || match failed.get() {
                    None => ().into_any(),
                    Some(Some(error)) => view! { <Missing error /> }.into_any(),
                    Some(None) => match now(&profile) {
                        // It was merged: the one that answers for it has an address of its own.
                        Some(first) if first.company.id != company => {
                            view! { <Redirect path=format!("/companies/{}", first.company.id) /> }.into_any()
                        }
                        Some(first) => view! { <Whole first latest version /> }.into_any(),
                        None => ().into_any(),
                    },
                }
            }
        </Transition>
    }
    .into_any()
}

/// What stands where a company is not.
#[component]
pub(super) fn Missing(error: Error) -> impl IntoView {
    if error == Error::NotFound {
        crate::ui::status::not_found();
    }
    let (title, text) = match error {
        Error::NotFound => (
            "No such company",
            "The link is old, or the company is in another workspace.".to_owned(),
        ),
        other => ("This company could not be opened", other.sentence()),
    };
    view! {
        <Title text=title />
        <div class="empty">
            <h1 class="empty-title">{title}</h1>
            <p class="empty-text">{text}</p>
            <a class="button" href="/companies">
                "All companies"
            </a>
        </div>
    }
    .into_any()
}

/// Which part an address shows: the people first, the stream, or on a phone the facts.
fn part_of(view: Option<&str>) -> &'static str {
    match view {
        Some("stream") => "stream",
        Some("facts") => "facts",
        _ => "people",
    }
}

#[component]
fn Whole(first: Profile, latest: Memo<Option<Profile>>, version: RwSignal<u32>) -> impl IntoView {
    let query = use_query_map();
    let view = Memo::new(move |_| part_of(query.read().get("view").as_deref()));
    let company = first.company.id;
    let owner = Owner::Company(company);
    let navigate = use_navigate();
    // While somebody looks at it, it was merged.
    Effect::new(move |_| {
        let now = latest.read().as_ref().map(|p| p.company.id);
        if let Some(now) = now.filter(|now| *now != company) {
            navigate(&format!("/companies/{now}"), NavigateOptions::default());
        }
    });
    let profile = Memo::new(move |_| latest.get().unwrap_or_else(|| first.clone()));
    let title = Memo::new(move |_| profile.with(|p| p.company.title()));
    let refresh = Callback::new(move |()| version.update(|n| *n += 1));
    let people = Memo::new(move |_| profile.with(|p| p.company.user_count));
    let tab = move |which: &'static str, word: &'static str, count: Option<Memo<i64>>| {
        let current = move || (view.get() == which).then_some("page");
        let href = owner.href();
        view! {
            <a class="company-tab" data-part=which href=format!("{href}?view={which}") aria-current=current>
                {word}
                {count.map(|n| view! { <span class="tab-count">{n}</span> })}
            </a>
        }
    };
    view! {
        <Title text=lasting(title) />
        <div class="profile company" data-view=move || if view.get() == "facts" { "facts" } else { "stream" }>
            <CompanyHeader profile changed=refresh />
            <section class="profile-main" aria-label="People and stream">
                <nav class="tabs company-tabs" aria-label="Parts of the company">
                    {tab("people", "People", Some(people))}
                    {tab("stream", "Stream", None)}
                    {tab("facts", "Facts", None)}
                </nav>
                {move || match view.get() {
                    "stream" => {
                        view! {
                            <NoteComposer owner changed=refresh />
                            <Whose company version />
                            <ArrivingNote profile />
                            <StreamOf owner version />
                        }
                            .into_any()
                    }
                    "people" => view! { <People company version profile changed=refresh /> }.into_any(),
                    _ => view! { <People company version profile changed=refresh /> }.into_any(),
                }}
            </section>
            <aside class="profile-side" aria-label="Facts">
                <NotesOf owner version />
                <Sections profile version changed=refresh />
            </aside>
        </div>
    }
    .into_any()
}
