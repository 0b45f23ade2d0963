//! The name that stays at the top of a phone while its page scrolls.

use leptos::prelude::*;

/// A name, and marks beside it, first in a `.profile`: the style sheet draws them once the header has scrolled away, and
/// only there. It is for the eye alone, since the page has its heading: nothing reads or finds the name twice.
#[component]
pub fn KeptName(
    /// Whose page it is.
    #[prop(into)]
    name: Signal<String>,
    /// Marks without text of their own, such as a badge with `data-word`.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="profile-kept" aria-hidden="true" data-name=name>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}
