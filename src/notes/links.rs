//! What a note leads to of ours: people, companies, conversations and pictures, as they are now.

use std::collections::{BTreeSet, HashMap};

use crate::attachments::Attachment;
use crate::contacts::title_of;
use crate::conversations::{State, beginning};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, ConversationId, WorkspaceId};
use crate::owner::Owner;
use crate::run;
use crate::server::db::Conn;
use crate::ui::markdown::{self, Linked, Ours};

/// How many different ones of a kind are looked up for one page.
const MOST: usize = 1000;

/// What an address of ours names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum To {
    Person(i64),
    Company(i64),
    Conversation(i64),
    Picture(i64),
}

impl To {
    /// What an address names; nothing for one that is not ours, or names nothing.
    fn of(address: &str) -> Option<Self> {
        let path = address.split(['?', '#']).next()?;
        let mut steps = path.strip_prefix('/')?.split('/');
        let (place, id) = (steps.next()?, steps.next()?.parse().ok()?);
        match (place, steps.next(), steps.next()) {
            ("contacts", None, None) => Some(Self::Person(id)),
            ("companies", None, None) => Some(Self::Company(id)),
            ("inbox", None, None) => Some(Self::Conversation(id)),
            ("attachments", Some(_), None) => Some(Self::Picture(id)),
            _ => None,
        }
    }
}

/// The pictures of ours that a text shows.
pub(super) fn pictures(text: &str) -> Vec<i64> {
    let id = |to| match to {
        To::Picture(id) => Some(id),
        _ => None,
    };
    named(text).into_iter().filter_map(id).collect()
}

fn named(text: &str) -> BTreeSet<To> {
    // Most notes lead nowhere of ours, and need not be read for it.
    let may = ["/contacts/", "/companies/", "/inbox/", "/attachments/"];
    if !may.iter().any(|place| text.contains(place)) {
        return BTreeSet::new();
    }
    markdown::leads(text).iter().filter_map(|to| To::of(to)).collect()
}

/// What some texts lead to.
#[derive(Default)]
pub(crate) struct Links {
    /// People, companies and conversations.
    pub(super) linked: HashMap<To, Linked>,
    pictures: HashMap<i64, Attachment>,
}

impl Links {
    /// What these texts lead to in a workspace, where it is there.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn of<'a>(
        c: &mut Conn,
        workspace: WorkspaceId,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Error> {
        Self::found(c, workspace, texts.into_iter().flat_map(named).collect()).await
    }

    /// What some addresses of ours lead to.
    pub(super) async fn found(
        c: &mut Conn,
        workspace: WorkspaceId,
        named: BTreeSet<To>,
    ) -> Result<Self, Error> {
        let mut links = Self::default();
        let (mut people, mut firms, mut talks, mut files) = (vec![], vec![], vec![], vec![]);
        for to in named {
            let (list, id) = match to {
                To::Person(id) => (&mut people, id),
                To::Company(id) => (&mut firms, id),
                To::Conversation(id) => (&mut talks, id),
                To::Picture(id) => (&mut files, id),
            };
            if list.len() < MOST {
                list.push([id]);
            }
        }
        let json = |ids: &Vec<[i64; 1]>| serde_json::to_string(ids).map_err(|_| Error::Internal);
        if !people.is_empty() {
            links.people(c, workspace, &json(&people)?).await?;
        }
        if !firms.is_empty() {
            links.companies(c, workspace, &json(&firms)?).await?;
        }
        if !talks.is_empty() {
            links.conversations(c, workspace, &json(&talks)?).await?;
        }
        if !files.is_empty() {
            links.files(c, workspace, &json(&files)?).await?;
        }
        Ok(links)
    }

