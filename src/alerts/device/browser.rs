//! In a browser.

use js_sys::{JSON, Object, Promise, Reflect};
use leptos::prelude::window;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    PushManager, PushSubscription, PushSubscriptionOptionsInit, ServiceWorkerRegistration, Storage,
};

use crate::alerts::api::renew_device;
use crate::error::Error;

#[wasm_bindgen]
extern "C" {
    type Shows;
    #[wasm_bindgen(method, catch, js_name = showNotification)]
    fn show_notification(this: &Shows, title: &str, options: &JsValue) -> Result<Promise, JsValue>;
}

/// The address of the script that is told.
const WORKER: &str = "/sw.js";
/// Where a tab remembers that the server knows this browser.
const KNOWN: &str = "rapport-told";

/// Whether this browser can be told. Some are only by https, and on an iPhone only as an application.
pub fn is_able() -> bool {
    let has = |of: &JsValue, name: &str| Reflect::has(of, &name.into()).unwrap_or(false);
    has(&window().navigator(), "serviceWorker") && has(&window(), "PushManager")
}

/// Lets this browser be told, for the installation's key; answers how it is reached. Nothing where its push service
/// says no.
pub async fn take(key: String) -> Option<String> {
    // The server is told by who asks: what `keep` began before must not let go of it.
    mark();
    match taken(&key).await {
        Ok(said) => Some(said),
        Err(error) => {
            unmark();
            leptos::logging::warn!("{error:?}");
            None
        }
    }
}

/// The script that is told, which works from then on.
async fn worker() -> Result<ServiceWorkerRegistration, JsValue> {
    let workers = window().navigator().service_worker();
    JsFuture::from(workers.register(WORKER)).await?;
    Ok(JsFuture::from(workers.ready()?).await?.unchecked_into())
}

/// Has that script show a notification: on a phone pages show none of their own. A press on it opens `data.address`.
pub fn show(title: String, options: Object) {
    if !is_able() {
        return;
    }
    spawn_local(async move {
        let Ok(there) = worker().await else { return };
        // What cannot be shown is in the list all the same.
        let _ = there.unchecked_into::<Shows>().show_notification(&title, &options);
    });
}

async fn taken(key: &str) -> Result<String, JsValue> {
    let manager = worker().await?.push_manager()?;
    let subscription = match subscribe(&manager, key).await {
        Ok(subscription) => subscription,
        Err(error) => {
            // It was allowed for another key before: that of an installation which is no more.
            let Some(old) = subscribed(&manager).await? else { return Err(error) };
            JsFuture::from(old.unsubscribe()?).await?;
            subscribe(&manager, key).await?
        }
    };
    written(&subscription)
}

async fn subscribe(manager: &PushManager, key: &str) -> Result<PushSubscription, JsValue> {
    let options = PushSubscriptionOptionsInit::new();
    options.set_user_visible_only(true);
    options.set_application_server_key(&key.into());
    let made = JsFuture::from(manager.subscribe_with_options(&options)?).await?;
    Ok(made.unchecked_into())
}

async fn subscribed(manager: &PushManager) -> Result<Option<PushSubscription>, JsValue> {
    let found = JsFuture::from(manager.get_subscription()?).await?;
    Ok((!found.is_null()).then(|| found.unchecked_into()))
}

fn written(subscription: &PushSubscription) -> Result<String, JsValue> {
    JSON::stringify(subscription).map(String::from)
}

/// This browser's subscription, if it was ever let to be told.
async fn own() -> Result<Option<PushSubscription>, JsValue> {
    if !is_able() {
        return Ok(None);
    }
    let workers = window().navigator().service_worker();
    let found = JsFuture::from(workers.get_registration_with_document_url(WORKER)).await?;
    if found.is_undefined() {
        return Ok(None);
    }
    let there: ServiceWorkerRegistration = found.unchecked_into();
    subscribed(&there.push_manager()?).await
}

/// Tells this browser's push service that it is told no more.
pub fn let_go() {
    spawn_local(async {
        if let Ok(Some(subscription)) = own().await
            && let Ok(done) = subscription.unsubscribe()
        {
            // The server forgets it in any case.
            let _ = JsFuture::from(done).await;
        }
    });
}

/// Lets the server know this browser anew, once a tab: who signed in again goes on being told. A browser that was
/// forgotten elsewhere is told no more.
pub fn keep() {
    if is_marked() {
        return;
    }
    spawn_local(async {
        let Ok(Some(subscription)) = own().await else { return };
        let Ok(said) = written(&subscription) else { return };
        if is_marked() {
            return;
        }
        match renew_device(said, subscription.endpoint()).await {
            Ok(()) => mark(),
            Err(Error::NotFound) if !is_marked() => let_go(),
            // Without the mark the next page says it again.
            Err(_) => {}
        }
    });
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// Whether this tab has nothing to say to the server about how the browser is reached.
fn is_marked() -> bool {
    storage().is_none_or(|s| s.get_item(KNOWN).is_ok_and(|known| known.is_some()))
}

fn mark() {
    // A browser that keeps nothing has no mark, and is never let go of.
    storage().map(|s| s.set_item(KNOWN, "yes").is_ok());
}

fn unmark() {
    storage().map(|s| s.remove_item(KNOWN).is_ok());
}
