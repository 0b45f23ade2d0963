//! A rule as fields of a form: a segment's, or that of something else which asks whom it is for.

use std::time::Duration;

use leptos::ev::keydown;
use leptos::prelude::*;

use super::group::Group;
use super::look::Look;
use super::state::Build;
use super::written::Written;
use crate::answers::ask_if;
use crate::attributes::Subject;
use crate::segments::Choices;
use crate::segments::api::PreviewSegment;
use crate::ui::settle;

/// How long typing rests before the rule is looked at again.
const PAUSE: Duration = Duration::from_millis(300);

/// The conditions, or where only the JSON form can say the rule, that.
#[component]
pub(super) fn Rows(
    /// The rule while it is built.
    state: Build,
    /// Whether it stays as it is.
    locked: bool,
) -> impl IntoView {
    let build = state;
    let hidden = move || {
        build.changed.track();
        build.text()
    };
    // Esc lets go of what is dragged, where it was.
    Effect::new(move |_| {
        let handle = window_event_listener(keydown, move |ev| {
            if ev.key() == "Escape" && build.carried.with_untracked(Option::is_some) {
                build.let_go();
            }
        });
        on_cleanup(move || handle.remove());
    });
    if let Some(text) = build.written() {
        return view! { <Written of=build text /> }.into_any();
    }
    view! {
        <input type="hidden" name="rule" value=build.text() prop:value=hidden />
        <fieldset class="rule" disabled=locked>
            <legend class="visually-hidden">"The rule"</legend>
            {move || {
                build.shaped.track();
                view! { <Group path=String::new() tree=build.tree() of=build.of counter=StoredValue::new(0) /> }
            }}
        </fieldset>
    }
    .into_any()
}

/// A rule about people within another form, which posts it as `rule` and `rows`: with the sentence, the count and some
/// of those whom it holds for.
#[component]
pub fn RuleFields(
    /// What can be chosen.
    choices: Choices,
    /// The JSON text of the rule.
    rule: String,
    /// Follows the JSON text.
    text: RwSignal<String>,
    /// Goes up whenever the rule changes here.
    touched: RwSignal<u32>,
) -> impl IntoView {
    let build = Build::new(Subject::Contact, None, choices, &rule);
    provide_context(build);
    Effect::new(move |before: Option<u32>| {
        build.started.set(true);
        let now = build.changed.get();
        if before.is_some_and(|before| before != now) {
            text.set(build.text());
            touched.update(|n| *n += 1);
        }
        now
    });
    let settled = settle(build.changed, PAUSE);
    let preview = ask_if(move || {
        let at = settled.get();
        Some(PreviewSegment { of: Subject::Contact, id: None, rule: build.text(), at })
    });
    view! {
        <Look preview of=build locked=false />
        <Rows state=build locked=false />
        <p class="rule-again" hidden=build.started>
            <button class="button small" type="submit" name="act" value="show">
                "Look again"
            </button>
        </p>
    }
    .into_any()
}
