//! Earlier uploads: what became of them, and a way to go on with one or drop it.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::answers::{Transition, ask};
use crate::import::api::{DropImport, ListImports, ResumeImport};
use crate::import::{Earlier, Kind};
use crate::jobs::State;
use crate::live::{Topic, follow};
use crate::ui::flash::failure_of;
use crate::ui::{TimeAgo, refused, thousands};

/// The viewer's uploads of the last month, those apart whose import runs; nothing where there is none.
#[component]
pub fn Imports() -> impl IntoView {
    let version = RwSignal::new(0);
    let all = ask(move || {
        version.track();
        ListImports {}
    });
    follow(Topic::Workspace, version, move || Some(all.get()?.ok()?.0));
    let resume = ServerAction::<ResumeImport>::new();
    let drop = ServerAction::<DropImport>::new();
    Effect::new(move |_| {
        if resume.value().get().is_some() || drop.value().get().is_some() {
            version.update(|n| *n += 1);
        }
    });
    let (not_resumed, not_dropped) = (failure_of(resume), failure_of(drop));
    let failure = move || not_resumed().or_else(&not_dropped);
    view! {
        <Transition>
            {move || {
                let all = all.get().and_then(Result::ok).map(|(_, all)| all).unwrap_or_default();
                (!all.is_empty())
                    .then(|| {
                        view! {
                            <section class="imports">
                                <h2>"Earlier files"</h2>
                                <ul class="import-list">
                                    {all
                                        .into_iter()
                                        .map(|one| view! { <EarlierFile one resume drop /> })
                                        .collect_view()}
                                </ul>
                            </section>
                        }
                    })
            }}
        </Transition>
        {move || failure().map(refused)}
    }
    .into_any()
}

#[component]
fn EarlierFile(
    one: Earlier,
    resume: ServerAction<ResumeImport>,
    drop: ServerAction<DropImport>,
) -> impl IntoView {
    let said = said(&one);
    let id = one.id.clone();
    let name = one.name.clone().unwrap_or_else(|| "A file".to_owned());
    let what = one.kind.map(Kind::said);
    let rejects = one.rejects.then(|| {
        view! {
            <a href=format!("/import/{id}/rejected.csv") rel="external" download="rejected.csv">
                {format!("{} rejected, with the reasons", rows(one.rejected))}
            </a>
        }
    });
    let there = (one.written > 0).then_some(one.kind).flatten().map(|kind| {
        let (href, word) = imported(kind);
        view! { <a href=href>{word}</a> }
    });
    let open = one.file && one.state != Some(State::Done);
    let again = (open && one.state.is_some()).then(|| {
        let id = id.clone();
        view! {
            <ActionForm action=resume>
                <input type="hidden" name="id" value=id />
                <button class="button small" type="submit">
                    "Go on"
                </button>
            </ActionForm>
        }
    });
    let columns = open.then(|| {
        view! { <a href=format!("/import/{id}")>"Say what the columns mean"</a> }
    });
    let drop = open.then(|| {
        let id = id.clone();
        view! {
            <ActionForm action=drop>
                <input type="hidden" name="id" value=id />
                <button class="button small" type="submit">
                    "Drop the file"
                </button>
            </ActionForm>
        }
    });
    view! {
        <li class="import-file">
            <span class="import-about">
                <strong dir="auto">{name}</strong>
                {what.map(|what| view! { <span>{what}</span> })}
                <TimeAgo stamp=one.at />
            </span>
            <span>{said}</span>
            {there}
            {rejects}
            {columns}
            {again}
            {drop}
        </li>
    }
    .into_any()
}

fn rows(n: i64) -> String {
    if n == 1 { "1 row".to_owned() } else { format!("{} rows", thousands(n)) }
}

/// Where what an import wrote is to be seen.
const fn imported(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Contacts => ("/people?sort=created", "To the people, newest first"),
        Kind::Companies => ("/companies", "To the companies"),
        Kind::Events => ("/people", "To the people"),
    }
}

/// What became of it.
fn said(one: &Earlier) -> String {
    let rejected = match one.rejected {
        0 => String::new(),
        n => format!(", {} rejected", thousands(n)),
    };
    let far = format!("{} written{rejected}", rows(one.written));
    match one.state {
        None => "Uploaded; its columns wait for a meaning".to_owned(),
        Some(State::Done) => format!("Done: {far}"),
        Some(State::Failed) => format!("Stopped: {far}. {}", one.message),
        Some(State::Cancelled) => format!("Cancelled: {far}"),
        Some(State::Waiting | State::Running) => far,
    }
}
