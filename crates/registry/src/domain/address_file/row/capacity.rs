//! What the port can do at most: MdB1's and MdB2's `capacity` in kbit/s, PI-API's `portSpeed` in Mbit/s.

use std::ops::RangeInclusive;

use super::Reader;
use crate::domain::address_file::{Field, Format};
use crate::domain::limits::{MDB1_PORT_KBPS, PORT_KBPS, PORT_MBPS};

const KBPS_OF_MBPS: u32 = 1_000;

impl Reader<'_> {
    /// kbit/s. Where a file has both columns they must say the same.
    pub(super) fn capacity(&mut self) -> Option<u32> {
        let kbps = self.port_kbps();
        let mbps = self.port_mbps();
        let of_mbps = mbps.map(|mbps| mbps.saturating_mul(KBPS_OF_MBPS));
        if let (Some(said), Some(other)) = (kbps, of_mbps)
            && said != other
        {
            let (one, two) = (self.name(Field::Capacity), self.name(Field::PortSpeed));
            let rule = format!("{one} (kbit/s) and {two} (Mbit/s) must say the same");
            self.refuse(Field::PortSpeed, "CAPACITY_DIFFERS", rule);
        }
        of_mbps.or(kbps)
    }

    fn port_kbps(&mut self) -> Option<u32> {
        let bounds = match self.values.format {
            Format::MdB1 => MDB1_PORT_KBPS,
            Format::MdB2 | Format::PiApi | Format::OnApi => PORT_KBPS,
        };
        let value = self.value(Field::Capacity).to_owned();
        let is_said = !value.is_empty();
        is_said.then(|| self.speed(Field::Capacity, &value, (bounds, "kbit/s")))?
    }

    /// Some write both directions (`1000/100`), of which the first, to the home, counts; the other is held to the same rule.
    fn port_mbps(&mut self) -> Option<u32> {
        let value = self.value(Field::PortSpeed).to_owned();
        if value.is_empty() {
            return None;
        }
        let mut directions = value.splitn(2, '/');
        let mut speed = |text| self.speed(Field::PortSpeed, text, (PORT_MBPS, "Mbit/s"));
        let down = speed(directions.next()?)?;
        match directions.next() {
            Some(up) => speed(up).map(|_| down),
            None => Some(down),
        }
    }

    fn speed(
        &mut self,
        field: Field,
        text: &str,
        (bounds, unit): (RangeInclusive<u32>, &str),
    ) -> Option<u32> {
        let text = text.trim();
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        if number.is_none() {
            let (from, to) = (bounds.start(), bounds.end());
            let name = self.name(field);
            let rule = format!("{name} is a whole number from {from} to {to} {unit}");
            let violation = self.broken(field, "CAPACITY_INVALID", rule);
            let violation = violation.with(from).with(to).with(unit);
            self.violations.push(super::shown(violation));
        }
        number
    }
}

#[cfg(test)]
#[path = "capacity_tests.rs"]
mod tests;
