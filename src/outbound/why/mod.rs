//! Why somebody got a message or did not, gets it or would: any person and any message, condition by condition.

mod words;

use std::collections::BTreeSet;

use super::eligible::{Bars, kept_by};
use super::said::{Delivery, Stand, deliveries};
use super::store::{Row, find};
use super::{Part, Reason, Why};
use crate::companies;
use crate::contacts::{self, Contact};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, MessageId, SegmentId, TagId, WorkspaceId};
use crate::run;
use crate::segments::audience;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::server::state::AppState;
use crate::stream;
use crate::tags;
use words::{condition, goes_out, meant, verdict};

/// How many companies of somebody are told of.
const FIRMS: usize = 10;

/// Who is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// The person of this number.
    Number(ContactId),
    /// Whoever has this e-mail address or user id; nobody where it is empty.
    Called(&'a str),
}

/// Why somebody got a message or did not, gets it or would. What is asked of them is as it is now.
///
/// # Errors
/// [`Error::NotFound`] for the message, and for the number of a person.
pub async fn why(
    app: &AppState,
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    id: MessageId,
    who: Who<'_>,
) -> Result<Why, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let row = find(c, workspace, id).await?.ok_or(Error::NotFound)?;
    let mut out = Why {
        seq,
        id,
        name: row.name.clone(),
        state: row.state(),
        person: None,
        fault: String::new(),
        parts: Vec::new(),
        rule: Vec::new(),
    };
    let contact = match who {
        Who::Number(id) => id,
        Who::Called(text) if text.trim().is_empty() => return Ok(out),
        Who::Called(text) => match companies::known_as(c, workspace, text).await {
            Ok(id) => id,
            Err(Error::Invalid { message, .. }) => {
                out.fault = message;
                return Ok(out);
            }
            Err(other) => return Err(other),
        },
    };
    let person = contacts::find(c, workspace, contact).await?.ok_or(Error::NotFound)?;
    out.person = Some((person.id, person.title()));
    let asked = Asked::of(app, c, dates, workspace, &row, person).await?;
    for firm in asked.firms(&row) {
        out.parts.push(asked.part(c, dates, workspace, &row, firm).await?);
    }
    out.rule = asked.judged.reasons;
    Ok(out)
}

/// What is known of a person as far as a message goes.
struct Asked {
    person: Contact,
    deliveries: Vec<Delivery>,
    /// Whether they are among those who are named.
    named: bool,
    judged: audience::Judged,
    /// The company that it is about, as it is now; 0 for none in particular.
    company: CompanyId,
}

impl Asked {
    async fn of(
        app: &AppState,
        c: &mut Conn,
        dates: &Dates,
        workspace: WorkspaceId,
        row: &Row,
        person: Contact,
    ) -> Result<Self, Error> {
        let judged = if row.whom().is_named() {
            audience::Judged::default()
        } else {
            audience::judged(app, c, dates, workspace, person.id, &row.wanted()?).await?
        };
        let company = row.company().unwrap_or(CompanyId(0));
        let company = companies::standing_for(c, workspace, company).await?;
        Ok(Self {
            deliveries: deliveries(c, workspace, person.id, Some(row.id)).await?,
            named: is_named(c, workspace, row, person.id).await?,
            person,
            judged,
            company,
        })
    }

    /// For which companies it is told: those for which they got it or would, where it goes out for each, and else 0.
    fn firms(&self, row: &Row) -> Vec<CompanyId> {
        if !row.per_company() || self.company.0 > 0 {
            return vec![self.company];
        }
        let got = self.deliveries.iter().map(|d| d.company_id);
        let all: BTreeSet<_> = got.chain(self.judged.companies.iter().copied()).collect();
        if all.is_empty() { vec![CompanyId(0)] } else { all.into_iter().take(FIRMS).collect() }
    }

