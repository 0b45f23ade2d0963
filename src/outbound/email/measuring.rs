//! The addresses in an e-mail by which its opening and its clicks are known: each names one delivery, and is signed with the key
//! of the workspace's links, so that nobody can make one up or lead anybody elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use url::Url;

use super::unsubscribing::kept;
use crate::companies;
use crate::contacts;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, MessageId, WorkspaceId};
use crate::messenger::hash_of;
use crate::outbound::deliver::Key;
use crate::run;
use crate::server::db::Conn;
use crate::server::secret;
use crate::time::Time;

/// A longer address stays as it is: mail programs and proxies cut what is longer than about twice this.
const LONGEST: usize = 1_000;

/// What makes the addresses of one e-mail.
pub struct Marks<'a> {
    key: &'a str,
    public_url: &'a str,
    about: String,
}

impl<'a> Marks<'a> {
    /// Those of a delivery.
    pub fn of(
        key: &'a str,
        public_url: &'a str,
        workspace: WorkspaceId,
        message: MessageId,
        of: Key,
    ) -> Self {
        let about = format!("{workspace}.{message}.{}.{}.{}", of.contact, of.company, of.run);
        Self { key, public_url, about }
    }

    /// The address of the picture.
    pub fn picture(&self) -> String {
        let signed = sign(self.key, "opened", &self.about);
        format!("{}/opened/{}.{signed}", self.public_url, self.about)
    }

    /// The address that leads to another one; nothing for what is no page of the web, and is left as it is.
    pub fn link(&self, to: &str) -> Option<String> {
        let to = web(to)?;
        let about = format!("{}.{}", self.about, BASE64.encode(to.as_str()));
        let signed = sign(self.key, "led", &about);
        Some(format!("{}/led/{about}.{signed}", self.public_url))
    }
}

/// An address of the web; nothing for every other one, such as `mailto:`, which mail programs open themselves.
fn web(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let leads = matches!(url.scheme(), "http" | "https") && url.as_str().len() <= LONGEST;
    leads.then_some(url)
}

/// What stands for something of one kind is worth nothing for another.
fn sign(key: &str, kind: &str, about: &str) -> String {
    hash_of(key, &format!("{kind} {about}"))[..32].to_owned()
}

/// A delivery that an address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Of which message.
    pub message: MessageId,
    /// Which.
    pub key: Key,
    /// Where it leads, where it is a link.
    pub to: Option<Url>,
}

/// What an address names, where it is one of ours: `kind` is `opened` or `led`.
pub async fn named(c: &mut Conn, kind: &str, token: &str) -> Result<Option<Named>, Error> {
    let Some((about, sent)) = token.rsplit_once('.') else { return Ok(None) };
    let parts: Vec<_> = about.split('.').collect();
    let (numbers, to) = match (kind, parts.as_slice()) {
        ("opened", numbers @ [_, _, _, _, _]) => (numbers, None),
        ("led", [numbers @ .., to]) if numbers.len() == 5 => (numbers, Some(*to)),
        _ => return Ok(None),
    };
    let Ok(numbers) = numbers.iter().map(|n| n.parse()).collect::<Result<Vec<i64>, _>>() else {
        return Ok(None);
    };
    let workspace = WorkspaceId(numbers[0]);
    let Some(key) = kept(c, workspace).await? else { return Ok(None) };
    // Compared by their hashes, so that the time it takes says nothing.
    if secret::hash(&sign(&key, kind, about)) != secret::hash(sent) {
        return Ok(None);
    }
    let to = match to {
        None => None,
        Some(to) => {
            let bytes = BASE64.decode(to).map_err(|_| Error::Internal)?;
            let text = String::from_utf8(bytes).map_err(|_| Error::Internal)?;
            Some(web(&text).ok_or(Error::Internal)?)
        }
    };
    Ok(Some(Named {
        workspace,
        message: MessageId(numbers[1]),
        key: Key {
            contact: ContactId(numbers[2]),
            company: CompanyId(numbers[3]),
            run: numbers[4],
        },
        to,
    }))
}

/// The delivery as it is kept now, and when it was handed over: whoever was merged has it under the other's number. Nothing where it
/// is gone, or was never sent.
pub async fn delivered(c: &mut Conn, named: &Named) -> Result<Option<(Key, Time)>, Error> {
    let Some(contact) = contacts::found(c, named.workspace, named.key.contact).await? else {
        return Ok(None);
    };
    let company = companies::standing_for(c, named.workspace, named.key.company).await?;
    let sql = "select sent_at from deliveries where workspace_id = $1 and message_id = $2 and step = 0 and contact_id = $3 \
               and company_id = $4 and run = $5 and sent_at > 0";
    let key = Key { contact, company, run: named.key.run };
    let found: Option<(Time,)> = run!(c, |x| {
        sqlx::query_as::<_, (Time,)>(sql)
            .bind(named.workspace)
            .bind(named.message)
            .bind(key.contact)
            .bind(key.company)
            .bind(key.run)
            .fetch_optional(x)
    })?;
    Ok(found.map(|(sent,)| (key, sent)))
}

#[cfg(test)]
mod tests {
    use super::{Key, Marks};
    use crate::id::{CompanyId, ContactId, MessageId, WorkspaceId};

    #[test]
    fn pages_of_the_web_are_led_and_nothing_else() {
        let of = Key { contact: ContactId(3), company: CompanyId(0), run: 0 };
        let marks = Marks::of("key", "https://inbox.example", WorkspaceId(1), MessageId(2), of);
        assert!(marks.picture().starts_with("https://inbox.example/opened/1.2.3.0.0."));
        for to in ["https://us.example", "http://us.example/a?b=c&d=é#e"] {
            assert!(marks.link(to).unwrap().starts_with("https://inbox.example/led/1.2.3.0.0."));
        }
        let long = format!("https://us.example/{}", "x".repeat(2_000));
        for to in
            ["mailto:a@us.example", "tel:1", "javascript:alert(1)", "/a", "us.example", "", &long]
        {
            assert_eq!(marks.link(to), None, "{to}");
        }
        let other = Key { contact: ContactId(4), ..of };
        let theirs = Marks::of("key", "https://inbox.example", WorkspaceId(1), MessageId(2), other);
        let sign = |address: String| address.rsplit_once('.').unwrap().1.to_owned();
        assert_ne!(sign(marks.picture()), sign(theirs.picture()));
        assert_ne!(marks.link("https://a.example"), marks.link("https://b.example"));
    }
}
