//! Teams: made, named, filled and put away.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::answers::{Transition, ask};
use crate::id::TeammateId;
use crate::live::{Topic, follow};
use crate::teammates::Viewer;
use crate::teams::Team;
use crate::teams::api::ReadTeams;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::refused;
use crate::workspace::views::SettingsNav;

/// Every team, with what admins may change. The forms are plain: each loads the page anew.
#[component]
pub fn TeamsPage() -> impl IntoView {
    let version = RwSignal::new(0);
    let teams = ask(move || {
        version.track();
        ReadTeams {}
    });
    follow(Topic::Workspace, version, move || Some(teams.get()?.ok()?.seq));
    let admin = use_context::<Option<Viewer>>().flatten().is_some_and(|v| v.role.can_configure());
    let paths = ["/do/make_team", "/do/change_team", "/do/archive_team"];
    let failure = paths.into_iter().find_map(use_failure);
    view! {
        <Title text="Teams" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Teams"</h1>
            <p class="quiet">"Conversations are given to a team, a teammate, or both."</p>
            {failure.map(refused)}
            {if admin {
                view! { <Make /> }.into_any()
            } else {
                view! { <p class="notice">"Only admins change teams. Ask one of them."</p> }.into_any()
            }}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || {
                    teams
                        .get()
                        .and_then(Result::ok)
                        .map(|all| {
                            if all.teams.is_empty() {
                                return view! { <p class="empty-text">"There is no team yet."</p> }.into_any();
                            }
                            let teammates = all.teammates;
                            let row = |team| view! { <TeamRow team admin teammates=teammates.clone() /> };
                            view! { <ul class="team">{all.teams.into_iter().map(row).collect_view()}</ul> }.into_any()
                        })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Make() -> impl IntoView {
    view! {
        <form class="toolbar" method="post" action="/do/make_team">
            <input
                class="input"
                name="name"
                aria-label="Name of the new team"
                placeholder="Support"
                maxlength="100"
                autocomplete="off"
                required
                value=use_typed("/do/make_team", "name")
            />
            <button class="button primary" type="submit">
                "Make team"
            </button>
        </form>
    }
    .into_any()
}

#[component]
fn TeamRow(team: Team, admin: bool, teammates: Vec<(TeammateId, String)>) -> impl IntoView {
    let Team { id, name, members, archived } = team;
    let inside: Vec<_> = members.iter().map(|(id, _)| *id).collect();
    let who = match members.len() {
        0 => "Nobody is in it yet".to_owned(),
        _ => members.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(", "),
    };
    let change = (admin && !archived).then(|| {
        let boxes = teammates.into_iter().map(|(id, name)| {
            view! {
                <label class="check">
                    <input type="checkbox" name="members[]" value=id.to_string() checked=inside.contains(&id) />
                    <span dir="auto">{name}</span>
                </label>
            }
        });
        view! {
            <details class="team-remove">
                <summary class="button small">"Change"</summary>
                <form class="form" method="post" action="/do/change_team">
                    <input type="hidden" name="team" value=id.to_string() />
                    <label class="field">
                        "Name" <input class="input" name="name" maxlength="100" required value=name.clone() />
                    </label>
                    <fieldset class="checks">
                        <legend>"Members"</legend>
                        {boxes.collect_view()}
                    </fieldset>
                    <button class="button primary small" type="submit">
                        "Save"
                    </button>
                </form>
            </details>
        }
    });
    let put_away = admin.then(|| {
        view! {
            <form method="post" action="/do/archive_team">
                <input type="hidden" name="team" value=id.to_string() />
                <button class="button small" type="submit" name="archived" value=(!archived).to_string()>
                    {if archived { "Bring back" } else { "Archive" }}
                </button>
            </form>
        }
    });
    view! {
        <li class="team-row">
            <span class="team-name">
                <strong dir="auto">{name}</strong>
                <span class="quiet" dir="auto">
                    {who}
                </span>
            </span>
            {archived.then(|| view! { <span class="badge quiet">"Archived"</span> })}
            {change}
            {put_away}
        </li>
    }
    .into_any()
}
