//! What stands beside the list: the views that everybody has, and those that teammates keep under a name.

use serde_json::json;

use super::counted::{Whose, version};
use super::{Filter, Group, Scope, Snooze, View, Views};
use crate::audit::Action;
use crate::error::Error;
use crate::id::{CompanyId, SegmentId, TagId, TeamId, TeammateId, ViewId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::server::state::AppState;
use crate::{teammates, teams};

/// The most views that a teammate, or the team, keeps.
const MOST: i64 = 50;
/// The most tags that are offered: those that conversations have.
const TAGS: i64 = 30;

/// Every view with its count, and what menus offer.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn views(
    app: &AppState,
    dates: &Dates,
    workspace: WorkspaceId,
    viewer: TeammateId,
) -> Result<Views, Error> {
    let mut conn = app.db.read().await?;
    let c = &mut conn;
    let (seq, version) = version(c, workspace).await?;
    let mut views = Vec::new();
    let mut add = |group, name: String, filter: Filter, saved: Option<ViewId>| {
        views.push(View { group, name, filter, saved, count: 0 });
    };
    let of = |scope| Filter { scope, ..Filter::default() };
    for (name, filter) in [
        ("Mine", of(Scope::Mine)),
        ("Unassigned", of(Scope::Unassigned)),
        ("All", of(Scope::All)),
        ("Priority", Filter { priority: true, ..of(Scope::All) }),
        ("Mentions", of(Scope::Mentions)),
    ] {
        add(Group::Main, name.into(), filter, None);
    }
    for (id, name, filter, owner) in saved(c, workspace, viewer).await? {
        let group = if owner.0 == 0 { Group::Shared } else { Group::Kept };
        add(group, name, filter, Some(id));
    }
    let teams = teams::names(c, workspace).await?;
    for (id, name) in &teams {
        add(Group::Team, name.clone(), of(Scope::Team(*id)), None);
    }
    let teammates = teammates::names(c, workspace).await?;
    for (id, name) in teammates.iter().filter(|t| t.0 != viewer) {
        add(Group::Teammate, name.clone(), of(Scope::Teammate(*id)), None);
    }
    for (id, name) in tags(c, workspace).await? {
        add(Group::Tag, name, of(Scope::Tag(id)), None);
    }
    for (id, name) in segments(c, workspace).await? {
        add(Group::Segment, name, of(Scope::Segment(id)), None);
    }
    let tags = crate::tags::names(c, workspace).await?;
    let filters: Vec<_> = views.iter().map(|v| v.filter.clone()).collect();
    let whose = Whose { workspace, viewer };
    let found = match app.counted.find(version, whose, &filters) {
        Some(found) => found,
        None => {
            // Whoever counts may have to wait: for that time the connection is somebody else's.
            drop(conn);
            app.counted.count(&app.db, whose, &filters).await?
        }
    };
    for (view, count) in views.iter_mut().zip(found) {
        view.count = count;
    }
    let midnight = dates.midnight();
    let later_today = Snooze::is_later_today(dates.now(), midnight);
    Ok(Views { seq, views, teams, teammates, tags, midnight, later_today })
}

