//! The viewer's jobs: how far they are, and a way to stop, undo or close them.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::line::JobLine;
use super::seen::see;
use crate::answers::{Transition, ask, kept};
use crate::error::Error;
use crate::id::JobId;
use crate::jobs::api::{CancelJob, CloseJob, RecentJobs, UndoJob};
use crate::jobs::{Job, Place};
use crate::live::{Topic, follow};
use crate::ui::flash::{failure_of, use_typed};
use crate::ui::{Each, refused};

/// Open jobs and those that have ended since the viewer last looked; nothing where there is none.
#[component]
pub fn Jobs(
    /// What the page is about.
    #[prop(optional)]
    at: Place,
) -> impl IntoView {
    let version = RwSignal::new(0);
    let tried = tried();
    let watched = tried.clone();
    let jobs = ask(move || {
        version.track();
        RecentJobs { watched: watched.clone() }
    });
    follow(Topic::Workspace, version, move || Some(jobs.get()?.ok()?.0));
    let cancel = ServerAction::<CancelJob>::new();
    let undo = ServerAction::<UndoJob>::new();
    let close = ServerAction::<CloseJob>::new();
    Effect::new(move |_| {
        let answered = [
            cancel.value().get().is_some(),
            undo.value().get().is_some(),
            close.value().get().is_some(),
        ];
        if answered.contains(&true) {
            version.update(|n| *n += 1);
        }
    });
    let (not_stopped, not_undone, not_closed) =
        (failure_of(cancel), failure_of(undo), failure_of(close));
    let failure = move || {
        let refusals = [not_stopped(), not_undone(), not_closed()].into_iter().flatten();
        // What is over by now is not found, and its line says how it ended.
        refusals.filter(|error| *error != Error::NotFound).map(refused).next()
    };
    let seen = see(jobs, at, tried, close);
    let lines = kept(move || {
        let jobs = jobs.get().and_then(Result::ok).map(|(_, jobs)| jobs);
        jobs.map(|jobs| seen.read().lines(jobs, at)).unwrap_or_default()
    });
    view! {
        <Transition>
            <div class="jobs" aria-live="polite">
                // A line stands while its job goes on, and what has the keyboard in it keeps it.
                <Each rows=lines key=|job: &Job| job.id let:job>
                    <JobLine job lines cancel undo close />
                </Each>
                {failure}
            </div>
        </Transition>
    }
    .into_any()
}

/// The job whose button was pressed in vain before the page was made, by a form without JavaScript: the page says how it ended,
/// also where another page has shown it or where it would have no line.
fn tried() -> Vec<JobId> {
    let forms = [CancelJob::PATH, UndoJob::PATH, CloseJob::PATH];
    forms.into_iter().filter_map(|form| use_typed(form, "job")?.parse().ok()).collect()
}
