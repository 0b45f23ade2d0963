//! Finding whose profile it is.

use super::Owner;
use crate::companies;
use crate::contacts;
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::server::db::Conn;

impl Owner {
    /// Itself, or whom it was merged into; `None` where the workspace has nobody of this number.
    pub async fn existing(
        self,
        c: &mut Conn,
        workspace: WorkspaceId,
    ) -> Result<Option<Self>, Error> {
        Ok(match self {
            Self::Contact(id) => contacts::found(c, workspace, id).await?.map(Self::Contact),
            Self::Company(id) => {
                companies::find(c, workspace, id).await?.map(|found| Self::Company(found.id))
            }
        })
    }
}
