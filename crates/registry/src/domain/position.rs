//! Where an access is on the map: SWEREF 99 and WGS 84, one worked out from the other.
//!
//! SWEREF 99 is fixed to the European plate; WGS 84 differs from it by less than a metre, which is less than an address is
//! known by, so that they are taken as the same. What is written in metres is a transverse Mercator projection of it:
//! SWEREF 99 TM for the whole country, or one of twelve local zones (Lantmäteriet, "SWEREF 99-projektioner").

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use proj4rs::Proj;
use proj4rs::transform::transform;

use super::access::Coordinates;

/// How far two statements of one place may lie apart, in metres: four decimals of a degree are 11 metres, and where a house is
/// may be its door or its middle.
pub const TOLERANCE_METRES: f64 = 25.0;
/// Sweden with some water around it, in degrees north (Smygehuk 55.34, Treriksröset 69.06).
pub const SWEDEN_NORTH: RangeInclusive<f64> = 54.9..=69.3;
/// The same in degrees east (Stora Drammen 10.96, Kataja 24.17).
pub const SWEDEN_EAST: RangeInclusive<f64> = 10.5..=24.4;

/// A system of SWEREF 99 in metres: its name without spaces, its number in the EPSG register, its central meridian.
type System = (&'static str, &'static str, &'static str);

const WHOLE_COUNTRY: System = ("SWEREF99TM", "3006", "15");
const ZONES: [System; 12] = [
    ("SWEREF991200", "3007", "12"),
    ("SWEREF991330", "3008", "13.5"),
    ("SWEREF991500", "3009", "15"),
    ("SWEREF991630", "3010", "16.5"),
    ("SWEREF991800", "3011", "18"),
    ("SWEREF991415", "3012", "14.25"),
    ("SWEREF991545", "3013", "15.75"),
    ("SWEREF991715", "3014", "17.25"),
    ("SWEREF991845", "3015", "18.75"),
    ("SWEREF992015", "3016", "20.25"),
    ("SWEREF992145", "3017", "21.75"),
    ("SWEREF992315", "3018", "23.25"),
];

/// What is wrong with the coordinates of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// One of north and east, or of latitude and longitude, is missing.
    Half(Pair),
    /// The place is not in Sweden, although the address is: swapped, of another system, or 0.
    Abroad(Pair),
    /// The two statements mean places so many metres apart.
    Apart(u64),
}

/// Which of the two statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// North and east in metres.
    Metres,
    /// Latitude and longitude.
    Degrees,
}

/// A place in degrees or metres, east first, as the projections want it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    east: f64,
    north: f64,
}

/// Checks coordinates whose numbers are numbers, and works out the statement that is missing. Where the address is not in
/// Sweden nothing is worked out, because SWEREF 99 is for Sweden; nor from or into a system that we do not know.
///
/// # Errors
/// Half a statement, a place outside of Sweden, two places.
pub fn complete(given: Coordinates, in_sweden: bool) -> Result<Coordinates, Fault> {
    let metres = pair(&given.east, &given.north, Pair::Metres)?;
    let degrees = pair(&given.longitude, &given.latitude, Pair::Degrees)?;
    if !in_sweden {
        return Ok(given);
    }
    if degrees.is_some_and(|degrees| !is_swedish(degrees)) {
        return Err(Fault::Abroad(Pair::Degrees));
    }
    let Some(system) = system(&given.system) else {
        return Ok(given);
    };
    match (metres, degrees) {
        (None, None) => Ok(given),
        (Some(metres), None) => {
            let degrees = to_degrees(system, metres)
                .filter(|degrees| is_swedish(*degrees))
                .ok_or(Fault::Abroad(Pair::Metres))?;
            Ok(Coordinates {
                system: named(given.system, system),
                latitude: format!("{:.7}", degrees.north),
                longitude: format!("{:.7}", degrees.east),
                ..given
            })
        }
        (None, Some(degrees)) => {
            let metres = to_metres(system, degrees).ok_or(Fault::Abroad(Pair::Degrees))?;
            Ok(Coordinates {
                system: named(given.system, system),
                north: format!("{:.3}", metres.north),
                east: format!("{:.3}", metres.east),
                ..given
            })
        }
        (Some(metres), Some(degrees)) => {
            let other = to_metres(system, degrees).ok_or(Fault::Abroad(Pair::Degrees))?;
            let apart = (other.east - metres.east).hypot(other.north - metres.north);
            if apart > TOLERANCE_METRES {
                return Err(Fault::Apart(whole(apart)));
            }
            Ok(Coordinates {
                system: named(given.system, system),
                ..given
            })
        }
    }
}

