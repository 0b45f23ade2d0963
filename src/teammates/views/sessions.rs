//! Where one is signed in.

use leptos::prelude::*;

use crate::teammates::Session;
use crate::ui::TimeAgo;
use crate::ui::flash::use_failure;

/// Every browser, this one first, each with a button that signs it out.
#[component]
pub fn Sessions(
    /// The browsers.
    sessions: Vec<Session>,
) -> impl IntoView {
    let failure = use_failure("/do/end_session");
    view! {
        <section class="setting" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"Where you are signed in"</h2>
            {failure.map(|_| view! { <p class="notice" role="status">"That session has ended already."</p> })}
            <ul class="team" aria-label="Sessions">
                {sessions.into_iter().map(|session| view! { <Row session /> }).collect_view()}
            </ul>
            <form class="form-actions" method="post" action="/do/sign_out_everywhere">
                <button class="button" type="submit">
                    "Sign out everywhere"
                </button>
                <p class="hint">"This browser too."</p>
            </form>
        </section>
    }
    .into_any()
}

#[component]
fn Row(session: Session) -> impl IntoView {
    let here = session.here;
    let label = format!("Sign out {}, last used {}", session.name, session.used.exact);
    let end = (!here && session.id.0 > 0).then(|| {
        view! {
            <form method="post" action="/do/end_session">
                <input type="hidden" name="session" value=session.id.to_string() />
                <button class="button small" type="submit" aria-label=label>
                    "Sign out"
                </button>
            </form>
        }
    });
    view! {
        <li class="team-row">
            <span class="team-name">
                <strong>{session.name}</strong>
                <span class="quiet">"signed in " <TimeAgo stamp=session.since /></span>
            </span>
            {here.then(|| view! { <span class="badge good">"This browser"</span> })}
            <span class="quiet">"used " <TimeAgo stamp=session.used /></span>
            {end}
        </li>
    }
    .into_any()
}
