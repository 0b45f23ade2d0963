//! Whom a request is about.

use crate::contacts::summaries::by_email;
use crate::contacts::{self, Contact, of_public_id};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::server::db::Conn;

/// A person by the first there is of our id, the customer's id and the e-mail address.
#[derive(Debug, Clone, Copy)]
pub struct Whom<'a> {
    called: &'static str,
    id: Option<&'a str>,
    external_id: Option<&'a str>,
    email: Option<&'a str>,
}

impl<'a> Whom<'a> {
    /// Reads what was sent; empty text is none.
    pub fn new(id: Option<&'a str>, external_id: Option<&'a str>, email: Option<&'a str>) -> Self {
        let known = |text: Option<&'a str>| text.filter(|t| !t.is_empty());
        Self { called: "id", id: known(id), external_id: known(external_id), email: known(email) }
    }

    /// The same, whose id is sent in this field.
    #[must_use]
    pub const fn called(self, called: &'static str) -> Self {
        Self { called, ..self }
    }

    /// Finds the person.
    ///
    /// # Errors
    /// [`Error::Missing`] for nobody; [`Error::Invalid`] where nothing was sent; [`Error::Taken`] for an address
    /// that several people have.
    pub async fn find(self, c: &mut Conn, workspace: WorkspaceId) -> Result<Contact, Error> {
        let (field, found) = match (self.id, self.external_id, self.email) {
            (Some(id), ..) => {
                let id = of_public_id(id).map_err(|e| e.named_by(self.called))?;
                (self.called, contacts::find(c, workspace, id).await?)
            }
            (None, Some(id), _) => {
                ("user_id", contacts::find_by_external_id(c, workspace, id).await?)
            }
            (None, None, Some(email)) => match by_email(c, workspace, email).await? {
                Some(id) => ("email", contacts::find(c, workspace, id).await?),
                None => ("email", None),
            },
            (None, None, None) => {
                return Err(Error::invalid("user_id", "send a user_id, an id or an email"));
            }
        };
        found.ok_or_else(|| Error::missing(field))
    }
}
