//! What the log is filtered by: a plain form that asks for an address.

use leptos::prelude::*;

use crate::audit::{Action, Asked, OPERATOR, Who};
use crate::id::TeammateId;

/// Fields for who, and for what.
#[component]
pub fn Filters(
    /// What is asked for now.
    asked: Asked,
    /// Everyone who works or worked here.
    teammates: Vec<(TeammateId, String)>,
) -> impl IntoView {
    let one = |who: Who, said: String| {
        let chosen = who == asked.who;
        view! {
            <option value=who.word() selected=chosen>
                {said}
            </option>
        }
    };
    // The field says what is asked, also where the address names nobody who ever was here.
    let unknown = match asked.who {
        Who::Teammate(id) if teammates.iter().all(|(known, _)| *known != id) => {
            Some(one(asked.who, "Unknown teammate".into()))
        }
        _ => None,
    };
    let people = teammates.into_iter().map(|(id, name)| one(Who::Teammate(id), name));
    let people = people.collect_view();
    let mut actions = Action::ALL.to_vec();
    actions.sort_by_key(|action| action.title());
    let actions = actions.into_iter().map(|action| {
        let chosen = Some(action) == asked.action;
        view! {
            <option value=action.word() selected=chosen>
                {action.title()}
            </option>
        }
    });
    view! {
        <form class="toolbar" method="get" action=Asked::PATH>
            <select class="input" name="who" aria-label="Who">
                {one(Who::Everyone, "Everyone".into())}
                {people}
                {one(Who::Operator, OPERATOR.into())}
                {unknown}
            </select>
            <select class="input" name="action" aria-label="What">
                <option value="">"Every change"</option>
                {actions.collect_view()}
            </select>
            <button class="button" type="submit">
                "Show"
            </button>
        </form>
    }
    .into_any()
}
