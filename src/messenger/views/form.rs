//! The form of the Messenger's settings, a plain one.

use leptos::prelude::*;

use super::preview::{Looks, Preview};
use crate::messenger::{Alignment, DAYS, ReplyTime, Settings, clock};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::in_field;

/// What was typed before the form failed, or how it is.
fn value(name: &str, now: String) -> String {
    match use_failure("/do/save_messenger") {
        // A box that was left empty is not sent at all.
        Some(_) => use_typed("/do/save_messenger", &format!("form[{name}]")).unwrap_or_default(),
        None => now,
    }
}

/// All settings in one form; the drawing follows what is chosen.
#[component]
pub fn SettingsForm(
    /// How they are.
    settings: Settings,
    /// The time zone of office hours.
    zone: String,
) -> impl IntoView {
    let left = settings.alignment == Alignment::Left;
    let looks = Looks {
        action: RwSignal::new(value("action_color", settings.action_color.clone())),
        head: RwSignal::new(value("background_color", settings.background_color.clone())),
        left: RwSignal::new(
            value("alignment", if left { "left" } else { "right" }.into()) == "left",
        ),
        greeting: RwSignal::new(value("greeting", settings.greeting.clone())),
    };
    view! {
        <form class="form messenger-form" method="post" action="/do/save_messenger">
            <div class="messenger-looks">
                <div class="form">
                    <LooksFields looks settings=settings.clone() />
                </div>
                <Preview looks />
            </div>
            <Answering settings=settings.clone() zone />
            <Trust settings />
            <div class="form-actions">
                <button class="button primary" type="submit">
                    "Save"
                </button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn LooksFields(looks: Looks, settings: Settings) -> impl IntoView {
    let color = |name: &'static str, label: &'static str, signal: RwSignal<String>| {
        view! {
            <div class="field">
                <label for=name>{label}</label>
                <input
                    class="input messenger-color"
                    type="color"
                    id=name
                    name=format!("form[{name}]")
                    value=signal.get_untracked()
                    on:input=move |event| signal.set(event_target_value(&event))
                />
            </div>
        }
    };
    let padding = |name: &'static str, label: &'static str, now: u16| {
        view! {
            <div class="field">
                <label for=name>{label}</label>
                <input
                    class="input"
                    type="number"
                    id=name
                    name=format!("form[{name}]")
                    min="0"
                    max="300"
                    required
                    value=value(name, now.to_string())
                />
            </div>
        }
    };
    view! {
        {color("action_color", "Buttons and launcher", looks.action)}
        {color("background_color", "Head", looks.head)}
        <div class="field">
            <label for="alignment">"Corner"</label>
            <select
                class="input"
                id="alignment"
                name="form[alignment]"
                on:change=move |event| looks.left.set(event_target_value(&event) == "left")
            >
                <option value="right" selected=!looks.left.get_untracked()>
                    "Lower right"
                </option>
                <option value="left" selected=looks.left.get_untracked()>
                    "Lower left"
                </option>
            </select>
        </div>
        {padding("horizontal_padding", "Pixels from the side", settings.horizontal_padding)}
        {padding("vertical_padding", "Pixels from below", settings.vertical_padding)}
        <div class="field">
            <label for="greeting">"Greeting"</label>
            <input
                class="input"
                id="greeting"
                name="form[greeting]"
                maxlength="200"
                dir="auto"
                value=looks.greeting.get_untracked()
                on:input=move |event| looks.greeting.set(event_target_value(&event))
            />
            <p class="field-hint">"Left empty, it greets in the customer's language."</p>
        </div>
    }
    .into_any()
}

#[component]
fn Answering(settings: Settings, zone: String) -> impl IntoView {
    let chosen = value("reply_time", settings.reply_time.word().into());
    let times = ReplyTime::ALL.map(|(_, word, label)| {
        view! {
            <option value=word selected=chosen == word>
                {label}
            </option>
        }
    });
    let has_hours =
        value("office", if settings.office_hours.is_empty() { "always" } else { "hours" }.into())
            == "hours";
    let days = DAYS.into_iter().enumerate().map(|(day, name)| {
        let kept = settings.office_hours.iter().find(|h| usize::from(h.day) == day).copied();
        let from = value(&format!("from][{day}"), kept.map(|h| clock(h.from)).unwrap_or_default());
        let to = value(&format!("to][{day}"), kept.map(|h| clock(h.to)).unwrap_or_default());
        view! {
            <li>
                <span>{name}</span>
                <input class="input" type="time" name=format!("form[from][{day}]") aria-label=format!("{name}, from") value=from />
                <input class="input" type="time" name=format!("form[to][{day}]") aria-label=format!("{name}, until") value=to />
            </li>
        }
    });
    view! {
        <h2>"Answering"</h2>
        <div class="field">
            <label for="reply_time">"We usually answer"</label>
            <select class="input" id="reply_time" name="form[reply_time]">
                {times.into_iter().collect_view()}
            </select>
        </div>
        <fieldset class="field messenger-office">
            <legend>"Someone is there"</legend>
            <label>
                <input type="radio" name="form[office]" value="always" checked=!has_hours />
                "Always"
            </label>
            <label>
                <input type="radio" name="form[office]" value="hours" checked=has_hours />
                {format!("During these hours, in {zone}")}
            </label>
            <ul class="messenger-hours">{days.collect_view()}</ul>
        </fieldset>
    }
    .into_any()
}

#[component]
fn Trust(settings: Settings) -> impl IntoView {
    let required =
        value("require_identity", if settings.require_identity { "on" } else { "" }.into()) == "on";
    view! {
        <h2>"Whom it believes"</h2>
        <div class="field">
            <label>
                <input type="checkbox" name="form[require_identity]" value="on" checked=required />
                "Refuse a user id or an e-mail address without proof"
            </label>
            <p class="field-hint">
                "Turn it on once your server signs every user. Until then a visitor may say to be a user who never proved it."
            </p>
        </div>
        <div class="field">
            <label for="origins">"Pages that may have it, one origin a line"</label>
            <textarea id="origins" name="form[origins]" rows="3" dir="ltr" placeholder="https://shop.example">
                {in_field(value("origins", settings.origins.join("\n")))}
            </textarea>
            <p class="field-hint">"Left empty, every page may."</p>
        </div>
    }
    .into_any()
}
