//! The numbers of a message, each of which opens its people.

use leptos::prelude::*;

use crate::id::MessageId;
use crate::outbound::{Channel, Counts, Which};
use crate::ui::thousands;

/// Each number that is not nothing, and always those that a message of its channel is measured by.
#[component]
pub fn CountsOf(
    id: MessageId,
    channel: Channel,
    /// Whether opens and clicks are measured.
    measured: bool,
    /// Whether there is a goal to reach.
    goal: bool,
    /// Whether nothing goes out any more.
    over: bool,
    counts: Counts,
) -> impl IntoView {
    let chat = channel.in_app();
    let all = [
        (Which::Waiting, counts.waiting, false),
        (Which::Sent, counts.sent, true),
        (Which::Seen, counts.seen, chat),
        (Which::Opened, counts.opened, measured),
        (Which::Machine, counts.machine, false),
        (Which::Clicked, counts.clicked, measured),
        (Which::Replied, counts.replied, chat),
        (Which::Goal, counts.goal, goal),
        (Which::Excluded, counts.excluded, false),
        (Which::Failed, counts.failed, false),
        (Which::Unknown, counts.unknown, false),
        (Which::Unsubscribed, counts.unsubscribed, !chat),
    ];
    let shown = all.into_iter().filter(|(_, n, always)| *always || *n > 0);
    let one = |(which, n, _): (Which, i64, bool)| {
        let shared = matches!(
            which,
            Which::Seen | Which::Replied | Which::Opened | Which::Clicked | Which::Goal
        );
        let share = (shared && counts.sent > 0).then(|| share(n, counts.sent));
        // Who reads without loading pictures is not known to have opened it.
        let least = (which == Which::Opened)
            .then(|| view! { <span class="message-least">"at least "</span> });
        view! {
            <li data-which=which.word()>
                <a href=format!("/outbound/{id}/{}", which.word())>
                    <strong>{least} {thousands(n)}</strong>
                    <span>{said_of(which, over)}</span>
                    {share.map(|share| view! { <span class="quiet">{share}</span> })}
                </a>
            </li>
        }
    };
    view! { <ul class="message-counts" aria-label="Numbers">{shown.map(one).collect_view()}</ul> }
        .into_any()
}

/// What a number is called: for whom a message waited when it was stopped it waits no longer.
pub(super) const fn said_of(which: Which, over: bool) -> &'static str {
    match (which, over) {
        (Which::Waiting, true) => "Not sent any more",
        _ => which.said(),
    }
}

/// How much of all a number is: what is not nothing never reads as nothing.
fn share(n: i64, of: i64) -> String {
    match (n * 100 / of).min(100) {
        0 if n > 0 => "under 1%".into(),
        part => format!("{part}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn one_of_many_is_not_none() {
        let all = [(0, 273), (1, 273), (3, 273), (272, 273), (273, 273), (5, 4)];
        let said = all.map(|(n, of)| share(n, of));
        assert_eq!(said, ["0%", "under 1%", "1%", "99%", "100%", "100%"]);
    }
}