    /// What stands in the place of a link or a picture; nothing where its address is none of ours.
    pub fn ours(&self, address: &str) -> Option<Ours<'_>> {
        let to = To::of(address)?;
        if let To::Picture(id) = to {
            return Some(self.pictures.get(&id).map_or(Ours::Gone, |picture| Ours::Picture {
                to: picture.href(),
                width: picture.width,
                height: picture.height,
            }));
        }
        Some(self.linked.get(&to).map_or(Ours::Gone, Ours::Link))
    }

    async fn people(&mut self, c: &mut Conn, w: WorkspaceId, ids: &str) -> Result<(), Error> {
        let sql = "select p.id, s.id, s.name, s.email, s.external_id, \
                   (select coalesce(o.name, o.company_id) from memberships b join companies o on o.workspace_id = b.workspace_id and o.id = b.company_id \
                   where b.workspace_id = s.workspace_id and b.contact_id = s.id and b.left_at = 0 order by b.joined_at limit 1) \
                   from json_each($2) j cross join contacts p cross join contacts s \
                   where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint) \
                   and s.workspace_id = $1 and s.id = case when p.merged_into > 0 then p.merged_into else p.id end";
        type Text = Option<String>;
        type Row = (i64, ContactId, Text, Text, Text, Text);
        let rows: Vec<Row> =
            run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(w).bind(ids).fetch_all(x))?;
        for (asked, id, name, email, external, company) in rows {
            let title = title_of(id, [&name, &email, &external]);
            let email = email.filter(|email| *email != title);
            self.linked.insert(
                To::Person(asked),
                Linked {
                    href: Owner::Contact(id).href(),
                    name: title,
                    about: ["Person".to_owned()].into_iter().chain(email).chain(company).collect(),
                },
            );
        }
        Ok(())
    }

    async fn companies(&mut self, c: &mut Conn, w: WorkspaceId, ids: &str) -> Result<(), Error> {
        let sql = "select p.id, s.id, coalesce(s.name, s.company_id), s.plan, s.user_count \
                   from json_each($2) j cross join companies p cross join companies s \
                   where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint) \
                   and s.workspace_id = $1 and s.id = case when p.merged_into > 0 then p.merged_into else p.id end";
        type Row = (i64, CompanyId, String, Option<String>, i64);
        let rows: Vec<Row> =
            run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(w).bind(ids).fetch_all(x))?;
        for (asked, id, name, plan, people) in rows {
            let count = match people {
                1 => "1 person".to_owned(),
                n => format!("{n} people"),
            };
            let plan = plan.map(|plan| format!("Plan: {plan}"));
            self.linked.insert(
                To::Company(asked),
                Linked {
                    href: Owner::Company(id).href(),
                    name,
                    about: ["Company".to_owned()].into_iter().chain(plan).chain([count]).collect(),
                },
            );
        }
        Ok(())
    }

    async fn conversations(
        &mut self,
        c: &mut Conn,
        w: WorkspaceId,
        ids: &str,
    ) -> Result<(), Error> {
        let sql = "select v.id, v.subject, v.state, v.contact_id, p.name, p.email, p.external_id, m.name, l.body \
                   from json_each($2) j cross join conversations v \
                   join contacts p on p.workspace_id = v.workspace_id and p.id = v.contact_id \
                   left join teammates m on m.workspace_id = v.workspace_id and m.id = v.assignee_id \
                   left join parts l on l.workspace_id = v.workspace_id and l.conversation_id = v.id and l.id = v.last_part_id \
                   where v.workspace_id = $1 and v.id = cast(j.value ->> 0 as bigint)";
        type Text = Option<String>;
        type Row =
            (ConversationId, String, String, ContactId, Text, Text, Text, Text, Option<String>);
        let rows: Vec<Row> =
            run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(w).bind(ids).fetch_all(x))?;
        for (id, subject, state, contact, name, email, external, assignee, last) in rows {
            let person = title_of(contact, [&name, &email, &external]);
            let state = match State::from_word(&state).unwrap_or_default() {
                State::Open => "Open",
                State::Snoozed => "Snoozed",
                State::Closed => "Closed",
            };
            let standing = match assignee {
                Some(who) => format!("{state}, assigned to {who}"),
                None => format!("{state}, unassigned"),
            };
            let last = last.map(|last| beginning(&markdown::words(&last)));
            let last = last.filter(|last| !last.is_empty());
            let with = format!("Conversation with {person}");
            let named = !subject.trim().is_empty();
            let about = named.then(|| with.clone()).into_iter().chain([standing]).chain(last);
            let about = about.collect();
            self.linked.insert(
                To::Conversation(id.0),
                Linked {
                    href: format!("/inbox/{id}"),
                    name: if named { subject } else { with },
                    about,
                },
            );
        }
        Ok(())
    }

    async fn files(&mut self, c: &mut Conn, w: WorkspaceId, ids: &str) -> Result<(), Error> {
        let sql = "select a.id, a.name, a.size, a.width, a.height from json_each($2) j cross join attachments a \
                   where a.workspace_id = $1 and a.id = cast(j.value ->> 0 as bigint) and a.conversation_id = 0 \
                   and a.part_id > 0 and a.width > 0";
        let found: Vec<Attachment> =
            run!(c, |x| sqlx::query_as::<_, Attachment>(sql).bind(w).bind(ids).fetch_all(x))?;
        self.pictures.extend(found.into_iter().map(|picture| (picture.id.0, picture)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::To;

    #[test]
    fn addresses_of_ours_are_known() {
        assert_eq!(To::of("/contacts/5"), Some(To::Person(5)));
        assert_eq!(To::of("/companies/7?view=facts#note-3"), Some(To::Company(7)));
        assert_eq!(To::of("/inbox/9"), Some(To::Conversation(9)));
        assert_eq!(To::of("/attachments/4/a.png"), Some(To::Picture(4)));
        for other in [
            "/contacts/5/x",
            "/contacts/x",
            "//contacts/5",
            "https://a.example/contacts/5",
            "/inbox",
            "",
        ] {
            assert_eq!(To::of(other), None, "{other}");
        }
    }
}
