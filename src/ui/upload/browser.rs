//! In a browser: `XMLHttpRequest`, which says how far an upload is.

use leptos::wasm_bindgen::{JsCast as _, closure::Closure};
use leptos::web_sys::{ClipboardEvent, DragEvent, Event, HtmlInputElement, ProgressEvent};
use serde::de::DeserializeOwned;
use web_sys::{DataTransfer, File, FileList, FormData, XmlHttpRequest};

use crate::error::Error;

/// A file in the hands of the page.
#[derive(Clone)]
pub struct Picked(File);

impl Picked {
    /// Its name.
    pub fn name(&self) -> String {
        self.0.name()
    }

    /// In bytes.
    pub fn size(&self) -> f64 {
        self.0.size()
    }
}

fn all(list: Option<FileList>) -> Vec<Picked> {
    let Some(list) = list else { return Vec::new() };
    (0..list.length()).filter_map(|n| list.get(n)).map(Picked).collect()
}

/// The files that were chosen in a field, which is empty again afterwards, so that its form does not send them too.
pub fn chosen(event: &Event) -> Vec<Picked> {
    let field = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
    let Some(field) = field else { return Vec::new() };
    let files = all(field.files());
    field.set_value("");
    files
}

/// The files that are chosen in a field, which its form will send.
pub fn held(event: &Event) -> Vec<Picked> {
    let field = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
    all(field.and_then(|field| field.files()))
}

/// The files that were dropped.
pub fn dropped(event: &DragEvent) -> Vec<Picked> {
    all(event.data_transfer().and_then(|data: DataTransfer| data.files()))
}

/// The files that were pasted, such as a picture of the screen.
pub fn pasted(event: &ClipboardEvent) -> Vec<Picked> {
    all(event.clipboard_data().and_then(|data: DataTransfer| data.files()))
}

/// The text that was pasted.
pub fn pasted_text(event: &ClipboardEvent) -> Option<String> {
    event.clipboard_data()?.get_data("text/plain").ok()
}

/// The page that was pasted, as HTML that nobody has looked at.
pub fn pasted_page(event: &ClipboardEvent) -> Option<String> {
    event.clipboard_data()?.get_data("text/html").ok().filter(|page| !page.is_empty())
}

/// Whether what is being dragged are files.
pub fn carries_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

/// Sends a file to an address with the fields of its form; says how far it is (0 to 1), and what the server answered.
pub fn send<T: DeserializeOwned + 'static>(
    file: &Picked,
    address: &str,
    fields: &[(&str, String)],
    progress: impl Fn(f64) + 'static,
    done: impl FnOnce(Result<T, Error>) + 'static,
) {
    let Some((request, form)) = prepared(file, address, fields) else {
        return done(Err(Error::Internal));
    };
    let far = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        progress(event.loaded() / event.total().max(1.0));
    });
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(far.as_ref().unchecked_ref()));
    }
    let answered = request.clone();
    // It is called once, however the request ends, and lets go of the other closure then.
    let end = Closure::once_into_js(move || {
        drop(far);
        let text = answered.response_text().ok().flatten().unwrap_or_default();
        done(match answered.status() {
            Ok(200) => serde_json::from_slice(text.as_bytes()).map_err(|_| Error::Unreachable),
            _ => Err(serde_json::from_slice(text.as_bytes()).unwrap_or(Error::Unreachable)),
        });
    });
    request.set_onloadend(Some(end.unchecked_ref()));
    // A request that cannot be sent ends at once, and says so there.
    let _ = request.send_with_opt_form_data(Some(&form));
}

fn prepared(
    file: &Picked,
    address: &str,
    fields: &[(&str, String)],
) -> Option<(XmlHttpRequest, FormData)> {
    let (request, form) = (XmlHttpRequest::new().ok()?, FormData::new().ok()?);
    for (name, value) in fields {
        form.append_with_str(name, value).ok()?;
    }
    form.append_with_blob_and_filename("file", &file.0, &file.0.name()).ok()?;
    request.open_with_async("POST", address, true).ok()?;
    Some((request, form))
}