/// Coordinates as they leave the house, in one form whatever the source wrote: metres with three decimals, degrees with seven
/// (a centimetre), a full stop between, and the system by its name. What is no number is not said; a system that we do not know
/// keeps its name.
pub fn canonical(given: Coordinates) -> Coordinates {
    let number = |text: String, decimals: usize| {
        let number = text.trim().replace(',', ".").parse().ok();
        let number = number.filter(|number: &f64| number.is_finite());
        number.map_or_else(String::new, |number| format!("{number:.decimals$}"))
    };
    let is_named = !given.system.is_empty();
    let system = system(&given.system).filter(|_| is_named);
    Coordinates {
        system: system.map_or(given.system, |(name, ..)| name.to_owned()),
        north: number(given.north, 3),
        east: number(given.east, 3),
        latitude: number(given.latitude, 7),
        longitude: number(given.longitude, 7),
    }
}

fn pair(east: &str, north: &str, pair: Pair) -> Result<Option<Point>, Fault> {
    match (east.is_empty(), north.is_empty()) {
        (true, true) => Ok(None),
        (false, false) => {
            let number = |text: &str| text.parse().ok();
            let point = number(east).zip(number(north));
            Ok(point.map(|(east, north)| Point { east, north }))
        }
        _ => Err(Fault::Half(pair)),
    }
}

fn is_swedish(degrees: Point) -> bool {
    SWEDEN_NORTH.contains(&degrees.north) && SWEDEN_EAST.contains(&degrees.east)
}

/// `SWEREF 99 TM`, `SWEREF99 18 00`, `EPSG:3011` and what lies between; the one for the whole country where nothing is said.
fn system(text: &str) -> Option<System> {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    let said = letters.collect::<String>().to_ascii_uppercase();
    if ["", "TM", "SWEREF99", "SWEREFTM"].contains(&said.as_str()) {
        return Some(WHOLE_COUNTRY);
    }
    let said = said.strip_prefix("EPSG").unwrap_or(&said);
    let is = |(name, epsg, _): &System| {
        said == *name || said == *epsg || Some(said) == name.strip_prefix("SWEREF99")
    };
    std::iter::once(WHOLE_COUNTRY).chain(ZONES).find(is)
}

/// The system as it was named; by its name where it was not.
fn named(said: String, system: System) -> String {
    if said.is_empty() {
        system.0.to_owned()
    } else {
        said
    }
}

/// The same ellipsoid on both sides: no shift between them.
const ELLIPSOID: &str = "+ellps=GRS80 +no_defs";

/// Degrees, and every projection beside its system: made once, for a file has a million rows.
static GEOGRAPHIC: LazyLock<Option<Proj>> = LazyLock::new(|| {
    let text = format!("+proj=longlat {ELLIPSOID}");
    Proj::from_proj_string(&text).ok()
});
static PROJECTIONS: LazyLock<Vec<(System, Proj)>> = LazyLock::new(|| {
    let systems = std::iter::once(WHOLE_COUNTRY).chain(ZONES);
    systems
        .filter_map(|system| Some((system, projection(system)?)))
        .collect()
});

fn projection((name, _, meridian): System) -> Option<Proj> {
    let (scale, east) = if name == WHOLE_COUNTRY.0 {
        ("0.9996", "500000")
    } else {
        ("1", "150000")
    };
    let text = format!("+proj=etmerc +lat_0=0 +lon_0={meridian} +k={scale} +x_0={east} +y_0=0");
    Proj::from_proj_string(&format!("{text} +units=m {ELLIPSOID}")).ok()
}

fn both(system: System) -> Option<(&'static Proj, &'static Proj)> {
    let (_, projection) = PROJECTIONS.iter().find(|(is, _)| *is == system)?;
    Some((GEOGRAPHIC.as_ref()?, projection))
}

fn to_metres(system: System, degrees: Point) -> Option<Point> {
    let (geographic, projection) = both(system)?;
    let mut point = (degrees.east.to_radians(), degrees.north.to_radians(), 0.0);
    transform(geographic, projection, &mut point).ok()?;
    finite(point.0, point.1)
}

fn to_degrees(system: System, metres: Point) -> Option<Point> {
    let (geographic, projection) = both(system)?;
    let mut point = (metres.east, metres.north, 0.0);
    transform(projection, geographic, &mut point).ok()?;
    finite(point.0.to_degrees(), point.1.to_degrees())
}

fn finite(east: f64, north: f64) -> Option<Point> {
    (east.is_finite() && north.is_finite()).then_some(Point { east, north })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a distance, rounded, and saturated where it is absurd"
)]
fn whole(metres: f64) -> u64 {
    metres.round() as u64
}

#[cfg(test)]
#[path = "position_tests.rs"]
mod tests;
