//! The form of a message.

#![allow(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the argument types that the macro makes have no place for docs, and it makes a function of a form's fields"
)]

use leptos::prelude::*;

use crate::error::Error;
use crate::id::{CompanyId, MessageId};
use crate::segments::tree::Row;

/// Saves what a form says, as a new message or in the place of one; with `act` it changes the shape of the rule instead,
/// shows the preview, for a page without JavaScript (`show 2` that of the third of the people chosen), or sends a test (`test`) to whoever
/// writes. `rows` are the conditions as they stand in the form.
///
/// # Errors
/// As [`crate::outbound::save`] and [`crate::outbound::test`].
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
    #[server(default)] company: Option<CompanyId>,
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
    #[server(default)] at: i64,
    #[server(default)] act: String,
) -> Result<MessageId, Error> {
    use crate::attributes::Subject;
    use crate::outbound::{self, Again, Channel, Draft, Goal, Switches, When, Whom, Zone};
    use crate::segments::{self, Predicate};
    use crate::server::{db::Write, viewer};
    use crate::ui::flash::Flash;
    let (app, viewer) = viewer::viewer()?;
    let choices = {
        let mut c = app.db.read().await?;
        segments::choices(&mut c, viewer.workspace, app.clock.now()).await?
    };
    let rule = if rule.is_empty() { Predicate::default().text() } else { rule };
    let stepped = act.strip_prefix("show ").and_then(|place| place.parse().ok());
    let at = stepped.unwrap_or(at);
    // A test leaves the rule as it is, as showing the preview does.
    let shaped = if act == "test" || stepped.is_some() { "show" } else { act.as_str() };
    let rule = segments::shape(Subject::Contact, &choices, &rule, &rows, shaped)?;
    let draft = || -> Result<Draft, Error> {
        let whom = Whom::from_word(&whom).filter(|whom| *whom != Whom::One).unwrap_or(Whom::Later);
        Ok(Draft {
            name: name.clone(),
            channel: Channel::from_word(&channel).unwrap_or(Channel::Chat),
            subject: subject.clone(),
            body: body.clone(),
            whom,
            rule: rule.clone(),
            people: people.clone(),
            company,
            switches: Switches {
                opt_in: opt_in.clone(),
                opt_out: opt_out.clone(),
                exit: exit.clone(),
            },
            starts: starts.clone(),
            stops: stops.clone(),
            when: match hours.as_str() {
                "office" => When::Office,
                "hours" => When::Hours(crate::messenger::hours_of(&from, &to)?),
                _ => When::Always,
            },
            zone: Zone::from_word(&zone).unwrap_or(Zone::Workspace),
            per_company: match per_company.as_str() {
                "each" => Some(true),
                "once" => Some(false),
                _ => None,
            },
            about: crate::id::SubscriptionTypeId(about.parse().unwrap_or(0)),
            measured: unmeasured.is_empty(),
            again: match whom {
                Whom::Event => Again::read(&event, &every, &unit, &most)?,
                _ => Again::default(),
            },
            goal: Goal::read(&goal, &goal_event, &goal_segment, &goal_rule, &goal_days)?,
        })
    };
    if !act.is_empty() {
        let (mut tested, mut failed) = (String::new(), None);
        if act == "test" {
            let text = outbound::Text {
                channel: Channel::from_word(&channel).unwrap_or(Channel::Chat),
                subject: &subject,
                body: &body,
                who: &who,
                rule: &rule.text(),
                people: &people,
                at,
                company: company.unwrap_or(CompanyId(0)),
                each: per_company == "each",
                message: id,
            };
            match outbound::test(&app, &viewer, &text).await {
                Ok(to) => tested = to,
                Err(error) if viewer::is_native() => failed = Some(error),
                Err(error) => return Err(error),
            }
        }
        let as_saved = match (id, draft()) {
            (Some(id), Ok(draft)) => {
                let w = Write::begin(&app, viewer.workspace, viewer.id).await?;
                outbound::is_saved(w, (id, version), &draft, &viewer.time_zone).await?
            }
            _ => false,
        };
        let as_saved = if as_saved { "yes" } else { "" }.to_owned();
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
            ("company", company.map(|id| id.to_string()).unwrap_or_default()),
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
            ("at", at.to_string()),
            ("tested", tested),
            ("as_saved", as_saved),
        ];
        let days = |name: &str, times: Vec<String>| {
            let one = |(day, time)| (format!("{name}[{day}]"), time);
            times.into_iter().enumerate().map(one).collect::<Vec<_>>()
        };
        let mut fields = fields.map(|(name, value)| (name.to_owned(), value)).to_vec();
        fields.extend(days("from", from).into_iter().chain(days("to", to)));
        viewer::show_once(&app, Flash { path: "/do/save_message".into(), error: failed, fields });
        leptos_axum::redirect(&format!("/outbound/{page}"));
        return Ok(id.unwrap_or(MessageId(0)));
    }
    let draft = draft()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let before = id.map(|id| (id, version));
    let id = outbound::save(&mut w, before, &draft, &viewer.time_zone).await?;
    w.commit().await?;
    leptos_axum::redirect(&format!("/outbound/{id}"));
    Ok(id)
}
