//! Which technical services can be had at an access: those of the network, of these what a file says is available there, and
//! of these what the port is fast enough for (MDB-8).

use std::collections::BTreeMap;

use kernel::AccessState;

/// A Mbit/s in the unit of a port's capacity.
const KBPS_OF_MBPS: u32 = 1_000;

/// The technical services of a network, and how fast a port must be for each.
#[derive(Clone, Copy, Debug)]
pub struct NetworkServices<'a> {
    names: &'a [String],
    /// Mbit/s, by the service's name: the network's own, then those for all.
    speeds: [Option<&'a BTreeMap<String, u32>>; 2],
}

/// What is known of the line of an access.
#[derive(Clone, Copy, Debug, Default)]
pub struct Line<'a> {
    /// Those of which a file says that they can be had there, if it says so.
    pub available: Option<&'a [String]>,
    /// What the port can do at most, in kbit/s; not known: nothing is held against it.
    pub capacity_kbps: Option<u32>,
}

/// A technical service that the port is too slow for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeyondCapacity {
    /// Its name.
    pub service: String,
    /// Mbit/s that it needs.
    pub needs_mbps: u32,
}

impl<'a> NetworkServices<'a> {
    /// Services by their names; of those without a speed nothing is held against a port.
    pub fn new(
        names: &'a [String],
        own_speeds: Option<&'a BTreeMap<String, u32>>,
        speeds: &'a BTreeMap<String, u32>,
    ) -> Self {
        Self {
            names,
            speeds: [own_speeds, Some(speeds)],
        }
    }

    /// The services that the line can carry, whatever the state of the access.
    pub fn of_line(&self, line: Line<'_>) -> Vec<String> {
        let carried = |service: &&String| self.too_fast(service, line).is_none();
        self.available(line).filter(carried).cloned().collect()
    }

    /// The services that can be had now: those of the line where the access is connected, and none elsewhere.
    pub fn at(&self, line: Line<'_>, state: AccessState) -> Vec<String> {
        if state.is_sellable() {
            self.of_line(line)
        } else {
            Vec::new()
        }
    }

    /// The services that the line would have, were its port faster.
    pub fn beyond(&self, line: Line<'_>) -> Vec<BeyondCapacity> {
        let beyond = |service: &String| {
            Some(BeyondCapacity {
                service: service.clone(),
                needs_mbps: self.too_fast(service, line)?,
            })
        };
        self.available(line).filter_map(beyond).collect()
    }

    fn available<'b>(&self, line: Line<'b>) -> impl Iterator<Item = &'a String> + use<'a, 'b> {
        let has = move |service: &&String| line.available.is_none_or(|all| all.contains(service));
        self.names.iter().filter(has)
    }

    /// The Mbit/s that a service needs, where that is more than the port can do.
    fn too_fast(&self, service: &str, line: Line<'_>) -> Option<u32> {
        let mut said = self.speeds.into_iter().flatten();
        let needs_mbps = *said.find_map(|speeds| speeds.get(service))?;
        let capacity = line.capacity_kbps?;
        (needs_mbps.saturating_mul(KBPS_OF_MBPS) > capacity).then_some(needs_mbps)
    }
}

/// Whether what can be had there can be activated directly (direct activation, glossary): the access is connected, and the
/// network's equipment is known to stand in the home. Without it somebody has to bring it first, which the interface for
/// direct activation answers with 428 and `<hardware>CPE</hardware>` (market-database.md §4.2): deliverable, but not directly.
pub fn is_direct(state: AccessState, cpe: Option<bool>) -> bool {
    state.is_sellable() && cpe == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn services_are_those_of_the_network_that_are_available_where_the_access_is_connected() {
        let (of_network, none) = (names(&["BB-100-100", "TV"]), BTreeMap::new());
        let services = NetworkServices::new(&of_network, None, &none);
        let available = names(&["TV", "TEL-X"]);
        let at = |available, state| {
            let line = Line {
                available,
                capacity_kbps: Some(1),
            };
            services.at(line, state)
        };
        assert_eq!(at(Some(&available), AccessState::Connected), ["TV"]);
        assert_eq!(at(None, AccessState::Connected), of_network);
        assert_eq!(at(Some(&[]), AccessState::Connected), [""; 0]);
        assert!(at(Some(&available), AccessState::Planned).is_empty());
        assert!(at(None, AccessState::Deploying).is_empty());
        let line = Line {
            available: Some(&available),
            ..Line::default()
        };
        assert_eq!(services.of_line(line), ["TV"]);
    }

    #[test]
    fn a_port_carries_what_is_as_fast_as_itself_and_all_that_says_no_speed() {
        let of_network = names(&["BB-100", "BB-1000", "TV"]);
        let speeds = BTreeMap::from([("BB-100".to_owned(), 100), ("BB-1000".to_owned(), 1_000)]);
        let services = NetworkServices::new(&of_network, None, &speeds);
        let at = |kbps| Line {
            available: None,
            capacity_kbps: kbps,
        };
        for (kbps, carried) in [
            (None, vec!["BB-100", "BB-1000", "TV"]),
            (Some(1_000_000), vec!["BB-100", "BB-1000", "TV"]),
            (Some(999_999), vec!["BB-100", "TV"]),
            (Some(100_000), vec!["BB-100", "TV"]),
            (Some(99_999), vec!["TV"]),
        ] {
            assert_eq!(services.of_line(at(kbps)), carried, "{kbps:?}");
        }
        let beyond = services.beyond(at(Some(100_000)));
        assert_eq!(beyond[0].service, "BB-1000");
        assert_eq!((beyond.len(), beyond[0].needs_mbps), (1, 1_000));
        let enormous = BTreeMap::from([("BB-100".to_owned(), u32::MAX)]);
        let services = NetworkServices::new(&of_network, None, &enormous);
        assert_eq!(services.beyond(at(Some(1_000_000)))[0].service, "BB-100");
    }

    #[test]
    fn what_a_network_says_of_its_service_counts_before_what_is_said_for_all() {
        let of_network = names(&["BASIC"]);
        let all = BTreeMap::from([("BASIC".to_owned(), 100)]);
        let own = BTreeMap::from([("BASIC".to_owned(), 10)]);
        let line = Line {
            available: None,
            capacity_kbps: Some(10_000),
        };
        let of = |own| NetworkServices::new(&of_network, own, &all).of_line(line);
        assert!(of(None).is_empty());
        assert_eq!(of(Some(&own)), ["BASIC"]);
    }

    #[test]
    fn direct_is_what_is_connected_and_equipped() {
        assert!(is_direct(AccessState::Connected, Some(true)));
        assert!(!is_direct(AccessState::Connected, Some(false)));
        assert!(!is_direct(AccessState::Connected, None));
        assert!(!is_direct(AccessState::Planned, Some(true)));
    }
}
