//! The top of a company's profile: the state of the relationship in one sentence.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::health::HealthBadge;
use crate::companies::Profile;
use crate::companies::api::SetCompany;
use crate::ui::flash::{failure_of, use_failure, use_typed};
use crate::ui::{Avatar, thousands};

/// Name, health, since when a customer, how many people and sessions, and who was seen last; and what can be done.
#[component]
pub fn CompanyHeader(profile: Memo<Profile>, changed: Callback<()>) -> impl IntoView {
    let id = profile.with_untracked(|p| p.company.id);
    let title = Memo::new(move |_| profile.with(|p| p.company.title()));
    let health = Memo::new(move |_| profile.with(|p| p.health));
    let why = Memo::new(move |_| profile.with(|p| p.why.clone()));
    let facts = Memo::new(move |_| profile.with(sentence));
    let seen = Memo::new(move |_| profile.with(|p| p.seen.clone()));
    let open = Memo::new(move |_| profile.with(|p| p.open));
    let people = Memo::new(move |_| profile.with(|p| p.company.user_count));
    view! {
        <header class="profile-header">
            {move || view! { <Avatar name=title.get() seed=id.0 large=true square=true /> }}
            <div class="profile-title">
                <h1 class="profile-name" dir="auto">
                    {title}
                </h1>
                <p class="profile-line company-line">
                    {move || view! { <HealthBadge health=health.get() /> }}
                    <span>{facts}</span>
                    {move || {
                        seen.get()
                            .map(|seen| {
                                let who = seen
                                    .who
                                    .map(|(id, name)| {
                                        view! {
                                            ": "
                                            <a href=format!("/contacts/{id}") dir="auto">
                                                {name}
                                            </a>
                                        }
                                    });
                                view! { <span>"last seen " <time datetime=seen.at.iso title=seen.at.exact>{seen.at.ago}</time> {who}</span> }
                            })
                    }}
                    {move || (open.get() > 0).then(|| view! { <span>{conversations(open.get())}</span> })}
                </p>
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

fn conversations(open: i64) -> String {
    match open {
        1 => "1 open conversation".into(),
        n if n >= 1_000 => "999+ open conversations".into(),
        n => format!("{n} open conversations"),
    }
}

fn sentence(profile: &Profile) -> String {
    let company = &profile.company;
    let count = |n: i64, one: &str, many: &str| match n {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        n => format!("{} {many}", thousands(n)),
    };
    let since = profile.customer_for.as_ref().map(|length| format!("Customer for {length}"));
    let parts = [
        since,
        Some(count(company.user_count, "person", "people")),
        Some(count(company.session_count, "session", "sessions")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[component]
fn Edit(profile: Memo<Profile>, changed: Callback<()>) -> impl IntoView {
    let set = ServerAction::<SetCompany>::new();
    let failed = use_failure("/do/set_company").is_some();
    let failure = failure_of(set);
    Effect::new(move |_| {
        if let Some(Ok(())) = set.value().get() {
            changed.run(());
        }
    });
    let now = profile.get_untracked();
    let company = now.company;
    let owners = now.owners.into_iter().map(move |(id, name)| {
        view! {
            <option value=id.to_string() selected=id == company.owner_id>
                {name}
            </option>
        }
    });
    // With what it was drawn: a field that nobody touched does not undo what others change meanwhile.
    let texts = [&company.name, &company.website, &company.industry, &company.plan];
    let texts = texts.map(|text| text.clone().unwrap_or_default());
    let drawn = texts.into_iter().chain([company.owner_id.to_string()]).enumerate();
    let was = drawn.map(|(n, value)| {
        let name = format!("was[{n}]");
        let value = use_typed("/do/set_company", &name).unwrap_or(value);
        view! { <input type="hidden" name=name value=value /> }
    });
    let was = was.collect_view();
    let field = |name: &'static str, label: &'static str, now: Option<String>| {
        let value = use_typed("/do/set_company", name).or(now).unwrap_or_default();
        view! {
            <label class="field">
                {label}
                <input class="input" name=name maxlength="1000" dir="auto" value=value />
            </label>
        }
    };
    view! {
        <details class="menu" open=failed>
            <summary class="button">"Edit"</summary>
            <ActionForm action=set attr:class="form menu-form">
                <input type="hidden" name="company" value=company.id.to_string() />
                {was}
                {field("name", "Name", company.name)}
                {field("website", "Website", company.website)}
                {field("industry", "Industry", company.industry)}
                {field("plan", "Plan", company.plan)}
                <label class="field">
                    "Owner"
                    <select class="input" name="owner">
                        <option value="0">"Nobody"</option>
                        {owners.collect_view()}
                    </select>
                </label>
                {move || failure().map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
                <button class="button primary small" type="submit">
                    "Save"
                </button>
            </ActionForm>
        </details>
    }
    .into_any()
}
