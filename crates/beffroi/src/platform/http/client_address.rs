//! The one door for client addresses (RA-2). Behind `TRUST_PROXY_HOPS` proxies the address is the one that the outermost
//! of them saw: exactly that hop from the right, over all `X-Forwarded-For` lines. What stands further left was
//! written by the client and changes nothing.

use http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

const HEADER: &str = "x-forwarded-for";

/// The client's address: `peer` is the other end of the connection.
pub fn resolve(peer: IpAddr, headers: &HeaderMap, trusted_hops: u8) -> IpAddr {
    let lines = headers.get_all(HEADER).into_iter().rev();
    let entries = lines.flat_map(|line| line.to_str().unwrap_or("").rsplit(','));
    // Each of these was written by a proxy of ours about the one before it; an unreadable one ends the walk.
    let seen = entries.take(usize::from(trusted_hops)).map_while(|entry| parse(entry.trim()));
    seen.last().unwrap_or(peer).to_canonical()
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
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HEADER, HeaderValue::from_static(line));
        }
        resolve("10.0.0.9".parse().expect("an address"), &headers, hops).to_string()
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
