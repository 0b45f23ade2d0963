//! A message that was started, read from top to bottom as a sentence, with what came of it beside it.

use leptos::prelude::*;

use super::about::About;
use super::badge::StateBadge;
use super::counts::CountsOf;
use super::days::DaysOf;
use super::draft::{Title, Words, typed, wrong};
use super::page::SAVE;
use super::preview::Preview;
use super::steer::{Act, Other};
use super::times::Window;
use super::why::AskWhy;
use crate::attachments::Attachment;
use crate::attachments::views::Files;
use crate::live::{Topic, follow};
use crate::outbound::{Channel, Detail, NAME, State, Whom, Zone};
use crate::ui::flash::use_failure;
use crate::ui::{refused, thousands};

/// The numbers, what it does, the buttons, and what may still be changed.
#[component]
pub fn UnderWay(
    first: Detail,
    latest: Memo<Option<Detail>>,
    /// Goes up when something of it changed.
    version: RwSignal<u32>,
) -> impl IntoView {
    let id = first.brief.id;
    let state = first.brief.state;
    let has_goal = first.goal.is_some();
    let saved = StoredValue::new(first.clone());
    let now = Memo::new(move |_| latest.get().unwrap_or_else(|| saved.get_value()));
    // How far its audience is found out, and how many match, is told as of segments.
    follow(Topic::Segments, version, move || latest.read().as_ref().map(|m| m.seq));
    let counts = move || view! { <CountsOf id channel=first.brief.channel measured=first.brief.measured goal=has_goal over=state.is_over() counts=now.read().brief.counts /> };
    let days = Memo::new(move |_| now.read().days.clone());
    let waiting = move || match now.read().brief.counts.waiting {
        0 => String::new(),
        1 => "1 for whom it waits does not get it.".to_owned(),
        n => format!("{} for whom it waits do not get it.", thousands(n)),
    };
    let filling = move || {
        now.read().filling.map(|(done, total)| {
            view! {
                <p class="notice" role="status">
                    {format!("Finding out who matches: {} of {} were looked at.", thousands(done), thousands(total))}
                    <progress value=done.to_string() max=total.max(1).to_string()></progress>
                </p>
            }
        })
    };
    let fault = move || {
        let fault = now.read().fault.clone();
        (!fault.is_empty()).then(|| {
            view! { <p class="notice warn">{format!("The rule matches nobody any more: {fault}. Stop the message and duplicate it.")}</p> }
        })
    };
    let title = first.brief.name.clone();
    let hours = match (first.when.said(), first.zone) {
        (hours, _) if hours.is_empty() => String::new(),
        (hours, Zone::Person) => format!("{hours}, where each person is"),
        (hours, Zone::Workspace) => format!("{hours}, {}", first.time_zone),
    };
    let often = match first.per_company {
        Some(true) => "Once for each company",
        Some(false) => "Once",
        None => "",
    };
    let measured = match (first.brief.channel, first.brief.measured) {
        (Channel::Chat | Channel::Post, _) => "",
        (Channel::Email, true) => "Opening and links",
        (Channel::Email, false) => "Neither opening nor links",
    };
    let about = first.types.iter().find(|(id, _)| *id == first.about);
    let about = about.map(|(_, name)| name.clone()).unwrap_or_default();
    view! {
        <header class="page-header">
            <a class="quiet" href="/outbound">
                "Outbound"
            </a>
            <h1 dir="auto">{title}</h1>
            <StateBadge state />
        </header>
        {filling}
        {fault}
        {(state == State::Finished).then(|| view! { <p class="notice" role="status">{move || finished(&now.read())}</p> })}
        {counts}
        <DaysOf id channel=first.brief.channel goal=has_goal days time_zone=first.time_zone.clone() />
        <dl class="message-facts">
            <Fact name="By" value=first.brief.channel.said().to_owned() />
            <Fact name="Who" value=first.brief.audience.clone() />
            // Of people who are named, “Who” says all of it.
            <Fact name="Of them" value=if first.whom == Whom::Chosen { String::new() } else { first.whom.said().to_owned() } />
            <Fact name="Set off by" value=first.brief.set_off.clone() />
            <Fact name="Goal" value=first.brief.goal.clone() />
            {move || {
                let now = now.read();
                let reach = now.reach.filter(|_| !first.whom.is_named());
                reach.map(|(n, _)| view! { <Fact name="Match now" value=thousands(n) href=now.matching.clone() /> })
            }}
            <Fact name="From" value=first.author.clone() />
            {move || now.read().brief.begins.clone().map(|at| view! { <Fact name="Begins" value=at /> })}
            <Fact name="May arrive" value=hours />
            <Fact name="Several companies" value=often.to_owned() />
            <Fact name="Company" value=first.company.clone().map(|(_, name)| name).unwrap_or_default() />
            <Fact name="About" value=about />
            <Fact name="Measured" value=measured.to_owned() />
            <Fact name="Opt-out tag" value=first.switches.opt_out.clone() />
            <Fact name="Opt-in tag" value=first.switches.opt_in.clone() />
            <Fact name="Exit tag" value=first.switches.exit.clone() />
        </dl>
        <div class="message-steer">
            {match state {
                State::Running => view! { <Act id change="pause" label="Pause" /> }.into_any(),
                State::Paused => view! { <Act id change="resume" label="Go on" /> }.into_any(),
                _ => ().into_any(),
            }}
            {(!state.is_over()).then(|| view! {
                <details class="message-delete">
                    <summary class="button small">"Stop…"</summary>
                    <p>"Nobody gets it any more, and it cannot be started again. What was sent stays. " {waiting}</p>
                    <Act id change="stop" label="Stop for good" />
                </details>
            })}
            <Other message=first.clone() draft=false />
        </div>
        <AskWhy id />
        {if state.is_over() || first.whom == Whom::One {
            view! { <Said subject=first.subject said=first.said files=first.files /> }.into_any()
        } else {
            view! { <Change first /> }.into_any()
        }}
    }
    .into_any()
}

