//! The fields of quiet hours.

use leptos::prelude::*;

use super::page::ACTION;
use crate::alerts::{Quiet, clock};
use crate::ui::flash::{use_failure, use_typed};
use crate::workspace::views::ZoneField;

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// From when to when, on which days, in which zone.
#[component]
pub fn QuietFields(quiet: Quiet, workspace_zone: String, zones: Vec<String>) -> impl IntoView {
    let failed = use_failure(ACTION).is_some();
    let ticked = move |name: &str, kept: bool| {
        if failed { use_typed(ACTION, name).is_some() } else { kept }
    };
    let value = |name: &str, kept: String| use_typed(ACTION, name).unwrap_or(kept);
    let days = DAYS.into_iter().zip(quiet.days).enumerate().map(|(day, (name, kept))| {
        let field = format!("days[{day}]");
        let checked = ticked(&field, kept);
        view! {
            <label class="check">
                <input type="checkbox" name=field value=day.to_string() checked=checked />
                {name}
            </label>
        }
    });
    let days = days.collect_view();
    view! {
        <fieldset class="field quiet-hours">
            <legend>"Quiet hours"</legend>
            <label>
                <input type="checkbox" name="quiet" value="on" checked=ticked("quiet", quiet.on) />
                "Neither sounds nor notifications in these hours"
            </label>
            <div class="quiet-times">
                <label class="field">
                    "From"
                    <input class="input" type="time" name="from" required value=value("from", clock(quiet.from)) />
                </label>
                <label class="field">
                    "Until"
                    <input class="input" type="time" name="to" required value=value("to", clock(quiet.to)) />
                </label>
            </div>
            <p class="hint">"An end before the beginning is on the next day. The same time twice is the whole day."</p>
            <div class="quiet-days" role="group" aria-label="Days on which they begin">
                {days}
            </div>
            <ZoneField
                zones
                value=value("time_zone", quiet.time_zone)
                placeholder=format!("The workspace's: {workspace_zone}")
            />
        </fieldset>
    }
    .into_any()
}
