//! Telling people from programs that load pictures and follow links by themselves.

use axum::http::{HeaderMap, header};

/// What comes sooner after an e-mail was handed over is a program's doing, in milliseconds: servers look through mail as it arrives, and
/// nobody reads it by then.
const SOON: i64 = 10_000;

/// Words of programs that look at mail without anybody reading it: crawlers, tools, and what guards mailboxes.
const PROGRAMS: [&str; 22] = [
    "bot",
    "crawl",
    "spider",
    "scan",
    "preview",
    "headless",
    "barracuda",
    "proofpoint",
    "mimecast",
    "symantec",
    "trendmicro",
    "fireeye",
    "safelinks",
    "urldefense",
    "curl",
    "wget",
    "python",
    "java/",
    "go-http-client",
    "libwww",
    "axios",
    "node-fetch",
];

/// Whether a request is a program's own: by its name, or because it comes so soon after the e-mail was handed over.
///
/// Apple's Mail loads the pictures of all mail through servers of Apple, whether it is read or not, and names itself
/// `Mozilla/5.0` and nothing more then (Mail Privacy Protection: <https://support.apple.com/guide/mail/mlhl03be2866/mac>;
/// <https://help.socketlabs.com/docs/identifying-apple-mpp-opens-in-notification-api-events>). The servers through which Gmail and Yahoo
/// load pictures (`GoogleImageProxy`, `YahooMailProxy`) do so when somebody opens the mail: they count as people, unless they
/// come too soon. A browser that fetches ahead says so.
pub fn is_machine(headers: &HeaderMap, since: i64) -> bool {
    let said = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().trim().to_lowercase()
    };
    let agent = said(header::USER_AGENT.as_str());
    let ahead = ["purpose", "sec-purpose", "x-purpose", "x-moz"];
    since < SOON
        || agent.is_empty()
        || agent == "mozilla/5.0"
        || PROGRAMS.iter().any(|word| agent.contains(word))
        || ahead.iter().any(|name| said(name).contains("prefetch") || said(name) == "preview")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::is_machine;

    const LATER: i64 = 60_000;

    fn from(agent: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("user-agent", HeaderValue::from_static(agent));
        headers
    }

    #[test]
    fn people_are_told_from_programs() {
        for agent in [
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Thunderbird/128.3.1",
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
            "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
            "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Microsoft Outlook 16.0.4266)",
        ] {
            assert!(!is_machine(&from(agent), LATER), "{agent}");
            assert!(is_machine(&from(agent), 9_999), "{agent}: nobody is so quick");
        }
        for agent in [
            "Mozilla/5.0",
            "",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Barracuda Sentinel (EE)",
            "curl/8.5.0",
            "Go-http-client/2.0",
        ] {
            assert!(is_machine(&from(agent), LATER), "{agent}");
        }
        assert!(is_machine(&HeaderMap::new(), LATER), "without a name");
        let mut ahead = from("Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0.0.0 Safari/537.36");
        ahead.insert("sec-purpose", HeaderValue::from_static("prefetch;prerender"));
        assert!(is_machine(&ahead, LATER));
    }
}
