//! How a page gets the Messenger.

use leptos::prelude::*;

use crate::messenger::Setup;
use crate::ui::Copy;

/// The snippet with this workspace's own address, and where to try it.
#[component]
pub fn Snippet(setup: Setup) -> impl IntoView {
    let Setup { address, app_id, .. } = setup;
    let text = format!(
        "<script>\nwindow.rapportSettings = {{ app_id: '{app_id}' }};\n(function (w, d, n) {{\n    if (!w[n]) {{ var q = w[n] = function () {{ q.q.push(arguments); }}; q.q = []; }}\n    var s = d.createElement('script'); s.async = true; s.src = '{address}/messenger.js'; d.head.appendChild(s);\n}})(window, document, 'Rapport');\n</script>"
    );
    view! {
        <section class="snippet">
            <h2>"Before </body> of every page of yours"</h2>
            <Copy text=text.clone() label="Copy: the snippet".to_owned() />
            <pre dir="ltr" tabindex="0">
                <code>{text}</code>
            </pre>
        </section>
        <p class="hint">
            "For people who are signed in, add "
            <code>"user_id"</code>
            " and a proof that your server signs. Try it on "
            <a href="/demo/site" rel="external" target="_blank">
                "a sample shop"
            </a>
            ", as a visitor and as a customer."
        </p>
    }
    .into_any()
}
