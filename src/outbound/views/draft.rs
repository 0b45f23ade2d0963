//! A message while it is written: who, what, when, and the tags that move people in and out.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{Element, Event};

use super::about::About;
use super::again::SetOff;
use super::badge::StateBadge;
use super::files::MessageFiles;
use super::goal::Aim;
use super::measured::Measured;
use super::often::{OfCompany, Often};
use super::page::{CHANGE, SAVE};
use super::preview::Preview;
use super::recipients::Chosen;
use super::steer::{Other, Start};
use super::times::Times;
use super::ways::Ways;
use super::why::AskWhy;
use crate::attributes::Subject;
use crate::error::Error;
use crate::outbound::{Channel, Detail, LONGEST, NAME, SUBJECT, Whom};
use crate::segments::Choices;
use crate::segments::views::{RuleFields, typed_rule};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{in_field, refused, typed_before};

/// What was typed before the form failed, or else what is saved.
pub(super) fn typed(field: &str, saved: &str) -> String {
    use_typed(SAVE, field).unwrap_or_else(|| saved.to_owned())
}

/// Whether what came back with the page, from a test or a preview, is what is saved.
pub(super) fn as_saved() -> bool {
    use_typed(SAVE, "as_saved").as_deref() == Some("yes")
}

/// Whether saving, or starting what is saved, failed for a field, for its looks.
pub(super) fn wrong(field: &str) -> Option<&'static str> {
    let failed = use_failure(SAVE).or_else(|| use_failure(CHANGE));
    let named = match failed {
        Some(Error::Invalid { field: of, .. }) => of == field,
        Some(Error::Several(all)) => all.iter().any(|(of, _)| of == field),
        _ => false,
    };
    named.then_some("true")
}

/// The name of the field that an event is of.
fn name_of(event: &Event) -> Option<String> {
    let field: Element = event.target()?.dyn_into().ok()?;
    field.get_attribute("name")
}

/// The whole form, which works without a script too.
#[component]
pub fn DraftForm(
    /// As it is saved, or a new one.
    first: Detail,
    choices: Choices,
) -> impl IntoView {
    let is_new = first.brief.id.0 == 0;
    let subject = RwSignal::new(typed("subject", &first.subject));
    let chosen_channel = Channel::from_word(&typed("channel", first.brief.channel.word()));
    let channel = RwSignal::new(chosen_channel.unwrap_or(Channel::Chat));
    let body = RwSignal::new(typed("body", &first.body));
    let wanted = typed_rule(SAVE, Subject::Contact, &choices);
    let rule = RwSignal::new(wanted.unwrap_or_else(|| first.rule.clone()));
    let people = typed("people", &first.people);
    // What comes back from a form that was not saved is not what is saved.
    let back = use_typed(SAVE, "body").is_some() && !as_saved();
    let touched = RwSignal::new(u32::from(back));
    let dirty = Memo::new(move |_| touched.get() > 0);
    let failure = use_failure(SAVE);
    let whom = Whom::from_word(&typed("whom", first.whom.word())).unwrap_or(Whom::Later);
    let chosen = whom == Whom::Chosen && !people.is_empty();
    let saved = first.clone();
    let company = first.company.clone().filter(|_| chosen);
    let message = (!is_new).then_some(first.brief.id);
    let firm = company.as_ref().map(|(id, _)| *id);
    let often = RwSignal::new(typed("per_company", super::often::word(first.per_company)));
    let (events, segments) = (choices.events.clone(), choices.segments.clone());
    let audience = if chosen {
        view! { <Chosen id=message people=people.clone() channel company=firm /> }.into_any()
    } else {
        view! {
            <RuleFields choices rule=rule.get_untracked() text=rule touched />
            <Meant whom channel />
            <SetOff first=saved.clone() events=events.clone() />
        }
        .into_any()
    };
    view! {
        <header class="page-header">
            <a class="quiet" href="/outbound">
                "Outbound"
            </a>
            <h1 dir="auto">{if is_new { "New message".to_owned() } else { first.brief.name.clone() }}</h1>
            <StateBadge state=first.brief.state />
        </header>
        <form
            class="message-form"
            id="message"
            method="post"
            action=SAVE
            on:input=move |event| {
                // For whom the preview is changes nothing of the message.
                if name_of(&event).as_deref() != Some("who") {
                    touched.update(|n| *n += 1);
                }
            }
        >
            // What Enter presses: the first button of the form.
            <button class="visually-hidden" type="submit" tabindex="-1" aria-hidden="true">"Save"</button>
            {(!is_new).then(|| view! { <input type="hidden" name="id" value=first.brief.id.to_string() /> })}
            <input type="hidden" name="version" value=first.version.to_string() />
            {failure.map(refused)}
            <label class="field" data-invalid=wrong("name")>
                "Name, for the team"
                <input class="input" name="name" maxlength=NAME.to_string() autocomplete="off" dir="auto" value=typed("name", &first.brief.name) />
            </label>
            <section class="message-part" aria-labelledby="who">
                <h2 id="who">"Who"</h2>
                {audience}
                {match company {
                    Some((id, name)) => view! { <OfCompany id name /> }.into_any(),
                    None => view! { <Often often rule body subject chosen /> }.into_any(),
                }}
            </section>
            <section class="message-part" aria-labelledby="what">
                <h2 id="what">"What"</h2>
                <Ways channel mail=first.mail />
                <About first=saved.clone() channel />
                <Title subject channel />
                <Words body />
                <Measured first=saved.clone() channel />
                <Preview subject body channel rule people company=firm often message files=saved.files.clone() />
            </section>
            <Aim first=saved.clone() events=events segments />
            <Times first=saved.clone() />
            <Tags first=saved.clone() />
            <div class="form-actions">
                <button class="button primary" type="submit">
                    {if is_new { "Save draft" } else { "Save changes" }}
                </button>
                <a class="button" href="/outbound">
                    "Cancel"
                </a>
            </div>
        </form>
        {is_new.then(|| view! { <p class="hint">"Files can be attached once the draft is saved."</p> })}
        {(!is_new).then(|| view! {
            <MessageFiles message=saved.clone() dirty />
            <Start message=saved.clone() dirty />
            <AskWhy id=first.brief.id />
            <Other message=saved draft=true />
        })}
    }
    .into_any()
}

