//! Free ports on the loopback address.

use std::net::TcpListener;

/// RabbitMQ's command line tools take these for themselves.
const TAKEN_BY_TOOLS: std::ops::RangeInclusive<u16> = 35_672..=35_682;

/// So many different ports that were free a moment ago.
pub(crate) fn free<const N: usize>() -> anyhow::Result<[u16; N]> {
    let mut held = Vec::new();
    let mut ports = [0; N];
    for port in &mut ports {
        *port = loop {
            let listener = TcpListener::bind(("127.0.0.1", 0))?;
            let free = listener.local_addr()?.port();
            held.push(listener);
            if !TAKEN_BY_TOOLS.contains(&free) {
                break free;
            }
        };
    }
    Ok(ports)
}
