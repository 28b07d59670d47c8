//! A browser without a screen: pages, links, forms, cookies. It knows of Uttag only what a page shows.

use anyhow::Context as _;
use reqwest::header::ORIGIN;
use reqwest::multipart;
use scraper::{ElementRef, Html, Selector};
use url::Url;

/// A browser with its own cookies.
pub struct Browser {
    client: reqwest::Client,
    origin: Url,
}

/// A page that was answered with success.
pub struct Page {
    url: Url,
    html: String,
}

/// A form as the page offers it, filled in by its defaults.
#[derive(Debug)]
pub struct Form {
    action: Url,
    fields: Vec<(String, String)>,
}

impl Browser {
    /// A browser without cookies.
    pub fn new(origin: &str) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().cookie_store(true).build()?;
        Ok(Self {
            client,
            origin: Url::parse(origin)?,
        })
    }

    /// Goes to a path.
    pub async fn open(&self, path: &str) -> anyhow::Result<Page> {
        self.follow(self.origin.join(path)?).await
    }

    /// Follows a link.
    pub async fn follow(&self, url: Url) -> anyhow::Result<Page> {
        page(self.client.get(url).send().await?).await
    }

    /// Sends a form.
    pub async fn submit(&self, form: Form) -> anyhow::Result<Page> {
        let request = self.client.post(form.action).header(ORIGIN, self.origin());
        page(request.form(&form.fields).send().await?).await
    }

    /// Sends a form with a file.
    pub async fn upload(
        &self,
        form: Form,
        field: &str,
        name: &str,
        bytes: Vec<u8>,
    ) -> anyhow::Result<Page> {
        let mut parts = multipart::Form::new();
        for (key, value) in form.fields {
            parts = parts.text(key, value);
        }
        let file = multipart::Part::bytes(bytes)
            .file_name(name.to_owned())
            .mime_str("text/csv")?;
        let request = self.client.post(form.action).header(ORIGIN, self.origin());
        page(
            request
                .multipart(parts.part(field.to_owned(), file))
                .send()
                .await?,
        )
        .await
    }

    /// Downloads what a path answers.
    pub async fn download(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        let response = self.client.get(self.origin.join(path)?).send().await?;
        anyhow::ensure!(
            response.status().is_success(),
            "{} answers {}",
            path,
            response.status()
        );
        Ok(response.bytes().await?.to_vec())
    }

    fn origin(&self) -> String {
        self.origin.origin().ascii_serialization()
    }
}

impl Page {
    /// Where we are, after redirects.
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// What a person reads.
    pub fn text(&self) -> String {
        Html::parse_document(&self.html)
            .root_element()
            .text()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The text of the first element that matches.
    pub fn text_of(&self, selector: &str) -> anyhow::Result<String> {
        self.first(selector, |element| {
            element.text().collect::<String>().trim().to_owned()
        })
    }

    /// An attribute of the first element that matches.
    pub fn attribute(&self, selector: &str, name: &str) -> anyhow::Result<String> {
        self.first(selector, |element| {
            element.attr(name).unwrap_or_default().to_owned()
        })
    }

    /// Where the first link leads whose target contains this.
    pub fn link(&self, part: &str) -> anyhow::Result<Url> {
        let target = self.attribute(&format!("a[href*=\"{part}\"]"), "href")?;
        Ok(self.url.join(&target)?)
    }

    /// The link, in the first block that shows this text, whose target contains `part`.
    pub fn link_in(&self, block: &str, text: &str, part: &str) -> anyhow::Result<Url> {
        let document = Html::parse_document(&self.html);
        let link = select(&format!("a[href*=\"{part}\"]"))?;
        let target = document
            .select(&select(block)?)
            .filter(|block| block.text().any(|piece| piece.contains(text)))
            .find_map(|block| block.select(&link).next()?.attr("href").map(str::to_owned))
            .with_context(|| {
                format!("{} shows no {text} with a link to {part}", self.url.path())
            })?;
        Ok(self.url.join(&target)?)
    }

    /// The form whose target ends like this; the first button with a `name` is the one that is pressed.
    pub fn form(&self, action: &str) -> anyhow::Result<Form> {
        let document = Html::parse_document(&self.html);
        let selector = select(&format!("form[method=\"post\"][action$=\"{action}\"]"))?;
        let form = document
            .select(&selector)
            .next()
            .with_context(|| format!("{} shows no form to {action}", self.url.path()))?;
        let target = form.attr("action").unwrap_or_default();
        Ok(Form {
            action: self.url.join(target)?,
            fields: fields(form)?,
        })
    }

    fn first<T>(
        &self,
        selector: &str,
        read: impl FnOnce(ElementRef<'_>) -> T,
    ) -> anyhow::Result<T> {
        let document = Html::parse_document(&self.html);
        let element = document.select(&select(selector)?).next().map(read);
        element.with_context(|| format!("{} shows no {selector}", self.url.path()))
    }
}

impl Form {
    /// Fills in one field.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.into()));
        self
    }
}

async fn page(response: reqwest::Response) -> anyhow::Result<Page> {
    let (status, url) = (response.status(), response.url().clone());
    let html = response.text().await?;
    let page = Page { url, html };
    anyhow::ensure!(
        status.is_success(),
        "{} answers {status}: {}",
        page.path(),
        errors(&page)
    );
    Ok(page)
}

/// What the page says is wrong.
fn errors(page: &Page) -> String {
    let document = Html::parse_document(&page.html);
    let Ok(selector) = select(".error, .note.bad, h1") else {
        return String::new();
    };
    document
        .select(&selector)
        .map(|e| e.text().collect::<String>().trim().to_owned())
        .collect::<Vec<_>>()
        .join("; ")
}

/// Every field with the value that it would send untouched, and the first named button.
fn fields(form: ElementRef<'_>) -> anyhow::Result<Vec<(String, String)>> {
    let mut fields = Vec::new();
    for input in form.select(&select("input[name]")?) {
        let chosen = input.attr("checked").is_some();
        match input.attr("type").unwrap_or("text") {
            "checkbox" | "radio" if !chosen => {}
            "file" => {}
            _ => fields.push(pair(input)),
        }
    }
    for list in form.select(&select("select[name]")?) {
        let options: Vec<_> = list.select(&select("option")?).collect();
        let chosen = options
            .iter()
            .find(|option| option.attr("selected").is_some())
            .or(options.first());
        if let Some(option) = chosen {
            let name = list.attr("name").unwrap_or_default().to_owned();
            fields.push((name, option.attr("value").unwrap_or_default().to_owned()));
        }
    }
    fields.extend(form.select(&select("button[name]")?).next().map(pair));
    Ok(fields)
}

fn pair(element: ElementRef<'_>) -> (String, String) {
    let text = |name| element.attr(name).unwrap_or_default().to_owned();
    (text("name"), text("value"))
}

fn select(selector: &str) -> anyhow::Result<Selector> {
    Selector::parse(selector).map_err(|error| anyhow::anyhow!("{selector}: {error}"))
}
