//! Outbound messages from the interface.

#![allow(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the argument types that the macro makes have no place for docs, and it makes a function of a form's fields"
)]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Blank, Detail, Messages, People, Previewed, Standing};
use crate::error::Error;
use crate::id::{ContactId, MessageId};
use crate::owner::Owner;
use crate::segments::tree::Row;

/// The workspace's messages.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "messages", input = GetUrl)]
pub async fn list_messages() -> Result<Messages, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    super::list(&mut c, &dates, viewer.workspace).await
}

/// One message whole.
///
/// # Errors
/// [`Error::NotFound`] for the message.
#[server(prefix = "/do", endpoint = "message", input = GetUrl)]
pub async fn find_message(id: MessageId) -> Result<Detail, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = super::reader(&app.db, viewer.workspace, id).await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let found = super::detail(&mut c, &dates, viewer.workspace, id, app.mail.is_some()).await?;
    found.ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// What the page of a new message needs to know. `list`: the address of the list of people whose people it is to go to;
/// empty for none.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in; [`Error::Invalid`] where the list means nobody or too many.
#[server(prefix = "/do", endpoint = "blank_message", input = GetUrl)]
pub async fn blank_message(#[server(default)] list: String) -> Result<Blank, Error> {
    use crate::segments;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = segments::reader(&app.db, &list).await.map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    super::blank(&mut c, &dates, viewer.workspace, app.mail.is_some(), &list)
        .await
        .map_err(viewer::refuse)
}

/// Some of the people whom a number of a message counts; `which` is a word such as `seen`, and `day` one
/// on which it came to count them, such as `2026-03-01`.
///
/// # Errors
/// [`Error::NotFound`] for the message and the number.
#[server(prefix = "/do", endpoint = "message_receivers", input = GetUrl)]
pub async fn message_receivers(
    id: MessageId,
    which: String,
    #[server(default)] after: i64,
    #[server(default)] day: String,
) -> Result<People, Error> {
    use super::Which;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let which = Which::from_word(&which).ok_or(Error::NotFound).map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let asked = super::Asked { which, after, day: &day };
    let found = super::people(&mut c, &dates, viewer.workspace, id, &asked).await;
    found.map_err(viewer::refuse)
}

/// A text as one person reads it: `who` is an e-mail address or a user id, or else the first of the audience is meant.
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
) -> Result<Previewed, Error> {
    use super::Channel;
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let channel = Channel::from_word(&channel).unwrap_or(Channel::Chat);
    let text = super::Text {
        channel,
        subject: &subject,
        body: &body,
        who: &who,
        rule: &rule,
        people: &people,
        message: None,
    };
    super::preview(&mut c, &viewer, &text, app.clock.now()).await
}

