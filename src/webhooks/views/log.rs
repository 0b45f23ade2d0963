//! What a webhook was told last.

use leptos::prelude::*;

use crate::id::WebhookId;
use crate::ui::TimeAgo;
use crate::webhooks::Delivery;

/// A table of the last tries, each of which can be made again.
#[component]
pub fn Log(webhook: WebhookId, told: Vec<Delivery>, paused: bool) -> impl IntoView {
    if told.is_empty() {
        return view! { <p class="empty-text">"Nothing was told yet."</p> }.into_any();
    }
    let rows = told.into_iter().map(|one| view! { <One webhook one paused /> });
    view! {
        <div class="webhook-log" tabindex="0" role="group" aria-label="What it was told">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Topic"</th>
                        <th scope="col">"What came of it"</th>
                        <th scope="col">"Tries"</th>
                        <th scope="col">"Last"</th>
                        <th scope="col">
                            <span class="visually-hidden">"Again"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn One(webhook: WebhookId, one: Delivery, paused: bool) -> impl IntoView {
    let next = if paused { "tried again when it goes on" } else { "tried again" };
    let came = match (one.state.as_str(), one.status) {
        ("asked", _) => "On its way".to_owned(),
        ("sent", status) => format!("Taken ({status}) in {} ms", one.took),
        ("waiting", 0) => format!("No answer: {next}"),
        ("waiting", status) => format!("Refused ({status}): {next}"),
        (_, 0) => "Failed: no answer".to_owned(),
        (_, status) => format!("Failed ({status})"),
    };
    // What waits for its next try is tried at once, before anything else.
    let word = if one.state == "waiting" { "Try now" } else { "Send again" };
    let again = matches!(one.state.as_str(), "sent" | "failed" | "waiting") && !paused;
    view! {
        <tr data-state=one.state>
            <td>
                <code>{one.topic}</code>
            </td>
            <td>
                {came}
                {(!one.answer.is_empty()).then(|| view! { <span class="quiet webhook-answer" dir="auto">{one.answer}</span> })}
            </td>
            <td data-label="Tries">{one.attempts}</td>
            <td data-label="Last">{one.sent.map(|stamp| view! { <TimeAgo stamp /> })}</td>
            <td>
                {again
                    .then(|| {
                        view! {
                            <form method="post" action="/do/send_webhook_again">
                                <input type="hidden" name="webhook" value=webhook.to_string() />
                                <input type="hidden" name="seq" value=one.seq.to_string() />
                                <button class="button small" type="submit">
                                    {word}
                                </button>
                            </form>
                        }
                    })}
            </td>
        </tr>
    }
    .into_any()
}
