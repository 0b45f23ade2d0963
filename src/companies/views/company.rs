//! A company's profile: its people and one stream of them all, beside what is known.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::arriving::ArrivingNote;
use super::asked::use_profile;
use super::ending::EndingNote;
use super::header::CompanyHeader;
use super::health::HealthMark;
use super::people::People;
use super::sections::Sections;
use super::whose::Whose;
use crate::answers::standing;
use crate::companies::Profile;
use crate::error::Error;
use crate::id::CompanyId;
use crate::notes::views::{NoteComposer, NotesOf};
use crate::owner::Owner;
use crate::stream::views::StreamOf;
use crate::ui::{Missing, lasting, use_id};

/// The page of one company, by the number in its address.
#[component]
pub fn CompanyPage() -> impl IntoView {
    let id = use_id::<CompanyId>("/companies/");
    move || match id.get() {
        Some(company) => view! { <CompanyOf company /> }.into_any(),
        None => view! { <NoCompany error=Error::NotFound /> }.into_any(),
    }
}

#[component]
fn CompanyOf(company: CompanyId) -> impl IntoView {
    let (profile, version) = use_profile(company);
    let again = Callback::new(move |()| version.update(|n| *n += 1));
    crate::ui::menu::tidy();
    standing(
        profile,
        move |profile| match profile.with_untracked(|p| p.company.id) {
            // It was merged: the one that answers for it has an address of its own.
            other if other != company => {
                view! { <Redirect path=format!("/companies/{other}") /> }.into_any()
            }
            _ => view! { <Whole company profile version /> }.into_any(),
        },
        move |error| view! { <NoCompany error again=Some(again) /> }.into_any(),
    )
}

/// What stands where a company is not, or could not be had.
#[component]
pub(super) fn NoCompany(
    error: Error,
    /// Asks once more; nothing where nobody was asked.
    #[prop(default = None)]
    again: Option<Callback<()>>,
) -> impl IntoView {
    view! { <Missing error what="company" all=("/companies", "All companies") again /> }
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
fn Whole(company: CompanyId, profile: Memo<Profile>, version: RwSignal<u32>) -> impl IntoView {
    let query = use_query_map();
    let view = Memo::new(move |_| part_of(query.read().get("view").as_deref()));
    let owner = Owner::Company(company);
    let navigate = use_navigate();
    // While somebody looks at it, it was merged.
    Effect::new(move |_| {
        let now = profile.with(|p| p.company.id);
        if now != company {
            navigate(&format!("/companies/{now}"), NavigateOptions::default());
        }
    });
    let title = Memo::new(move |_| profile.with(|p| p.company.title()));
    let refresh = Callback::new(move |()| version.update(|n| *n += 1));
    let people = Memo::new(move |_| profile.with(|p| p.company.user_count));
    let health = Memo::new(move |_| profile.with(|p| p.health));
    // Beside the facts there are the people, wherever both have room: there the tab of the people is the one.
    let facts = move || view.get() == "facts";
    let tab = move |which: &'static str,
                    word: &'static str,
                    count: Option<Memo<i64>>,
                    wide: bool| {
        let current = move || (wide || view.get() == which).then_some("page");
        let width = move || match which {
            "people" if wide => Some("wide"),
            "people" if facts() => Some("narrow"),
            "facts" => Some("narrow"),
            _ => None,
        };
        let href = owner.href();
        view! {
            <a class="company-tab" data-at=width href=format!("{href}?view={which}") aria-current=current>
                {word}
                {count.map(|n| view! { <span class="tab-count">{n}</span> })}
            </a>
        }
    };
    view! {
        <Title text=lasting(title) />
        <div class="profile company" data-view=move || if view.get() == "facts" { "facts" } else { "stream" }>
            <crate::ui::KeptName name=title>
                {move || view! { <HealthMark health=health.get() /> }}
            </crate::ui::KeptName>
            <CompanyHeader profile changed=refresh />
            <EndingNote profile />
            <nav class="tabs company-tabs" aria-label="Parts of the company">
                {move || facts().then(|| tab("people", "People", Some(people), true))}
                {tab("people", "People", Some(people), false)}
                {tab("stream", "Stream", None, false)}
                {tab("facts", "Facts", None, false)}
            </nav>
            <section class="profile-main" aria-label="People and stream">
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
