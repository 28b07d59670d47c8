use proptest::prelude::*;

use super::*;

/// Lantmäteriet, "Kontrollpunkter för SWEREF 99 TM", 2007-11-20: latitude and longitude in degrees and minutes, N, E.
const CONTROL_TM: [(f64, f64, f64, f64, f64, f64); 15] = [
    (55., 0., 12., 45., 6_097_106.672, 356_083.438),
    (55., 0., 14., 15., 6_095_048.642, 452_024.069),
    (57., 0., 12., 45., 6_319_636.937, 363_331.554),
    (57., 0., 19., 30., 6_326_392.707, 773_251.054),
    (59., 0., 11., 15., 6_546_096.724, 284_626.066),
    (59., 0., 19., 30., 6_548_757.206, 758_410.519),
    (61., 0., 12., 45., 6_764_877.311, 378_323.440),
    (61., 0., 18., 45., 6_768_593.345, 702_745.127),
    (63., 0., 12., 0., 6_989_134.048, 348_083.148),
    (63., 0., 19., 30., 6_993_565.630, 727_798.671),
    (65., 0., 13., 30., 7_209_293.753, 429_270.201),
    (65., 0., 21., 45., 7_225_449.115, 817_833.405),
    (67., 0., 16., 30., 7_432_168.174, 565_398.458),
    (67., 0., 24., 0., 7_459_745.672, 891_298.142),
    (69., 0., 21., 0., 7_666_089.698, 739_639.195),
];

/// Lantmäteriet, "Kontrollpunkter för de lokala SWEREF 99-zonerna", 2007-11-20: zone, latitude, longitude, N, E.
const CONTROL_ZONES: [(&str, f64, f64, f64, f64); 9] = [
    ("SWEREF 99 12 00", 57., 11.25, 6_320_164.077, 104_421.390),
    ("SWEREF 99 12 00", 59., 12.75, 6_542_910.921, 193_105.897),
    ("SWEREF 99 13 30", 55., 12.75, 6_097_487.637, 102_004.871),
    ("SWEREF 99 13 30", 57., 12.75, 6_320_164.077, 104_421.390),
    ("SWEREF 99 13 30", 59., 12.75, 6_542_910.921, 106_894.103),
    ("SWEREF 99 13 30", 61., 12.75, 6_765_725.847, 109_420.005),
    ("SWEREF 99 13 30", 63., 12.75, 6_988_606.198, 111_996.020),
    ("SWEREF 99 13 30", 55., 14.25, 6_097_487.637, 197_995.129),
    ("SWEREF 99 13 30", 57., 14.25, 6_320_164.077, 195_578.610),
];

