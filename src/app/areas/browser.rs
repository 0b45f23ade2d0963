//! In a browser the code of an area may be late, or never come.

use std::time::Duration;

use gloo_timers::future::sleep;
use leptos::prelude::*;
use leptos_router::hooks::use_url;
use wasm_split_helpers::SplitLoaderError;

use crate::app::coming::Coming;

/// How long to wait before the next try.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(3)];

/// Waits for the code of an area. Where it does not come (the network is away, or the server has a newer version, whose
/// files have other names) the page is asked of the server as a whole. A page that was just sent stays as it is:
/// everything in it works without a script.
pub async fn came<F>(load: impl Fn() -> F)
where
    F: Future<Output = Result<(), SplitLoaderError>>,
{
    let sent = Owner::current_shared_context().is_some_and(|context| context.during_hydration());
    let _wait = (!sent).then(Coming::begin);
    for pause in PAUSES {
        if load().await.is_ok() {
            return;
        }
        sleep(pause).await;
    }
    if !sent {
        let url = use_url().get_untracked();
        let search = Some(url.search()).filter(|s| !s.is_empty()).map(|s| format!("?{s}"));
        let address = format!("{}{}{}", url.path(), search.unwrap_or_default(), url.hash());
        let _ = window().location().assign(&address);
    }
    std::future::pending().await
}
