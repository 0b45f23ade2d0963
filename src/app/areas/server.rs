//! On the server all code is there.

/// Comes at once.
pub async fn came<F>(_: impl Fn() -> F) {}

/// The area of the page at an address; nothing for an address without a page.
pub fn of_path(path: &str) -> &'static str {
    match path.split('/').nth(1).unwrap_or_default() {
        "inbox" => "inbox",
        "people" | "contacts" | "notes" => "people",
        "companies" => "companies",
        "segments" => "segments",
        "outbound" => "outbound",
        "settings" | "import" => "settings",
        "sign-in" | "forgot-password" | "reset-password" | "start" | "join" => "entrance",
        _ => "",
    }
}