fn given(system: &str, north: &str, east: &str, latitude: &str, longitude: &str) -> Coordinates {
    Coordinates {
        system: system.to_owned(),
        north: north.to_owned(),
        east: east.to_owned(),
        latitude: latitude.to_owned(),
        longitude: longitude.to_owned(),
    }
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

/// Both ways: metres to the published millimetre, degrees to the seventh decimal.
fn agrees(system: &str, latitude: f64, longitude: f64, north: f64, east: f64) {
    let degrees = given(
        system,
        "",
        "",
        &latitude.to_string(),
        &longitude.to_string(),
    );
    let metres = complete(degrees, true).unwrap();
    let off = (number(&metres.north) - north).hypot(number(&metres.east) - east);
    assert!(off < 0.0015, "{system} {latitude} {longitude}: {metres:?}");
    let metres = given(system, &north.to_string(), &east.to_string(), "", "");
    let degrees = complete(metres, true).unwrap();
    assert!(
        (number(&degrees.latitude) - latitude).abs() < 1e-7,
        "{degrees:?}"
    );
    assert!(
        (number(&degrees.longitude) - longitude).abs() < 1e-7,
        "{degrees:?}"
    );
}

#[test]
fn the_published_control_points_come_out() {
    for (degrees_north, minutes_north, degrees_east, minutes_east, north, east) in CONTROL_TM {
        let latitude = degrees_north + minutes_north / 60.;
        let longitude = degrees_east + minutes_east / 60.;
        agrees("SWEREF 99 TM", latitude, longitude, north, east);
    }
    for (zone, latitude, longitude, north, east) in CONTROL_ZONES {
        agrees(zone, latitude, longitude, north, east);
    }
}

#[test]
fn every_zone_has_its_meridian_at_150_kilometres() {
    for (name, epsg, meridian) in ZONES {
        for said in [name, epsg, &format!("EPSG:{epsg}"), &name[8..]] {
            let place = given(said, "", "", "60", meridian);
            let place = complete(place, true).unwrap();
            assert_eq!(
                (place.system.as_str(), place.east.as_str()),
                (said, "150000.000")
            );
        }
    }
}

#[test]
fn a_system_that_is_not_named_is_the_one_of_the_whole_country() {
    for said in [
        "TM",
        "sweref99tm",
        "SWEREF 99 TM",
        "EPSG:3006",
        "3006",
        "SWEREF 99",
    ] {
        assert_eq!(system(said), Some(WHOLE_COUNTRY), "{said}");
    }
    // Stockholm's central station.
    let place = complete(given("", "6580822", "674032", "", ""), true).unwrap();
    assert_eq!(place.system, "SWEREF99TM");
    assert_eq!(
        (&place.latitude[..7], &place.longitude[..7]),
        ("59.3302", "18.0591")
    );
    assert_eq!(
        (place.north.as_str(), place.east.as_str()),
        ("6580822", "674032"),
        "as given"
    );
    assert_eq!(
        complete(place.clone(), true),
        Ok(place),
        "what was worked out agrees"
    );
}

#[test]
fn of_a_system_that_we_do_not_know_nothing_is_worked_out() {
    let place = given("RT 90 2.5 gon V", "6580994", "1628294", "", "");
    assert_eq!(complete(place.clone(), true), Ok(place));
}

#[test]
fn abroad_nothing_is_worked_out_and_nothing_is_held_against_sweden() {
    let oslo = given("", "", "", "59.9139", "10.4522");
    assert_eq!(complete(oslo.clone(), false), Ok(oslo));
    let half = given("", "", "", "59.9139", "");
    assert_eq!(complete(half, false), Err(Fault::Half(Pair::Degrees)));
}

#[test]
fn half_a_place_another_country_and_two_places_are_refused() {
    use Fault::{Abroad, Apart, Half};
    for (place, fault) in [
        (given("", "6580822", "", "", ""), Half(Pair::Metres)),
        (given("", "", "674032", "59.3", "18.0"), Half(Pair::Metres)),
        (given("", "", "", "", "18.0"), Half(Pair::Degrees)),
        (given("", "674032", "6580822", "", ""), Abroad(Pair::Metres)),
        // A local zone without its name.
        (given("", "6580822", "153000", "", ""), Abroad(Pair::Metres)),
        (given("", "1e300", "1e300", "", ""), Abroad(Pair::Metres)),
        (given("", "", "", "18.06", "59.33"), Abroad(Pair::Degrees)),
        (given("", "", "", "0", "0"), Abroad(Pair::Degrees)),
        (
            given("", "6580822", "674132", "59.330231", "18.059196"),
            Apart(100),
        ),
    ] {
        assert_eq!(complete(place.clone(), true), Err(fault), "{place:?}");
    }
    for east in ["674010", "674050"] {
        let near = given("", "6580822", east, "59.330231", "18.059196");
        assert!(complete(near, true).is_ok(), "{east}: within the tolerance");
    }
}

proptest! {
    #[test]
    fn there_and_back_is_the_same_place(north in 55.1..69.2_f64, east in 10.6..24.3_f64, zone in 0..13_usize) {
        let system = ZONES.get(zone).copied().unwrap_or(WHOLE_COUNTRY);
        let place = Point { east, north };
        let back = to_degrees(system, to_metres(system, place).unwrap()).unwrap();
        prop_assert!((back.north - north).abs() < 1e-9 && (back.east - east).abs() < 1e-9, "{:?}", back);
    }

    #[test]
    fn never_panics(north in any::<f64>(), east in any::<f64>()) {
        drop(complete(given("", &north.to_string(), &east.to_string(), "", ""), true));
        drop(complete(given("", "", "", &north.to_string(), &east.to_string()), true));
    }
}

#[test]
fn what_leaves_the_house_has_one_form_whatever_the_source_wrote() {
    let of = |system: &str, [north, east, latitude, longitude]: [&str; 4]| {
        let at = canonical(Coordinates {
            system: system.to_owned(),
            north: north.to_owned(),
            east: east.to_owned(),
            latitude: latitude.to_owned(),
            longitude: longitude.to_owned(),
        });
        [at.system, at.north, at.east, at.latitude, at.longitude].join(" ")
    };
    let right = "SWEREF99TM 6580000.000 674000.500 59.3000000 18.0650000";
    for system in ["SWEREF 99 TM", "epsg:3006", "TM"] {
        assert_eq!(of(system, ["6580000", "674000.5", "59.3", "18.065"]), right);
        assert_eq!(
            of(system, ["6580000,0", "+674000,50", "59,30", "1.8065e1"]),
            right
        );
    }
    assert_eq!(of("SWEREF 99 18 00", [""; 4]), "SWEREF991800    ");
    assert_eq!(of("", [""; 4]), "    ");
    assert_eq!(of("RT90", ["N 59.1", "inf", "", "NaN"]), "RT90    ");
}