/// What came of one that ended by itself.
fn finished(message: &Detail) -> String {
    let gone = match (message.brief.counts.sent, message.per_company) {
        (0, _) => return "Nobody got it, and there is nobody left whom it could reach.".into(),
        (1, Some(true)) => "Sent once".into(),
        (n, Some(true)) => format!("Sent {} times", thousands(n)),
        (1, _) => "Sent to 1 person".into(),
        (n, _) => format!("Sent to {} people", thousands(n)),
    };
    format!("{gone}. There is nobody left whom it could reach.")
}

#[component]
fn Fact(
    name: &'static str,
    value: String,
    /// What it opens; empty for nothing.
    #[prop(optional)]
    href: String,
) -> impl IntoView {
    (!value.is_empty())
        .then(|| {
            let value = match href.is_empty() {
                true => value.into_any(),
                false => view! { <a href=href>{value}</a> }.into_any(),
            };
            view! {
                <div class="message-fact">
                    <dt>{name}</dt>
                    <dd dir="auto">{value}</dd>
                </div>
            }
        })
        .into_any()
}

/// What it said, once it is over, or where it stays as it is.
#[component]
fn Said(subject: String, said: String, files: Vec<Attachment>) -> impl IntoView {
    view! {
        <section class="message-part" aria-labelledby="what">
            <h2 id="what">"What"</h2>
            {(!subject.is_empty()).then(|| view! { <p dir="auto"><strong>{subject}</strong></p> })}
            <div class="prose preview-text" dir="auto" inner_html=said></div>
            <Files files />
        </section>
    }
    .into_any()
}

/// What can be changed while it goes out: the name, the text, the end, the hours and what it is about.
#[component]
fn Change(first: Detail) -> impl IntoView {
    let body = RwSignal::new(typed("body", &first.body));
    let rule = RwSignal::new(first.rule.clone());
    let subject = RwSignal::new(typed("subject", &first.subject));
    let channel = RwSignal::new(first.brief.channel);
    let often = RwSignal::new(super::often::word(first.per_company).to_owned());
    let company = first.company.as_ref().map(|(id, _)| *id);
    let failure = use_failure(SAVE);
    let by_mail = first.brief.channel == Channel::Email;
    let saved = first.clone();
    let (saved_tag, tags) = (first.switches.opt_out.clone(), first.tags.clone());
    let (when, zone) = (first.when.clone(), first.zone);
    view! {
        <form class="message-form" id="message" method="post" action=SAVE>
            <button class="visually-hidden" type="submit" tabindex="-1" aria-hidden="true">"Save"</button>
            <input type="hidden" name="id" value=first.brief.id.to_string() />
            <input type="hidden" name="version" value=first.version.to_string() />
            <input type="hidden" name="rule" value=first.rule />
            {failure.map(refused)}
            <section class="message-part" aria-labelledby="what">
                <h2 id="what">"What"</h2>
                <label class="field" data-invalid=wrong("name")>
                    "Name, for the team"
                    <input class="input" name="name" maxlength=NAME.to_string() autocomplete="off" dir="auto" value=typed("name", &first.brief.name) />
                </label>
                <input type="hidden" name="channel" value=first.brief.channel.word() />
                {(first.brief.channel == Channel::Email).then(|| view! { <Title subject channel /> })}
                <Words body />
                <Preview subject body channel rule people=first.people company often message=Some(first.brief.id) files=first.files />
                <label class="field message-end" data-invalid=wrong("stops")>
                    "End"
                    <input class="input" type="datetime-local" name="stops" value=typed("stops", &first.stops) />
                </label>
                <Window when zone />
                <p class="hint">
                    "Whoever waits for the hours waits for the new ones: where these are open, it goes out at once, and where they are closed, when they begin."
                </p>
                {by_mail.then(|| view! {
                    <About first=saved channel />
                    <p class="hint">
                        "Another type holds for those who still wait: who does not want e-mail of it is left out. Links in e-mails that went out go on to unsubscribe from the type that the message has then."
                    </p>
                })}
            </section>
            {saved_tag.is_empty().then(|| view! { <OptOut tags /> })}
            <p class="hint">"Changes reach those who get it from now on. To change who gets it, stop it and duplicate it."</p>
            <div class="form-actions">
                <button class="button primary" type="submit">
                    "Save changes"
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// The tag that takes people out, of a message that has none: with a name it has one from then on.
#[component]
fn OptOut(
    /// The names of the workspace's tags, to suggest.
    tags: Vec<String>,
) -> impl IntoView {
    let known = tags.into_iter().map(|name| view! { <option value=name></option> });
    view! {
        <section class="message-part" aria-labelledby="tags">
            <h2 id="tags">"Taking people out"</h2>
            <datalist id="message-tags">{known.collect_view()}</datalist>
            <label class="field" data-invalid=wrong("opt_out")>
                "Opt-out tag"
                <input class="input" name="opt_out" maxlength="100" list="message-tags" autocomplete="off" dir="auto" value=typed("opt_out", "") />
                <span class="hint">
                    "It has none. With a tag, also a new one, who has it or whose company has it does not get the message, and profiles have a button for it. The tag stays then."
                </span>
            </label>
        </section>
    }
    .into_any()
}
