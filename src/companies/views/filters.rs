//! Finding companies as one types, and choosing them by plan, tag, spend, size and when they were seen.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::companies::Health;
use crate::companies::list::{Asked, Filter, Options};

/// How long to wait for the next letter, in milliseconds.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(200);

/// How far back "last seen" offers to look, in days.
const SEEN: [(i64, &str); 4] = [
    (1, "Seen in the last day"),
    (7, "Seen in the last 7 days"),
    (30, "Seen in the last 30 days"),
    (90, "Seen in the last 90 days"),
];

/// A plain form that asks for an address; with JavaScript it asks by itself.
#[component]
pub fn Filters(asked: Memo<Asked>, options: Options) -> impl IntoView {
    let navigate = StoredValue::new(use_navigate());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let go = move |change: &dyn Fn(&mut Filter)| {
        let mut next = Asked { after: None, ..asked.get_untracked() };
        change(&mut next.filter);
        let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        navigate.with_value(|navigate| navigate(&next.address(), options));
    };
    let later = move |change: Box<dyn Fn(&mut Filter)>| {
        if let Some(Some(before)) = waiting.try_update_value(Option::take) {
            before.clear();
        }
        waiting.set_value(set_timeout_with_handle(move || go(&change), PAUSE).ok());
    };
    let now = asked.get_untracked();
    let (sort, reversed) = (now.sort.word(), now.reversed);
    let f = now.filter;
    let tags = options
        .tags
        .into_iter()
        .map(move |(id, name)| choice(id.to_string(), name, f.tag == Some(id)));
    let plan = f.plan.clone();
    let plans = options.plans.into_iter().map(move |p| choice(p.clone(), p.clone(), plan == p));
    let seen =
        SEEN.map(|(days, words)| choice(days.to_string(), words.into(), f.seen == Some(days)));
    let number = move |name: &'static str,
                       label: &'static str,
                       value: Option<String>,
                       set: fn(&mut Filter, &str)| {
        view! {
            <input
                class="input toolbar-number"
                type="number"
                name=name
                min="0"
                step="any"
                aria-label=label
                placeholder=label
                value=value
                on:input:target=move |ev| {
                    let text = ev.target().value();
                    later(Box::new(move |f| set(f, &text)));
                }
            />
        }
    };
    view! {
        <form class="toolbar" method="get" action="/companies" role="search">
            <input
                class="input"
                type="search"
                name="find"
                aria-label="Find companies"
                placeholder="Name, id or website"
                autocomplete="off"
                value=f.find.clone()
                on:input:target=move |ev| {
                    let text = ev.target().value();
                    later(Box::new(move |f| f.find.clone_from(&text)));
                }
            />
            <button class="button" type="submit">
                "Find"
            </button>
            <select
                class="input"
                name="plan"
                aria-label="Plan"
                on:change:target=move |ev| {
                    let value = ev.target().value();
                    go(&|f| f.plan.clone_from(&value));
                }
            >
                <option value="">"Any plan"</option>
                {plans.collect_view()}
            </select>
            <select
                class="input"
                name="tag"
                aria-label="Tag"
                on:change:target=move |ev| {
                    let value = ev.target().value();
                    go(&|f| f.tag = value.parse().ok());
                }
            >
                <option value="">"Any tag"</option>
                {tags.collect_view()}
            </select>
            <select
                class="input"
                name="seen"
                aria-label="Last seen"
                on:change:target=move |ev| {
                    let value = ev.target().value();
                    go(&|f| f.seen = value.parse().ok());
                }
            >
                <option value="">"Seen at any time"</option>
                {seen.into_iter().collect_view()}
            </select>
            {number("spend", "Spends at least", f.spend.map(|n| n.to_string()), |f, text| f.spend = text.parse().ok())}
            {number("size", "Size at least", f.size.map(|n| n.to_string()), |f, text| f.size = text.parse().ok())}
            {move || asked.read().filter.health.map(|h| view! { <input type="hidden" name="health" value=h.word() /> })}
            {move || asked.read().filter.segment.map(|id| view! { <input type="hidden" name="segment" value=id.to_string() /> })}
            {move || {
                let rule = asked.read().filter.rule.clone();
                (!rule.is_empty()).then(|| view! { <input type="hidden" name="rule" value=rule /> })
            }}
            <input type="hidden" name="sort" value=sort />
            {reversed.then(|| view! { <input type="hidden" name="reversed" value="1" /> })}
        </form>
    }
    .into_any()
}

fn choice(value: String, label: String, chosen: bool) -> impl IntoView {
    view! {
        <option value=value selected=chosen>
            {label}
        </option>
    }
}

/// How many companies stand how, each a link to them.
#[component]
pub fn HealthTabs(asked: Memo<Asked>, counts: Vec<(Health, i64)>) -> impl IntoView {
    let link = move |health: Option<Health>, name: &'static str, count: i64| {
        let href = move || {
            let now = asked.get();
            Asked { filter: Filter { health, ..now.filter.clone() }, after: None, ..now }.address()
        };
        let current = move || (asked.read().filter.health == health).then_some("page");
        view! {
            <a href=href aria-current=current>
                {name}
                <span class="tab-count">{count}</span>
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
