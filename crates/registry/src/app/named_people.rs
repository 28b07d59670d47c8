//! People whom rows name that wait under an import's own key: by what they are found, and how they are left out.

use kernel::{AccessId, NetworkCode, PersonName};
use privacy::{Identifier, Known};

use super::import_record::count_left_out;
use super::{Registry, RegistryError};
use crate::domain::address_file::NamedPeople;
use crate::domain::import::ImportReport;
use crate::store::staged::NameTokens;
use crate::store::{rejected, staged};

/// Which of the people whom a row names were erased before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LeftOut {
    pub(super) resident: bool,
    pub(super) owner: bool,
}

impl Registry {
    /// What finds the people whom a row names. Nothing does where the row's access cannot be read (decision 17).
    pub(super) fn name_tokens(
        &self,
        network: &NetworkCode,
        access: Option<&AccessId>,
        people: &NamedPeople,
    ) -> NameTokens {
        let token = |name: Option<&PersonName>| {
            let identifier = at_access(name?, access?);
            Some(self.privacy.tokens().current(network, &identifier).value)
        };
        NameTokens {
            resident: token(people.resident.as_ref()),
            owner: token(people.owner.as_ref()),
        }
    }

    /// Of each row, who is not taken in: erased before, and a file brings nobody back (decision 18).
    pub(super) async fn left_out<C: sea_orm::ConnectionTrait>(
        &self,
        connection: &C,
        network: &NetworkCode,
        rows: &[(Option<&AccessId>, NamedPeople)],
    ) -> Result<Vec<LeftOut>, RegistryError> {
        if !self.privacy.suppresses_anybody(connection, network).await? {
            return Ok(vec![LeftOut::default(); rows.len()]);
        }
        let known: Vec<Vec<Known>> = rows
            .iter()
            .flat_map(|(access, people)| {
                let known = |name: Option<&PersonName>| {
                    let both = name.zip(*access);
                    let known = both.map(|(name, access)| at_access(name, access));
                    known.map(Known::unverified).into_iter().collect()
                };
                [
                    known(people.resident.as_ref()),
                    known(people.owner.as_ref()),
                ]
            })
            .collect();
        let suppressed = self.privacy.suppressed(connection, network, &known).await?;
        let left_out = suppressed.chunks_exact(2).map(|pair| LeftOut {
            resident: pair[0],
            owner: pair[1],
        });
        Ok(left_out.collect())
    }

    /// Takes everybody out of an import's rows who was erased while they came in. Whoever is erased from now on is found
    /// in them.
    pub(super) async fn take_out_erased(
        &self,
        report: &mut ImportReport,
    ) -> Result<(), RegistryError> {
        let of_import = ("import_id", report.id);
        let tx = self.outbox.database().begin().await?;
        for table in [staged::TABLE, rejected::TABLE] {
            self.privacy
                .take_out_suppressed(&tx, &report.network, table, of_import)
                .await?;
        }
        count_left_out(&tx, std::slice::from_mut(report)).await?;
        Ok(tx.commit().await?)
    }
}

fn at_access(name: &PersonName, access: &AccessId) -> Identifier {
    Identifier::NameAtAccess {
        name: name.clone(),
        access: access.clone(),
    }
}
