//! What is asked of somebody, condition by condition.

use leptos::prelude::*;

use crate::segments::Reason;
use crate::ui::yes_or_no;

/// Each condition, whether it holds, and what is known.
#[component]
pub fn Conditions(all: Vec<Reason>) -> impl IntoView {
    let one = |reason: Reason| {
        let sign = yes_or_no(reason.holds);
        // Deeper than this there is no room.
        let depth = reason.depth.min(4).to_string();
        view! {
            <li data-depth=depth data-holds=reason.holds.to_string()>
                <span class="reason-sign">{sign}</span>
                <span dir="auto">{reason.said}</span>
                {(!reason.value.is_empty()).then(|| view! { <span class="quiet" dir="auto">{reason.value}</span> })}
            </li>
        }
    };
    view! { <ul class="reasons">{all.into_iter().map(one).collect_view()}</ul> }.into_any()
}
