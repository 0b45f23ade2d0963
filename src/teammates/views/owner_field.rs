//! Choosing the teammate who looks after somebody.

use leptos::prelude::*;

use crate::id::TeammateId;

/// A field of a form, called `owner`: one of the team, or nobody.
#[component]
pub fn OwnerField(
    /// Who can be chosen, with their names.
    team: Vec<(TeammateId, String)>,
    /// Who it is now; 0 for nobody.
    now: TeammateId,
) -> impl IntoView {
    let choices = team.into_iter().map(|(id, name)| {
        view! {
            <option value=id.to_string() selected=id == now>
                {name}
            </option>
        }
    });
    view! {
        <label class="field">
            "Owner"
            <select class="input" name="owner">
                <option value="0">"Nobody"</option>
                {choices.collect_view()}
            </select>
        </label>
    }
    .into_any()
}
