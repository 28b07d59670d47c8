//! Configuration: embedded defaults → file → `UTTAG__SECTION__KEY`. Unknown keys are refused, and everything is checked
//! before a port opens; `main` ends with [`EX_CONFIG`] otherwise.

mod sections;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use ::config::{Config, Environment, File, FileFormat};
use serde::de::DeserializeOwned;

pub(crate) use sections::RawDatabase;
pub use sections::{
    IdentityConfig, KeysConfig, MailConfig, MessagingConfig, ServiceConfig, TransportKind, secret,
};

/// The exit code of a process whose configuration is wrong (sysexits.h: `EX_USAGE`, as linkerd2-proxy has it).
pub const EX_CONFIG: u8 = 64;

const ENV_PREFIX: &str = "UTTAG";
const ENV_SEPARATOR: &str = "__";

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there.
    #[error("there is no configuration file {0}")]
    Missing(PathBuf),
    /// It cannot be read, misses a key, has an unknown one or a value of the wrong kind; the text names the key.
    #[error("the configuration is wrong: {0}")]
    Wrong(String),
    /// It can be read but must not be run with.
    #[error("{key}: {rule}")]
    Refused {
        /// The key in question.
        key: String,
        /// What would have been right.
        rule: String,
    },
}

impl ConfigError {
    /// A value that must not be run with.
    pub fn refused(key: impl Into<String>, rule: impl Into<String>) -> Self {
        Self::Refused {
            key: key.into(),
            rule: rule.into(),
        }
    }
}

/// Reads a configuration: the defaults that the program carries, over them a file, over that the environment.
/// `UTTAG__DATABASE__URL` is `url` in the section `[database]`.
pub fn load<T: DeserializeOwned>(
    defaults_toml: &str,
    file: Option<&Path>,
) -> Result<T, ConfigError> {
    load_with(
        defaults_toml,
        file,
        std::env::vars_os()
            .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))),
    )
}

/// [`load`] with an environment given.
pub fn load_with<T: DeserializeOwned>(
    defaults_toml: &str,
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<T, ConfigError> {
    let mut builder = Config::builder().add_source(File::from_str(defaults_toml, FileFormat::Toml));
    if let Some(path) = file {
        if !path.is_file() {
            return Err(ConfigError::Missing(path.to_path_buf()));
        }
        builder = builder.add_source(File::from(path).format(FileFormat::Toml));
    }
    let environment: HashMap<String, String> = environment.into_iter().collect();
    let environment = Environment::with_prefix(ENV_PREFIX)
        .prefix_separator(ENV_SEPARATOR)
        .separator(ENV_SEPARATOR)
        .source(Some(environment));
    builder
        .add_source(environment)
        .build()
        .and_then(Config::try_deserialize)
        .map_err(|error| ConfigError::Wrong(error.to_string()))
}
