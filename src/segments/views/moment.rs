//! A day, or how many days back, with those offered that are often meant.

use leptos::prelude::*;

use super::state::Build;

/// How many days back are often meant, and how people say it.
const BACK: [(&str, &str); 8] = [
    ("1", "a day"),
    ("7", "a week"),
    ("14", "two weeks"),
    ("30", "30 days"),
    ("60", "60 days"),
    ("90", "three months"),
    ("180", "half a year"),
    ("365", "a year"),
];

/// A field for a moment of a rule.
#[component]
pub fn Moment(
    /// Its name in the form.
    name: String,
    /// What it is at first.
    value: String,
    /// Whether it is a day, not a number of days back.
    day: bool,
    /// Told what is typed.
    typed: Callback<String>,
) -> AnyView {
    let value = RwSignal::new(value);
    let put = move |text: String| {
        value.set(text.clone());
        typed.run(text);
    };
    if day {
        return view! { <Day name value put=Callback::new(put) /> }.into_any();
    }
    let list = format!("days-{name}");
    let offered = BACK.map(|(days, word)| view! { <option value=days label=word></option> });
    view! {
        <input
            class="input"
            type="number"
            inputmode="numeric"
            name=name
            aria-label="Days"
            autocomplete="off"
            min="0"
            list=list.clone()
            value=value.get_untracked()
            on:input:target=move |ev| put(ev.target().value())
        />
        <datalist id=list>{offered.into_iter().collect_view()}</datalist>
        <span class="rule-after">"days ago"</span>
    }
    .into_any()
}

/// A day: typed, or by the word for one, which puts the day into the field.
#[component]
fn Day(name: String, value: RwSignal<String>, put: Callback<String>) -> impl IntoView {
    let build = expect_context::<Build>();
    let days = build.choices.with_value(|c| c.days.clone());
    let chosen = Signal::derive({
        let days = days.clone();
        move || {
            value.with(
                |v| if days.iter().any(|(day, _)| day == v) { v.clone() } else { String::new() },
            )
        }
    });
    let words = days.into_iter().map(|(day, word)| {
        let now = value.with_untracked(|v| *v == day);
        view! {
            <option value=day selected=now>
                {word}
            </option>
        }
    });
    view! {
        <input
            class="input"
            type="date"
            name=name
            aria-label="Day"
            autocomplete="off"
            value=value.get_untracked()
            prop:value=move || value.get()
            on:input:target=move |ev| put.run(ev.target().value())
        />
        // Without a script it could fill in nothing.
        <select
            class="input rule-days"
            aria-label="Days that are often meant"
            hidden=move || !build.started.get()
            prop:value=move || chosen.get()
            on:change:target=move |ev| {
                let day = ev.target().value();
                if !day.is_empty() {
                    put.run(day);
                }
            }
        >
            <option value="">"Another day"</option>
            {words.collect_view()}
        </select>
    }
    .into_any()
}
