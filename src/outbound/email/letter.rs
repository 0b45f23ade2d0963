//! Writing e-mails: one layout, which reads well in light and dark, with the text beside it for who reads plain mail.

use std::sync::{Arc, OnceLock};

use html_escape::{encode_double_quoted_attribute as attribute, encode_safe as escape};

use super::measuring::Marks;
use super::unsubscribing::{address, key};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, MessageId};
use crate::messenger::Language;
use crate::outbound::deliver::Key;
use crate::outbound::store::Row;
use crate::run;
use crate::server::db::Write;
use crate::server::mail::{Bulk, MailFile};
use crate::teammates::Viewer;
use crate::ui::markdown;

const LAYOUT: &str = r##"<mjml lang="en">
<mj-head>
  <mj-title>@@TITLE@@</mj-title>
  <mj-attributes>
    <mj-all font-family="-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif" />
    <mj-text font-size="16px" line-height="1.5" color="#22262a" padding="0 16px" />
    <mj-section padding="24px 0" />
  </mj-attributes>
  <mj-style>
    :root { color-scheme: light dark; supported-color-schemes: light dark; }
    a { color: #0b63c7; }
    img { max-width: 100%; }
    pre { white-space: pre-wrap; }
    @media (prefers-color-scheme: dark) {
      body, .paper, .paper > table { background: #1a1e21 !important; }
      .said div, .foot div { color: #f0f2f4 !important; }
      a { color: #8ec2ff !important; }
    }
  </mj-style>
</mj-head>
<mj-body width="600px" css-class="paper">
  <mj-section><mj-column><mj-text css-class="said">@@SAID@@</mj-text></mj-column></mj-section>
  <mj-section padding="16px 0 32px"><mj-column>
    <mj-text css-class="foot" font-size="13px" color="#5b6268">@@FOOT@@</mj-text>
  </mj-column></mj-section>
</mj-body>
</mjml>"##;

/// The layout as HTML, with places for what differs.
fn layout() -> Option<&'static str> {
    static MADE: OnceLock<Option<String>> = OnceLock::new();
    let make = || {
        let parsed = mrml::parse(LAYOUT).ok()?;
        // Without the fonts that it would load from elsewhere, which tells who reads when.
        let fonts = std::collections::HashMap::default();
        let options = mrml::prelude::render::RenderOptions { fonts, ..Default::default() };
        parsed.element.render(&options).ok()
    };
    MADE.get_or_init(make).as_deref()
}

/// Where an e-mail goes, and in which language its foot is.
pub struct Address {
    /// The address.
    pub email: String,
    /// The language.
    pub language: Language,
}

/// The e-mails of one message.
pub struct Letters {
    message: MessageId,
    measured: bool,
    author: String,
    workspace_name: String,
    key: String,
    public_url: String,
    workspace: crate::id::WorkspaceId,
    layout: &'static str,
    files: Arc<[MailFile]>,
}

impl Letters {
    /// What all of them have in common.
    pub async fn of(
        w: &mut Write<'_>,
        message: &Row,
        files: Arc<[MailFile]>,
    ) -> Result<Self, Error> {
        let sql = "select w.name, coalesce(t.name, w.name) from workspaces w left join teammates t on t.workspace_id = w.id and t.id = $2 \
                   where w.id = $1";
        let (workspace_name, author): (String, String) = run!(w.conn, |c| {
            sqlx::query_as::<_, (String, String)>(sql)
                .bind(w.workspace)
                .bind(message.author_id)
                .fetch_one(c)
        })?;
        Ok(Self {
            message: message.id,
            measured: message.measured(),
            author,
            workspace_name,
            key: key(w).await?,
            public_url: w.app.public_url.clone(),
            workspace: w.workspace,
            layout: layout().ok_or(Error::Internal)?,
            files,
        })
    }

    /// In whose name they go out.
    pub fn author(&self) -> &str {
        &self.author
    }

    /// The one that a delivery is, with the text as it is for the person.
    pub fn write(&self, of: Key, to: &Address, subject: String, body: &str) -> Bulk {
        let (key, message) = (&self.key, self.message);
        let unsubscribe = address(key, &self.public_url, self.workspace, message, of.contact);
        let name = &self.workspace_name;
        let (why, off) = (to.language.mail("mail-foot", name), to.language.mail("mail-off", name));
        let mut foot =
            format!("{} <a href=\"{}\">{}</a>", escape(&why), escape(&unsubscribe), escape(&off));
        let marks = Marks::of(key, &self.public_url, self.workspace, message, of);
        let said = if self.measured {
            foot.push_str(&picture(&marks.picture()));
            markdown::render_mail(body, |to| marks.link(to))
        } else {
            markdown::render_mail(body, |_| None)
        };
        let html = self
            .layout
            .replace("@@TITLE@@", &escape(&subject))
            .replace("@@FOOT@@", &foot)
            .replace("@@SAID@@", &said);
        let text = format!("{}\n\n-- \n{why} {off}: {unsubscribe}\n", markdown::plain(body));
        Bulk {
            from: format!("{} from {name}", self.author),
            to: to.email.trim().to_owned(),
            subject,
            text,
            html,
            // The same whenever it is tried, so that a second copy is known for one.
            id: format!("{}.{message}.{}", self.workspace, of.suffix()),
            unsubscribe,
            files: self.files.clone(),
        }
    }
}

/// A picture that nobody sees, whose loading tells that an e-mail is on a screen.
fn picture(address: &str) -> String {
    format!(
        r#"<img src="{}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">"#,
        attribute(address)
    )
}

/// A test of an e-mail for whoever writes it: it says that it is one, and its link unsubscribes nobody.
pub async fn test_letter(
    w: &mut Write<'_>,
    viewer: &Viewer,
    subject: &str,
    body: &str,
    files: Arc<[MailFile]>,
) -> Result<Bulk, Error> {
    let letters = Letters {
        message: MessageId(0),
        // Nobody is to be counted by it.
        measured: false,
        author: viewer.name.clone(),
        workspace_name: viewer.workspace_name.clone(),
        key: key(w).await?,
        public_url: w.app.public_url.clone(),
        workspace: w.workspace,
        layout: layout().ok_or(Error::Internal)?,
        files,
    };
    let to = Address { email: viewer.email.clone(), language: Language::choose([]) };
    let nobody = Key { contact: ContactId(0), company: CompanyId(0), run: 0 };
    let bulk = letters.write(nobody, &to, format!("Test: {subject}"), body);
    // Each test is an e-mail of its own.
    Ok(Bulk { id: format!("{}.test.{}", w.workspace, w.app.db.next_id()?), ..bulk })
}

#[cfg(test)]
mod tests {
    use super::layout;

    #[test]
    fn the_layout_has_every_place_once_and_loads_nothing() {
        let html = layout().unwrap();
        for place in ["@@SAID@@", "@@FOOT@@"] {
            assert_eq!(html.matches(place).count(), 1, "{html}");
        }
        assert!(html.contains("@@TITLE@@") && html.contains("prefers-color-scheme"), "{html}");
        assert!(!html.contains("fonts.googleapis") && !html.contains("<script"), "{html}");
    }
}
