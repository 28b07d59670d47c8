//! The networks that this installation serves.

use chrono::{DateTime, Utc};
use kernel::{NetworkCode, ParseError};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};

use crate::app::error::AppError;
use crate::app::session::SignedIn;
use crate::directory::Directory;
use crate::i18n::Lang;
use crate::store::{audit, network};

/// Networks of one installation at most; the list is read whole.
pub const MAX: u64 = 1_000;

/// A network as it is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// The code (`coId`).
    pub code: NetworkCode,
    /// As people know it.
    pub name: String,
    /// Language of visitors who have not chosen.
    pub language: Lang,
    /// First label of a host name, such as "ham"; empty: the code in lower case.
    pub slug: String,
    /// The whole host name under which visitors meet this network; empty: by slug, or as [`of_any_host`].
    pub host: String,
    /// When it was entered; nothing before it is.
    pub entered_at: Option<DateTime<Utc>>,
}

/// Enters a network, or changes its name, language and host.
///
/// # Errors
/// [`AppError::Invalid`] names the fields; [`AppError::Conflict`] says that another network has the slug or the
/// host name.
pub async fn put(directory: &Directory, network: &Network) -> Result<(), AppError> {
    put_by(directory, network, None).await
}

/// The same, and notes which of the staff has.
///
/// # Errors
/// As [`put`].
pub async fn put_by(
    directory: &Directory,
    network: &Network,
    by: Option<&SignedIn>,
) -> Result<(), AppError> {
    let tx = directory.database.begin().await?;
    put_within(&tx, directory, network).await?;
    let object = format!("network:{}", network.code);
    audit::note_if(&tx, directory.clock.as_ref(), by, "network.changed", object).await?;
    Ok(tx.commit().await?)
}

/// The network of this code, if it is entered.
///
/// # Errors
/// The database fails.
pub async fn find(directory: &Directory, code: &NetworkCode) -> Result<Option<Network>, AppError> {
    let all = list(directory).await?;
    Ok(all.into_iter().find(|network| network.code == *code))
}

/// Every network, by code.
pub async fn list(directory: &Directory) -> Result<Vec<Network>, AppError> {
    let rows = network::all(&directory.database.reader()).await?;
    Ok(rows.into_iter().filter_map(restore).collect())
}

/// The network that a host name means: by whole host, by its first label, or the one of [`of_any_host`].
pub fn of_host<'a>(networks: &'a [Network], host: &str) -> Option<&'a Network> {
    let host = host.rsplit_once(':').map_or(
        host,
        |(name, port)| if port.contains(']') { host } else { name },
    );
    let label = host.split('.').next().unwrap_or_default();
    networks
        .iter()
        .find(|n| !n.host.is_empty() && n.host.eq_ignore_ascii_case(host))
        .or_else(|| {
            networks
                .iter()
                .find(|n| host.contains('.') && n.slug.eq_ignore_ascii_case(label))
        })
        .or_else(|| of_any_host(networks))
}

/// The network that has the site under every host name that is no network's: of those without a host name of their own the
/// one that was entered first, or else the first of all. A network that is entered later takes nothing from it.
pub fn of_any_host(networks: &[Network]) -> Option<&Network> {
    let first = |network: &&Network| (network.entered_at, network.code.as_str().to_owned());
    let without = networks.iter().filter(|network| network.host.is_empty());
    without
        .min_by_key(first)
        .or_else(|| networks.iter().min_by_key(first))
}

/// The network that has the site instead, where visitors meet this one under no host name but one that begins with its
/// slug.
pub fn behind<'a>(networks: &'a [Network], code: &NetworkCode) -> Option<&'a Network> {
    let own = networks.iter().find(|network| network.code == *code)?;
    of_any_host(networks).filter(|first| own.host.is_empty() && first.code != own.code)
}

