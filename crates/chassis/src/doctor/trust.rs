//! Identities, keys, certificates.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use service_kit::certificate::{belong_together, not_after};
use service_kit::config::{KeysConfig, ServiceConfig};
use service_kit::grpc::{ClientTls, TlsFiles};
use service_kit::identity::{Identity, TrustAnchor};
use service_kit::secret::Key32;

use super::{Outcome, lasts, neighbours, told};

/// What ends within this time is to be replaced now.
pub(super) const SOON_DAYS: i64 = 30;

/// Whether the service is enrolled, and stays so for a while.
pub fn identity(folder: &Path, anchor: &Path, service: &str, now: DateTime<Utc>) -> Outcome {
    let identity = Identity::load(folder, service).map_err(|error| told(&error))?;
    let anchor = TrustAnchor::load(anchor).map_err(|error| told(&error))?;
    let verified = |at| anchor.verify(identity.certificate(), at);
    verified(now).map_err(|error| format!("{error}; `uttag enrol {service}` makes a new one"))?;
    match verified(now + TimeDelta::days(SOON_DAYS)) {
        Ok(_) => Ok("enrolled and valid".to_owned()),
        Err(_) => Err(format!(
            "ends within {SOON_DAYS} days; `uttag enrol {service}` makes a new one"
        )),
    }
}

/// Whether master key and pepper can be read, by nobody else.
pub fn keys(config: &KeysConfig) -> Outcome {
    for path in [&config.master_key_file, &config.pepper_file] {
        Key32::load(path).map_err(|error| format!("{}: {}", path.display(), told(&error)))?;
    }
    Ok("master key and pepper are there, and yours alone".to_owned())
}

/// Every certificate that the configuration names, with the key that belongs to it.
pub(super) fn certificates<S>(
    config: &ServiceConfig<S>,
    now: DateTime<Utc>,
) -> Vec<(String, Outcome)> {
    let mut files: Vec<(String, PathBuf, Option<PathBuf>)> = Vec::new();
    let listeners = [
        ("grpc.tls", Some(&config.grpc)),
        ("provider_grpc.tls", config.provider_grpc.as_ref()),
    ];
    for (key, listen) in listeners {
        if let Some(tls) = listen.and_then(|listen| listen.tls.as_ref()) {
            files.extend(of_server(key, tls));
        }
    }
    for (key, endpoint) in neighbours::all_of(config) {
        if let Some(tls) = &endpoint.tls {
            files.extend(of_client(&format!("{key}.tls"), tls));
        }
    }
    let broker = config.messaging.ca_file.clone();
    files.extend(broker.map(|ca| ("messaging.ca_file".to_owned(), ca, None)));
    // One file is one finding, however many settings name it.
    files.sort_by(|one, other| (&one.1, &one.2).cmp(&(&other.1, &other.2)));
    files.dedup_by(|one, other| (&one.1, &one.2) == (&other.1, &other.2));
    files
        .into_iter()
        .map(|(key, certificate, private)| {
            let what = format!("{key} {}", certificate.display());
            (what, usable(&certificate, private.as_deref(), now))
        })
        .collect()
}

fn usable(certificate: &Path, key: Option<&Path>, now: DateTime<Utc>) -> Outcome {
    if let Some(key) = key {
        belong_together(certificate, key).map_err(|error| told(&error))?;
    }
    lasts(not_after(certificate).map_err(|error| told(&error))?, now)
}

fn of_server(key: &str, tls: &TlsFiles) -> Vec<(String, PathBuf, Option<PathBuf>)> {
    let mut files = vec![(key.to_owned(), tls.cert.clone(), Some(tls.key.clone()))];
    let ca = tls.client_ca.clone();
    files.extend(ca.map(|ca| (format!("{key}.client_ca"), ca, None)));
    files
}

fn of_client(key: &str, tls: &ClientTls) -> Vec<(String, PathBuf, Option<PathBuf>)> {
    let mut files = vec![(format!("{key}.ca"), tls.ca.clone(), None)];
    let own = tls.cert.clone();
    files.extend(own.map(|cert| (key.to_owned(), cert, tls.key.clone())));
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_usable_with_its_own_key_and_for_a_while() {
        let folder = tempfile::tempdir().unwrap();
        service_kit::dev_certs::create(folder.path(), &["orders", "crm"]).unwrap();
        let file = |name: &str| folder.path().join(name);
        let (certificate, key) = (file("orders.pem"), file("orders.key"));
        let end = not_after(&certificate).unwrap();
        let on = |now| usable(&certificate, Some(&key), now);
        assert!(on(end - TimeDelta::days(SOON_DAYS + 1)).is_ok());
        assert!(on(end - TimeDelta::days(SOON_DAYS - 1)).is_err());
        let foreign = usable(&certificate, Some(&file("crm.key")), DateTime::UNIX_EPOCH);
        assert!(foreign.unwrap_err().contains("does not belong"));
    }

    #[test]
    fn what_ends_soon_is_wrong_already() {
        let now = DateTime::UNIX_EPOCH;
        assert!(lasts(now + TimeDelta::days(31), now).is_ok());
        let soon = lasts(now + TimeDelta::days(12), now).unwrap_err();
        assert!(soon.contains("in 12 days"), "{soon}");
        let over = lasts(now - TimeDelta::days(1), now).unwrap_err();
        assert!(over.contains("ended on 1969-12-31"), "{over}");
    }
}