/// Saves what a form says, as a new message or in the place of one; with `act` it changes the shape of the rule instead,
/// shows the preview, for a page without JavaScript, or sends a test (`test`) to whoever writes. `rows` are the conditions as they stand in the form.
///
/// # Errors
/// As [`super::save`] and [`super::test`].
#[server(prefix = "/do", endpoint = "save_message")]
pub async fn save_message(
    #[server(default)] id: Option<MessageId>,
    #[server(default)] version: i64,
    #[server(default)] name: String,
    #[server(default)] channel: String,
    #[server(default)] subject: String,
    #[server(default)] body: String,
    #[server(default)] whom: String,
    #[server(default)] rule: String,
    #[server(default)] rows: Vec<Row>,
    #[server(default)] people: String,
    #[server(default)] opt_in: String,
    #[server(default)] opt_out: String,
    #[server(default)] exit: String,
    #[server(default)] starts: String,
    #[server(default)] stops: String,
    #[server(default)] hours: String,
    #[server(default)] from: Vec<String>,
    #[server(default)] to: Vec<String>,
    #[server(default)] zone: String,
    #[server(default)] per_company: String,
    #[server(default)] about: String,
    #[server(default)] unmeasured: String,
    #[server(default)] event: String,
    #[server(default)] every: String,
    #[server(default)] unit: String,
    #[server(default)] most: String,
    #[server(default)] goal: String,
    #[server(default)] goal_event: String,
    #[server(default)] goal_segment: String,
    #[server(default)] goal_rule: String,
    #[server(default)] goal_days: String,
    #[server(default)] who: String,
    #[server(default)] act: String,
) -> Result<MessageId, Error> {
    use super::{Again, Channel, Draft, Goal, Switches, When, Whom, Zone};
    use crate::attributes::Subject;
    use crate::segments::{self, Predicate};
    use crate::server::{db::Write, viewer};
    use crate::ui::flash::Flash;
    let (app, viewer) = viewer::viewer()?;
    let choices = {
        let mut c = app.db.read().await?;
        segments::choices(&mut c, viewer.workspace, app.clock.now()).await?
    };
    let rule = if rule.is_empty() { Predicate::default().text() } else { rule };
    // A test leaves the rule as it is, as showing the preview does.
    let shaped = if act == "test" { "show" } else { act.as_str() };
    let rule = segments::shape(Subject::Contact, &choices, &rule, &rows, shaped)?;
    if !act.is_empty() {
        let mut tested = String::new();
        if act == "test" {
            let text = super::Text {
                channel: Channel::from_word(&channel).unwrap_or(Channel::Chat),
                subject: &subject,
                body: &body,
                who: &who,
                rule: &rule.text(),
                people: &people,
                message: id,
            };
            tested = super::test(&app, &viewer, &text).await?;
        }
        // Nothing is saved: the page shows the form again, as it stands.
        let page = id.map_or_else(|| "new".to_owned(), |id| id.to_string());
        let fields = [
            ("name", name),
            ("channel", channel),
            ("subject", subject),
            ("body", body),
            ("whom", whom),
            ("rule", rule.text()),
            ("people", people),
            ("opt_in", opt_in),
            ("opt_out", opt_out),
            ("exit", exit),
            ("starts", starts),
            ("stops", stops),
            ("hours", hours),
            ("zone", zone),
            ("per_company", per_company),
            ("about", about),
            ("unmeasured", unmeasured),
            ("event", event),
            ("every", every),
            ("unit", unit),
            ("most", most),
            ("goal", goal),
            ("goal_event", goal_event),
            ("goal_segment", goal_segment),
            ("goal_rule", goal_rule),
            ("goal_days", goal_days),
            ("who", who),
            ("tested", tested),
        ];
        let days = |name: &str, times: Vec<String>| {
            let one = |(day, time)| (format!("{name}[{day}]"), time);
            times.into_iter().enumerate().map(one).collect::<Vec<_>>()
        };
        let mut fields = fields.map(|(name, value)| (name.to_owned(), value)).to_vec();
        fields.extend(days("from", from).into_iter().chain(days("to", to)));
        viewer::show_once(&app, Flash { path: "/do/save_message".into(), error: None, fields });
        leptos_axum::redirect(&format!("/outbound/{page}"));
        return Ok(id.unwrap_or(MessageId(0)));
    }
    let whom = Whom::from_word(&whom).unwrap_or(Whom::Later);
    let switches = Switches { opt_in, opt_out, exit };
    let channel = Channel::from_word(&channel).unwrap_or(Channel::Chat);
    let when = match hours.as_str() {
        "office" => When::Office,
        "hours" => When::Hours(crate::messenger::hours_of(&from, &to)?),
        _ => When::Always,
    };
    let zone = Zone::from_word(&zone).unwrap_or(Zone::Workspace);
    let per_company = match per_company.as_str() {
        "each" => Some(true),
        "once" => Some(false),
        _ => None,
    };
    let about = crate::id::SubscriptionTypeId(about.parse().unwrap_or(0));
    let draft = Draft {
        name,
        channel,
        subject,
        body,
        whom,
        rule,
        people,
        switches,
        starts,
        stops,
        when,
        zone,
        per_company,
        about,
        measured: unmeasured.is_empty(),
        again: match whom {
            Whom::Event => Again::read(&event, &every, &unit, &most)?,
            _ => Again::default(),
        },
        goal: Goal::read(&goal, &goal_event, &goal_segment, &goal_rule, &goal_days)?,
    };
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let before = id.map(|id| (id, version));
    let id = super::save(&mut w, before, &draft, &viewer.time_zone).await?;
    w.commit().await?;
    leptos_axum::redirect(&format!("/outbound/{id}"));
    Ok(id)
}

