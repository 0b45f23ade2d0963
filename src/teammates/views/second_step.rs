//! Switching the second step of signing in on and off.

use leptos::prelude::*;

use crate::teammates::{Qr, SecondStep};
use crate::ui::flash::use_failure;
use crate::ui::{Copy, refused};

/// What there is, what it asks for next, and the recovery codes when they were just made.
#[component]
pub fn SecondStepPart(
    /// How it stands.
    state: SecondStep,
    /// Recovery codes, one a line, to be shown this once.
    codes: Option<String>,
) -> impl IntoView {
    let failed =
        ["/do/set_up_second_step", "/do/give_up_second_step"].into_iter().find_map(use_failure);
    let body = match state {
        SecondStep::Off => view! { <Begin /> }.into_any(),
        SecondStep::Pending { secret, qr } => view! { <Prove secret qr /> }.into_any(),
        SecondStep::On { recovery_codes } => view! { <On left=recovery_codes /> }.into_any(),
    };
    view! {
        <section class="setting" id="second-step" aria-labelledby="second-step-title">
            <h2 id="second-step-title">"Two-step sign-in"</h2>
            {failed.map(refused)}
            {codes.map(|codes| view! { <Codes codes /> })}
            {body}
        </section>
    }
    .into_any()
}

#[component]
fn Begin() -> impl IntoView {
    view! {
        <p class="hint">"Off. With it, signing in asks for a code from an app on your phone after the password."</p>
        <form class="form-actions" method="post" action="/do/set_up_second_step">
            <button class="button" type="submit">
                "Set it up"
            </button>
        </form>
    }
    .into_any()
}

#[component]
fn Prove(secret: String, qr: Qr) -> impl IntoView {
    let failure = use_failure("/do/prove_second_step");
    let size = qr.size;
    // Two squares of rim: cameras need it, and in the dark theme it has to be light.
    let view_box = format!("-2 -2 {} {}", size + 4, size + 4);
    let side = (size + 4).to_string();
    view! {
        <ol class="steps">
            <li>
                <p>"Scan this with an app for codes, or type the key into it."</p>
                <svg class="qr" viewBox=view_box role="img" aria-label="The key as a QR code" shape-rendering="crispEdges">
                    <rect class="qr-light" x="-2" y="-2" width=side.clone() height=side />
                    <path class="qr-dark" d=qr.path />
                </svg>
                <p class="copy-line">
                    <code>{secret.clone()}</code>
                    <Copy text=secret.replace(' ', "") label="Copy the key".to_owned() />
                </p>
            </li>
            <li>
                <p>"Write the code that the app shows. Nothing changes until it fits."</p>
                {failure.map(refused)}
                <form class="toolbar" method="post" action="/do/prove_second_step">
                    <input
                        class="input code-input"
                        name="code"
                        aria-label="Code"
                        inputmode="numeric"
                        autocomplete="one-time-code"
                        maxlength="20"
                        required
                    />
                    <button class="button primary" type="submit">
                        "Switch it on"
                    </button>
                </form>
            </li>
        </ol>
        <form method="post" action="/do/give_up_second_step">
            <button class="button small" type="submit">
                "Do it another time"
            </button>
        </form>
    }
    .into_any()
}

#[component]
fn Codes(codes: String) -> impl IntoView {
    let rows: Vec<_> = codes.lines().map(str::to_owned).collect();
    view! {
        <div class="notice good" role="status">
            <p>
                "Keep these recovery codes. They are shown this once; each signs you in once where you do not have your phone."
            </p>
            <ul class="codes" aria-label="Recovery codes">
                {rows.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}
            </ul>
            <Copy text=codes label="Copy the recovery codes".to_owned() />
        </div>
    }
    .into_any()
}

#[component]
fn On(left: u32) -> impl IntoView {
    let words = match left {
        0 => "On. No recovery codes are left: make new ones.".to_owned(),
        1 => "On. 1 recovery code is left: make new ones soon.".to_owned(),
        n => format!("On. {n} recovery codes are left."),
    };
    let warn = left < 3;
    view! {
        <p class=if warn { "notice" } else { "hint" }>{words}</p>
        <WithPassword
            path="/do/replace_recovery_codes"
            open="New recovery codes"
            hint="The old ones no longer work then."
            button="Make new codes"
        />
        <WithPassword
            path="/do/switch_off_second_step"
            open="Switch off"
            hint="Signing in asks for the password alone then."
            button="Switch two-step sign-in off"
        />
    }
    .into_any()
}

/// A form that asks for the password, in a part that opens.
#[component]
fn WithPassword(
    path: &'static str,
    open: &'static str,
    hint: &'static str,
    button: &'static str,
) -> impl IntoView {
    let failure = use_failure(path);
    let (open_now, id) = (failure.is_some(), path.replace('/', "-"));
    view! {
        <details class="ask" open=open_now>
            <summary class="button small">{open}</summary>
            <form class="form" method="post" action=path>
                {failure.map(refused)}
                <div class="field">
                    <label for=id.clone()>"Your password"</label>
                    <input
                        class="input"
                        id=id
                        type="password"
                        name="current_password"
                        autocomplete="current-password"
                        maxlength="1000"
                        required
                    />
                    <p class="hint">{hint}</p>
                </div>
                <div class="form-actions">
                    <button class="button" type="submit">
                        {button}
                    </button>
                </div>
            </form>
        </details>
    }
    .into_any()
}
