//! Who is really at the other end: the peer, or whom a trusted proxy says.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The address of the client. `X-Forwarded-For` counts from the right and only as far as the proxies that
/// handed it on are trusted; anyone can write the rest.
pub fn address(trusted: &[IpNet], headers: &HeaderMap, peer: IpAddr) -> IpAddr {
    let is_trusted = |ip: IpAddr| trusted.iter().any(|net| net.contains(&ip));
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|h| h.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut client = peer.to_canonical();
    for hop in hops.into_iter().rev() {
        if !is_trusted(client) {
            break;
        }
        let Ok(next) = hop.parse::<IpAddr>() else { break };
        client = next.to_canonical();
    }
    client
}

/// Reads `TRUSTED_PROXIES`: addresses and networks, separated by commas.
///
/// # Errors
/// A sentence that names the part which is neither.
pub fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let parts = text.split(',').map(str::trim).filter(|p| !p.is_empty());
    let net = |part: &str| {
        let one = part.parse::<IpAddr>().map(IpNet::from);
        part.parse::<IpNet>()
            .or(one)
            .map_err(|_| format!("{part}: expected an address or a network such as 10.0.0.0/8"))
    };
    parts.map(net).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{address, networks};

    #[test]
    fn only_trusted_proxies_are_believed() {
        let headers = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", HeaderValue::from_static(text));
            headers
        };
        let proxies = networks("10.0.0.0/8, 127.0.0.1").unwrap();
        let of =
            |peer: &str, text| address(&proxies, &headers(text), peer.parse().unwrap()).to_string();
        assert_eq!(of("203.0.113.9", "1.2.3.4"), "203.0.113.9", "a stranger's word counts nothing");
        assert_eq!(of("127.0.0.1", "1.2.3.4"), "1.2.3.4");
        assert_eq!(
            of("127.0.0.1", "6.6.6.6, 1.2.3.4, 10.1.1.1"),
            "1.2.3.4",
            "what the client wrote itself is left out"
        );
        assert_eq!(of("127.0.0.1", "nonsense"), "127.0.0.1");
        assert!(networks("10.0.0.0/8,somewhere").is_err());
    }
}
