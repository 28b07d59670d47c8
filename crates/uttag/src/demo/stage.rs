//! The stage: a running installation, a mail server, the staff at their browsers.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use gateway::admin::named;
use gateway::users::{self, FirstSignIn, NewUser, Role};
use gateway::{Directory, networks};
use kernel::{Clock as _, NetworkCode, SharedClock, SystemClock};
use mailbox::SmtpSink;
use secrecy::SecretString;
use service_kit::secret::Key32;
use totp_rs::{Builder, Secret};

use super::browser::Browser;
use super::people;
use crate::cli::Demo;
use crate::demo::Sabotage;
use crate::directory;
use crate::embedded::{Installation, Options};
use crate::folder::Folder;

/// A healthy machine needs a few seconds for what we wait for; a slow one is given this.
const PATIENCE: Duration = Duration::from_mins(1);
/// When a step is broken on purpose, nobody waits that long.
const SHORT_PATIENCE: Duration = Duration::from_secs(8);

/// Somebody who works at the network.
pub struct Staff {
    /// What they sign in with.
    pub email: String,
    /// Their password.
    pub password: String,
    /// The secret of their authenticator app.
    pub totp_secret: String,
    /// Their browser, signed in.
    pub browser: Browser,
}

/// What the story is played on.
pub struct Stage {
    /// The running installation.
    pub installation: Installation,
    /// Its folder.
    pub folder: Folder,
    /// The mail server that everybody in the story has their box at.
    pub mailbox: SmtpSink,
    /// Administrator, importer and customer service in one.
    pub admin: Staff,
    /// Compliance.
    pub compliance: Staff,
    /// The gateway's own data, for what operators do by command.
    pub directory: Directory,
    /// How long to wait for what must happen.
    pub patience: Duration,
    /// What is broken on purpose.
    pub sabotage: Option<Sabotage>,
    /// Where the story's files go.
    pub results: PathBuf,
}

impl Stage {
    /// Starts everything in a folder.
    ///
    /// # Errors
    /// Something does not start.
    pub async fn set(arguments: &Demo, root: PathBuf, clock: SharedClock) -> anyhow::Result<Self> {
        let folder = Folder::prepare(&root, clock.as_ref())?;
        let results = root.join("demo");
        std::fs::create_dir_all(&results)?;
        let mailbox = SmtpSink::start().await?;
        let options = Options {
            http: arguments.http,
            provider: ([127, 0, 0, 1], 0).into(),
            market: ([127, 0, 0, 1], 0).into(),
            admin: Some(([127, 0, 0, 1], 0).into()),
            smtp: Some(mailbox.url()),
            two_person: false,
            set_up: false,
        };
        let installation = Installation::start(folder.clone(), options, clock.clone()).await?;
        installation.ready(PATIENCE).await?;

        let directory = directory::open(&folder, clock).await?;
        networks::put(&directory, &named(people::NETWORK, people::NETWORK_NAME)?).await?;
        let origin = format!("http://{}", installation.addresses().http);
        let admin = Staff::hire(
            &directory,
            &origin,
            ("Ada Administratör", "ada@malarnat.example"),
            &[Role::Admin, Role::Importer, Role::CustomerService],
        );
        let admin = admin.await?;
        let who = ("Kim Kontroll", "kim@malarnat.example");
        let compliance = Staff::hire(&directory, &origin, who, &[Role::Compliance]).await?;
        let patience = if arguments.sabotage.is_some() {
            SHORT_PATIENCE
        } else {
            PATIENCE
        };
        let sabotage = arguments.sabotage;
        Ok(Self {
            installation,
            folder,
            mailbox,
            admin,
            compliance,
            directory,
            patience,
            sabotage,
            results,
        })
    }

    /// Whether this is what is broken on purpose.
    pub fn broken(&self, sabotage: Sabotage) -> bool {
        self.sabotage == Some(sabotage)
    }

    /// A visitor with a fresh browser.
    ///
    /// # Errors
    /// The address is none.
    pub fn visitor(&self) -> anyhow::Result<Browser> {
        Browser::new(&format!("http://{}", self.installation.addresses().http))
    }

    /// Looks until something is so, or patience ends.
    ///
    /// # Errors
    /// It is not so in time, or looking fails.
    pub async fn until<T>(
        &self,
        what: &str,
        look: impl AsyncFn() -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<T> {
        let looking = async {
            loop {
                if let Some(found) = look().await? {
                    return anyhow::Ok(found);
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(self.patience, looking)
            .await
            .with_context(|| format!("after {:?} it is still not so: {what}", self.patience))?
    }
}

impl Staff {
    /// An account made by the operator, and the first sign-in with password and code.
    async fn hire(
        directory: &Directory,
        origin: &str,
        (name, email): (&str, &str),
        roles: &[Role],
    ) -> anyhow::Result<Self> {
        let password = format!("demo-{}", hex::encode(&Key32::random().as_bytes()[..10]));
        let new = NewUser {
            network: NetworkCode::parse(people::NETWORK)?,
            name: name.to_owned(),
            email: email.to_owned(),
            roles: roles.to_vec(),
        };
        let first = FirstSignIn::Password(SecretString::from(password.clone()));
        let created = users::create(directory, &new, first, None).await?;
        let totp_secret = created
            .totp_secret
            .context("an account with a password has a code")?;

        let browser = Browser::new(origin)?;
        let form = browser
            .open("/sv/staff/login")
            .await?
            .form("/staff/login")?;
        let form = form
            .with("user", email)
            .with("password", &password)
            .with("totp", code(&totp_secret)?);
        let home = browser.submit(form).await?;
        anyhow::ensure!(
            home.path() == "/sv/staff",
            "signing in leads to {}",
            home.path()
        );
        Ok(Self {
            email: email.to_owned(),
            password,
            totp_secret,
            browser,
        })
    }
}

/// What an authenticator app shows now (RFC 6238).
fn code(secret: &str) -> anyhow::Result<String> {
    let secret = Secret::try_from_base32(secret).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let app = Builder::new()
        .with_secret(secret)
        .build()
        .map_err(|error| anyhow::anyhow!("{error:?}"))?;
    Ok(app
        .generate(u64::try_from(SystemClock.now().timestamp())?)
        .to_string())
}
