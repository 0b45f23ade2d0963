//! Who else writes in a note, and whether what is typed has arrived.

use leptos::prelude::*;

use crate::notes::editor::{self, Desk, Other, Status};

/// How what was typed stands, in words; nothing for a form, and where it is said why it is not taken.
const fn state(status: &Status) -> Option<&'static str> {
    match status {
        Status::Form | Status::Refused(_) => None,
        Status::Together { saved: true } => Some("Saved"),
        Status::Together { saved: false } => Some("Saving"),
        Status::Late => Some(
            "Not saved yet. The connection may be lost; what you type is kept here until it is back",
        ),
        Status::Offline => {
            Some("Offline. What you type is kept here, and merges when the connection is back")
        }
    }
}

/// What is said of a field in which the text of an earlier page is not yet, since there is no connection: that it is not lost.
fn kept(desk: Desk) -> Option<&'static str> {
    let waits = desk.open.get() && !desk.is_together() && desk.is_away() && editor::is_kept(desk);
    waits.then_some(
        "Offline. What you typed before is kept here, and merges when the connection is back",
    )
}

/// What of it is said aloud, after what was said before: nothing before something was typed, then that it is saved, once,
/// and after that only trouble and its end. Each key is saved, and is not worth a word.
fn aloud(before: Option<&'static str>, status: &Status) -> Option<&'static str> {
    match status {
        Status::Together { saved: false } => before.or(Some("")),
        Status::Together { saved: true } => before.and_then(|_| state(status)),
        _ => state(status).or(before),
    }
}

/// Who else has the note open and writes, as it was last said aloud.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Company {
    here: Vec<String>,
    wrote: Vec<String>,
    said: Option<String>,
}

impl Company {
    /// Said aloud is who comes and goes, and who begins to write: not each pause between two words.
    fn then(&self, others: &[Other]) -> Self {
        let (here, writing) = (named(others, |_| true), named(others, |other| other.writing));
        let mut wrote = self.wrote.clone();
        if here != self.here {
            wrote.retain(|name| here.contains(name));
            return Self { said: are_here(&here), here, wrote };
        }
        if writing.iter().all(|name| wrote.contains(name)) {
            return self.clone();
        }
        wrote.extend(writing.iter().cloned());
        Self { here, wrote, said: are_writing(&writing) }
    }
}

/// One quiet line under the field: who is here, who is writing, what is saved; louder only where something is wrong.
#[component]
pub fn TogetherLine(desk: Desk) -> impl IntoView {
    let others = move || names(&desk.others.get());
    let shown = move || desk.status.with(state).or_else(|| kept(desk));
    let aloud = Memo::new(move |before: Option<&Option<&'static str>>| {
        let said = desk.status.with(|status| aloud(before.copied().flatten(), status));
        kept(desk).or(said)
    });
    let company = Memo::new(move |before: Option<&Company>| {
        desk.others.with(|others| before.unwrap_or(&Company::default()).then(others))
    });
    let refused = move || match desk.status.get() {
        Status::Refused(reason) => Some(reason),
        _ => None,
    };
    let mark = move || match desk.status.get() {
        Status::Offline => "offline",
        Status::Late => "late",
        Status::Together { saved: false } => "saving",
        Status::Form if kept(desk).is_some() => "offline",
        _ => "saved",
    };
    view! {
        <p class="note-together quiet" data-state=mark>
            <span>{others}</span>
            <span class="note-saved">{shown}</span>
        </p>
        <p class="visually-hidden" role="status">
            {move || company.get().said}
        </p>
        <p class="visually-hidden" role="status" data-aloud="saved">
            {move || aloud.get()}
        </p>
        {move || refused().map(|reason| view! { <p class="notice error" role="alert">{format!("{reason}.")}</p> })}
    }
    .into_any()
}

/// The names of some of them; one with two tabs is there once.
fn named(others: &[Other], which: impl Fn(&&Other) -> bool) -> Vec<String> {
    let mut names: Vec<_> = others.iter().filter(which).map(|o| o.name.clone()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn are_here(names: &[String]) -> Option<String> {
    phrase(names, "is here", "are here")
}

fn are_writing(names: &[String]) -> Option<String> {
    phrase(names, "is writing", "are writing")
}

fn phrase(names: &[String], one: &str, many: &str) -> Option<String> {
    match names {
        [] => None,
        [name] => Some(format!("{name} {one}")),
        [first, second] => Some(format!("{first} and {second} {many}")),
        [first, rest @ ..] => Some(format!("{first} and {} others {many}", rest.len())),
    }
}

/// Who writes, or else who is here.
fn names(others: &[Other]) -> Option<String> {
    are_writing(&named(others, |o| o.writing)).or_else(|| are_here(&named(others, |_| true)))
}

#[cfg(test)]
mod tests {
    use super::{Company, aloud, names};
    use crate::notes::editor::{Other, Status};

    fn other(client: u64, name: &str, writing: bool) -> Other {
        Other { client, name: name.into(), colour: 0, writing }
    }

    #[test]
    fn who_writes_comes_before_who_is_here() {
        assert_eq!(names(&[]), None);
        let (ada, grace) = (other(1, "Ada", false), other(2, "Grace", true));
        assert_eq!(names(&[ada.clone(), ada.clone()]).as_deref(), Some("Ada is here"));
        assert_eq!(names(&[ada.clone(), grace.clone()]).as_deref(), Some("Grace is writing"));
        let edsger = other(3, "Edsger", true);
        let all = [ada, grace, edsger, other(4, "Barbara", true)];
        assert_eq!(names(&all).as_deref(), Some("Barbara and 2 others are writing"));
    }

    #[test]
    fn what_is_saved_is_said_aloud_once_and_trouble_each_time() {
        let (saved, saving) = (Status::Together { saved: true }, Status::Together { saved: false });
        let mut before = None;
        let mut said = Vec::new();
        let all = [&saved, &saving, &saved, &saving, &saved, &Status::Offline, &saving, &saved];
        for status in all.into_iter().chain([&Status::Late, &saving, &saved, &saving, &saved]) {
            let now = aloud(before, status);
            if now != before && now.is_some_and(|words| !words.is_empty()) {
                said.extend(now.and_then(|words| words.split('.').next()));
            }
            before = now;
        }
        assert_eq!(said, ["Saved", "Offline", "Saved", "Not saved yet", "Saved"]);
        // Nobody has typed: there is nothing to say.
        assert_eq!(aloud(None, &saved), None);
        assert_eq!(aloud(None, &Status::Offline).map(|words| &words[..7]), Some("Offline"));
    }

    #[test]
    fn who_pauses_and_writes_on_is_said_aloud_once() {
        let ada = |writing| other(1, "Ada", writing);
        let grace = |writing| other(2, "Grace", writing);
        let mut company = Company::default();
        let mut said = Vec::new();
        let steps: [&[Other]; 8] = [
            &[ada(false)],
            &[ada(true)],
            &[ada(false)],
            &[ada(true)],
            &[ada(true), grace(false)],
            &[ada(false), grace(true)],
            &[ada(false), grace(false)],
            &[],
        ];
        for others in steps {
            let now = company.then(others);
            if now != company {
                said.push(now.said.clone().unwrap_or_default());
            }
            company = now;
        }
        assert_eq!(
            said,
            ["Ada is here", "Ada is writing", "Ada and Grace are here", "Grace is writing", ""]
        );
    }
}
