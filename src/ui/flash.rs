//! What a native form wrote before it failed, given back to the page that shows the form again.

use std::fmt::Display;

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

use crate::answers::shared;
use crate::error::Error;

/// A native form that failed, or what a page is to show once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The form's address.
    pub path: String,
    /// Why it failed, if it did.
    pub error: Option<Error>,
    /// What was typed, by field, passwords left out.
    pub fields: Vec<(String, String)>,
}

/// The flash of the page, the same on the server and while hydrating.
#[derive(Debug, Clone, Copy)]
struct PageFlash {
    flash: StoredValue<Option<Flash>>,
    /// The page that it came with.
    page: StoredValue<String>,
}

/// Takes the flash of this page from the server's context, for the components below.
pub fn provide_flash() {
    let flash = shared("flash", || use_context::<Option<Flash>>().flatten());
    let (flash, page) = (StoredValue::new(flash), StoredValue::new(String::new()));
    provide_context(PageFlash { flash, page });
}

/// Keeps the flash to the page that it came with: on another one, the same form is about something else. Stands in the router,
/// before the pages.
#[component]
pub fn FlashOfPage() -> impl IntoView {
    let here = use_location().pathname;
    let of_page = expect_context::<PageFlash>();
    of_page.page.set_value(here.get_untracked());
    // Who comes back finds the form as it is saved.
    Effect::new(move |_| {
        if here.get() != of_page.page.get_value() {
            of_page.flash.set_value(None);
        }
    });
}

fn flash_of(path: &str) -> Option<Flash> {
    let of_page = use_context::<PageFlash>()?;
    let here = use_location().pathname.get_untracked() == of_page.page.get_value();
    of_page.flash.with_value(|flash| flash.as_ref().filter(|f| here && f.path == path).cloned())
}

/// Why the form at this address failed, if it just did.
pub fn use_failure(path: &str) -> Option<Error> {
    flash_of(path)?.error
}

/// What was typed in a field of the form at this address, if it just failed.
pub fn use_typed(path: &str, field: &str) -> Option<String> {
    flash_of(path)?.fields.into_iter().find(|(name, _)| name == field).map(|(_, value)| value)
}

/// All that was typed in the form at this address, if it just failed.
pub fn use_all_typed(path: &str) -> Vec<(String, String)> {
    flash_of(path).map(|flash| flash.fields).unwrap_or_default()
}

/// Whether the form at this address that just failed was about this one: where a page has several, one of their fields says
/// which.
pub fn was_about(path: &str, field: &str, which: impl Display) -> bool {
    use_typed(path, field).is_some_and(|typed| typed == which.to_string())
}

/// Why a form failed: as it was last sent from this page, or else as it was sent before the page was made.
pub fn failure_of<S>(
    action: ServerAction<S>,
) -> impl Fn() -> Option<Error> + Clone + Send + Sync + 'static
where
    S: ServerFn<Error = Error, Output: Clone + Send + Sync> + Clone + Sync + 'static,
{
    failure_here(action, true)
}

/// As [`failure_of`], of one form of several at its address: whether it was this one that was sent before says
/// [`was_about`].
pub fn failure_here<S>(
    action: ServerAction<S>,
    mine: bool,
) -> impl Fn() -> Option<Error> + Clone + Send + Sync + 'static
where
    S: ServerFn<Error = Error, Output: Clone + Send + Sync> + Clone + Sync + 'static,
{
    let before = use_failure(S::PATH).filter(|_| mine);
    move || match action.value().get() {
        Some(answer) => answer.err(),
        None => before.clone(),
    }
}
