//! What the statement of a list begins with: the order that an index has, or the few that are meant.

use super::list::Asked;
use super::{Filter, Order, Scope};
use crate::error::Error;
use crate::id::{CompanyId, SegmentId, TagId, WorkspaceId};
use crate::run;
use crate::server::db::{Conn, Statement};

/// Up to how many people of a word, a company or a segment it is cheaper to begin with them than with the list's order.
const FEW: i64 = 2_000;
/// The same of a tag's conversations, each of which is one look, where a person has several. Of half a million the two cost
/// as much here (25 ms), and a tag whose conversations are all old costs twenty times that along the order.
const FEW_TAGGED: i64 = 5_000;
/// The same of those that are answered first, beside the index of a list that has one of its own.
const FEW_FIRST: i64 = 5_000;
/// The most words that a search looks at.
const WORDS: usize = 6;

/// What a statement begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Begin {
    /// The index that has the list's order.
    Order,
    /// The index in the list's order that has those which are answered first.
    Priority,
    /// The rows of a tag that few conversations have.
    Tag(TagId),
    /// The viewer's mentions.
    Mentions,
    /// The people of a word that few have.
    Word(String),
    /// The people of a company that has few.
    Company(CompanyId),
    /// The people of a segment that has few.
    Segment(SegmentId),
}

/// How a list is read: what it begins with, and the words that are looked up on the way.
pub(super) struct Shape {
    /// What it begins with.
    pub begin: Begin,
    words: Vec<String>,
    gathered: bool,
}

impl Shape {
    /// Looks how many there are of what is asked for.
    pub async fn choose(c: &mut Conn, asked: Asked<'_>) -> Result<Self, Error> {
        let gathered = c.gathers();
        let words = asked.filter.find.split_whitespace().take(WORDS).map(str::to_lowercase);
        let mut words: Vec<String> = words.collect();
        words.sort_by_key(|w| std::cmp::Reverse(w.chars().count()));
        let few = match words.first() {
            Some(word) => has_few_people(c, asked.workspace, word).await?,
            None => false,
        };
        if few {
            let rest = words.split_off(1);
            return Ok(Self { begin: Begin::Word(words.remove(0)), words: rest, gathered });
        }
        let begin = match asked.filter.scope {
            Scope::Mentions => Begin::Mentions,
            Scope::Tag(tag) if has_few_conversations(c, asked.workspace, tag).await? => {
                Begin::Tag(tag)
            }
            Scope::Company(company) if is_small(c, asked.workspace, company).await? => {
                Begin::Company(company)
            }
            Scope::Segment(segment) if holds_few(c, asked.workspace, segment).await? => {
                Begin::Segment(segment)
            }
            _ if asked.filter.priority && begins_with_priority(c, asked).await? => Begin::Priority,
            _ => Begin::Order,
        };
        Ok(Self { begin, words, gathered })
    }

    /// What rows are sorted by.
    pub fn key(&self, order: Order) -> &'static str {
        match (order, &self.begin) {
            (Order::Waiting, _) => "v.waiting_since",
            (_, Begin::Mentions) => "n.created_at",
            _ => "v.updated_at",
        }
    }

    /// Adds `from … where …`. SQLite begins with what stands left of a cross join; PostgreSQL finds the same by itself.
    pub fn push(&self, s: &mut Statement, asked: Asked<'_>, assignee: Option<i64>) {
        let workspace = asked.workspace.0;
        match &self.begin {
            Begin::Order => {
                s.push("from conversations v where v.workspace_id = ").number(workspace);
                s.push(" and v.state = ").text(asked.filter.state.word());
            }
            Begin::Priority => {
                // A constant: neither engine takes an index that is only of these for a value that is bound.
                s.push("from conversations v where v.priority = 1 and v.workspace_id = ");
                s.number(workspace).push(" and v.state = ").text(asked.filter.state.word());
            }
            Begin::Tag(tag) => {
                s.push("from taggings g cross join conversations v where g.workspace_id = ");
                s.number(workspace).push(" and g.tag_id = ").number(tag.0);
                s.push(" and g.owner_kind = 'conversation' and v.workspace_id = ")
                    .number(workspace);
                // As below, the index by state is no choice: PostgreSQL walks it to its end where it does not know how
                // rare the tag is.
                s.push(" and v.id = g.owner_id and v.state || '' = ")
                    .text(asked.filter.state.word());
            }
            Begin::Mentions => {
                s.push("from mentions n cross join conversations v where n.workspace_id = ");
                s.number(workspace).push(" and n.teammate_id = ").number(asked.viewer.0);
                s.push(" and v.workspace_id = ").number(workspace);
                s.push(" and v.id = n.conversation_id and v.state = ");
                s.text(asked.filter.state.word());
            }
            Begin::Word(word) => {
                self.of_people(s, asked, |s| {
                    s.push("select distinct contact_id from contact_words where workspace_id = ");
                    s.number(workspace).begins(word);
                });
            }
            Begin::Company(company) => {
                self.of_people(s, asked, |s| {
                    s.push("select distinct contact_id from memberships where workspace_id = ");
                    s.number(workspace).push(" and company_id = ").number(company.0);
                    s.push(" and left_at = 0");
                });
            }
            Begin::Segment(segment) => {
                self.of_people(s, asked, |s| {
                    s.push("select subject_id as contact_id from segment_members where workspace_id = ");
                    s.number(workspace).push(" and segment_id = ").number(segment.0);
                });
            }
        }
        let first = self.begin == Begin::Priority;
        if asked.filter.priority && !first {
            // Their index is no choice here: there are many of them, or few of what the list begins with.
            s.push(" and v.priority + 0 = 1");
        }
        if let Some(assignee) = assignee {
            s.push(" and v.assignee_id = ").number(assignee);
        }
        // Beside theirs the index of whose they are is none, which SQLite would take for having one column more.
        let is = if first { " + 0 = " } else { " = " };
        match asked.filter.scope {
            Scope::Mine => {
                s.push(" and v.assignee_id").push(is).number(asked.viewer.0);
            }
            Scope::Unassigned => {
                s.push(" and v.assignee_id").push(is).number(0);
            }
            Scope::Teammate(id) => {
                s.push(" and v.assignee_id").push(is).number(id.0);
            }
            Scope::Team(id) => {
                s.push(" and v.team_id").push(is).number(id.0);
            }
            Scope::Tag(tag) if self.begin != Begin::Tag(tag) => {
                s.push(" and exists (select 1 from taggings g where g.workspace_id = ");
                s.number(workspace)
                    .push(" and g.owner_kind = 'conversation' and g.owner_id = v.id");
                s.push(" and g.tag_id = ").number(tag.0).push(")");
            }
            Scope::Segment(id) if self.begin != Begin::Segment(id) => {
                s.push(" and exists (select 1 from segment_members i where i.workspace_id = ");
                s.number(workspace).push(" and i.subject_id = v.contact_id and i.segment_id = ");
                s.number(id.0).push(")");
            }
            Scope::Company(id) if self.begin != Begin::Company(id) => {
                s.push(" and exists (select 1 from memberships i where i.workspace_id = ");
                s.number(workspace).push(" and i.contact_id = v.contact_id and i.left_at = 0");
                s.push(" and i.company_id = ").number(id.0).push(")");
            }
            Scope::Mentions if self.begin != Begin::Mentions => {
                s.push(" and exists (select 1 from mentions n where n.workspace_id = ");
                s.number(workspace).push(" and n.teammate_id = ").number(asked.viewer.0);
                s.push(" and n.conversation_id = v.id)");
            }
            _ => {}
        }
        for word in &self.words {
            s.push(" and exists (select 1 from contact_words y where y.workspace_id = ");
            s.number(workspace).push(" and y.contact_id = v.contact_id");
            s.begins(word);
            s.push(")");
        }
    }

    /// Adds `from … where …` for the conversations of the people that a statement finds.
    fn of_people(&self, s: &mut Statement, asked: Asked<'_>, people: impl FnOnce(&mut Statement)) {
        let workspace = asked.workspace.0;
        if self.gathered {
            s.push("from conversations v where v.workspace_id = ").number(workspace);
            s.push(" and v.contact_id = any(array(");
            people(s);
            s.push("))");
        } else {
            s.push("from (");
            people(s);
            s.push(") x cross join conversations v where v.workspace_id = ").number(workspace);
            s.push(" and v.contact_id = x.contact_id");
        }
        // Joined to nothing, so that the index by state is no choice.
        s.push(" and v.state || '' = ").text(asked.filter.state.word());
    }
}

