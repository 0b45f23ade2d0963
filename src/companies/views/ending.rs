//! That a company is about to be merged or deleted, and the way back.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::companies::Profile;
use crate::companies::end::Ending;
use crate::error::Error;
use crate::jobs::api::CancelJob;
use crate::teammates::Viewer;

/// Says so to everyone who looks at the company, while it can be undone.
#[component]
pub fn EndingNote(profile: Memo<Profile>) -> impl IntoView {
    let undo = ServerAction::<CancelJob>::new();
    let ending = Memo::new(move |_| profile.with(|p| p.ending.clone()));
    // It began while the button was pressed: what happened shows by itself.
    let late = move || undo.value().get().is_some_and(|answer| answer == Err(Error::NotFound));
    view! {
        <div role="status" class="ending">
            {move || ending.get().map(|ending| view! { <Note ending undo /> })}
            {move || late().then(|| view! { <p class="notice error">"It was too late to undo it."</p> })}
        </div>
    }
    .into_any()
}

#[component]
fn Note(ending: Ending, undo: ServerAction<CancelJob>) -> impl IntoView {
    let me = use_context::<Option<Viewer>>().flatten().map(|viewer| viewer.id);
    let mine = me == Some(ending.by);
    let who = match ending.name {
        _ if mine => view! { "You are" }.into_any(),
        Some(name) => view! { <bdi>{name}</bdi> " is" }.into_any(),
        None => view! { "Somebody is" }.into_any(),
    };
    // The moment, and not how long it is until then: without a script the page stays as it came.
    let at = view! { <time datetime=ending.at.iso title=ending.at.exact>{ending.clock}</time> };
    let what = match ending.into {
        Some((id, title)) => {
            let href = format!("/companies/{id}");
            view! {
                <span>
                    {who} " merging this company into " <a href=href dir="auto">{title}</a> " at " {at} "."
                </span>
            }
            .into_any()
        }
        None => view! {
            <span>
                {who} " deleting this company at " {at} "."
            </span>
        }
        .into_any(),
    };
    let back = mine.then(|| {
        view! {
            <ActionForm action=undo>
                <input type="hidden" name="job" value=ending.job.to_string() />
                <button class="button small" type="submit">
                    "Undo"
                </button>
            </ActionForm>
        }
    });
    view! { <div class="notice ending-note">{what} {back}</div> }.into_any()
}