/// The tags that conversations have, by name.
async fn tags(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<(TagId, String)>, Error> {
    let sql = "select t.id, t.name from tags t where t.workspace_id = $1 and exists (select 1 from taggings g \
               where g.workspace_id = t.workspace_id and g.tag_id = t.id and g.owner_kind = 'conversation') \
               order by t.name_key limit $2";
    run!(c, |x| sqlx::query_as::<_, (TagId, String)>(sql).bind(workspace).bind(TAGS).fetch_all(x))
}

/// The segments of people that somebody is in, by name.
async fn segments(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<(SegmentId, String)>, Error> {
    let sql = "select id, name from segments where workspace_id = $1 and subject = 'contact' and archived_at = 0 and message_id = 0 and members > 0 \
               order by name_key, id limit $2";
    run!(c, |x| {
        sqlx::query_as::<_, (SegmentId, String)>(sql).bind(workspace).bind(TAGS).fetch_all(x)
    })
}

type Saved = (ViewId, String, Filter, TeammateId);

/// The views that the viewer keeps, and those of the team, by name.
async fn saved(
    c: &mut Conn,
    workspace: WorkspaceId,
    viewer: TeammateId,
) -> Result<Vec<Saved>, Error> {
    let sql = "select id, name, filter, owner_id from inbox_views where workspace_id = $1 and owner_id in (0, $2) order by id";
    type Row = (ViewId, String, String, TeammateId);
    let rows: Vec<Row> =
        run!(c, |x| { sqlx::query_as::<_, Row>(sql).bind(workspace).bind(viewer).fetch_all(x) })?;
    let read = |(id, name, filter, owner): Row| {
        Some((id, name, serde_json::from_str(&filter).ok()?, owner))
    };
    let mut views: Vec<Saved> = rows.into_iter().filter_map(read).collect();
    views.sort_by_key(|(_, name, ..)| name.to_lowercase());
    Ok(views)
}

/// Keeps a list under a name, for the acting teammate or for the team.
///
/// # Errors
/// [`Error::Invalid`] for the name; [`Error::Conflict`] beyond 50 views.
pub async fn save_view(
    w: &mut Write<'_>,
    name: &str,
    filter: &Filter,
    shared: bool,
) -> Result<ViewId, Error> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "write between 1 and 100 characters"));
    }
    let owner = if shared { TeammateId(0) } else { w.actor };
    let count = "select count(*) from inbox_views where workspace_id = $1 and owner_id = $2";
    let (many,): (i64,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(count).bind(w.workspace).bind(owner).fetch_one(c)
    })?;
    if many >= MOST {
        return Err(Error::Conflict("There are 50 views already. Delete one first".into()));
    }
    let id = ViewId(w.app.db.next_id()?);
    let text = serde_json::to_string(filter).map_err(|_| Error::Internal)?;
    let sql = "insert into inbox_views (workspace_id, id, owner_id, name, filter, created_at) values ($1, $2, $3, $4, $5, $6)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(owner)
            .bind(&name)
            .bind(&text)
            .bind(w.now)
            .execute(c)
    })?;
    tell(w, owner, Action::ViewSaved, id, &name);
    Ok(id)
}

/// Deletes a view of the acting teammate's, or of the team's; answers what it was.
///
/// # Errors
/// [`Error::NotFound`] for one that is neither.
pub async fn delete_view(w: &mut Write<'_>, id: ViewId) -> Result<View, Error> {
    let sql = "delete from inbox_views where workspace_id = $1 and id = $2 and owner_id in (0, $3) \
               returning owner_id, name, filter";
    type Row = (TeammateId, String, String);
    let gone: Option<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(sql).bind(w.workspace).bind(id).bind(w.actor).fetch_optional(c)
    })?;
    let (owner, name, filter) = gone.ok_or(Error::NotFound)?;
    tell(w, owner, Action::ViewDeleted, id, &name);
    let group = if owner.0 == 0 { Group::Shared } else { Group::Kept };
    // What this program cannot read any more was shown to nobody.
    let filter = serde_json::from_str(&filter).unwrap_or_default();
    Ok(View { group, name, filter, saved: Some(id), count: 0 })
}

/// The team's views are the workspace's affair; one's own are not.
fn tell(w: &mut Write<'_>, owner: TeammateId, action: Action, id: ViewId, name: &str) {
    if owner.0 == 0 {
        let at = w.now;
        w.log(Entry::of_workspace(action, at, json!({ "view": id, "name": name })));
        w.touch(Topic::Inbox);
    } else {
        w.touch(Topic::Mine(owner));
    }
}

/// What a teammate, a team, a tag, a segment or a company is called, for the sentence of a filter.
pub async fn name_of(
    c: &mut Conn,
    workspace: WorkspaceId,
    scope: Scope,
) -> Result<Option<String>, Error> {
    let (sql, id) = match scope {
        Scope::Teammate(TeammateId(id)) => {
            ("select name from teammates where workspace_id = $1 and id = $2", id)
        }
        Scope::Team(TeamId(id)) => {
            ("select name from teams where workspace_id = $1 and id = $2", id)
        }
        Scope::Tag(TagId(id)) => ("select name from tags where workspace_id = $1 and id = $2", id),
        Scope::Segment(SegmentId(id)) => {
            ("select name from segments where workspace_id = $1 and id = $2", id)
        }
        Scope::Company(CompanyId(id)) => (
            "select coalesce(name, company_id) from companies where workspace_id = $1 and id = $2",
            id,
        ),
        Scope::All | Scope::Mine | Scope::Unassigned | Scope::Mentions => return Ok(None),
    };
    let found: Option<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(id).fetch_optional(x)
    })?;
    Ok(found.map(|(name,)| name))
}
