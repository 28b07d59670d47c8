//! Text templates: Swedish and English, the first line is `Subject: …`.

use minijinja::{Environment, UndefinedBehavior};
use serde::{Deserialize, Serialize};

use crate::MailError;

/// Name, language and text of a template. The first line is `Subject: …`, then an empty line, then the body.
pub type TemplateSource = (&'static str, &'static str, &'static str);

/// Steps that rendering may take: a mail needs some hundreds, a template gone wild never ends.
const FUEL: u64 = 100_000;

/// What is used when there is no template in the language that was asked for.
const FALLBACK_LANGUAGE: &str = "sv";

/// A rendered mail.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// The templates of a service, compiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Templates(Environment<'static>);

impl Templates {
    pub(crate) fn compile(sources: &[TemplateSource]) -> Result<Self, MailError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_debug(false);
        for (name, language, source) in sources {
            let key = key(name, language);
            if !source.starts_with("Subject: ") {
                return Err(MailError::Subject { template: key });
            }
            environment
                .add_template_owned(key.clone(), *source)
                .map_err(|source| MailError::Template {
                    template: key,
                    source,
                })?;
        }
        Ok(Self(environment))
    }

    /// Renders a template in a language, or in Swedish when it has not been written in that language.
    pub(crate) fn render(
        &self,
        name: &str,
        language: &str,
        context: &serde_json::Value,
    ) -> Result<Text, MailError> {
        let template = self
            .0
            .get_template(&key(name, language))
            .or_else(|_| self.0.get_template(&key(name, FALLBACK_LANGUAGE)))
            .map_err(|source| MailError::Template {
                template: name.to_owned(),
                source,
            })?;
        let rendered = template
            .render(minijinja::value::Serde(context))
            .map_err(|source| MailError::Template {
                template: name.to_owned(),
                source,
            })?;
        let (first, body) = rendered.split_once('\n').unwrap_or((&rendered, ""));
        let subject = first
            .strip_prefix("Subject: ")
            .ok_or_else(|| MailError::Subject {
                template: name.to_owned(),
            })?;
        Ok(Text {
            subject: subject.trim().to_owned(),
            body: body.trim_start_matches(['\r', '\n']).to_owned(),
        })
    }
}

/// Ends in `.txt`, so that nothing is escaped: the mail is plain text.
fn key(name: &str, language: &str) -> String {
    format!("{name}.{language}.txt")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SOURCES: &[TemplateSource] = &[
        (
            "hello",
            "sv",
            "Subject: Hej {{ name }}\n\nVälkommen <hit>, {{ name }}.\n",
        ),
        (
            "hello",
            "en",
            "Subject: Hello {{ name }}\n\nWelcome, {{ name }}.\n",
        ),
        ("only", "sv", "Subject: Bara\n\nsvenska"),
    ];

    #[test]
    fn renders_in_the_language_asked_for_and_escapes_nothing() {
        let templates = Templates::compile(SOURCES).unwrap();
        let text = templates
            .render("hello", "sv", &json!({"name": "Åsa & Bo"}))
            .unwrap();
        assert_eq!(text.subject, "Hej Åsa & Bo");
        assert_eq!(text.body, "Välkommen <hit>, Åsa & Bo.");
        assert_eq!(
            templates
                .render("hello", "en", &json!({"name": "Bo"}))
                .unwrap()
                .subject,
            "Hello Bo"
        );
        assert_eq!(
            templates.render("only", "en", &json!({})).unwrap().body,
            "svenska"
        );
    }

    #[test]
    fn a_missing_variable_or_subject_is_an_error_that_tells_no_values() {
        let templates = Templates::compile(SOURCES).unwrap();
        let error = templates
            .render("hello", "sv", &json!({"other": "secret"}))
            .err()
            .unwrap();
        assert!(!format!("{error:?}").contains("secret"));
        assert!(templates.render("absent", "sv", &json!({})).is_err());
        assert!(Templates::compile(&[("bad", "sv", "Hej")]).is_err());
    }

    #[test]
    fn a_line_break_in_a_value_cannot_make_a_header() {
        let templates = Templates::compile(SOURCES).unwrap();
        let text = templates
            .render("hello", "sv", &json!({"name": "Bo\r\nBcc: x@example.se"}))
            .unwrap();
        assert_eq!(text.subject, "Hej Bo");
    }
}
