//! Which addresses are of the internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 networks that are not of the internet (IANA special-purpose registry, RFC 6890), with their lengths; and one address
/// that is, but belongs to the inside of a cloud.
const NOT_PUBLIC: &[([u8; 4], u8)] = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // Link-local, and with it 169.254.169.254, where clouds give out credentials.
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    // Multicast, and what is reserved up to the broadcast.
    ([224, 0, 0, 0], 3),
    // Azure's host agent.
    ([168, 63, 129, 16], 32),
];

/// Whether an address is one of the internet. An IPv4 address within an IPv6 one (mapped, RFC 4291; NAT64, RFC 6052) counts as
/// what it is.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(ip),
        },
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let within = |&(network, length): &([u8; 4], u8)| {
        let mask = u32::MAX << (32 - u32::from(length));
        ip.to_bits() & mask == u32::from_be_bytes(network)
    };
    !NOT_PUBLIC.iter().any(within)
}

/// Only global unicast (2000::/3), and of it neither protocol assignments with Teredo (2001::/23), documentation (2001:db8::/32,
/// 3fff::/20) nor 6to4 (2002::/16), which leads to an IPv4 address through somebody's relay.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    const NAT64: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];
    let segments = ip.segments();
    if segments.starts_with(&NAT64) {
        let [.., a, b, c, d] = ip.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    match (segments[0], segments[1]) {
        (0x2001, second) => second >= 0x200 && second != 0xdb8,
        (0x2002, _) => false,
        (0x3fff, second) => second >= 0x1000,
        (first, _) => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(address: &str) -> bool {
        is_public(address.parse().unwrap())
    }

    #[test]
    fn addresses_of_the_internet_may_be_called() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "223.255.255.255",
            "168.63.129.17",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
            "2001:67c:2e8:22::c100:68b",
            "2606:4700::1111",
            "2a00::1",
        ] {
            assert!(public(address), "{address}");
        }
    }

    #[test]
    fn every_other_address_may_not() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::1.1.1.1",
            "100::1",
            "2001::1",
            "2001:1ff::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:0101:0101::1",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fdff:ffff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "ff0e::1",
        ] {
            assert!(!public(address), "{address}");
        }
    }
}
