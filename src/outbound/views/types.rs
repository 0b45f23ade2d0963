//! The types that customers subscribe to, made and changed.

use leptos::prelude::*;

use crate::id::SubscriptionTypeId;
use crate::outbound::types::api::{ArchiveSubscriptionType, SaveSubscriptionType};
use crate::outbound::types::{Consent, DESCRIPTION, NAME, Type};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::refused;
use leptos::server_fn::ServerFn as _;

/// Where the form goes.
const SAVE: &str = SaveSubscriptionType::PATH;

/// Those in use, those out of use, and a form for a new one.
#[component]
pub fn Types(types: Vec<(Type, (i64, i64))>, admin: bool) -> impl IntoView {
    let put_away = use_failure(ArchiveSubscriptionType::PATH);
    let (used, archived): (Vec<_>, Vec<_>) = types.into_iter().partition(|(t, _)| !t.archived);
    let none = used.is_empty().then(|| {
        view! { <p class="quiet">"There are none: the link in every e-mail unsubscribes from everything."</p> }
    });
    let old = (!archived.is_empty()).then(|| {
        view! {
            <details class="subscription-old">
                <summary>"Out of use"</summary>
                <ul class="subscription-types">
                    {archived.into_iter().map(|(kind, said)| view! { <One kind said admin /> }).collect_view()}
                </ul>
            </details>
        }
    });
    view! {
        <h2>"Types of e-mail"</h2>
        <p class="hint">
            "What e-mails are about, in words that customers understand: product news, tips, invitations. On the page behind the link in each e-mail they choose what they get."
        </p>
        {put_away.map(refused)}
        {none}
        <ul class="subscription-types">
            {used.into_iter().map(|(kind, said)| view! { <One kind said admin /> }).collect_view()}
        </ul>
        {old}
        {admin.then(|| view! {
            <h3>"New type"</h3>
            <Fields kind=None />
        })}
    }
    .into_any()
}

#[component]
fn One(kind: Type, said: (i64, i64), admin: bool) -> impl IntoView {
    let id = kind.id;
    let archived = kind.archived;
    let failed = use_typed(SAVE, "id").as_deref() == Some(id.to_string().as_str());
    let people = match said {
        (0, 0) => String::new(),
        (yes, no) => format!(" · {yes} said yes, {no} said no"),
    };
    let change = admin.then(|| {
        let word = if archived { "Use again" } else { "Put away" };
        let edit = (!archived).then(|| {
            view! {
                <details open=failed>
                    <summary class="button small">"Change…"</summary>
                    <Fields kind=Some(kind.clone()) />
                </details>
            }
        });
        view! {
            {edit}
            <form method="post" action=ArchiveSubscriptionType::PATH>
                <input type="hidden" name="id" value=id.to_string() />
                <input type="hidden" name="archived" value=(!archived).to_string() />
                <button class="button small" type="submit" aria-label=format!("{word}: {}", kind.name)>
                    {word}
                </button>
            </form>
        }
    });
    view! {
        <li class="subscription-type">
            <strong dir="auto">{kind.name.clone()}</strong>
            {(!kind.description.is_empty()).then(|| view! { <span dir="auto">{kind.description.clone()}</span> })}
            <span class="quiet">{kind.consent.said()} {people}</span>
            <div class="subscription-change">{change}</div>
        </li>
    }
    .into_any()
}

/// The form of a new type, or of one that is changed.
#[component]
fn Fields(kind: Option<Type>) -> impl IntoView {
    let own = kind.as_ref().map(|t| t.id.to_string()).unwrap_or_default();
    let mine = use_failure(SAVE).is_some() && use_typed(SAVE, "id").unwrap_or_default() == own;
    let value = |field: &str, saved: &str| {
        let typed = if mine { use_typed(SAVE, field) } else { None };
        typed.unwrap_or_else(|| saved.to_owned())
    };
    let failure = use_failure(SAVE).filter(|_| mine);
    let (id, name, description, consent) = match kind {
        Some(t) => (t.id, t.name, t.description, t.consent),
        None => (SubscriptionTypeId(0), String::new(), String::new(), Consent::OptOut),
    };
    let chosen = value("consent", consent.word());
    let choices = Consent::ALL.map(|(_, word, said)| {
        view! {
            <option value=word selected=chosen == word>
                {said}
            </option>
        }
    });
    view! {
        <form class="form" method="post" action=SAVE>
            {(id.0 > 0).then(|| view! { <input type="hidden" name="id" value=own.clone() /> })}
            {failure.map(refused)}
            <label class="field">
                "Name"
                <input class="input" name="name" maxlength=NAME.to_string() required dir="auto" autocomplete="off" value=value("name", &name) />
            </label>
            <label class="field">
                "What it is about"
                <input class="input" name="description" maxlength=DESCRIPTION.to_string() dir="auto" autocomplete="off" value=value("description", &description) />
            </label>
            <label class="field">
                "Who gets it"
                <select class="input" name="consent">
                    {choices.into_iter().collect_view()}
                </select>
            </label>
            <div class="form-actions">
                <button class="button primary" type="submit">
                    {if id.0 > 0 { "Save type" } else { "Add type" }}
                </button>
            </div>
        </form>
    }
    .into_any()
}
