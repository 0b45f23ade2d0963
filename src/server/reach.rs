//! Which addresses the server calls by itself, when somebody else names them: none of the networks around it.

use std::error::Error as StdError;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ipnet::IpNet;
use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use url::{Host, Url};

use crate::error::Error;

/// Networks that are not the public internet (<https://www.iana.org/assignments/iana-ipv4-special-registry>,
/// <https://www.iana.org/assignments/iana-ipv6-special-registry>), and those that carry IPv4 addresses within.
const CLOSED: [&str; 26] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "fc00::/7",
    "fe80::/9",
    "ff00::/8",
];

/// Whether an address is one of the public internet.
pub fn is_public(ip: IpAddr) -> bool {
    static NETWORKS: OnceLock<Vec<IpNet>> = OnceLock::new();
    let networks =
        NETWORKS.get_or_init(|| CLOSED.iter().filter_map(|net| net.parse().ok()).collect());
    let ip = ip.to_canonical();
    !networks.iter().any(|net| net.contains(&ip))
}

/// Whether an address may be called, as far as it says itself: by https, at a public address or a name, which is looked at
/// again when it is resolved. `private` allows every host, and http.
pub fn is_allowed(address: &Url, private: bool) -> bool {
    if private {
        return matches!(address.scheme(), "https" | "http") && address.has_host();
    }
    let public = match address.host() {
        Some(Host::Domain(name)) => name.contains('.'),
        Some(Host::Ipv4(ip)) => is_public(ip.into()),
        Some(Host::Ipv6(ip)) => is_public(ip.into()),
        None => false,
    };
    let plain = address.username().is_empty() && address.password().is_none();
    address.scheme() == "https" && public && plain
}

/// A client that calls what [`is_allowed`] allows, and follows at most so many redirects, each looked at alike.
///
/// # Errors
/// When the machine has no certificates to check others by.
pub fn client(private: bool, patience: Duration, hops: usize) -> reqwest::Result<Client> {
    let redirect = Policy::custom(move |attempt| {
        if attempt.previous().len() <= hops && is_allowed(attempt.url(), private) {
            attempt.follow()
        } else {
            attempt.stop()
        }
    });
    let builder = Client::builder()
        .timeout(patience)
        .connect_timeout(patience / 2)
        .redirect(redirect)
        .referer(false)
        .https_only(!private);
    let builder = if private { builder } else { builder.dns_resolver(Arc::new(PublicOnly)) };
    builder.build()
}

/// A [`client`] that is made when it is first asked for, and kept in `place`; `what` it is for stands in the log where it cannot
/// be made.
///
/// # Errors
/// [`Error::Internal`] when the machine has no certificates to check others by.
pub fn kept<'a>(
    place: &'a OnceLock<Client>,
    what: &str,
    private: bool,
    patience: Duration,
    hops: usize,
) -> Result<&'a Client, Error> {
    if let Some(client) = place.get() {
        return Ok(client);
    }
    let made = client(private, patience, hops).map_err(|error| {
        tracing::error!(%error, "{what}");
        Error::Internal
    })?;
    Ok(place.get_or_init(|| made))
}

/// Why a name is not called.
#[derive(Debug, thiserror::Error)]
#[error("{0} has no public address")]
struct NotPublic(String);

/// Whether nobody was called because a name leads to no public address.
pub fn is_not_public(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<NotPublic>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Resolves names to public addresses only.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public = public(found);
            if public.is_empty() {
                return Err(NotPublic(name.as_str().to_owned()).into());
            }
            // What was looked at is what is called: the name is not asked for again.
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn public(found: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    found.filter(|at| is_public(at.ip())).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CLOSED, client, is_allowed, is_not_public, is_public, public};

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_called_and_that_is_the_reason() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let patience = Duration::from_secs(5);
        let refused = client(false, patience, 0).unwrap();
        let refused = refused.post(format!("https://localhost:{port}/")).send().await.unwrap_err();
        assert!(is_not_public(&refused), "{refused:?}");
        assert!(listener.accept().is_err(), "somebody called");
        // Where it may be called, what is wrong is something else.
        let called = client(true, patience, 0).unwrap();
        let called = called.post(format!("https://localhost:{port}/")).timeout(patience / 10);
        assert!(!is_not_public(&called.send().await.unwrap_err()));
        assert!(listener.accept().is_ok(), "nobody called");
    }

    #[test]
    fn of_a_name_with_public_and_private_addresses_only_the_public_are_called() {
        let found = ["8.8.8.8:0", "127.0.0.1:0", "[::1]:0", "169.254.169.254:0"];
        let found = found.iter().map(|at| at.parse().unwrap());
        assert_eq!(public(found), ["8.8.8.8:0".parse().unwrap()]);
        assert!(public(std::iter::once("10.0.0.1:0".parse().unwrap())).is_empty());
    }

    #[test]
    fn every_network_is_written_well() {
        assert!(CLOSED.iter().all(|net| net.parse::<ipnet::IpNet>().is_ok()));
    }

    #[test]
    fn only_the_public_internet_is_public() {
        for ip in
            ["8.8.8.8", "142.250.185.78", "2606:4700:4700::1111", "2a00:1450:4001::5", "172.32.0.1"]
        {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn only_public_hosts_by_https_are_called() {
        let allowed = |text: &str| is_allowed(&text.parse().unwrap(), false);
        for good in [
            "https://fcm.googleapis.com/fcm/send/abc",
            "https://web.push.apple.com/abc",
            "https://updates.push.services.mozilla.com/wpush/v2/abc",
            "https://8.8.8.8/abc",
        ] {
            assert!(allowed(good), "{good}");
        }
        for bad in [
            "http://fcm.googleapis.com/abc",
            "https://127.0.0.1/abc",
            "https://[::1]/abc",
            "https://[::ffff:10.0.0.1]/abc",
            "https://0x7f000001/abc",
            "https://2130706433/abc",
            "https://localhost/abc",
            "https://db/abc",
            "https://169.254.169.254/latest",
            "https://name:word@fcm.googleapis.com/abc",
            "ftp://fcm.googleapis.com/abc",
            "file:///etc/passwd",
        ] {
            assert!(!allowed(bad), "{bad}");
        }
        assert!(is_allowed(&"http://127.0.0.1:9/abc".parse().unwrap(), true));
        assert!(!is_allowed(&"file:///etc/passwd".parse().unwrap(), true));
    }
}
