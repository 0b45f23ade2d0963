//! Who else writes in a note, and whether what is typed has arrived.

use leptos::prelude::*;

use crate::notes::editor::{Desk, Other, Status};

/// One quiet line under the field: who is here, who is writing, what is saved; louder only where something is wrong.
#[component]
pub fn TogetherLine(desk: Desk) -> impl IntoView {
    let others = move || names(&desk.others.get());
    let state = move || match desk.status.get() {
        Status::Form | Status::Refused(_) => None,
        Status::Together { saved: true } => Some("Saved"),
        Status::Together { saved: false } => Some("Saving"),
        Status::Late => Some(
            "Not saved yet. The connection may be lost; what you type is kept here until it is back",
        ),
        Status::Offline => {
            Some("Offline. What you type is kept here, and merges when the connection is back")
        }
    };
    let refused = move || match desk.status.get() {
        Status::Refused(reason) => Some(reason),
        _ => None,
    };
    let mark = move || match desk.status.get() {
        Status::Offline => "offline",
        Status::Late => "late",
        Status::Together { saved: false } => "saving",
        _ => "saved",
    };
    view! {
        <p class="note-together quiet" data-state=mark>
            <span role="status">{others}</span>
            <span class="note-saved">{state}</span>
        </p>
        {move || refused().map(|reason| view! { <p class="notice error" role="alert">{format!("{reason}.")}</p> })}
    }
    .into_any()
}

/// Who writes, or else who is here; a name with two tabs is said once.
fn names(others: &[Other]) -> Option<String> {
    let named = |which: &dyn Fn(&&Other) -> bool| {
        let mut names: Vec<_> = others.iter().filter(which).map(|o| o.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    let (writing, here) = (named(&|o| o.writing), named(&|_| true));
    let (names, one, many) = match writing.is_empty() {
        true => (here, "is here", "are here"),
        false => (writing, "is writing", "are writing"),
    };
    match names.as_slice() {
        [] => None,
        [name] => Some(format!("{name} {one}")),
        [first, second] => Some(format!("{first} and {second} {many}")),
        [first, rest @ ..] => Some(format!("{first} and {} others {many}", rest.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::names;
    use crate::notes::editor::Other;

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
}