pub(crate) async fn put_within(
    tx: &impl ConnectionTrait,
    directory: &Directory,
    wanted: &Network,
) -> Result<(), AppError> {
    let slug = if wanted.slug.is_empty() {
        wanted.code.as_str().to_lowercase()
    } else {
        wanted.slug.clone()
    };
    check(wanted, &slug)?;
    let mut others = network::all(tx).await?;
    others.retain(|other| other.network != wanted.code.as_str());
    if others.iter().any(|other| other.slug == slug) {
        return Err(AppError::Conflict("SLUG_TAKEN"));
    }
    let same_host = |other: &network::Model| other.host.eq_ignore_ascii_case(&wanted.host);
    if !wanted.host.is_empty() && others.iter().any(same_host) {
        return Err(AppError::Conflict("HOST_TAKEN"));
    }
    let row = network::ActiveModel {
        id: Set(kernel::new_id(directory.clock.as_ref())),
        network: Set(wanted.code.as_str().to_owned()),
        name: Set(wanted.name.trim().to_owned()),
        slug: Set(slug),
        host: Set(wanted.host.clone()),
        language: Set(wanted.language.code().to_owned()),
        created_at: Set(directory.clock.now()),
    };
    let changed = [
        network::Column::Name,
        network::Column::Slug,
        network::Column::Host,
        network::Column::Language,
    ];
    network::Entity::insert(row)
        .on_conflict(
            OnConflict::column(network::Column::Network)
                .update_columns(changed)
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

fn check(network: &Network, slug: &str) -> Result<(), AppError> {
    const NAME: ParseError = ParseError::new(
        "NETWORK_NAME_INVALID",
        "a network's name has 1 to 120 characters",
    );
    const HOST: ParseError = ParseError::new(
        "HOST_INVALID",
        "letters, digits, hyphens and points, as in a host name",
    );
    let plain = |s: &str| {
        s.len() <= 253
            && s.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
    };
    if !(1..=120).contains(&network.name.trim().chars().count()) {
        return Err(AppError::field("network_name", &NAME));
    }
    if !plain(slug) || slug.contains('.') || !plain(&network.host) {
        return Err(AppError::field("host", &HOST));
    }
    Ok(())
}

fn restore(row: network::Model) -> Option<Network> {
    Some(Network {
        code: NetworkCode::parse(&row.network).ok()?,
        name: row.name,
        language: Lang::parse(&row.language).unwrap_or_default(),
        slug: row.slug,
        host: row.host,
        entered_at: Some(row.created_at),
    })
}

#[cfg(test)]
mod tests {
    use super::{Network, behind, of_host};
    use crate::i18n::Lang;
    use kernel::NetworkCode;

    fn network(code: &str, host: &str) -> Network {
        Network {
            code: NetworkCode::parse(code).unwrap(),
            name: code.to_owned(),
            language: Lang::Sv,
            slug: code.to_lowercase(),
            host: host.to_owned(),
            entered_at: None,
        }
    }

    #[test]
    fn a_network_that_is_entered_later_takes_the_site_from_nobody() {
        let entered = |code: &str, host: &str, at: &str| Network {
            entered_at: Some(at.parse().unwrap()),
            ..network(code, host)
        };
        let (first, later) = ("2026-09-21T12:00:00Z", "2026-09-22T12:00:00Z");
        // By code, as they are listed.
        let mut networks = [entered("AAANET", "", later), entered("HAM", "", first)];
        let has_it =
            |networks: &[Network]| of_host(networks, "127.0.0.1").unwrap().code.to_string();
        assert_eq!(has_it(&networks), "HAM");
        assert_eq!(
            of_host(&networks, "aaanet.example.se")
                .unwrap()
                .code
                .as_str(),
            "AAANET"
        );
        let instead = |networks: &[Network], code: &str| {
            let code = NetworkCode::parse(code).unwrap();
            behind(networks, &code).map(|network| network.code.to_string())
        };
        assert_eq!(instead(&networks, "AAANET"), Some("HAM".to_owned()));
        assert_eq!(instead(&networks, "HAM"), None);
        networks[0].host = "fiber.example.se".to_owned();
        assert_eq!(instead(&networks, "AAANET"), None);
        networks[1].host = "ham.example.se".to_owned();
        assert_eq!(has_it(&networks), "HAM", "all have a host: still the first");
    }

    #[test]
    fn a_host_name_finds_its_network() {
        let networks = [network("HAM", ""), network("VIK", "fiber.example.se")];
        let found = |host| of_host(&networks, host).map(|n| n.code.as_str());
        assert_eq!(found("fiber.example.se:8443"), Some("VIK"));
        assert_eq!(found("vik.example.com"), Some("VIK"));
        assert_eq!(found("127.0.0.1:8080"), Some("HAM"));
        assert_eq!(found("[::1]:8080"), Some("HAM"));
        assert_eq!(of_host(&[], "x"), None);
    }
}
