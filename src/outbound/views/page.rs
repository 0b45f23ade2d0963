//! The page of one message: while it is written, and while it is under way.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::draft::DraftForm;
use super::steer::is_of_number;
use super::under_way::UnderWay;
use crate::answers::{Transition, ask, ask_again, kept, now};
use crate::error::Error;
use crate::id::{CompanyId, MessageId, SubscriptionTypeId};
use crate::live::{Topic, follow};
use crate::outbound::api::{BlankMessage, ChangeMessage, FindMessage, SaveMessage};
use crate::outbound::{Blank, Brief, Channel, Counts, Detail, State, Switches, When, Whom, Zone};
use crate::segments::Predicate;
use crate::segments::api::SegmentChoices;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{Missing, WATCHED, refused, settle};
use leptos::server_fn::ServerFn as _;

/// Where the form goes.
pub(super) const SAVE: &str = SaveMessage::PATH;
/// Where the buttons go.
pub(super) const CHANGE: &str = ChangeMessage::PATH;

/// `/outbound/new`, which takes `people`, `rule`, `channel`, a `company` whose people they are and the address of a `list` of people in its
/// address, and `/outbound/5`.
#[component]
pub fn EditorPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    move || {
        let id = id.get();
        match (id.as_str(), id.parse::<MessageId>()) {
            ("new", _) => view! { <New /> }.into_any(),
            (_, Ok(id)) => view! { <Known id /> }.into_any(),
            _ => view! { <NoMessage error=Error::NotFound /> }.into_any(),
        }
    }
}

/// A message that nobody has saved.
fn begun(people: String, rule: Option<String>, channel: Channel, setup: Blank) -> Detail {
    let people = if people.is_empty() { setup.people } else { people };
    let named = people.split(',').filter(|id| !id.trim().is_empty()).count() as i64;
    Detail {
        seq: 0,
        brief: Brief {
            id: MessageId(0),
            name: String::new(),
            state: State::Draft,
            channel,
            audience: String::new(),
            set_off: String::new(),
            begins: None,
            measured: true,
            goal: String::new(),
            counts: Counts::default(),
        },
        version: 0,
        subject: String::new(),
        body: String::new(),
        said: String::new(),
        author: String::new(),
        whom: match (named, &setup.rule) {
            (0, None) => Whom::Later,
            // Who is in a list now is meant.
            (0, Some(_)) => Whom::Now,
            _ => Whom::Chosen,
        },
        rule: rule.or(setup.rule).unwrap_or_else(|| Predicate::default().text()),
        people,
        named,
        company: setup.company,
        switches: Switches::default(),
        starts: String::new(),
        stops: String::new(),
        when: When::Always,
        zone: Zone::Workspace,
        time_zone: setup.time_zone,
        per_company: None,
        again: None,
        goal: None,
        about: SubscriptionTypeId(0),
        types: setup.types,
        reach: None,
        matching: String::new(),
        filling: None,
        fault: String::new(),
        tags: setup.tags,
        mail: setup.mail,
        findings: Vec::new(),
        days: Vec::new(),
        files: Vec::new(),
    }
}

#[component]
fn New() -> impl IntoView {
    let query = use_query_map();
    let asked = move |name: &str| query.read_untracked().get(name);
    let people = asked("people").unwrap_or_default();
    let rule = asked("rule").filter(|r| !r.is_empty());
    let channel = asked("channel").and_then(|word| Channel::from_word(&word));
    let channel = channel.unwrap_or(Channel::Chat);
    let list = asked("list").unwrap_or_default();
    // A form that comes back has it among what was typed.
    let company = asked("company").or_else(|| use_typed(SAVE, "company"));
    let company = company.and_then(|id| id.parse::<CompanyId>().ok());
    let (setup, other_setup) = ask_again(move || BlankMessage { list: list.clone(), company });
    let (choices, other_choices) = ask_again(|| SegmentChoices {});
    let again = Callback::new(move |()| {
        other_setup.run(());
        other_choices.run(());
    });
    view! {
        <Title text="New message" />
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                let page = match (setup.get()?, choices.get()?) {
                    (Ok(setup), Ok(choices)) => {
                        let first = begun(people.clone(), rule.clone(), channel, setup);
                        view! { <DraftForm first choices /> }.into_any()
                    }
                    // The list means nobody, or too many: the sentence says so.
                    (Err(error), _) if !error.passes() => {
                        refused(error).into_any()
                    }
                    (Err(error), _) | (_, Err(error)) => view! { <NoMessage error again=Some(again) /> }.into_any(),
                };
                Some(page)
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn Known(id: MessageId) -> impl IntoView {
    let version = RwSignal::new(0);
    let settled = settle(version, WATCHED);
    let message = ask(move || {
        settled.track();
        FindMessage { id }
    });
    let (choices, other_choices) = ask_again(|| SegmentChoices {});
    let again = Callback::new(move |()| {
        other_choices.run(());
        version.update(|n| *n += 1);
    });
    follow(Topic::Messages, version, move || Some(message.get()?.ok()?.seq));
    let failure = use_failure(CHANGE).filter(|error| !is_of_number(error));
    view! {
        {failure.map(refused)}
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {
                // What is being typed stays while numbers change; another state is another page.
                let state = kept(move || message.get().map(|found| found.map(|m| m.brief.state)));
                let latest = Memo::new(move |_| message.get().and_then(Result::ok));
                move || match (state.get(), choices.get()) {
                    (Some(Err(error)), _) | (_, Some(Err(error))) => {
                        view! { <NoMessage error again=Some(again) /> }.into_any()
                    }
                    (Some(Ok(state)), Some(Ok(choices))) => {
                        now(&message)
                            .map(|first| {
                                let title = first.brief.name.clone();
                                let page = if state == State::Draft {
                                    view! { <DraftForm first choices /> }.into_any()
                                } else {
                                    view! { <UnderWay first latest version /> }.into_any()
                                };
                                view! {
                                    <Title text=title />
                                    {page}
                                }
                            })
                            .into_any()
                    }
                    _ => ().into_any(),
                }
            }
        </Transition>
    }
    .into_any()
}

/// What stands where a message is not, or could not be had.
#[component]
pub(super) fn NoMessage(
    error: Error,
    /// Asks once more; nothing where nobody was asked.
    #[prop(default = None)]
    again: Option<Callback<()>>,
) -> impl IntoView {
    view! { <Missing error what="message" all=("/outbound", "All messages") again /> }
}
