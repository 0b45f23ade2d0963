//! What is known of a workspace's made-up customers: how many, since when, and how far they are written.

use serde::{Deserialize, Serialize};

use super::Plan;
use crate::error::Error;
use crate::id::{TeamId, TeammateId, WorkspaceId};
use crate::replies;
use crate::run;
use crate::server::db::{Changed, Conn, Write};
use crate::server::state::AppState;
use crate::teammates;
use crate::teams;
use crate::time::Time;

/// Teammates who are made up with the customers.
const TEAM: [&str; 5] =
    ["Mina Park", "Carlos Rivera", "Ingrid Solheim", "Kwame Mensah", "Yuki Tanabe"];

/// Teams that are made up with them.
const TEAMS: [&str; 2] = ["Product support", "Billing"];

/// Saved replies that are made with them.
const REPLIES: [(&str, &str); 4] = [
    (
        "Greeting",
        "Hello {{first_name}},\n\nthank you for writing. This is {{my_name}}; I am looking into it now.",
    ),
    (
        "Invoice by e-mail",
        "Hello {{first_name}},\n\nwe have just sent the invoice to {{email}}. Is there anything else?",
    ),
    (
        "More details",
        "Could you tell us **what you did** just before, and what you saw? A picture of the screen helps.",
    ),
    ("Solved", "Good to hear that it works now. Write to us here at any time.\n\n{{my_name}}"),
];

/// A workspace's made-up customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// How many.
    pub plan: Plan,
    /// The moment from which everything is counted back.
    pub began: Time,
    /// The number of the first person who is not written yet.
    pub next: i64,
    /// Who talks to them.
    pub(super) team: Vec<TeammateId>,
    /// The teams that conversations are given to, in the order of [`TEAMS`].
    #[serde(default)]
    pub(super) teams: Vec<TeamId>,
}

impl Made {
    /// The team that looks after what a conversation is about; 0 for none.
    pub(super) fn team_for(&self, tag: &str) -> TeamId {
        let team = usize::from(tag == "billing");
        self.teams.get(team).copied().unwrap_or(TeamId(0))
    }

    /// Whether all are written.
    pub const fn is_done(&self) -> bool {
        self.next >= self.plan.people
    }
}

/// The workspace's made-up customers, if it has any.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn find(app: &AppState, workspace: WorkspaceId) -> Result<Option<Made>, Error> {
    let mut c = app.db.read().await?;
    read(&mut c, workspace).await
}

async fn read(c: &mut Conn, workspace: WorkspaceId) -> Result<Option<Made>, Error> {
    let sql = "select value from workspace_settings where workspace_id = $1 and name = 'demo'";
    let found: Option<(String,)> =
        run!(c, |x| sqlx::query_as::<_, (String,)>(sql).bind(workspace).fetch_optional(x))?;
    found.map(|(text,)| serde_json::from_str(&text).map_err(|_| Error::Internal)).transpose()
}

/// Begins to make customers up, with teammates who talk to them; a workspace that has begun keeps what it has, whatever
/// the plan, and goes on from there.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn begin(
    app: &AppState,
    workspace: WorkspaceId,
    actor: TeammateId,
    plan: Plan,
) -> Result<Made, Error> {
    if let Some(made) = find(app, workspace).await? {
        return Ok(made);
    }
    let mut w = Write::begin(app, workspace, actor).await?;
    let mut made = Made { plan, began: w.now, next: 0, team: Vec::new(), teams: Vec::new() };
    let insert = "insert into workspace_settings (workspace_id, name, value) values ($1, 'demo', $2) \
                  on conflict (workspace_id, name) do nothing";
    let new: Changed =
        run!(w.conn, |c| sqlx::query(insert).bind(workspace).bind(text(&made)?).execute(c))?;
    if new.0 == 0 {
        // Somebody else began meanwhile.
        return read(&mut w.conn, workspace).await?.ok_or(Error::Internal);
    }
    let here = teammates::names(&mut w.conn, workspace).await?;
    made.team.extend(here.into_iter().map(|(id, _)| id));
    for name in TEAM {
        made.team.push(teammates::stand_in(&mut w, name).await?);
    }
    let known = teams::names(&mut w.conn, workspace).await?;
    for name in TEAMS {
        let same = known.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
        made.teams.push(match same {
            Some((id, _)) => *id,
            None => teams::make(&mut w, name).await?,
        });
    }
    if let [support, billing] = made.teams[..] {
        teams::set_members(&mut w, support, &made.team).await?;
        teams::set_members(&mut w, billing, &made.team[made.team.len() - 2..]).await?;
    }
    for (name, body) in REPLIES {
        match replies::make(&mut w, name, body).await {
            // One of that name is there, with another text: it stays.
            Ok(_) | Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let sql = "update workspace_settings set value = $2 where workspace_id = $1 and name = 'demo'";
    let _: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(workspace).bind(text(&made)?).execute(c))?;
    w.commit().await?;
    Ok(made)
}

/// Writes how far it is, unless somebody else has gone on from there; answers whether this one may.
pub(super) async fn advance(w: &mut Write<'_>, made: &Made, next: i64) -> Result<bool, Error> {
    let after = Made { next, ..made.clone() };
    let sql = "update workspace_settings set value = $2 where workspace_id = $1 and name = 'demo' and value = $3";
    let moved: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(text(&after)?).bind(text(made)?).execute(c)
    })?;
    Ok(moved.0 > 0)
}

fn text(made: &Made) -> Result<String, Error> {
    serde_json::to_string(made).map_err(|_| Error::Internal)
}