/// Starts, pauses, goes on with, stops, duplicates or deletes a message: `change` is the word. `confirm` is the number of
/// people, where a start asks for it.
///
/// # Errors
/// [`Error::NotFound`] for the message; [`Error::Invalid`] for the number and for what is no change;
/// [`Error::Conflict`] where the message is not in that state.
#[server(prefix = "/do", endpoint = "change_message")]
pub async fn change_message(
    id: MessageId,
    change: String,
    #[server(default)] confirm: String,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let mut to = format!("/outbound/{id}");
    match change.as_str() {
        "start" => super::start(&mut w, id, &confirm).await?,
        "pause" => super::pause(&mut w, id).await?,
        "resume" => super::resume(&mut w, id).await?,
        "stop" => super::stop(&mut w, id).await?,
        "duplicate" => {
            let copy = super::duplicate(&mut w, id).await?;
            w.commit().await?;
            super::copy_files(&app, viewer.workspace, viewer.id, id, copy).await?;
            leptos_axum::redirect(&format!("/outbound/{copy}"));
            return Ok(());
        }
        "delete" => {
            super::delete(&mut w, id).await?;
            to = "/outbound".into();
        }
        _ => return Err(Error::invalid("change", "press one of the buttons")),
    }
    w.commit().await?;
    leptos_axum::redirect(&to);
    Ok(())
}

/// Sends an e-mail once more to somebody of whom nobody knows whether they got it.
///
/// # Errors
/// As [`super::send_again`].
#[server(prefix = "/do", endpoint = "send_again")]
pub async fn send_again(
    id: MessageId,
    contact: ContactId,
    #[server(default)] company: i64,
    #[server(default)] run: i64,
) -> Result<(), Error> {
    use super::Key;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let key = Key { contact, company: crate::id::CompanyId(company), run };
    super::send_again(&mut w, id, key).await?;
    w.commit().await?;
    Ok(())
}

/// Takes a file away from a draft.
///
/// # Errors
/// As [`super::take_away`].
#[server(prefix = "/do", endpoint = "remove_message_file")]
pub async fn remove_message_file(
    id: MessageId,
    file: crate::id::AttachmentId,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::take_away(&mut w, id, file).await?;
    w.commit().await?;
    leptos_axum::redirect(&format!("/outbound/{id}"));
    Ok(())
}

/// How a person or a company stands to the messages that are under way.
///
/// # Errors
/// [`Error::NotFound`] for whom it is asked.
#[server(prefix = "/do", endpoint = "message_standings", input = GetUrl)]
pub async fn message_standings(owner: Owner) -> Result<Vec<Standing>, Error> {
    use crate::server::{dates::Dates, viewer, whose::whose};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let owner = whose(&mut c, &viewer, owner).await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let all = super::standings(&app, &mut c, &dates, viewer.workspace, owner).await;
    all.map_err(viewer::refuse)
}

/// Takes a person or a company out of a message, or brings them in, by a tag. `tag` names the one that takes people out of a message
/// that has none yet.
///
/// # Errors
/// As [`super::opt`].
#[server(prefix = "/do", endpoint = "opt")]
pub async fn opt(
    owner: Owner,
    message: MessageId,
    join: bool,
    #[server(default)] tag: String,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::opt(&mut w, owner, message, join, &tag).await?;
    w.commit().await?;
    Ok(())
}