    async fn part(
        &self,
        c: &mut Conn,
        dates: &Dates,
        workspace: WorkspaceId,
        row: &Row,
        firm: CompanyId,
    ) -> Result<Part, Error> {
        let bars = Bars { company: firm, segment: SegmentId(0), ..Bars::from(row) };
        let kept = kept_by(c, workspace, bars, self.person.id).await?;
        let mine = |d: &&Delivery| d.company_id == firm;
        let delivery = self.deliveries.iter().find(mine);
        let bar = kept.iter().find(|(so, _)| *so).map(|(_, why)| *why);
        let holds = if row.per_company() && self.company.0 == 0 {
            self.judged.companies.contains(&firm)
        } else {
            self.judged.holds
        };
        let inside = if row.whom().is_named() { self.named } else { holds };
        let stand = Stand { inside, bar };
        let mut said = verdict(dates, row, delivery, stand);
        let times = self.deliveries.iter().filter(mine).filter(|d| d.is_out()).count();
        if times > 1 {
            said += &format!("; {times} times in all");
        }
        let mut conditions = vec![goes_out(dates, row)];
        conditions.extend(meant(row, delivery, stand));
        for (so, why) in kept {
            if let Some((words, value)) = self.wanted(c, workspace, row, why, so).await? {
                conditions.push(condition(words, value, !so));
            }
        }
        Ok(Part {
            company: match firm {
                CompanyId(0) => String::new(),
                id => {
                    companies::find(c, workspace, id).await?.map_or_else(String::new, |f| f.title())
                }
            },
            said,
            conversation: delivery.and_then(Delivery::conversation),
            conditions,
        })
    }

    /// What has to be so that a reason does not keep them from it, and what is known; nothing where the message does not ask for it.
    async fn wanted(
        &self,
        c: &mut Conn,
        workspace: WorkspaceId,
        row: &Row,
        why: Reason,
        so: bool,
    ) -> Result<Option<(&'static str, String)>, Error> {
        let tag = match why {
            Reason::OptedOut => row.opt_out_tag,
            Reason::Exited => row.exit_tag,
            _ => TagId(0),
        };
        let tag = match tag.0 {
            0 => String::new(),
            _ => tags::find(c, workspace, tag).await?.map_or_else(String::new, |tag| tag.name),
        };
        Ok(Some(match why {
            Reason::Blocked => ("They are not blocked", String::new()),
            Reason::Archived => ("They are not in the archive", String::new()),
            Reason::OptedOut if row.opt_out_tag.0 > 0 => {
                ("Neither they nor a company of theirs that counts has the opt-out tag", tag)
            }
            Reason::Exited if row.exit_tag.0 > 0 => {
                ("Neither they nor a company of theirs that counts has the exit tag", tag)
            }
            Reason::Unsubscribed => ("They did not unsubscribe from e-mail", String::new()),
            Reason::Complained => ("They did not mark an e-mail as spam", String::new()),
            Reason::Unwanted if row.type_id.0 > 0 => {
                ("They want e-mail of its type", String::new())
            }
            Reason::NoAddress => (
                "They have an e-mail address that mail can go to",
                self.person.email.clone().unwrap_or_default(),
            ),
            Reason::Bounced => ("Mail gets to their address", String::new()),
            Reason::Away if self.company.0 > 0 => ("They are in the company", String::new()),
            Reason::NoCompany if so => ("They are in a company", String::new()),
            _ => return Ok(None),
        }))
    }
}

/// Whether somebody is among those whom a message names, themselves or as whom they were merged with.
async fn is_named(
    c: &mut Conn,
    workspace: WorkspaceId,
    row: &Row,
    contact: ContactId,
) -> Result<bool, Error> {
    let chosen = row.chosen();
    if chosen.is_empty() || chosen.contains(&contact) {
        return Ok(!chosen.is_empty());
    }
    let list: Vec<_> = chosen.into_iter().map(|id| [id]).collect();
    let list = serde_json::to_string(&list).map_err(|_| Error::Internal)?;
    let sql = "select count(*) from json_each($3) j cross join contacts p where p.workspace_id = $1 \
               and p.id = cast(j.value ->> 0 as bigint) and p.merged_into = $2";
    let (n,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(contact).bind(&list).fetch_one(x)
    })?;
    Ok(n > 0)
}
