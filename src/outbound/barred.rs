//! What keeps a person from messages, read once for all of them.

use std::collections::HashMap;

use super::said::Delivery;
use super::store::Row;
use super::{Channel, Reason, types};
use crate::contacts::is_email;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, SubscriptionTypeId, TagId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;

/// What a person's own row says of any message.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Known {
    blocked_at: Time,
    archived_at: Time,
    unsubscribed: i64,
    bounced_at: Time,
    complained_at: Time,
    email: Option<String>,
}

impl Known {
    /// Read by itself: a profile asks this on each opening, and what else keeps people from one message is much to plan for one person.
    async fn of(
        c: &mut Conn,
        workspace: WorkspaceId,
        contact: ContactId,
    ) -> Result<Option<Self>, Error> {
        let sql = "select blocked_at, archived_at, unsubscribed, bounced_at, complained_at, email from contacts \
                   where workspace_id = $1 and id = $2";
        run!(c, |x| sqlx::query_as::<_, Self>(sql).bind(workspace).bind(contact).fetch_optional(x))
    }

    /// What keeps them from everything, each with whether it does.
    pub(super) const fn of_all(&self) -> [(bool, Reason); 2] {
        [(self.blocked_at.0 > 0, Reason::Blocked), (self.archived_at.0 > 0, Reason::Archived)]
    }

    /// What keeps them from e-mail, each with whether it does.
    pub(super) fn of_mail(&self) -> [(bool, Reason); 4] {
        let address = self.email.as_deref().map(str::trim).unwrap_or_default();
        [
            (self.unsubscribed == 1, Reason::Unsubscribed),
            (self.complained_at.0 > 0, Reason::Complained),
            (!is_email(address), Reason::NoAddress),
            (self.bounced_at.0 > 0, Reason::Bounced),
        ]
    }
}

/// What is so of a person, whatever a message says.
#[derive(Debug, Default)]
pub(super) struct Barred {
    /// Nothing of a company.
    known: Option<Known>,
    /// Which types of e-mail they want, where a message has one.
    wanted: HashMap<SubscriptionTypeId, bool>,
    /// Their tags, with no company, and those of the companies that they are in.
    tags: Vec<(CompanyId, TagId)>,
}

impl Barred {
    /// Of a person, as far as these messages go.
    pub(super) async fn of(
        c: &mut Conn,
        workspace: WorkspaceId,
        contact: ContactId,
        messages: &[Row],
    ) -> Result<Self, Error> {
        let typed = messages.iter().any(|row| row.type_id.0 > 0);
        Ok(Self {
            known: Known::of(c, workspace, contact).await?,
            wanted: match typed {
                true => types::wanted(c, workspace, contact).await?,
                false => HashMap::new(),
            },
            tags: tags_about(c, workspace, contact).await?,
        })
    }

    /// Why they do not get a message, or this delivery of it, besides the rule. `inside`: whether the rule holds for them, which is for some company
    /// that does not bar it where each counts by itself.
    pub(super) fn why(
        &self,
        row: &Row,
        delivery: Option<&Delivery>,
        inside: bool,
    ) -> Option<Reason> {
        let firm = delivery.map_or(CompanyId(0), |d| d.company_id);
        let any = firm.0 == 0 && !(row.per_company() && inside);
        let counts = |of: CompanyId| of.0 == 0 || of == firm || any;
        let has =
            |tag: TagId| tag.0 > 0 && self.tags.iter().any(|(of, t)| *t == tag && counts(*of));
        let by_mail = row.channel() == Channel::Email;
        let known = self.known.as_ref();
        let so = |all: &[(bool, Reason)]| all.iter().find(|(holds, _)| *holds).map(|(_, why)| *why);
        let unwanted = self.wanted.get(&row.type_id) == Some(&false);
        known
            .and_then(|k| so(&k.of_all()))
            .or_else(|| has(row.opt_out_tag).then_some(Reason::OptedOut))
            .or_else(|| has(row.exit_tag).then_some(Reason::Exited))
            .or_else(|| known.and_then(|k| so(&k.of_mail())).filter(|_| by_mail))
            .or_else(|| (by_mail && unwanted).then_some(Reason::Unwanted))
    }

    /// Whether nothing of their own brings them into a message: a company of theirs is opted out, and counts.
    pub(super) fn by_company(&self, row: &Row) -> bool {
        let out = |(of, tag): &(CompanyId, TagId)| of.0 > 0 && tag.0 > 0 && *tag == row.opt_out_tag;
        !row.per_company() && self.tags.iter().any(out)
    }
}

/// The tags of a person, with no company, and of the companies that they are in.
async fn tags_about(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<(CompanyId, TagId)>, Error> {
    let sql = "select cast(0 as bigint), g.tag_id from taggings g where g.workspace_id = $1 and g.owner_kind = 'contact' and g.owner_id = $2 \
               union all select m.company_id, g.tag_id from memberships m join taggings g on g.workspace_id = m.workspace_id \
               and g.owner_kind = 'company' and g.owner_id = m.company_id \
               where m.workspace_id = $1 and m.contact_id = $2 and m.left_at = 0";
    run!(c, |x| {
        sqlx::query_as::<_, (CompanyId, TagId)>(sql).bind(workspace).bind(contact).fetch_all(x)
    })
}
