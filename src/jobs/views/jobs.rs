//! The viewer's jobs: how far they are, and a way to stop or undo them.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::jobs::api::{CancelJob, UndoJob, recent_jobs};
use crate::jobs::{Job, State};
use crate::live::{Live, Topic};

/// Open jobs and those that have just ended; nothing where there is none.
#[component]
pub fn Jobs() -> impl IntoView {
    let version = RwSignal::new(0);
    let jobs = Resource::new(move || version.get(), |_| recent_jobs());
    if let Some(live) = use_context::<Live>() {
        Effect::new(move |_| {
            if let Some(Ok((seq, _))) = jobs.get() {
                live.follow(Topic::Workspace, seq, version);
            }
        });
        on_cleanup(move || live.leave(Topic::Workspace));
    }
    let cancel = ServerAction::<CancelJob>::new();
    let undo = ServerAction::<UndoJob>::new();
    Effect::new(move |_| {
        if cancel.value().get().is_some() || undo.value().get().is_some() {
            version.update(|n| *n += 1);
        }
    });
    view! {
        <Transition>
            <div class="jobs" aria-live="polite">
                {move || {
                    jobs.get()
                        .and_then(Result::ok)
                        .map(|(_, jobs)| {
                            jobs.into_iter().map(|job| view! { <JobLine job cancel undo /> }).collect_view()
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
) -> impl IntoView {
    let id = job.id;
    let people = |n: i64| if n == 1 { "1 person".to_owned() } else { format!("{n} people") };
    let said = match job.state {
        State::Waiting => format!("{}: waiting", job.title),
        State::Running => format!("{}: {} of {}", job.title, job.done, people(job.total)),
        State::Done => format!("{}: done, {} changed", job.title, people(job.changed)),
        State::Failed => format!("{}: stopped. {}", job.title, job.message),
        State::Cancelled => format!("{}: cancelled, {} changed", job.title, people(job.changed)),
    };
    let bar = job.state.is_open().then(|| {
        view! { <progress value=job.done.to_string() max=job.total.max(1).to_string()></progress> }
    });
    let stop = job.state.is_open().then(|| {
        view! {
            <ActionForm action=cancel>
                <input type="hidden" name="job" value=id.to_string() />
                <button class="button small" type="submit">
                    "Cancel"
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
    view! {
        <div class="job">
            <span class="job-text">{said}</span>
            {bar}
            {stop}
            {back}
        </div>
    }
    .into_any()
}
