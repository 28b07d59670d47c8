//! Posts come in over the market database's import API: into the staged session that is open, or as a delta import.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{NetworkCode, Violation};

use super::{ImportAddressFile, Registry, RegistryError, StagedFile, Then};
use crate::domain::address_file::{Headings, JudgedPost, Post, RowVerdict};
use crate::domain::import::{ImportMode, Outcome};
use crate::domain::limits::{COLUMNS_MAX, POSTS_MAX};

/// A post as it was sent.
#[derive(Clone, Debug)]
pub struct SentPost {
    /// The sender's name for it.
    pub key: String,
    /// Names and values.
    pub fields: Vec<(String, String)>,
}

/// A post that was refused.
#[derive(Clone, Debug)]
pub struct RefusedPost {
    /// Its place in the call, counted from 1.
    pub place: usize,
    /// The sender's name for it.
    pub key: String,
    /// Every rule that it breaks.
    pub violations: Vec<Violation>,
}

/// What became of the posts of a call.
#[derive(Clone, Debug)]
pub struct Inserted {
    /// How many were taken.
    pub taken: usize,
    /// The others, in their order.
    pub refused: Vec<RefusedPost>,
    /// They wait in a staged session.
    pub staged: bool,
}

impl Registry {
    /// Takes posts, each by itself.
    ///
    /// # Errors
    /// There are none or too many, the session cannot take them now, or the database fails; then none was taken. A post
    /// that breaks rules is no error.
    pub async fn insert_posts(
        &self,
        network: &NetworkCode,
        sent: Vec<SentPost>,
    ) -> Result<Inserted, RegistryError> {
        if sent.is_empty() || sent.len() > POSTS_MAX {
            let rule = format!("a call has 1 to {POSTS_MAX} posts");
            return Err(RegistryError::invalid(
                "posts",
                &sent.len().to_string(),
                rule,
            ));
        }
        let mut keys = Vec::with_capacity(sent.len());
        let mut posts = Vec::with_capacity(sent.len());
        for post in sent {
            keys.push(post.key);
            posts.push(self.judge_post(network, post.fields)?);
        }
        let staged = self.collect(network, &mut posts).await?;
        if !staged {
            self.import_posts(network, &mut posts).await?;
        }
        let refused = refused(keys, posts.iter());
        Ok(Inserted {
            taken: posts.len() - refused.len(),
            refused,
            staged,
        })
    }

    fn judge_post(
        &self,
        network: &NetworkCode,
        fields: Vec<(String, String)>,
    ) -> Result<JudgedPost, RegistryError> {
        let judge = self.judge(network);
        match Post::read(fields) {
            Ok(post) => Ok(post.judge(&judge)?),
            Err(violations) => Ok(JudgedPost {
                post: Post::of_access(&judge, None),
                verdict: RowVerdict::Rejected {
                    access_id: None,
                    violations,
                },
            }),
        }
    }

    /// Applies the right ones. Those that have the same fields are one import: a post without a resident's field must not end
    /// the resident because its neighbour has one, and so with every fact.
    async fn import_posts(
        &self,
        network: &NetworkCode,
        posts: &mut [JudgedPost],
    ) -> Result<(), RegistryError> {
        fit(&mut Headings::default(), posts);
        let mut last: BTreeMap<&str, &Post> = BTreeMap::new();
        for (access_id, post) in posts.iter().filter_map(right) {
            last.insert(access_id, post);
        }
        let mut groups: BTreeMap<BTreeSet<String>, Vec<&Post>> = BTreeMap::new();
        for post in last.into_values() {
            groups.entry(post.names()).or_default().push(post);
        }
        for group in groups.into_values() {
            let file = self.file_of(&group)?;
            let command =
                ImportAddressFile::of_posts(network.clone(), ImportMode::Delta, Then::Apply);
            let report = self.import_address_file(command, file).await?.report;
            match report.outcome {
                // A system that sends everything every night would fill the list of imports with nothing.
                Outcome::NothingChanged if report.rejected == 0 => {
                    self.forget_account(&report).await?;
                }
                Outcome::Applied if report.rejected == 0 => {}
                _ => return Err(RegistryError::Corrupt("judgement of a post")),
            }
        }
        Ok(())
    }

    fn file_of(&self, posts: &[&Post]) -> Result<StagedFile, RegistryError> {
        let mut headings = Headings::default();
        // Whatever is right has room: the call's header had.
        let fitting = posts
            .iter()
            .filter(|post| headings.make_room_for(post))
            .count();
        if fitting < posts.len() {
            return Err(RegistryError::Corrupt("header of posts"));
        }
        let mut file = self.stage()?;
        file.write(headings.line().as_bytes())?;
        for post in posts {
            file.write(headings.row(post).as_bytes())?;
        }
        Ok(file.finish())
    }
}

/// Refuses the posts whose fields would be too many columns beside those of the posts before.
pub(super) fn fit(headings: &mut Headings, posts: &mut [JudgedPost]) {
    for judged in posts {
        if headings.make_room_for(&judged.post) {
            continue;
        }
        let rule = format!("posts together name at most {COLUMNS_MAX} different fields");
        let access_id = judged.verdict.access_id().cloned();
        let violations = vec![Violation::new("", "", rule)];
        judged.verdict = RowVerdict::Rejected {
            access_id,
            violations,
        };
    }
}

/// A right post and its access.
fn right(judged: &JudgedPost) -> Option<(&str, &Post)> {
    match &judged.verdict {
        RowVerdict::Accepted(row) => Some((row.facts.access_id.as_str(), &judged.post)),
        RowVerdict::Rejected { .. } => None,
    }
}

fn refused<'a>(keys: Vec<String>, posts: impl Iterator<Item = &'a JudgedPost>) -> Vec<RefusedPost> {
    let numbered = keys.into_iter().zip(posts).enumerate();
    let refused = numbered.filter_map(|(index, (key, judged))| match &judged.verdict {
        RowVerdict::Accepted(_) => None,
        RowVerdict::Rejected { violations, .. } => Some(RefusedPost {
            place: index + 1,
            key,
            violations: violations.clone(),
        }),
    });
    refused.collect()
}
