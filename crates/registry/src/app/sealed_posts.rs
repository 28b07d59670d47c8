//! Posts as they wait in a staged session: what they say of the access, the resident and the owner sealed apart, so that
//! each of these can be taken out.

use kernel::{AccessId, NetworkCode, new_id};
use messaging::Work;
use privacy::{SealItem, SubjectId};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::staged_session::Kept;
use super::{Registry, RegistryError};
use crate::domain::address_file::{DividedPost, NamedPeople, Post};
use crate::store::session_post::{self, ActiveModel, FIELDS, OWNER, PEOPLE};
use crate::store::staged::NameTokens;
use crate::store::staged_session::Model;

/// A post on its way to its row.
struct Waiting {
    id: Uuid,
    access_id: Option<AccessId>,
    post: DividedPost,
    people: NamedPeople,
}

impl Registry {
    /// The rows of posts. Who was erased before is in none of them.
    pub(super) async fn sealed_posts(
        &self,
        work: &Work,
        session: &Model,
        posts: Vec<(Kept, Post)>,
    ) -> Result<Vec<ActiveModel>, RegistryError> {
        let network =
            NetworkCode::parse(&session.network).map_err(|_| RegistryError::Corrupt("network"))?;
        let mut waiting = Vec::with_capacity(posts.len());
        for (kept, post) in posts {
            let id = kept.access_id.as_deref().map(AccessId::parse).transpose();
            waiting.push(Waiting {
                id: new_id(self.clock.as_ref()),
                access_id: id.map_err(|_| RegistryError::Corrupt("access id"))?,
                people: post.named(),
                post: post.divided(),
            });
        }
        self.leave_out(work, &network, &mut waiting).await?;
        self.rows_of(session, &network, waiting).await
    }

    async fn leave_out(
        &self,
        work: &Work,
        network: &NetworkCode,
        waiting: &mut [Waiting],
    ) -> Result<(), RegistryError> {
        let named: Vec<_> = waiting
            .iter()
            .map(|one| (one.access_id.as_ref(), one.people.clone()))
            .collect();
        let left_out = self.left_out(work.tx(), network, &named).await?;
        for (one, left_out) in waiting.iter_mut().zip(left_out) {
            if left_out.resident {
                one.people.resident = None;
                one.post.resident.clear();
            }
            if left_out.owner {
                one.people.owner = None;
                one.post.owner.clear();
            }
        }
        Ok(())
    }

    async fn rows_of(
        &self,
        session: &Model,
        network: &NetworkCode,
        waiting: Vec<Waiting>,
    ) -> Result<Vec<ActiveModel>, RegistryError> {
        let mut texts: Vec<(Uuid, &str, String)> = Vec::with_capacity(waiting.len());
        for one in &waiting {
            texts.push((one.id, FIELDS, text(&one.post.facts)?));
            for (column, fields) in [(PEOPLE, &one.post.resident), (OWNER, &one.post.owner)] {
                if !fields.is_empty() {
                    texts.push((one.id, column, text(fields)?));
                }
            }
        }
        let items: Vec<_> = texts
            .iter()
            .map(|(row_id, column, text)| SealItem {
                subject: SubjectId::from_uuid(session.subject_id),
                table: session_post::TABLE,
                column,
                row_id: *row_id,
                text,
            })
            .collect();
        let sealed = self.privacy.seal_many(&items).await?;
        let places = texts.iter().map(|(id, column, _)| (*id, *column));
        let mut sealed: std::collections::HashMap<_, _> = places.zip(sealed).collect();
        let row = |one: Waiting| {
            let NameTokens { resident, owner } =
                self.name_tokens(network, one.access_id.as_ref(), &one.people);
            ActiveModel {
                id: Set(one.id),
                session_id: Set(session.id),
                network: Set(session.network.clone()),
                subject_id: Set(session.subject_id),
                access_id: Set(one.access_id.map(String::from)),
                fields: Set(sealed.remove(&(one.id, FIELDS))),
                people: Set(sealed.remove(&(one.id, PEOPLE))),
                owner: Set(sealed.remove(&(one.id, OWNER))),
                resident_token: Set(resident),
                owner_token: Set(owner),
            }
        };
        Ok(waiting.into_iter().map(row).collect())
    }
}

fn text(fields: &[(String, String)]) -> Result<String, RegistryError> {
    serde_json::to_string(fields).map_err(|_| RegistryError::Corrupt("post"))
}
