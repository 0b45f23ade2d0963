//! How somebody stands to the messages that are under way, and taking them out or in by a tag.

use std::collections::HashMap;

use super::store::{Row, find, under_way};
use super::{Channel, Reason, Stage, Standing, State, Whom};
use crate::error::Error;
use crate::id::{ConversationId, MessageId, TagId, WorkspaceId};
use crate::owner::Owner;
use crate::run;
use crate::segments::{Explanation as Audience, audience};
use crate::server::dates::Dates;
use crate::server::db::{Conn, Write};
use crate::server::state::AppState;
use crate::tags::{self, Tag};
use crate::time::Time;

#[derive(sqlx::FromRow)]
struct Delivery {
    message_id: MessageId,
    state: String,
    reason: String,
    conversation_id: i64,
    company: Option<String>,
    held_until: Time,
    sent_at: Time,
    seen_at: Time,
    replied_at: Time,
    opened_at: Time,
    machine_opened_at: Time,
    clicked_at: Time,
}

/// How a person or a company stands to each message that is under way.
///
/// # Errors
/// [`Error::NotFound`] for whom it is asked.
pub async fn standings(
    app: &AppState,
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    owner: Owner,
) -> Result<Vec<Standing>, Error> {
    let owner = owner.existing(c, workspace).await?.ok_or(Error::NotFound)?;
    let rows = under_way(c, workspace).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let tags = tags::of_owner(c, dates, workspace, owner).await?;
    let named = tag_names(c, workspace).await?;
    let has = |tag: TagId| tags.iter().find(|t| t.id == tag).map(|t| t.name.clone());
    let (deliveries, audiences) = match owner {
        Owner::Contact(id) => {
            let sql = "select d.message_id, d.state, d.reason, d.conversation_id, f.name as company, d.held_until, d.sent_at, \
                       d.seen_at, d.replied_at, d.opened_at, d.machine_opened_at, d.clicked_at from deliveries d \
                       left join companies f on f.workspace_id = d.workspace_id and f.id = d.company_id \
                       where d.workspace_id = $1 and d.contact_id = $2 order by d.message_id, d.run desc, d.company_id";
            let deliveries: Vec<Delivery> = run!(c, |x| {
                sqlx::query_as::<_, Delivery>(sql).bind(workspace).bind(id).fetch_all(x)
            })?;
            (deliveries, audience::standings(app, c, dates, workspace, id).await?)
        }
        Owner::Company(_) => (Vec::new(), Vec::new()),
    };
    let mut out = Vec::new();
    for row in &rows {
        let theirs: Vec<_> = deliveries.iter().filter(|d| d.message_id == row.id).collect();
        let delivery = theirs.first().copied();
        let audience = audiences.iter().find(|(id, _)| *id == row.id).map(|(_, s)| s);
        if row.whom() == Whom::Chosen && delivery.is_none() {
            // Nobody but those who are named has anything to do with it.
            continue;
        }
        let stage = delivery.and_then(|d| Stage::from_word(&d.state));
        let out_tag = has(row.opt_out_tag);
        let gone = |d: &Delivery| matches!(d.state.as_str(), "sent" | "sending" | "unknown");
        // Where it goes out once for each company, there may be another to take them out of.
        let sent = theirs.iter().any(|d| gone(d)) && !row.per_company();
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
                        format!("{firm}: {}", said(dates, row, Some(d), audience))
                    };
                    theirs.iter().map(one).collect::<Vec<_>>().join("; ")
                }
                Owner::Contact(_) => said(dates, row, delivery, audience),
                Owner::Company(_) if out_tag.is_some() => {
                    "Out: nobody of the company gets it".into()
                }
                Owner::Company(_) => "Each person of the company by the rule".into(),
            },
            stage,
            conversation: delivery
                .filter(|d| d.conversation_id > 0)
                .map(|d| ConversationId(d.conversation_id)),
            inside: audience.is_some_and(|a| a.standing.inside),
            reasons: audience.map(|a| a.reasons.clone()).unwrap_or_default(),
            can_leave: out_name.filter(|_| out_tag.is_none() && !sent),
            can_join: match (&out_tag, in_name) {
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

fn said(
    dates: &Dates,
    row: &Row,
    delivery: Option<&Delivery>,
    audience: Option<&Audience>,
) -> String {
    let inside = audience.is_some_and(|a| a.standing.inside) || row.whom() == Whom::Chosen;
    let ago = |at: Time| dates.stamp(at).ago;
    let stage = delivery.and_then(|d| Some((d, Stage::from_word(&d.state)?)));
    match stage {
        Some((d, Stage::Sent)) if d.replied_at.0 > 0 => {
            format!("Sent {}, answered {}", ago(d.sent_at), ago(d.replied_at))
        }
        Some((d, Stage::Sent)) if d.seen_at.0 > 0 => {
            format!("Sent {}, seen {}", ago(d.sent_at), ago(d.seen_at))
        }
        Some((d, Stage::Sent)) if row.channel() == Channel::Email => {
            let mut said = format!("E-mail sent {}", ago(d.sent_at));
            if d.opened_at.0 > 0 {
                said += &format!(", opened {}", ago(d.opened_at));
            } else if d.machine_opened_at.0 > 0 {
                said += &format!(", opened by a machine {}", ago(d.machine_opened_at));
            }
            if d.clicked_at.0 > 0 {
                said += &format!(", clicked {}", ago(d.clicked_at));
            }
            said
        }
        Some((d, Stage::Sent)) => format!("Sent {}, not seen yet", ago(d.sent_at)),
        Some((d, Stage::Failed)) => {
            format!("Failed: {}", Reason::from_word(&d.reason).map_or("", Reason::said))
        }
        Some((_, Stage::Sending)) => "In: being sent".into(),
        Some((_, Stage::Unknown)) => "May have been sent: the connection broke".into(),
        Some((d, Stage::Waiting)) if inside && d.held_until > dates.now() => {
            let why = Reason::from_word(&d.reason).map_or("", Reason::said);
            format!("In: waits until {}, because {why}", dates.short(d.held_until))
        }
        Some((_, Stage::Waiting)) if inside => match (row.state(), row.starts_at > dates.now()) {
            (State::Paused, _) => "In: waits until the message goes on".into(),
            (_, true) => format!("In: begins {}", dates.short(row.starts_at)),
            _ if row.channel() == Channel::Email => "In: the e-mail is about to be sent".into(),
            _ => "In: arrives when they next open a page with your Messenger".into(),
        },
        Some((d, Stage::Excluded)) => {
            format!("Left out: {}", Reason::from_word(&d.reason).map_or("", Reason::said))
        }
        _ if inside => match row.whom() {
            Whom::Later => "Matched before the message began, so it is not sent".into(),
            Whom::Now => "Came to match after the message began, so it is not sent".into(),
            Whom::All | Whom::Chosen => "In".into(),
        },
        _ => "Not in: the rule does not hold".into(),
    }
}

/// Takes a person, or everybody of a company, out of a message by its tag, or brings them back in: by taking that tag
/// off, or else by adding the one that brings people in.
///
/// # Errors
/// [`Error::NotFound`] for the message and for whom it concerns; [`Error::Conflict`] where the message has no such tag.
pub async fn opt(
    w: &mut Write<'_>,
    owner: Owner,
    message: MessageId,
    join: bool,
) -> Result<(), Error> {
    let row = find(&mut w.conn, w.workspace, message).await?.ok_or(Error::NotFound)?;
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
