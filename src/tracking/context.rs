//! `context` of a call: the browser, the address, the page and the campaign.

use std::net::IpAddr;

use serde_json::{Map, Value};
use woothee::parser::Parser;

use super::read::text_of;
use crate::contacts::Context;
use crate::error::Error;
use crate::server::dates;

/// Reads `context`; a page call's properties tell its page as well. `browser` is the address of the browser that
/// sent the call, and stands in where `context.ip` does not say one.
///
/// # Errors
/// [`Error::Invalid`] for a context that is not an object.
pub fn context(call: &Map<String, Value>, browser: Option<IpAddr>) -> Result<Context, Error> {
    let none = Map::new();
    let context = match call.get("context") {
        None | Some(Value::Null) => &none,
        Some(Value::Object(object)) => object,
        Some(_) => return Err(Error::invalid("context", "send an object")),
    };
    let part = |name: &str| context.get(name).and_then(Value::as_object).unwrap_or(&none);
    let (page, campaign) = (part("page"), part("campaign"));
    let properties = call.get("properties").and_then(Value::as_object).unwrap_or(&none);
    let short = |object: &Map<String, Value>, name: &str| {
        let text = text_of(object, name, usize::MAX).ok().flatten();
        text.map(|t| t.chars().take(2_000).collect::<String>())
    };
    let agent = short(context, "userAgent");
    let (browser_name, browser_version, os) = agent.as_deref().map(device).unwrap_or_default();
    let ip = context.get("ip").and_then(Value::as_str).and_then(|ip| ip.trim().parse().ok());
    Ok(Context {
        ip: ip.or(browser),
        browser: browser_name,
        browser_version,
        os,
        language: short(context, "locale"),
        time_zone: short(context, "timezone").and_then(|zone| dates::zone(&zone)),
        page: short(page, "url").or_else(|| short(properties, "url")),
        referrer: short(page, "referrer").or_else(|| short(properties, "referrer")),
        campaign: ["name", "content", "medium", "source", "term"].map(|name| short(campaign, name)),
    })
}

/// Browser, version and operating system of a user agent, as far as it can be told.
pub fn device(agent: &str) -> (Option<String>, Option<String>, Option<String>) {
    let Some(found) = Parser::new().parse(agent) else { return (None, None, None) };
    let known = |text: &str| (text != "UNKNOWN" && !text.is_empty()).then(|| text.to_owned());
    let os = known(found.os).map(|os| if os == "Mac OSX" { "macOS".into() } else { os });
    (known(found.name), known(found.version), os)
}
