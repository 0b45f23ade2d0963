//! Browsers that are told while no page of Rapport is open in them.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::PATH;
use crate::alerts::api::add_device;
use crate::alerts::ring::{self, Permission};
use crate::alerts::{Device, device};
use crate::ui::TimeAgo;
use crate::ui::flash::use_failure;

/// The browsers, and a button that adds this one. Without a script they can be seen and forgotten.
#[component]
pub fn Devices(devices: Vec<Device>, push_key: String) -> impl IntoView {
    let (here, none) = (devices.iter().any(|device| device.here), devices.is_empty());
    let able = RwSignal::new(None);
    Effect::new(move |_| able.set(Some(device::is_able())));
    let busy = RwSignal::new(false);
    let said = RwSignal::new("");
    let words = move || match able.get() {
        _ if here => "This browser is told.",
        Some(false) => {
            "This browser cannot be told. It needs an address with https, and on an iPhone Rapport on the home screen."
        }
        _ => said.get(),
    };
    let add = move |_| {
        let key = push_key.clone();
        said.set("");
        busy.set(true);
        ring::allow(move |now| {
            spawn_local(async move {
                let problem =
                    if now == Permission::Granted { added(key).await } else { Some(DENIED) };
                busy.try_set(false);
                said.try_set(problem.unwrap_or_default());
            });
        });
    };
    let failure = use_failure("/do/remove_device");
    view! {
        <section class="setting" aria-labelledby="closed-title">
            <h2 id="closed-title">"While Rapport is closed"</h2>
            <p class="hint">
                "A browser can be told when no page of Rapport is open in it, on a phone as well. What you are told of and quiet hours are the same. It ends when you sign out there."
            </p>
            {failure.map(|_| view! { <p class="notice" role="status">"That browser was forgotten already."</p> })}
            <p role="status">{words}</p>
            <div class="form-actions" hidden=move || here || able.get() != Some(true)>
                <button class="button" type="button" disabled=busy on:click=add>
                    "Tell this browser"
                </button>
            </div>
            <ul class="team" aria-label="Browsers that are told" hidden=none>
                {devices.into_iter().map(|device| view! { <Row device /> }).collect_view()}
            </ul>
        </section>
    }
    .into_any()
}

const DENIED: &str = "This browser shows no notifications of this page. Allow them in its settings, beside the address.";

/// Adds this browser and shows the page anew; what went wrong otherwise.
async fn added(key: String) -> Option<&'static str> {
    let Some(subscription) = device::take(key).await else {
        return Some("The push service of this browser does not answer. Try again later.");
    };
    if add_device(subscription).await.is_err() {
        return Some("This browser was not added. Try again.");
    }
    // A page that stays as it is shows the browser when it is opened anew.
    let _ = window().location().set_href(PATH);
    None
}

#[component]
fn Row(device: Device) -> impl IntoView {
    let Device { id, name, since, told, here } = device;
    let label = format!("Forget {name}");
    let told = match told {
        Some(stamp) => view! { <span class="quiet">"told " <TimeAgo stamp /></span> }.into_any(),
        None => view! { <span class="quiet">"not told of anything yet"</span> }.into_any(),
    };
    let let_go = move |_| {
        if here {
            device::let_go();
        }
    };
    view! {
        <li class="team-row">
            <span class="team-name">
                <strong>{name}</strong>
                <span class="quiet">"added " <TimeAgo stamp=since /></span>
            </span>
            {here.then(|| view! { <span class="badge good">"This browser"</span> })}
            {told}
            <form method="post" action="/do/remove_device" on:submit=let_go>
                <input type="hidden" name="id" value=id.to_string() />
                <button class="button small" type="submit" aria-label=label>
                    "Forget"
                </button>
            </form>
        </li>
    }
    .into_any()
}
