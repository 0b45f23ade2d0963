//! What sets a message off each time it happens, and how often for one person at most.

use leptos::prelude::*;

use super::draft::{typed, wrong};
use crate::outbound::Detail;

/// The event, the pause and the bound. They count where that choice is made; a style sheet hides them where it is not.
#[component]
pub fn SetOff(
    first: Detail,
    /// Names of events, to suggest.
    events: Vec<String>,
) -> impl IntoView {
    let saved = first.again.unwrap_or_default();
    let (every, unit) = saved.pause();
    let most = if saved.most > 0 { saved.most.to_string() } else { String::new() };
    let unit = typed("unit", unit);
    let option = |word: &'static str| {
        view! {
            <option value=word selected=unit == word>
                {word}
            </option>
        }
    };
    view! {
        <fieldset class="field message-set-off">
            <legend>"What they do, and how often they get it"</legend>
            <label class="field" data-invalid=wrong("event")>
                "Event"
                <input class="input" name="event" maxlength="120" list="message-events" autocomplete="off" dir="auto" value=typed("event", &saved.event) />
            </label>
            <datalist id="message-events">
                {events.into_iter().map(|name| view! { <option value=name></option> }).collect_view()}
            </datalist>
            <div class="message-numbers">
                <label class="field" data-invalid=wrong("every")>
                    "At most one every"
                    <input class="input" name="every" inputmode="numeric" autocomplete="off" value=typed("every", &every.to_string()) />
                </label>
                <label class="field">
                    <span class="visually-hidden">"Hours or days"</span>
                    <select class="input" name="unit">{["hours", "days"].map(option).collect_view()}</select>
                </label>
                <label class="field" data-invalid=wrong("most")>
                    "And so many in all"
                    <input class="input" name="most" inputmode="numeric" autocomplete="off" value=typed("most", &most) />
                </label>
            </div>
            <p class="hint">
                "Empty for no bound. What happens sooner sets nothing off, and profiles say so. While one waits for them, there is no second. The rule must hold then too."
            </p>
        </fieldset>
    }
    .into_any()
}
