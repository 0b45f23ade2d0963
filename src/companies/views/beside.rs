//! A company beside a conversation: what its page has, in the card of whoever is in it.

use leptos::context::Provider;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use super::asked::use_profile;
use super::edit::Edit;
use super::sections::part;
use crate::answers::standing;
use crate::attributes::views::Data;
use crate::companies::Profile;
use crate::id::CompanyId;
use crate::notes::views::{NoteComposer, NotesOf};
use crate::owner::Owner;
use crate::tags::views::Tags;
use crate::ui::{Fold, Section, refused};

/// What the address calls the company that is open.
const COMPANY: &str = "company";

/// A link that opens what is changed of a company, one company at a time, and closes it again. It stands in the page's address,
/// so that it works without a script, and comes only when it is asked for.
#[component]
pub fn CompanyBeside(
    company: CompanyId,
    /// Called when this page changed what its card says.
    changed: Callback<()>,
) -> impl IntoView {
    let (path, query) = (use_location().pathname, use_query_map());
    let open = Memo::new(move |_| query.read().get(COMPANY) == Some(company.to_string()));
    // What stands on the page hears of the way to another one before it goes.
    let is_open = move || open.try_get().unwrap_or_default();
    let link = move || {
        let mut query = query.try_get()?;
        query.remove(COMPANY);
        if !is_open() {
            query.insert(COMPANY, company.to_string());
        }
        Some(format!("{}{}#company-{company}", path.try_get()?, query.to_query_string()))
    };
    view! {
        <a class="fact-more" href=link data-noscroll aria-expanded=move || is_open().to_string()>
            "Edit, tags, data, notes"
        </a>
        {move || is_open().then(|| view! { <Opened company changed /> })}
    }
    .into_any()
}

#[component]
fn Opened(company: CompanyId, changed: Callback<()>) -> impl IntoView {
    let (profile, version) = use_profile(company);
    standing(
        profile,
        move |profile| view! { <Own profile version changed /> }.into_any(),
        |error| refused(error).into_any(),
    )
}

/// The company's own facts, tags, data and notes.
#[component]
fn Own(profile: Memo<Profile>, version: RwSignal<u32>, changed: Callback<()>) -> impl IntoView {
    // One that was merged is shown as what it was merged into.
    let owner = Owner::Company(profile.with_untracked(|p| p.company.id));
    let again = Callback::new(move |()| version.update(|n| *n += 1));
    // The card says these as well.
    let both = Callback::new(move |()| {
        again.run(());
        changed.run(());
    });
    view! {
        // Whether the companies are folded is none of theirs.
        <Provider value=Fold::free()>
            <div class="company-own">
                <Edit profile changed=both folds=true />
                <Section title="Tags">
                    <Tags
                        owner
                        tags=part(profile, |p| p.tags.clone())
                        known=part(profile, |p| p.known_tags.clone())
                        changed=both
                    />
                </Section>
                <Data owner data=part(profile, |p| p.data.clone()) changed=again />
                <NotesOf owner version />
                <NoteComposer owner changed=again id=format!("write-note-{owner}") />
            </div>
        </Provider>
    }
    .into_any()
}
