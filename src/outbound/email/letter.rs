//! Writing e-mails: one layout, which reads well in light and dark, with the text beside it for who reads plain mail.

use std::sync::OnceLock;

use html_escape::encode_safe as escape;

use super::unsubscribing::{address, key};
use crate::error::Error;
use crate::id::{ContactId, MessageId};
use crate::outbound::store::Row;
use crate::run;
use crate::server::db::Write;
use crate::server::mail::Bulk;
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

/// The e-mails of one message.
pub struct Letters {
    message: MessageId,
    author: String,
    workspace_name: String,
    key: String,
    public_url: String,
    workspace: crate::id::WorkspaceId,
    layout: &'static str,
}

impl Letters {
    /// What all of them have in common.
    pub async fn of(w: &mut Write<'_>, message: &Row) -> Result<Self, Error> {
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
            author,
            workspace_name,
            key: key(w).await?,
            public_url: w.app.public_url.clone(),
            workspace: w.workspace,
            layout: layout().ok_or(Error::Internal)?,
        })
    }

    /// In whose name they go out.
    pub fn author(&self) -> &str {
        &self.author
    }

    /// The one for a person, with the text as it is for them.
    pub fn write(&self, contact: ContactId, to: &str, subject: String, body: &str) -> Bulk {
        let (key, message) = (&self.key, self.message);
        let unsubscribe = address(key, &self.public_url, self.workspace, message, contact);
        let name = &self.workspace_name;
        let foot = format!(
            "You get this from {}. <a href=\"{}\">Unsubscribe</a>",
            escape(name),
            escape(&unsubscribe)
        );
        let html = self
            .layout
            .replace("@@TITLE@@", &escape(&subject))
            .replace("@@FOOT@@", &foot)
            .replace("@@SAID@@", &markdown::render(body));
        let text = format!(
            "{}\n\n-- \nYou get this from {name}. Unsubscribe: {unsubscribe}\n",
            body.trim()
        );
        Bulk {
            from: format!("{} from {name}", self.author),
            to: to.trim().to_owned(),
            subject,
            text,
            html,
            // The same whenever it is tried, so that a second copy is known for one.
            id: format!("{}.{message}.{contact}", self.workspace),
            unsubscribe,
        }
    }
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
