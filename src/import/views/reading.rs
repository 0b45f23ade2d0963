//! How a file is read, and a way to have it read otherwise.

use leptos::prelude::*;

use crate::import::Reading;

/// Encodings to choose from, by their names in <https://encoding.spec.whatwg.org/#names-and-labels>.
const ENCODINGS: [&str; 12] = [
    "UTF-8",
    "windows-1252",
    "windows-1250",
    "windows-1251",
    "ISO-8859-2",
    "UTF-16LE",
    "UTF-16BE",
    "macintosh",
    "Shift_JIS",
    "GBK",
    "Big5",
    "EUC-KR",
];
/// Separators to choose from, with what they are called.
const SEPARATORS: [(char, &str, &str); 3] =
    [(',', ",", "Commas"), (';', ";", "Semicolons"), ('\t', "tab", "Tabs")];

/// The word for a separator in addresses and forms.
pub fn word(separator: char) -> String {
    if separator == '\t' { "tab".to_owned() } else { separator.to_string() }
}

/// Says what was recognised; a form that asks for something else works without JavaScript.
#[component]
pub fn ReadingForm(reading: Reading) -> impl IntoView {
    let known = ENCODINGS.contains(&reading.encoding.as_str());
    let own = (!known).then(|| reading.encoding.clone());
    let encodings = own.into_iter().chain(ENCODINGS.iter().map(|e| (*e).to_owned()));
    let encodings = encodings.map(|encoding| {
        let chosen = encoding == reading.encoding;
        let title = encoding.replace("windows", "Windows");
        view! {
            <option value=encoding selected=chosen>
                {title}
            </option>
        }
    });
    let encodings = encodings.collect_view();
    let separators = SEPARATORS.iter().map(|(separator, word, title)| {
        let chosen = *separator == reading.separator;
        view! {
            <option value=*word selected=chosen>
                {*title}
            </option>
        }
    });
    let separators = separators.collect_view();
    view! {
        <form class="import-reading" method="get" action="">
            <p>{format!("Read as {}.", reading.words())}</p>
            <details>
                <summary class="link-button">"Read it otherwise"</summary>
                <div class="toolbar">
                    <select class="input" name="encoding" aria-label="Encoding">
                        {encodings}
                    </select>
                    <select class="input" name="separator" aria-label="Separator">
                        {separators}
                    </select>
                    <button class="button" type="submit">
                        "Look again"
                    </button>
                </div>
            </details>
        </form>
    }
    .into_any()
}
