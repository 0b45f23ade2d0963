//! What one person reads of a message that is being written.

#![allow(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the argument types that the macro makes have no place for docs, and it makes a function of a form's fields"
)]

use leptos::prelude::*;

use crate::error::Error;
use crate::id::{CompanyId, MessageId};
use crate::outbound::Previewed;

/// A text as one person reads it: `who` is an e-mail address or a user id, or else one of the people chosen is meant, or of the first of the
/// audience, the one at this place. `company` is whose data it has, or that of each where `per_company` is `each`; `id` is the message that the
/// text is of, where it was saved.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "preview_message")]
pub async fn preview_message(
    #[server(default)] channel: String,
    #[server(default)] subject: String,
    #[server(default)] body: String,
    #[server(default)] who: String,
    #[server(default)] rule: String,
    #[server(default)] people: String,
    #[server(default)] at: i64,
    #[server(default)] company: Option<CompanyId>,
    #[server(default)] per_company: String,
    #[server(default)] id: Option<MessageId>,
) -> Result<Previewed, Error> {
    use crate::outbound::{self, Channel};
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let channel = Channel::from_word(&channel).unwrap_or(Channel::Chat);
    let text = outbound::Text {
        channel,
        subject: &subject,
        body: &body,
        who: &who,
        rule: &rule,
        people: &people,
        at,
        company: company.unwrap_or(CompanyId(0)),
        each: per_company == "each",
        message: id,
    };
    outbound::preview(&app, &mut c, &viewer, &text, app.clock.now()).await
}
