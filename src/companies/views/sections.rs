//! The facts of a company.

use leptos::prelude::*;

use super::health::HealthBadge;
use super::places::Places;
use crate::attributes::views::Data;
use crate::companies::Profile;
use crate::outbound::views::MessagesOf;
use crate::owner::Owner;
use crate::segments::views::SegmentsOf;
use crate::tags::views::Tags;
use crate::ui::{Facts, TimeAgo};

/// A part of what is known, which changes only when that part does.
pub(super) fn part<T>(profile: Memo<Profile>, of: fn(&Profile) -> T) -> Signal<T>
where
    T: PartialEq + Clone + Send + Sync + 'static,
{
    Memo::new(move |_| profile.with(of)).into()
}

/// Facts, sessions, places and data, then tags, health, segments and messages; `changed` is told when this page changed them.
/// Each stays as it is while others change, so that what is being typed is not lost.
#[component]
pub fn Sections(
    profile: Memo<Profile>,
    /// Goes up when something about it changed.
    version: RwSignal<u32>,
    changed: Callback<()>,
) -> impl IntoView {
    let company = profile.with_untracked(|p| p.company.id);
    let owner = Owner::Company(company);
    view! {
        <Facts title="About" facts=part(profile, |p| p.about.clone()) />
        <Sessions spark=part(profile, |p| p.spark.clone()) total=part(profile, |p| p.company.session_count) />
        <Places company people=part(profile, |p| p.company.user_count) />
        <Data owner data=part(profile, |p| p.data.clone()) changed />
        <details class="facts" open>
            <summary>"Tags"</summary>
            <Tags
                owner
                tags=part(profile, |p| p.tags.clone())
                known=part(profile, |p| p.known_tags.clone())
                changed
            />
        </details>
        <HealthFacts profile />
        <SegmentsOf owner version />
        <MessagesOf owner version changed />
    }
    .into_any()
}

/// How it stands, why, and when it stood otherwise.
#[component]
fn HealthFacts(profile: Memo<Profile>) -> impl IntoView {
    let health = part(profile, |p| p.health);
    let why = part(profile, |p| p.why.clone());
    let turns = part(profile, |p| p.turns.clone());
    let before = move || {
        let turns = turns.get();
        (!turns.is_empty()).then(|| {
            let turn = |turn: crate::companies::Turn| {
                view! {
                    <li title=turn.why>
                        <HealthBadge health=turn.health />
                        <TimeAgo stamp=turn.at />
                    </li>
                }
            };
            view! { <ol class="health-turns" aria-label="When it changed">{turns.into_iter().map(turn).collect_view()}</ol> }
        })
    };
    view! {
        <details class="facts" open>
            <summary>"Health"</summary>
            <p class="health-now">
                {move || view! { <HealthBadge health=health.get() /> }}
                <span>{move || format!("{}.", why.get())}</span>
            </p>
            {before}
        </details>
    }
    .into_any()
}

/// Sessions of all its people, day by day.
#[component]
fn Sessions(spark: Signal<String>, total: Signal<i64>) -> impl IntoView {
    view! {
        <details class="facts" open>
            <summary>
                "Sessions"
                <span class="facts-count">{total}</span>
            </summary>
            <svg class="sparkline company-spark" viewBox="0 0 90 16" preserveAspectRatio="none" role="img" aria-label="Sessions a day in the last 90 days">
                <path d=spark />
            </svg>
            <p class="empty-text">"The last 90 days"</p>
        </details>
    }
    .into_any()
}