/// The text with its variables. Also that of a message which is under way.
#[component]
pub fn Words(body: RwSignal<String>) -> impl IntoView {
    let field = typed_before::<leptos::html::Textarea>(move |field| body.set(field.value()));
    let first = body.get_untracked();
    view! {
        <label class="field" data-invalid=wrong("body")>
            "Message, in Markdown"
            <textarea
                class="input"
                name="body"
                rows="6"
                maxlength=LONGEST.to_string()
                dir="auto"
                required
                placeholder="Hi {{ first_name | fallback: \"there\" }}"
                node_ref=field
                on:input:target=move |ev| body.set(ev.target().value())
            >
                {in_field(first)}
            </textarea>
        </label>
        <p class="hint">
            "Variables: {{ first_name }}, {{ name }}, {{ email }}, {{ phone }}, {{ company }}, {{ my_name }}, {{ custom_attributes.NAME }}, {{ company_attributes.NAME }}. Where nothing is known, {{ first_name | fallback: \"there\" }} says “there”. {% if company %} … {% else %} … {% endif %} decides."
        </p>
    }
    .into_any()
}

/// The subject of an e-mail. Without a script it is always there.
#[component]
pub fn Title(subject: RwSignal<String>, channel: RwSignal<Channel>) -> impl IntoView {
    let started = RwSignal::new(false);
    Effect::new(move |_| started.set(true));
    let field = typed_before::<leptos::html::Input>(move |field| subject.set(field.value()));
    let hidden = move || started.get() && channel.get().in_app();
    view! {
        <label class="field" data-invalid=wrong("subject") hidden=hidden>
            "Subject of the e-mail"
            <input
                class="input"
                name="subject"
                maxlength=SUBJECT.to_string()
                autocomplete="off"
                dir="auto"
                value=subject.get_untracked()
                node_ref=field
                on:input:target=move |ev| subject.set(ev.target().value())
            />
        </label>
    }
    .into_any()
}

/// Those who match now, those who come to match later, or both.
#[component]
fn Meant(whom: Whom, channel: RwSignal<Channel>) -> impl IntoView {
    let one = |which: Whom| {
        view! {
            <label class="check">
                <input type="radio" name="whom" value=which.word() checked=which == whom />
                <span>{which.said()}</span>
            </label>
        }
    };
    let all = [Whom::Later, Whom::All, Whom::Now, Whom::Event].map(one).collect_view();
    view! {
        <fieldset class="field message-whom">
            <legend>"Who of them gets it"</legend>
            {all}
            <p class="hint">
                {move || match channel.get() {
                    Channel::Chat | Channel::Post => "Each person gets it once, but where an event sets it off. Whoever comes to match gets it while their Messenger is open, or when they next come; they must match then too, with “last seen” as it was before that visit.",
                    Channel::Email => "Each person gets it once, as soon as they match, but where an event sets it off. Who unsubscribed from e-mail, or has no address, is left out.",
                }}
            </p>
        </fieldset>
    }
    .into_any()
}

/// The tags that move people in and out.
#[component]
fn Tags(first: Detail) -> impl IntoView {
    let known = first.tags.into_iter().map(|name| view! { <option value=name></option> });
    let known = known.collect_view();
    let field = |name: &'static str, label: &'static str, hint: &'static str, saved: &str| {
        view! {
            <label class="field" data-invalid=wrong(name)>
                {label}
                <input class="input" name=name maxlength="100" list="message-tags" autocomplete="off" dir="auto" value=typed(name, saved) />
                <span class="hint">{hint}</span>
            </label>
        }
    };
    view! {
        <section class="message-part" aria-labelledby="tags">
            <h2 id="tags">"Tags that move people in and out"</h2>
            <datalist id="message-tags">{known}</datalist>
            <div class="message-tags">
                {field("opt_out", "Opt-out tag", "Who has it, or whose company has it, never gets the message. Profiles have a button for it.", &first.switches.opt_out)}
                {field("opt_in", "Opt-in tag", "Who has it gets the message whatever the rule says.", &first.switches.opt_in)}
                {field("exit", "Exit tag", "Who has it needs the message no more: they have bought, for instance.", &first.switches.exit)}
            </div>
        </section>
    }
    .into_any()
}
