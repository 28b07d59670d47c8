//! A browser without script: cookies, forms, one request at a time.

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};

use crate::harness::{PASSWORD, World};

pub struct Browser {
    client: Client,
    base: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Browser {
    pub fn new(world: &World) -> Self {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            client,
            base: world.base.clone(),
        }
    }

    /// Signed in with the given secret.
    pub async fn signed_in(world: &World, email: &str, secret: &str) -> Self {
        let browser = Self::new(world);
        let answer = browser.sign_in(email, PASSWORD, &world.code(secret)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        world.next_code();
        browser
    }

    pub async fn sign_in(&self, user: &str, password: &str, code: &str) -> Answer {
        let fields = [("user", user), ("password", password), ("totp", code)];
        self.submit("/sv/staff/login", "/sv/staff/login", &fields)
            .await
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        answer(
            self.request(Method::POST, path)
                .form(fields)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// Opens the page with the form, and posts the fields with its token.
    pub async fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let opened = self.get(page).await;
        let token = opened.hidden("csrf");
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post(action, &all).await
    }
}

impl Answer {
    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self
            .body
            .split_once(&start)
            .unwrap_or_else(|| panic!("no {name} in {}", self.body))
            .1;
        rest.split_once('"').unwrap().0.to_owned()
    }

    /// The text of the element with this id.
    pub fn text_of(&self, id: &str) -> String {
        let rest = self
            .body
            .split_once(&format!("id=\"{id}\""))
            .unwrap_or_else(|| panic!("no {id} in {}", self.body))
            .1;
        rest.split_once('>')
            .unwrap()
            .1
            .split_once('<')
            .unwrap()
            .0
            .to_owned()
    }
}

pub async fn answer(response: Response) -> Answer {
    let status = response.status();
    let headers = response.headers().clone();
    let location = headers
        .get("location")
        .map(|v| v.to_str().unwrap().to_owned())
        .unwrap_or_default();
    Answer {
        status,
        location,
        headers,
        body: response.text().await.unwrap(),
    }
}
