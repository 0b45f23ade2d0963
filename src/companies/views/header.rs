//! The top of a company's profile: the state of the relationship in one sentence.

use leptos::prelude::*;

use super::edit::Edit;
use super::health::HealthBadge;
use crate::companies::{Profile, Seen};
use crate::ui::{Avatar, thousands, web};

/// Name and what it is; health, since when a customer, sessions, who was seen last, what is open and how many people,
/// each of which leads to what is behind it; and what can be done.
#[component]
pub fn CompanyHeader(profile: Memo<Profile>, changed: Callback<()>) -> impl IntoView {
    let id = profile.with_untracked(|p| p.company.id);
    let title = Memo::new(move |_| profile.with(|p| p.company.title()));
    let why = Memo::new(move |_| profile.with(|p| p.why.clone()));
    let what = Memo::new(move |_| profile.with(|p| (p.company.website.clone(), traits(p))));
    let people = Memo::new(move |_| profile.with(|p| p.company.user_count));
    view! {
        <header class="profile-header">
            {move || view! { <Avatar name=title.get() seed=id.0 large=true square=true /> }}
            <div class="profile-title">
                <h1 class="profile-name" dir="auto">
                    {title}
                </h1>
                {move || {
                    let (website, traits) = what.get();
                    (website.is_some() || !traits.is_empty()).then(|| view! { <What website traits /> })
                }}
                <Relationship profile />
                <p class="profile-line company-why">{move || format!("{}.", why.get())}</p>
            </div>
            <div class="profile-actions">
                {move || (people.get() > 0).then(|| view! { <a class="button primary" href=format!("/companies/{id}/message?all=1")>"Message"</a> })}
                <a class="button" href=format!("/companies/{id}?view=stream#write-note") rel="external">
                    "Note"
                </a>
                <Edit profile changed />
                <details class="menu">
                    <summary class="button" aria-label="More actions">
                        "More"
                    </summary>
                    <ul>
                        <li>
                            <a href=format!("/companies/{id}/merge")>"Merge into another company"</a>
                        </li>
                        <li>
                            <a class="danger" href=format!("/companies/{id}/delete")>
                                "Delete"
                            </a>
                        </li>
                    </ul>
                </details>
            </div>
        </header>
    }
    .into_any()
}

/// Industry, size, plan and spend, as far as they are known.
fn traits(profile: &Profile) -> Vec<String> {
    let company = &profile.company;
    let size = company.size.map(|n| match n {
        1 => "1 person works there".to_owned(),
        n => format!("{} people work there", thousands(n)),
    });
    let spend = profile.spends.as_ref().map(|amount| format!("spends {amount}"));
    let plan = company.plan.as_ref().map(|plan| format!("{plan} plan"));
    [company.industry.clone(), size, plan, spend].into_iter().flatten().collect()
}

#[component]
fn What(website: Option<String>, traits: Vec<String>) -> impl IntoView {
    let website = website.map(|site| {
        let short = site.trim_start_matches("https://").trim_start_matches("http://").to_owned();
        let Some(href) = web(&site) else {
            return said(site).into_any();
        };
        view! {
            <span>
                <a href=href rel="noopener noreferrer nofollow" target="_blank" dir="auto">
                    {short}
                </a>
            </span>
        }
        .into_any()
    });
    let traits = traits.into_iter().map(said);
    view! { <p class="profile-line profile-parts">{website} {traits.collect_view()}</p> }.into_any()
}

/// Words in a direction of their own, which what parts them from the last does not share.
fn said(words: String) -> impl IntoView {
    view! {
        <span>
            <bdi>{words}</bdi>
        </span>
    }
}

/// How it stands, as one sentence whose numbers lead to what is behind them.
#[component]
fn Relationship(profile: Memo<Profile>) -> impl IntoView {
    let id = profile.with_untracked(|p| p.company.id);
    let health = Memo::new(move |_| profile.with(|p| p.health));
    let customer = Memo::new(move |_| profile.with(|p| p.customer.clone()));
    let sessions = Memo::new(move |_| profile.with(|p| (p.company.session_count, p.spark.clone())));
    let seen = Memo::new(move |_| profile.with(|p| p.seen.clone()));
    let open = Memo::new(move |_| profile.with(|p| p.open));
    let people = Memo::new(move |_| profile.with(|p| p.company.user_count));
    view! {
        <p class="profile-line profile-parts">
            {move || view! { <HealthBadge health=health.get() /> }}
            {move || customer.get().map(|said| view! { <span>{said}</span> })}
            {move || {
                let (count, spark) = sessions.get();
                let href = format!("/companies/{id}?view=stream&show=event");
                let said = counted(count, "session", "sessions");
                view! { <span><a href=href>{said}</a> {drawn(spark)}</span> }
            }}
            {move || seen.get().map(|seen| view! { <LastSeen seen /> })}
            {move || {
                let href = format!("/inbox?in=company-{id}");
                (open.get() > 0).then(|| view! { <span><a href=href>{conversations(open.get())}</a></span> })
            }}
            <span>
                <a href=format!("/companies/{id}?view=people")>{move || counted(people.get(), "person", "people")}</a>
            </span>
        </p>
    }
    .into_any()
}

/// The sessions of the last 90 days, where there were any.
fn drawn(spark: String) -> Option<impl IntoView> {
    (!spark.is_empty()).then(|| {
        view! {
            " "
            <svg class="sparkline" viewBox="0 0 90 16" preserveAspectRatio="none" aria-hidden="true">
                <path d=spark />
            </svg>
        }
    })
}

#[component]
fn LastSeen(seen: Seen) -> impl IntoView {
    let who = seen.who.map(|(id, name)| {
        view! {
            ": "
            <a href=format!("/contacts/{id}") dir="auto">
                {name}
            </a>
        }
    });
    view! {
        <span>
            "last seen "
            <time datetime=seen.at.iso title=seen.at.exact>
                {seen.at.ago}
            </time>
            {who}
        </span>
    }
    .into_any()
}

fn counted(n: i64, one: &str, many: &str) -> String {
    match n {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        n => format!("{} {many}", thousands(n)),
    }
}

fn conversations(open: i64) -> String {
    match open {
        1 => "1 open conversation".into(),
        n if n >= 1_000 => "999+ open conversations".into(),
        n => format!("{n} open conversations"),
    }
}
