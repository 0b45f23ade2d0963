//! Which addresses the server calls by itself, when somebody else names them: none of the networks around it.

use std::net::IpAddr;
use std::sync::OnceLock;

use ipnet::IpNet;

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

#[cfg(test)]
mod tests {
    use super::{CLOSED, is_public};

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
}
