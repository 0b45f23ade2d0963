//! The team: who works here, and who is invited.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::answers::{Transition, ask};
use crate::id::TeammateId;
use crate::live::{Topic, follow};
use crate::teammates::api::ReadTeam;
use crate::teammates::{Invitation, Member, Role, Team, Viewer};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{Avatar, Copy, TimeAgo, refused};
use crate::workspace::views::SettingsNav;

/// Everyone, with what admins may change. The forms are plain: each loads the page anew.
#[component]
pub fn TeamPage() -> impl IntoView {
    let version = RwSignal::new(0);
    let team = ask(move || {
        version.track();
        ReadTeam {}
    });
    follow(Topic::Workspace, version, move || Some(team.get()?.ok()?.seq));
    let viewer = use_context::<Option<Viewer>>().flatten();
    let me = viewer.as_ref().map_or(TeammateId(0), |v| v.id);
    let admin = viewer.is_some_and(|v| v.role.can_configure());
    let paths = [
        "/do/invite",
        "/do/revoke_invitation",
        "/do/set_role",
        "/do/remove_teammate",
        "/do/switch_off_second_step_of",
    ];
    let failure = paths.into_iter().find_map(use_failure);
    let link = use_typed("/settings/team", "link");
    let invited = use_typed("/settings/team", "invited").unwrap_or_default();
    let mailed = use_typed("/settings/team", "mailed").unwrap_or_default();
    let word = match mailed.as_str() {
        "yes" => format!("This link is on its way to {invited}. It works for seven days."),
        "failed" => format!(
            "The mail to {invited} could not be sent. Send this link yourself: it works for seven days."
        ),
        _ => {
            format!("Send this link to {invited}. It is shown this once and works for seven days.")
        }
    };
    view! {
        <Title text="Team" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Team"</h1>
            {failure.map(refused)}
            {link
                .map(|link| {
                    view! {
                        <div class="notice good" role="status">
                            <p>{word}</p>
                            <p class="copy-line">
                                <code>{link.clone()}</code>
                                <Copy text=link label="Copy the link".to_owned() />
                            </p>
                        </div>
                    }
                })}
            {if admin {
                view! { <Invite /> }.into_any()
            } else {
                view! { <p class="notice">"Only admins invite and remove people. Ask one of them."</p> }.into_any()
            }}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || team.get().and_then(Result::ok).map(|team| view! { <Lists team me admin /> })}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Invite() -> impl IntoView {
    view! {
        <form class="toolbar" method="post" action="/do/invite">
            <input
                class="input"
                type="email"
                name="email"
                aria-label="E-mail address to invite"
                placeholder="E-mail address"
                maxlength="200"
                required
                value=use_typed("/do/invite", "email")
            />
            <select class="input" name="role" aria-label="Role">
                <option value="agent">"Agent: the daily work"</option>
                <option value="admin">"Admin: settings too"</option>
            </select>
            <button class="button primary" type="submit">
                "Invite"
            </button>
        </form>
    }
    .into_any()
}

#[component]
fn Lists(team: Team, me: TeammateId, admin: bool) -> impl IntoView {
    let others: Vec<_> = team.members.iter().map(|m| (m.id, m.name.clone())).collect();
    let members = team.members.into_iter().map(|member| {
        view! { <MemberRow member me admin others=others.clone() /> }
    });
    let members = members.collect_view();
    let open = team.invitations.into_iter().map(|i| view! { <InvitationRow invitation=i admin /> });
    view! { <ul class="team">{members} {open.collect_view()}</ul> }.into_any()
}

#[component]
fn MemberRow(
    member: Member,
    me: TeammateId,
    admin: bool,
    others: Vec<(TeammateId, String)>,
) -> impl IntoView {
    let id = member.id;
    let you = (id == me).then_some(" (you)");
    let (word, other) = match member.role {
        Role::Admin => ("Admin", Role::Agent),
        Role::Agent => ("Agent", Role::Admin),
    };
    let change = admin.then(|| {
        let label = if other == Role::Admin { "Make admin" } else { "Make agent" };
        view! {
            <form method="post" action="/do/set_role">
                <input type="hidden" name="teammate" value=id.to_string() />
                <button class="button small" type="submit" name="role" value=other.word()>
                    {label}
                </button>
            </form>
        }
    });
    let off = (admin && member.second_step && you.is_none()).then(|| {
        view! {
            <details class="team-remove">
                <summary class="button small">"Lost phone"</summary>
                <form class="form" method="post" action="/do/switch_off_second_step_of">
                    <input type="hidden" name="teammate" value=id.to_string() />
                    <p class="hint">
                        "Make sure that it is really them who ask. They sign in with the password alone then, until they set it up again."
                    </p>
                    <button class="button danger small" type="submit">
                        "Switch their two-step sign-in off"
                    </button>
                </form>
            </details>
        }
    });
    let remove = admin.then(|| {
        let heirs = others.into_iter().filter(|(other, _)| *other != id).map(|(id, name)| {
            view! { <option value=id.to_string()>{name}</option> }
        });
        view! {
            <details class="team-remove">
                <summary class="button small">"Remove"</summary>
                <form class="form" method="post" action="/do/remove_teammate">
                    <input type="hidden" name="teammate" value=id.to_string() />
                    <label class="field">
                        "Conversations, people and companies go to"
                        <select class="input" name="heir">
                            <option value="0">"Nobody"</option>
                            {heirs.collect_view()}
                        </select>
                    </label>
                    <button class="button danger small" type="submit">
                        "Remove from the team"
                    </button>
                </form>
            </details>
        }
    });
    view! {
        <li class="team-row">
            <Avatar name=member.name.clone() seed=id.0 />
            <span class="team-name">
                <strong dir="auto">{member.name}</strong>
                {you}
                <span class="quiet">{member.email}</span>
            </span>
            <span class="badge">{word}</span>
            {member.second_step.then(|| view! { <span class="badge quiet">"Two-step sign-in"</span> })}
            <span class="quiet">"since " <TimeAgo stamp=member.since /></span>
            {change}
            {off}
            {remove}
        </li>
    }
    .into_any()
}

#[component]
fn InvitationRow(invitation: Invitation, admin: bool) -> impl IntoView {
    let id = invitation.id;
    let revoke = admin.then(|| {
        view! {
            <form method="post" action="/do/revoke_invitation">
                <input type="hidden" name="invitation" value=id.to_string() />
                <button class="button small" type="submit">
                    "Revoke"
                </button>
            </form>
        }
    });
    view! {
        <li class="team-row">
            <Avatar name=invitation.email.clone() seed=id.0 />
            <span class="team-name">
                <strong>{invitation.email}</strong>
                <span class="quiet">{format!("invited by {}, until {}", invitation.by, invitation.until.exact)}</span>
            </span>
            <span class="badge">{if invitation.role == Role::Admin { "Admin" } else { "Agent" }}</span>
            {revoke}
        </li>
    }
    .into_any()
}
