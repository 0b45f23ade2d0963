//! The viewer's jobs: how far they are, and a way to stop, undo or close them.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::seen::see;
use crate::answers::{Transition, ask};
use crate::jobs::api::{CancelJob, CloseJob, RecentJobs, UndoJob};
use crate::jobs::{Job, Place, State, What};
use crate::live::{Topic, follow};

/// Open jobs and those that have ended since the viewer last looked; nothing where there is none.
#[component]
pub fn Jobs(
    /// What the page is about.
    #[prop(optional)]
    at: Place,
) -> impl IntoView {
    let version = RwSignal::new(0);
    let jobs = ask(move || {
        version.track();
        RecentJobs {}
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
    let seen = see(jobs, at, close);
    view! {
        <Transition>
            <div class="jobs" aria-live="polite">
                {move || {
                    jobs.get()
                        .and_then(Result::ok)
                        .map(|(_, jobs)| {
                            seen.read()
                                .lines(jobs, at)
                                .into_iter()
                                .map(|job| view! { <JobLine job cancel undo close /> })
                                .collect_view()
                        })
                }}
            </div>
        </Transition>
    }
    .into_any()
}

#[component]
fn JobLine(
    job: Job,
    cancel: ServerAction<CancelJob>,
    undo: ServerAction<UndoJob>,
    close: ServerAction<CloseJob>,
) -> impl IntoView {
    let id = job.id;
    let said = job.words();
    let rows = |n: i64| if n == 1 { "1 row".to_owned() } else { format!("{n} rows") };
    let rejected = job.upload.clone().filter(|_| job.rejected > 0).map(|upload| {
        view! {
            <a href=format!("/import/{upload}/rejected.csv") rel="external" download="rejected.csv">
                {format!("{} rejected, with the reasons", rows(job.rejected))}
            </a>
        }
    });
    let bar = (job.state.is_open() && job.what != What::Company).then(|| {
        view! { <progress value=job.done.to_string() max=job.total.max(1).to_string()></progress> }
    });
    let (can_stop, stop) = match job.what {
        What::Entries => (false, ""),
        What::Company => (job.state == State::Waiting, "Undo"),
        _ => (job.state.is_open(), "Cancel"),
    };
    let stop = can_stop.then(|| {
        view! {
            <ActionForm action=cancel>
                <input type="hidden" name="job" value=id.to_string() />
                <button class="button small" type="submit">
                    {stop}
                </button>
            </ActionForm>
        }
    });
    let back = job.can_undo.then(|| {
        view! {
            <ActionForm action=undo>
                <input type="hidden" name="job" value=id.to_string() />
                <button class="button small" type="submit">
                    "Undo"
                </button>
            </ActionForm>
        }
    });
    let close = (!job.state.is_open()).then(|| {
        view! {
            <ActionForm action=close attr:class="job-close">
                <input type="hidden" name="job" value=id.to_string() />
                <button class="button ghost small" type="submit" aria-label="Close" title="Close">
                    "×"
                </button>
            </ActionForm>
        }
    });
    let inbox = (job.what == What::Messages && job.changed > 0).then(|| {
        view! { <a href="/inbox?in=mine">"In your inbox"</a> }
    });
    view! {
        <div class="job">
            <span class="job-text">{said}</span>
            {inbox}
            {bar}
            {rejected}
            {stop}
            {back}
            {close}
        </div>
    }
    .into_any()
}
