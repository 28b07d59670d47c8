use api::registry::provisioning_service_server::ProvisioningService;
use api::registry::*;
use service_kit::error::{ErrorKind, refusal};
use tonic::{Request, Response, Status};

use super::Fakes;

/// What provisioning systems have sent.
#[derive(Default)]
pub struct Provisioning {
    /// Each call's posts.
    pub calls: Vec<Vec<Post>>,
    /// Sessions that were opened.
    pub opened: u32,
    /// A reason with which everything is refused.
    pub refuses: Option<(ErrorKind, &'static str)>,
}

impl Provisioning {
    fn check(&self) -> Result<(), Status> {
        match self.refuses {
            Some((kind, reason)) => Err(refusal(kind, reason, "not now")),
            None => Ok(()),
        }
    }
}

#[tonic::async_trait]
impl ProvisioningService for Fakes {
    async fn insert_posts(
        &self,
        request: Request<InsertPostsRequest>,
    ) -> Result<Response<InsertPostsResponse>, Status> {
        self.note("InsertPosts", &request);
        let posts = request.into_inner().posts;
        let (mut taken, mut rejected) = (0, Vec::new());
        for (place, post) in (1..).zip(&posts) {
            match broken(place, post) {
                rules if rules.is_empty() => taken += 1,
                rules => rejected.push(RejectedPost {
                    key: post.key.clone(),
                    rules,
                }),
            }
        }
        let mut seen = self.seen();
        seen.provisioning.check()?;
        seen.provisioning.calls.push(posts);
        let staged = seen.provisioning.opened > 0;
        Ok(Response::new(InsertPostsResponse {
            taken,
            rejected,
            staged,
        }))
    }

    async fn open_staged_session(
        &self,
        request: Request<OpenStagedSessionRequest>,
    ) -> Result<Response<OpenStagedSessionResponse>, Status> {
        self.note("OpenStagedSession", &request);
        let mut seen = self.seen();
        seen.provisioning.check()?;
        seen.provisioning.opened += 1;
        Ok(Response::new(OpenStagedSessionResponse::default()))
    }
}

/// A street must be there, a postal code right in two ways, and `bad` spoils the whole.
fn broken(line: u64, post: &Post) -> Vec<RejectedRow> {
    let value = |name: &str| {
        let of = post.fields.iter().find(|field| field.name == name);
        of.map_or("", |field| field.value.as_str())
    };
    let rule = |field: &str, reason: RejectionReason, rule: &str| RejectedRow {
        line,
        field: field.to_owned(),
        rule: rule.to_owned(),
        reason: reason.into(),
        ..RejectedRow::default()
    };
    let mut rules = Vec::new();
    if value("streetName").is_empty() {
        let text = "streetName must not be empty";
        rules.push(rule("streetName", RejectionReason::FieldEmpty, text));
    }
    if value("postalCode") == "<&>" {
        for text in ["a postal code has five digits", "a \"<code>\" is no code"] {
            rules.push(rule("postalCode", RejectionReason::PostalCodeInvalid, text));
        }
    }
    if value("bad") == "1" {
        rules.push(rule("", RejectionReason::RowTooLong, "the row is too long"));
    }
    rules
}