/// Whether a list of those that are answered first begins with them. Where no index has the list's order for whose they are, theirs
/// is the shorter way to the same.
async fn begins_with_priority(c: &mut Conn, asked: Asked<'_>) -> Result<bool, Error> {
    Ok(!has_own_order(asked.filter) || few_are_first(c, asked).await?)
}

/// Whether an index has exactly the list's conversations, priority aside, in its order.
fn has_own_order(filter: &Filter) -> bool {
    match filter.scope {
        Scope::Mine | Scope::Unassigned | Scope::Teammate(_) => true,
        Scope::Team(_) => filter.order != Order::Waiting,
        _ => false,
    }
}

async fn few_are_first(c: &mut Conn, asked: Asked<'_>) -> Result<bool, Error> {
    let sql = "select count(*) from (select 1 as one from conversations where priority = 1 and workspace_id = $1 and state = $2 \
               limit $3) l";
    let state = asked.filter.state.word();
    let (found,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(sql)
            .bind(asked.workspace)
            .bind(state)
            .bind(FEW_FIRST + 1)
            .fetch_one(x)
    })?;
    Ok(found <= FEW_FIRST)
}

async fn has_few_people(c: &mut Conn, workspace: WorkspaceId, word: &str) -> Result<bool, Error> {
    let mut s = Statement::new(
        "select count(*) from (select 1 as one from contact_words where workspace_id = ",
    );
    s.number(workspace.0);
    s.begins(word);
    s.push(" limit ").number(FEW + 1).push(") l");
    let (found,): (i64,) = s.fetch_one(c).await?;
    Ok(found <= FEW)
}

async fn has_few_conversations(
    c: &mut Conn,
    workspace: WorkspaceId,
    tag: TagId,
) -> Result<bool, Error> {
    let sql = "select count(*) from (select 1 as one from taggings where workspace_id = $1 and tag_id = $2 \
               and owner_kind = 'conversation' limit $3) l";
    let (found,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(tag).bind(FEW_TAGGED + 1).fetch_one(x)
    })?;
    Ok(found <= FEW_TAGGED)
}

async fn is_small(c: &mut Conn, workspace: WorkspaceId, company: CompanyId) -> Result<bool, Error> {
    let sql = "select count(*) from (select 1 as one from memberships where workspace_id = $1 and company_id = $2 \
               and left_at = 0 limit $3) l";
    let (found,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(company).bind(FEW + 1).fetch_one(x)
    })?;
    Ok(found <= FEW)
}

async fn holds_few(
    c: &mut Conn,
    workspace: WorkspaceId,
    segment: SegmentId,
) -> Result<bool, Error> {
    let sql = "select count(*) from (select 1 as one from segment_members where workspace_id = $1 and segment_id = $2 limit $3) l";
    let (found,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(segment).bind(FEW + 1).fetch_one(x)
    })?;
    Ok(found <= FEW)
}
