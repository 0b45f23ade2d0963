//! How somebody stands to the messages that are under way, and taking them out or in by a tag.

use std::collections::HashMap;

use serde_json::json;

use super::barred::Barred;
use super::said::{Delivery, Stand, deliveries, said};
use super::store::{Row, find, of_person, switched_on, under_way, write};
use super::{Standing, State, Whom};
use crate::audit::Action;
use crate::error::Error;
use crate::id::{MessageId, TagId, WorkspaceId};
use crate::live::Topic;
use crate::owner::Owner;
use crate::run;
use crate::segments::audience;
use crate::server::dates::Dates;
use crate::server::db::{Conn, Entry, Write};
use crate::server::state::AppState;
use crate::tags::{self, Tag};

/// How a person or a company of this workspace stands to each message that is under way, and a person to the last of those
/// that are finished and were for them.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn standings(
    app: &AppState,
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    owner: Owner,
) -> Result<Vec<Standing>, Error> {
    let mut rows = under_way(c, workspace).await?;
    if let Owner::Contact(id) = owner {
        rows.extend(of_person(c, workspace, id).await?);
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let tags = tags::of_owner(c, dates, workspace, owner).await?;
    let named = tag_names(c, workspace).await?;
    let has = |tag: TagId| tags.iter().find(|t| t.id == tag).map(|t| t.name.clone());
    let (deliveries, audiences, bars) = match owner {
        Owner::Contact(id) => (
            deliveries(c, workspace, id, None).await?,
            audience::standings(app, c, dates, workspace, id).await?,
            Barred::of(c, workspace, id, &rows).await?,
        ),
        Owner::Company(_) => (Vec::new(), Vec::new(), Barred::default()),
    };
    let mut out = Vec::new();
    for row in &rows {
        let theirs: Vec<_> = deliveries.iter().filter(|d| d.message_id == row.id).collect();
        let delivery = theirs.first().copied();
        let audience = audiences.iter().find(|(id, _)| *id == row.id).map(|(_, s)| s);
        if row.whom().is_named() && delivery.is_none() {
            // Nobody but those who are named has anything to do with it.
            continue;
        }
        let stage = delivery.and_then(|d| d.stage());
        let inside = audience.is_some_and(|a| a.standing.inside) || row.whom().is_named();
        let stand = |d: Option<&Delivery>| Stand { inside, bar: bars.why(row, d, inside) };
        let over = row.state().is_over();
        let out_tag = has(row.opt_out_tag);
        // Where it goes out once for each company, there may be another to take them out of.
        let times = theirs.iter().filter(|d| d.is_out()).count();
        let again = row.per_company() || row.whom() == Whom::Event;
        let sent = times > 0 && !again;
        let barred = bars.by_company(row);
        let (out_name, in_name) =
            (named.get(&row.opt_out_tag).cloned(), named.get(&row.opt_in_tag).cloned());
        out.push(Standing {
            id: row.id,
            name: row.name.clone(),
            paused: row.state() == State::Paused,
            said: match owner {
                Owner::Contact(_) if row.per_company() && !theirs.is_empty() => {
                    let one = |d: &&Delivery| {
                        let firm = d.company.as_deref().unwrap_or("a company");
                        format!("{firm}: {}", said(dates, row, Some(d), stand(Some(d))))
                    };
                    theirs.iter().map(one).collect::<Vec<_>>().join("; ")
                }
                Owner::Contact(_) => {
                    let said = said(dates, row, delivery, stand(delivery));
                    if times > 1 { format!("{said}; {times} times in all") } else { said }
                }
                Owner::Company(_) if out_tag.is_some() => {
                    "Out: nobody of the company gets it".into()
                }
                Owner::Company(_) => "Each person of the company by the rule".into(),
            },
            stage,
            conversation: delivery.and_then(|d| d.conversation()),
            inside: audience.is_some_and(|a| a.standing.inside),
            reasons: audience.map(|a| a.reasons.clone()).unwrap_or_default(),
            can_name: row.opt_out_tag.0 == 0 && out_tag.is_none() && !sent && !over,
            can_leave: out_name.filter(|_| out_tag.is_none() && !sent && !over),
            can_join: match (&out_tag, in_name) {
                _ if over => None,
                _ if barred => None,
                (Some(name), _) => Some(format!("Takes the tag {name} off")),
                (None, Some(name)) if !sent && has(row.opt_in_tag).is_none() => {
                    let inside = audience.is_some_and(|a| a.standing.inside);
                    (!inside).then(|| format!("Adds the tag {name}"))
                }
                _ => None,
            },
        });
    }
    Ok(out)
}

/// The names of the tags that take people out of the messages under way, and into them.
async fn tag_names(c: &mut Conn, workspace: WorkspaceId) -> Result<HashMap<TagId, String>, Error> {
    let sql = "select id, name from tags where workspace_id = $1 and id in \
               (select opt_out_tag from messages where workspace_id = $1 and state in ('running', 'paused') \
               union select opt_in_tag from messages where workspace_id = $1 and state in ('running', 'paused'))";
    let rows: Vec<(TagId, String)> =
        run!(c, |x| sqlx::query_as::<_, (TagId, String)>(sql).bind(workspace).fetch_all(x))?;
    Ok(rows.into_iter().collect())
}

/// Takes a person, or everybody of a company, out of a message by its tag, or brings them back in: by taking that tag
/// off, or else by adding the one that brings people in. A message under way that has no tag by which they could be taken out has the
/// one that is named from then on; it is made where there is none.
///
/// # Errors
/// [`Error::NotFound`] for the message and for whom it concerns; [`Error::Conflict`] where the message has no such tag;
/// [`Error::Invalid`] of `opt_out` for the name.
pub async fn opt(
    w: &mut Write<'_>,
    owner: Owner,
    message: MessageId,
    join: bool,
    named: &str,
) -> Result<(), Error> {
    let mut row = find(&mut w.conn, w.workspace, message).await?.ok_or(Error::NotFound)?;
    let under_way = matches!(row.state(), State::Running | State::Paused);
    if !join && under_way && row.opt_out_tag.0 == 0 {
        let opt_out_tag = switched_on(w, &row, named).await?;
        if opt_out_tag.0 > 0 {
            row = Row { opt_out_tag, ..row };
            write(w, &row).await?;
            w.touch(Topic::Messages);
            let data = json!({ "message": row.id, "name": row.name });
            w.log(Entry::of_workspace(Action::MessageChanged, w.now, data));
        }
    }
    let owner = owner.existing(&mut w.conn, w.workspace).await?.ok_or(Error::NotFound)?;
    let out = tag(w, row.opt_out_tag).await?;
    let back = tag(w, row.opt_in_tag).await?;
    if !join {
        let out = out.ok_or_else(|| {
            Error::Conflict("This message has no tag that takes people out".into())
        })?;
        if let Some(back) = back {
            tags::take_off(w, owner, &back).await?;
        }
        return tags::apply(w, owner, &out).await;
    }
    if let Some(out) = &out
        && tagged(w, owner, out.id).await?
    {
        return tags::take_off(w, owner, out).await;
    }
    let back = back
        .ok_or_else(|| Error::Conflict("This message has no tag that brings people in".into()))?;
    tags::apply(w, owner, &back).await
}

async fn tag(w: &mut Write<'_>, id: TagId) -> Result<Option<Tag>, Error> {
    if id.0 == 0 {
        return Ok(None);
    }
    tags::find(&mut w.conn, w.workspace, id).await
}

async fn tagged(w: &mut Write<'_>, owner: Owner, tag: TagId) -> Result<bool, Error> {
    let sql = "select tag_id from taggings where workspace_id = $1 and owner_kind = $2 and owner_id = $3 and tag_id = $4";
    let found: Option<(TagId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (TagId,)>(sql)
            .bind(w.workspace)
            .bind(owner.kind())
            .bind(owner.number())
            .bind(tag)
            .fetch_optional(c)
    })?;
    Ok(found.is_some())
}
