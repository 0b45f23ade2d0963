//! What a webhook is told of.

use leptos::prelude::*;

use crate::webhooks::TOPICS;

/// Boxes for all topics; none ticked is everything.
#[component]
pub fn Chosen(
    /// Those that are ticked.
    topics: Vec<String>,
) -> impl IntoView {
    let groups = TOPICS.map(|(title, all)| {
        let boxes = all.iter().map(|(topic, said)| {
            let chosen = topics.iter().any(|one| one == topic);
            view! {
                <label class="check">
                    <input type="checkbox" name="topics[]" value=*topic checked=chosen />
                    <span>
                        {*said}
                        " "
                        <code class="quiet">{*topic}</code>
                    </span>
                </label>
            }
        });
        view! {
            <fieldset class="webhook-topics">
                <legend>{title}</legend>
                {boxes.collect_view()}
            </fieldset>
        }
    });
    let some = !topics.is_empty();
    let said = if some { "What it is told of" } else { "Told of everything: choose less" };
    view! {
        <details class="webhook-chosen" open=some>
            <summary class="link-button">{said}</summary>
            <p class="hint">"With nothing ticked it is told of everything."</p>
            {groups.into_iter().collect_view()}
        </details>
    }
    .into_any()
}
