//! The days after which a company stands otherwise.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::answers::{Transition, ask};
use crate::companies::Thresholds;
use crate::companies::api::HealthDays;
use crate::teammates::Viewer;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::refused;
use crate::workspace::views::SettingsNav;

/// Three numbers of days; an agent sees them, an admin changes them.
#[component]
pub fn HealthPage() -> impl IntoView {
    let days = ask(|| HealthDays {});
    view! {
        <Title text="Health of companies" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Health of companies"</h1>
            <p class="hint">
                "The first that fits, in this order: new, active, slipping away, inactive, never seen. Every company is judged again when the numbers change."
            </p>
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || {
                    days.get()
                        .map(|answer| match answer {
                            Ok(days) => view! { <Days days /> }.into_any(),
                            Err(error) => refused(error).into_any(),
                        })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Days(days: Thresholds) -> impl IntoView {
    let viewer = use_context::<Option<Viewer>>().flatten();
    let admin = viewer.is_some_and(|v| v.role.can_configure());
    let failure = use_failure("/do/set_health");
    let field = |name: &'static str, label: &'static str, now: i64| {
        let value = use_typed("/do/set_health", name).unwrap_or_else(|| now.to_string());
        view! {
            <div class="field">
                <label for=name>{label}</label>
                <input class="input" id=name type="number" name=name min="1" max="3650" required disabled=!admin value=value />
            </div>
        }
    };
    let save = if admin {
        view! {
            <div class="form-actions">
                <button class="button primary" type="submit">
                    "Save"
                </button>
            </div>
        }
        .into_any()
    } else {
        view! { <p class="hint">"Only admins change this. Ask one of them."</p> }.into_any()
    };
    view! {
        {failure.map(refused)}
        <form class="form" method="post" action="/do/set_health">
            {field("new", "New: days since it became a customer, fewer than", days.new)}
            {field("active", "Active: days since someone was seen, fewer than", days.active)}
            {field("slipping", "Slipping away: days since someone was seen, fewer than", days.slipping)}
            {save}
        </form>
    }
    .into_any()
}
