//! The one door for client addresses (RA-2). Behind `TRUST_PROXY_HOPS` proxies the address is the one that the outermost
//! of them saw: exactly that hop from the right, over all `X-Forwarded-For` lines. What stands further left was
//! written by the client and changes nothing. Where `TRUSTED_PROXIES` says which addresses our proxies have, a line that
//! somebody else handed us is not believed either: that can only shorten the walk.

use http::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

const HEADER: &str = "x-forwarded-for";

/// The client's address: `peer` is the other end of the connection. No `proxies`: the number of hops is all we know.
pub fn resolve(peer: IpAddr, headers: &HeaderMap, trusted_hops: u8, proxies: &[IpNet]) -> IpAddr {
    let is_ours = |address: IpAddr| proxies.is_empty() || proxies.iter().any(|proxy| proxy.contains(&address));
    let lines = headers.get_all(HEADER).into_iter().rev();
    let entries = lines.flat_map(|line| line.to_str().unwrap_or("").rsplit(','));
    let mut seen = peer.to_canonical();
    // Each of these was written by a proxy of ours about the one before it; an unreadable one ends the walk.
    for entry in entries.take(usize::from(trusted_hops)) {
        match parse(entry.trim()) {
            Some(address) if is_ours(seen) => seen = address.to_canonical(),
            _ => break,
        }
    }
    seen
}

fn parse(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim_matches('"');
    let bare = entry.strip_prefix('[').and_then(|entry| entry.strip_suffix(']')).unwrap_or(entry);
    bare.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn resolved(lines: &[&'static str], hops: u8) -> String {
        resolved_by(lines, hops, &[])
    }

    fn resolved_by(lines: &[&'static str], hops: u8, proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HEADER, HeaderValue::from_static(line));
        }
        let proxies: Vec<IpNet> = proxies.iter().map(|proxy| proxy.parse().expect("a network")).collect();
        resolve("10.0.0.9".parse().expect("an address"), &headers, hops, &proxies).to_string()
    }

    // RA-2
    #[test]
    fn the_address_is_exactly_that_hop_from_the_right() {
        let lines = ["203.0.113.7, 198.51.100.1", "192.0.2.1"];
        assert_eq!(resolved(&lines, 0), "10.0.0.9");
        assert_eq!(resolved(&lines, 1), "192.0.2.1");
        assert_eq!(resolved(&lines, 2), "198.51.100.1");
        assert_eq!(resolved(&lines, 3), "203.0.113.7");
        assert_eq!(resolved(&lines, 9), "203.0.113.7");
    }

    // RA-2
    #[test]
    fn what_mallory_forges_changes_nothing() {
        assert_eq!(resolved(&["127.0.0.1", "198.51.100.1"], 1), "198.51.100.1");
        assert_eq!(resolved(&["127.0.0.1, 127.0.0.1, 198.51.100.1"], 1), "198.51.100.1");
        assert_eq!(resolved(&["127.0.0.1"], 0), "10.0.0.9");
        assert_eq!(resolved(&["127.0.0.1, nonsense"], 2), "10.0.0.9");
        assert_eq!(resolved(&["127.0.0.1, nonsense, 198.51.100.1"], 3), "198.51.100.1");
        assert_eq!(resolved(&[], 2), "10.0.0.9");
    }

    // RA-2
    #[test]
    fn naming_the_proxies_narrows_whom_we_believe_and_never_widens_it() {
        let lines = ["203.0.113.7, 198.51.100.1, 10.0.0.8"];
        assert_eq!(resolved_by(&lines, 2, &["10.0.0.0/24"]), "198.51.100.1");
        assert_eq!(resolved_by(&lines, 2, &["10.0.0.9/32"]), "10.0.0.8");
        assert_eq!(resolved_by(&lines, 2, &["192.0.2.0/24"]), "10.0.0.9");
        assert_eq!(resolved_by(&lines, 0, &["10.0.0.0/24"]), "10.0.0.9");
        assert_eq!(resolved_by(&lines, 2, &["0.0.0.0/0"]), resolved(&lines, 2));
        assert_eq!(resolved_by(&["203.0.113.7, ::ffff:10.0.0.8"], 2, &["10.0.0.0/24"]), "203.0.113.7");
    }

    #[test]
    fn every_way_to_write_an_address_is_read() {
        for (line, address) in [
            ("198.51.100.1:4711", "198.51.100.1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
            ("\"198.51.100.1\"", "198.51.100.1"),
        ] {
            assert_eq!(resolved(&[line], 1), address);
        }
    }
}
