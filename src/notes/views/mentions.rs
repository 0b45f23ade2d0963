//! The notes that name who looks, beside the conversations that do.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::answers::{Transition, ask};
use crate::notes::Mention;
use crate::notes::api::{NoteMentions, SeeNoteMentions};
use crate::ui::{TimeAgo, refused};

/// Notes of people and companies that name the viewer, the newest first; those that were not looked at stand out.
#[component]
pub fn NotesThatName(
    /// Whenever one of these changes they are asked for anew.
    versions: [RwSignal<u32>; 2],
) -> impl IntoView {
    let see = ServerAction::<SeeNoteMentions>::new();
    let mentions = ask(move || {
        versions.iter().for_each(Track::track);
        see.version().track();
        NoteMentions {}
    });
    let list = move || mentions.get().and_then(Result::ok).map(|m| m.mentions).unwrap_or_default();
    let failure = move || {
        mentions.get().and_then(Result::err).or_else(|| see.value().get().and_then(Result::err))
    };
    view! {
        <Transition>
            {move || failure().map(refused)}
            {move || {
                let all = list();
                (!all.is_empty())
                    .then(|| {
                        view! {
                            <section class="note-mentions" aria-label="Notes that mention you">
                                <h3>"Notes that mention you"</h3>
                                <ul>
                                    {all.into_iter().map(|mention| view! { <Row mention see /> }).collect_view()}
                                </ul>
                            </section>
                        }
                    })
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn Row(mention: Mention, see: ServerAction<SeeNoteMentions>) -> impl IntoView {
    let (address, owner) = (mention.address(), mention.owner.to_string());
    let Mention { about, by, text, at, seen, .. } = mention;
    let by = by.map_or_else(|| "You are named".to_owned(), |by| format!("{by} named you"));
    view! {
        <li class="note-mention" data-new=(!seen).then_some("on")>
            <a href=address>
                <span class="note-mention-head">
                    <strong dir="auto">{about}</strong>
                    <TimeAgo stamp=at />
                </span>
                <span class="quiet" dir="auto">
                    {format!("{by}: {text}")}
                </span>
            </a>
            {(!seen)
                .then(|| {
                    view! {
                        <ActionForm action=see>
                            <input type="hidden" name="owner" value=owner />
                            <button class="link-button" type="submit">
                                "Mark as read"
                            </button>
                        </ActionForm>
                    }
                })}
        </li>
    }
    .into_any()
}
