//! Finding companies as one types, and choosing them by plan, tag, spend, size and when they were seen.

use leptos::prelude::*;

use crate::companies::Health;
use crate::companies::list::{Asked, Filter, Options};
use crate::lists::views::{Pick, Search, Unshown, Visit};
use crate::notes::views::finding;
use crate::ui::thousands;

/// How far back "last seen" offers to look, in days.
const SEEN: [(i64, &str); 4] = [
    (1, "Seen in the last day"),
    (7, "Seen in the last 7 days"),
    (30, "Seen in the last 30 days"),
    (90, "Seen in the last 90 days"),
];

/// A plain form that asks for an address; with JavaScript it asks by itself.
#[component]
pub fn Filters(asked: Memo<Asked>, visit: Visit<Filter>, options: Options) -> impl IntoView {
    let f = asked.get_untracked().filter;
    let tags = options.tags.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    let tag = f.tag.map(|id| id.to_string()).unwrap_or_default();
    let plans = options.plans.into_iter().map(|plan| (plan.clone(), plan)).collect();
    let ages = SEEN.map(|(days, words)| (days.to_string(), words.to_owned())).to_vec();
    let seen = f.seen.map(|days| days.to_string()).unwrap_or_default();
    let number = move |name: &'static str,
                       label: &'static str,
                       least: Option<&'static str>,
                       value: Option<String>,
                       set: fn(&mut Filter, &str)| {
        view! {
            <input
                class="input toolbar-number"
                type="number"
                name=name
                min=least
                step="any"
                aria-label=label
                placeholder=label
                value=value
                on:input:target=move |ev| {
                    let text = ev.target().value();
                    visit.later(move |f| set(f, &text));
                }
            />
        }
    };
    view! {
        <form class="toolbar" method="get" action="/companies" role="search">
            <Search
                visit
                label="Find companies"
                hint="Name, id or website"
                value=f.find.clone()
                set=|f: &mut Filter, text| f.find = text
            />
            <div class="toolbar-more">
                <Pick visit name="plan" label="Plan" any="Any plan" choices=plans chosen=f.plan.clone() set=|f: &mut Filter, plan| f.plan = plan />
                <Pick visit name="tag" label="Tag" any="Any tag" choices=tags chosen=tag set=|f: &mut Filter, id| f.tag = id.parse().ok() />
                <Pick
                    visit
                    name="seen"
                    label="Last seen"
                    any="Seen at any time"
                    choices=ages
                    chosen=seen
                    set=|f: &mut Filter, days| f.seen = days.parse().ok()
                />
                {number("spend", "Spends at least", None, f.spend.map(|n| n.to_string()), |f, text| f.spend = text.parse().ok())}
                {number("spend_most", "Spends at most", None, f.spend_most.map(|n| n.to_string()), |f, text| f.spend_most = text.parse().ok())}
                {number("size", "Size at least", Some("0"), f.size.map(|n| n.to_string()), |f, text| f.size = text.parse().ok())}
                {number("size_most", "Size at most", Some("0"), f.size_most.map(|n| n.to_string()), |f, text| f.size_most = text.parse().ok())}
                <a class="toolbar-link" href=move || finding(&asked.read().filter.find, None)>
                    "Find in notes"
                </a>
            </div>
            <Unshown asked keep=&["health", "segment", "rule", "only"] />
        </form>
    }
    .into_any()
}

/// How many companies stand how, each a link to them.
#[component]
pub fn HealthTabs(asked: Memo<Asked>, counts: Vec<(Health, i64)>) -> impl IntoView {
    let link = move |health: Option<Health>, name: &'static str, count: i64| {
        let href = move || asked.read().with(|f| f.health = health).address();
        let current = move || (asked.read().filter.health == health).then_some("page");
        view! {
            <a href=href aria-current=current>
                {name}
                <span class="tab-count">{thousands(count)}</span>
            </a>
        }
    };
    let all = counts.iter().map(|(_, n)| n).sum();
    view! {
        <nav class="tabs" aria-label="Health">
            {link(None, "All", all)}
            {counts.into_iter().map(|(health, n)| link(Some(health), health.name(), n)).collect_view()}
        </nav>
    }
    .into_any()
}
