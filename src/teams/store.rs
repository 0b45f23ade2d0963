//! Teams in the database.

use serde_json::json;

use super::{Team, Teams, clean_name};
use crate::audit::Action;
use crate::error::Error;
use crate::id::{TeamId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::stream;
use crate::teammates;

/// The most teams of a workspace that are not archived.
const MOST: i64 = 100;

/// The names of the teams that conversations can be given to.
pub async fn names(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<(TeamId, String)>, Error> {
    let sql = "select id, name from teams where workspace_id = $1 and archived_at = 0 order by name_key, id";
    run!(c, |x| sqlx::query_as::<_, (TeamId, String)>(sql).bind(workspace).fetch_all(x))
}

/// Every team with its members.
pub async fn all(c: &mut Conn, workspace: WorkspaceId) -> Result<Teams, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let sql = "select id, name, archived_at from teams where workspace_id = $1 \
               order by case when archived_at = 0 then 0 else 1 end, name_key, id";
    let rows: Vec<(TeamId, String, i64)> = run!(c, |x| {
        sqlx::query_as::<_, (TeamId, String, i64)>(sql).bind(workspace).fetch_all(x)
    })?;
    let sql = "select m.team_id, t.id, t.name from team_members m \
               join teammates t on t.workspace_id = m.workspace_id and t.id = m.teammate_id \
               where m.workspace_id = $1 and t.removed_at = 0 order by t.name, t.id";
    let members: Vec<(TeamId, TeammateId, String)> = run!(c, |x| {
        sqlx::query_as::<_, (TeamId, TeammateId, String)>(sql).bind(workspace).fetch_all(x)
    })?;
    let team = |(id, name, archived_at): (TeamId, String, i64)| {
        let of = members.iter().filter(|(team, ..)| *team == id);
        let members = of.map(|(_, id, name)| (*id, name.clone())).collect();
        Team { id, name, members, archived: archived_at > 0 }
    };
    let teams = rows.into_iter().map(team).collect();
    Ok(Teams { seq, teams, teammates: teammates::names(c, workspace).await? })
}

/// Makes a team.
///
/// # Errors
/// [`Error::Invalid`] for the name; [`Error::Conflict`] where a team has it in any case, and beyond 100 teams.
pub async fn make(w: &mut Write<'_>, name: &str) -> Result<TeamId, Error> {
    let name = clean_name(name)?;
    free(w, &name, TeamId(0)).await?;
    let count = "select count(*) from teams where workspace_id = $1 and archived_at = 0";
    let (many,): (i64,) =
        run!(w.conn, |c| { sqlx::query_as::<_, (i64,)>(count).bind(w.workspace).fetch_one(c) })?;
    if many >= MOST {
        return Err(Error::Conflict("There are 100 teams already. Archive one first".into()));
    }
    let id = TeamId(w.app.db.next_id()?);
    let sql = "insert into teams (workspace_id, id, name, name_key, created_at) values ($1, $2, $3, $4, $5)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(&name)
            .bind(name.to_lowercase())
            .bind(w.now)
            .execute(c)
    })?;
    log(w, Action::TeamMade, json!({ "team": id, "name": name }));
    Ok(id)
}

/// Gives a team another name.
///
/// # Errors
/// [`Error::NotFound`] for the team; as [`make`] for the name.
pub async fn rename(w: &mut Write<'_>, id: TeamId, name: &str) -> Result<(), Error> {
    let name = clean_name(name)?;
    if name_of(w, id).await? == name {
        return Ok(());
    }
    free(w, &name, id).await?;
    let sql = "update teams set name = $3, name_key = $4 where workspace_id = $1 and id = $2";
    let changed: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(&name).bind(name.to_lowercase()).execute(c)
    })?;
    found(changed)?;
    log(w, Action::TeamRenamed, json!({ "team": id, "name": name }));
    Ok(())
}

