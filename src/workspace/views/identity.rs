//! The secret that signs who talks through the Messenger.

use leptos::prelude::*;

use crate::ui::flash::use_failure;
use crate::ui::{Copy, refused};
use crate::workspace::Identity;

/// The secret to copy, and a form that makes another.
#[component]
pub fn IdentityPart(
    /// The secret.
    identity: Identity,
) -> impl IntoView {
    let failure = use_failure("/do/roll_identity");
    let open = failure.is_some();
    let hint: String =
        identity.secret.chars().skip(identity.secret.chars().count().saturating_sub(4)).collect();
    let before = identity
        .previous_until
        .map(|until| format!("The secret before this one is good until {}.", until.exact));
    let again = before.is_some().then_some("The one that is still good beside it ends at once.");
    view! {
        <section class="setting" aria-labelledby="identity-title">
            <h2 id="identity-title">"Identity secret"</h2>
            <p class="hint">
                "Your server signs with it who a visitor of the Messenger is. Whoever has it can pretend to be any of your customers."
            </p>
            <p class="copy-line">
                <code>{identity.secret.clone()}</code>
                <Copy text=identity.secret label="Copy the identity secret".to_owned() />
            </p>
            {before.map(|text| view! { <p class="notice">{text}</p> })}
            <details class="ask" open=open>
                <summary class="button small">"Make another"</summary>
                <form class="form" method="post" action="/do/roll_identity">
                    {failure.map(refused)}
                    <div class="field">
                        <label for="confirm-identity">{format!("Type {hint}, its last four characters")}</label>
                        <input class="input" id="confirm-identity" name="confirm" autocomplete="off" autocapitalize="none" maxlength="20" required />
                        <p class="hint">"This one stays good for 48 hours, so that you can change it on your server. " {again}</p>
                    </div>
                    <div class="form-actions">
                        <button class="button danger small" type="submit">
                            "Make another secret"
                        </button>
                    </div>
                </form>
            </details>
        </section>
    }
    .into_any()
}
