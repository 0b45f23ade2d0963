//! What a message is to bring about, so that its numbers say who did it.

use leptos::prelude::*;

use super::draft::{typed, wrong};
use crate::attributes::Subject;
use crate::id::SegmentId;
use crate::outbound::{Detail, Goal, GoalKind};
use crate::ui::in_field;

/// No goal, something that they do, or a segment that they come into. What else the API has set is kept as its JSON form.
#[component]
pub fn Aim(
    first: Detail,
    /// Names of events, to suggest.
    events: Vec<String>,
    /// Segments by name.
    segments: Vec<(SegmentId, Subject, String)>,
) -> impl IntoView {
    let kind = first.goal.as_ref().map(Goal::kind);
    let rule = first.goal.as_ref().map(|goal| goal.rule.clone()).unwrap_or_default();
    let days = first.goal.as_ref().map_or(7, |goal| goal.days);
    let (word, event, segment) = match &kind {
        None => ("", String::new(), String::new()),
        Some(GoalKind::Event(event)) => ("event", event.clone(), String::new()),
        Some(GoalKind::Segment(id)) => ("segment", String::new(), id.to_string()),
        Some(GoalKind::Rule) => ("rule", String::new(), String::new()),
    };
    let chosen = typed("goal", word);
    let one = |word: &'static str, label: &'static str| {
        view! {
            <label class="check">
                <input type="radio" name="goal" value=word checked=chosen == word />
                <span>{label}</span>
            </label>
        }
    };
    let segment = typed("goal_segment", &segment);
    let option = |(id, of, name): (SegmentId, Subject, String)| {
        let id = id.to_string();
        (of == Subject::Contact).then(|| {
            view! {
                <option value=id.clone() selected=segment == id>
                    {name}
                </option>
            }
        })
    };
    let written = typed("goal_rule", &rule);
    let by_rule = (kind == Some(GoalKind::Rule) || chosen == "rule").then(|| {
        view! {
            {one("rule", "The rule that only its JSON form can say")}
            <label class="field" data-invalid=wrong("goal")>
                <span class="visually-hidden">"The goal’s rule"</span>
                <textarea class="input rule-json" name="goal_rule" rows="6" spellcheck="false">
                    {in_field(written)}
                </textarea>
            </label>
        }
    });
    view! {
        <section class="message-part" aria-labelledby="goal">
            <h2 id="goal">"Goal"</h2>
            <fieldset class="field message-whom message-goal">
                <legend>"What they are to do after they got it"</legend>
                {one("", "No goal")}
                {one("event", "They do something")}
                <label class="field" data-of="event" data-invalid=wrong("goal_event")>
                    <span class="visually-hidden">"The event that is the goal"</span>
                    <input class="input" name="goal_event" maxlength="120" list="goal-events" autocomplete="off" dir="auto" placeholder="Name of the event" value=typed("goal_event", &event) />
                </label>
                <datalist id="goal-events">
                    {events.into_iter().map(|name| view! { <option value=name></option> }).collect_view()}
                </datalist>
                {one("segment", "They come into a segment")}
                <label class="field" data-of="segment" data-invalid=wrong("goal_segment")>
                    <span class="visually-hidden">"The segment that is the goal"</span>
                    <select class="input" name="goal_segment">
                        <option value="">"Choose a segment"</option>
                        {segments.into_iter().map(option).collect_view()}
                    </select>
                </label>
                {by_rule}
                <label class="field message-goal-days" data-invalid=wrong("goal_days")>
                    "Within so many days of receipt"
                    <input class="input" name="goal_days" inputmode="numeric" autocomplete="off" value=typed("goal_days", &days.to_string()) />
                </label>
            </fieldset>
            <p class="hint">
                "Counted once for each who got it. What they did before they got it does not count, and nobody counts who was in the segment already."
            </p>
        </section>
    }
    .into_any()
}