/// Puts a team away. Its conversations stay with it until they are given to another.
///
/// # Errors
/// [`Error::NotFound`] for the team.
pub async fn archive(w: &mut Write<'_>, id: TeamId) -> Result<(), Error> {
    let sql = "update teams set archived_at = $3 where workspace_id = $1 and id = $2";
    let changed: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).bind(w.now).execute(c))?;
    found(changed)?;
    let name = name_of(w, id).await?;
    log(w, Action::TeamArchived, json!({ "team": id, "name": name }));
    Ok(())
}

/// Brings an archived team back.
///
/// # Errors
/// [`Error::NotFound`] for the team; [`Error::Conflict`] where another has its name by now.
pub async fn restore(w: &mut Write<'_>, id: TeamId) -> Result<(), Error> {
    let name = name_of(w, id).await?;
    free(w, &name, id).await?;
    let sql = "update teams set archived_at = 0 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).execute(c))?;
    log(w, Action::TeamRestored, json!({ "team": id, "name": name }));
    Ok(())
}

/// Says who is in a team: these and nobody else. Who does not work here is left out.
///
/// # Errors
/// [`Error::NotFound`] for the team.
pub async fn set_members(
    w: &mut Write<'_>,
    id: TeamId,
    members: &[TeammateId],
) -> Result<(), Error> {
    // Holds the row, so that two who say it at once do so one after the other.
    let hold = "update teams set archived_at = archived_at where workspace_id = $1 and id = $2";
    let held: Changed = run!(w.conn, |c| sqlx::query(hold).bind(w.workspace).bind(id).execute(c))?;
    found(held)?;
    let before = members_of(w, id).await?;
    let gone = "delete from team_members where workspace_id = $1 and team_id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(gone).bind(w.workspace).bind(id).execute(c))?;
    let rows: Vec<_> = members.iter().map(|id| [id]).collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let sql = "insert into team_members (workspace_id, team_id, teammate_id) \
               select distinct $1, $2, t.id from json_each($3) j cross join teammates t \
               where t.workspace_id = $1 and t.id = cast(j.value ->> 0 as bigint) and t.removed_at = 0";
    let _: Changed =
        run!(w.conn, |c| { sqlx::query(sql).bind(w.workspace).bind(id).bind(&rows).execute(c) })?;
    if members_of(w, id).await? == before {
        return Ok(());
    }
    let name = name_of(w, id).await?;
    log(w, Action::TeamMembersChanged, json!({ "team": id, "name": name, "members": members }));
    Ok(())
}

async fn members_of(w: &mut Write<'_>, id: TeamId) -> Result<Vec<(TeammateId,)>, Error> {
    let sql = "select teammate_id from team_members where workspace_id = $1 and team_id = $2 order by teammate_id";
    run!(w.conn, |c| {
        sqlx::query_as::<_, (TeammateId,)>(sql).bind(w.workspace).bind(id).fetch_all(c)
    })
}

async fn name_of(w: &mut Write<'_>, id: TeamId) -> Result<String, Error> {
    let sql = "select name from teams where workspace_id = $1 and id = $2";
    let name: Option<(String,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String,)>(sql).bind(w.workspace).bind(id).fetch_optional(c)
    })?;
    Ok(name.ok_or(Error::NotFound)?.0)
}

async fn free(w: &mut Write<'_>, name: &str, but: TeamId) -> Result<(), Error> {
    let sql = "select id from teams where workspace_id = $1 and name_key = $2 and archived_at = 0 and id <> $3";
    let taken: Option<(TeamId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (TeamId,)>(sql)
            .bind(w.workspace)
            .bind(name.to_lowercase())
            .bind(but)
            .fetch_optional(c)
    })?;
    match taken {
        Some(_) => Err(Error::Conflict(format!("There is a team called {name} already"))),
        None => Ok(()),
    }
}

fn found(changed: Changed) -> Result<(), Error> {
    if changed.0 == 0 { Err(Error::NotFound) } else { Ok(()) }
}

fn log(w: &mut Write<'_>, action: Action, data: serde_json::Value) {
    let at = w.now;
    w.log(Entry::of_workspace(action, at, data));
    // The inbox has a view for each team.
    w.touch(Topic::Inbox);
}
