//! One job: what it does, how far it is, and what can be done about it.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::jobs::api::{CancelJob, CloseJob, UndoJob};
use crate::jobs::{Job, State, What};
use crate::ui::focus;

/// The line of a job. It stays the same one while the job goes on; only what changes is drawn anew.
#[component]
pub fn JobLine(
    /// The job, as it is now.
    job: Signal<Job>,
    /// Every job that has a line, as it is now.
    lines: Signal<Vec<Job>>,
    cancel: ServerAction<CancelJob>,
    undo: ServerAction<UndoJob>,
    close: ServerAction<CloseJob>,
) -> impl IntoView {
    let id = job.with_untracked(|job| job.id);
    let said = Memo::new(move |_| job.read().words());
    let in_inbox =
        Memo::new(move |_| job.with(|job| job.what == What::Messages && job.changed > 0));
    let has_bar =
        Memo::new(move |_| job.with(|job| job.state.is_open() && job.what != What::Company));
    let bar = move || {
        let (done, total) =
            (move || job.read().done.to_string(), move || job.read().total.max(1).to_string());
        view! { <progress value=done max=total></progress> }
    };
    view! {
        <div class="job" id=format!("job-{id}")>
            <span class="job-text">{said}</span>
            {move || in_inbox.get().then(|| view! { <a href="/inbox?in=mine">"In your inbox"</a> })}
            {move || has_bar.get().then(bar)}
            <Rejected job />
            <Stop job cancel />
            <Back job undo />
            <Close job lines close />
        </div>
    }
    .into_any()
}

#[component]
fn Rejected(job: Signal<Job>) -> impl IntoView {
    let rejected = Memo::new(move |_| {
        job.with(|job| job.upload.clone().filter(|_| job.rejected > 0).zip(Some(job.rejected)))
    });
    let rows = |n: i64| if n == 1 { "1 row".to_owned() } else { format!("{n} rows") };
    move || {
        rejected.get().map(|(upload, many)| {
            view! {
                <a href=format!("/import/{upload}/rejected.csv") rel="external" download="rejected.csv">
                    {format!("{} rejected, with the reasons", rows(many))}
                </a>
            }
        })
    }
}

#[component]
fn Stop(job: Signal<Job>, cancel: ServerAction<CancelJob>) -> impl IntoView {
    let word = Memo::new(move |_| {
        job.with(|job| match job.what {
            What::Entries => None,
            What::Company => (job.state == State::Waiting).then_some("Undo"),
            _ => job.state.is_open().then_some("Cancel"),
        })
    });
    // The line stays, with another button.
    let land = move |_| focus::land(format!("#job-{} button", job.read_untracked().id));
    move || {
        word.get().map(|word| {
            view! {
                <ActionForm action=cancel>
                    <input type="hidden" name="job" value=job.read_untracked().id.to_string() />
                    <button class="button small" type="submit" on:click=land>
                        {word}
                    </button>
                </ActionForm>
            }
        })
    }
}

#[component]
fn Back(job: Signal<Job>, undo: ServerAction<UndoJob>) -> impl IntoView {
    let can_undo = Memo::new(move |_| job.read().can_undo);
    // Undoing is a job of its own, whose line comes first; this one's goes.
    let land = |_| focus::land(".jobs .job button");
    move || {
        can_undo.get().then(|| {
            view! {
                <ActionForm action=undo>
                    <input type="hidden" name="job" value=job.read_untracked().id.to_string() />
                    <button class="button small" type="submit" on:click=land>
                        "Undo"
                    </button>
                </ActionForm>
            }
        })
    }
}

#[component]
fn Close(
    job: Signal<Job>,
    lines: Signal<Vec<Job>>,
    close: ServerAction<CloseJob>,
) -> impl IntoView {
    let has_ended = Memo::new(move |_| !job.read().state.is_open());
    // The keyboard goes on at the line that is left, or where there is none at the page's heading.
    let land = move |_| {
        let others = lines.with_untracked(|lines| lines.len() > 1);
        focus::land(if others { ".jobs .job button" } else { "main h1" });
    };
    move || {
        has_ended.get().then(|| {
            view! {
                <ActionForm action=close attr:class="job-close">
                    <input type="hidden" name="job" value=job.read_untracked().id.to_string() />
                    <button class="button ghost small" type="submit" aria-label="Close" title="Close" on:click=land>
                        "×"
                    </button>
                </ActionForm>
            }
        })
    }
}
