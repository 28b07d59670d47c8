//! A request is opened by staff who have checked who asks. A duplicate joins the first.

use kernel::{NetworkCode, Violation};
use messaging::{Claim, Work};
use privacy::{Identifier, Known, Origin, SubjectId};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, SqlErr,
};
use service_kit::caller::Caller;
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use crate::domain::case::Case;
use crate::domain::commitment::commit;
use crate::domain::deadline::{Period, deadline};
use crate::domain::search_keys::SearchKeys;
use crate::domain::state::{RequestKind, RequestState};
use crate::store::cases::Loaded;
use crate::store::{holders, request, turns};

const OPERATION: &str = "rights.open_request";
/// A note is a few sentences.
const NOTE_MAX: usize = 4_000;
/// "sign_in", "registered_email" …
const PROOF_MAX: usize = 40;

/// What staff write down.
#[derive(Debug)]
pub struct OpenRequest {
    /// The controller.
    pub network: NetworkCode,
    /// Given by the caller; the same again gets the same answer.
    pub command_id: Uuid,
    /// What is asked for.
    pub kind: RequestKind,
    /// What the person is looked for by.
    pub keys: SearchKeys,
    /// How identity was checked.
    pub identity_proof: String,
    /// For colleagues; sealed.
    pub note: String,
    /// "sv" or "en".
    pub language: String,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The request.
    pub request: Uuid,
    /// Whether it joined one that was open.
    pub joined: bool,
}

/// Everything that is wrong with the words beside the keys.
#[must_use]
pub fn violations(identity_proof: &str, note: &str, language: &str) -> Vec<Violation> {
    let mut wrong = Vec::new();
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if identity_proof.is_empty()
        || identity_proof.len() > PROOF_MAX
        || !identity_proof.chars().all(word)
    {
        let rule = "how identity was checked, as one word: in_person, registered_email, sign_in …";
        wrong.push(Violation::masked("identity_proof", identity_proof, rule));
    }
    if note.chars().count() > NOTE_MAX {
        wrong.push(Violation::masked(
            "note",
            note,
            format!("at most {NOTE_MAX} characters"),
        ));
    }
    if !matches!(language, "sv" | "en") {
        wrong.push(Violation::new("language", language, "sv or en"));
    }
    wrong
}

impl Rights {
    /// Opens a request, or joins the unfinished one of the same person, kind and network.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn open_request(
        &self,
        caller: &Caller,
        command: &OpenRequest,
    ) -> Result<Opened, RightsError> {
        match self.try_open(caller, command).await {
            // Two at once: the other one was first, and is there to be joined now.
            Err(RightsError::Database(error)) if is_duplicate(&error) => {
                self.try_open(caller, command).await
            }
            done => done,
        }
    }

    async fn try_open(
        &self,
        caller: &Caller,
        command: &OpenRequest,
    ) -> Result<Opened, RightsError> {
        let mut work = self.outbox.begin().await?;
        let operation = format!("{OPERATION}:{}:{}", command.network, caller.actor().1);
        if let Claim::Repeated(result) = work.claim(&operation, command.command_id).await? {
            return restore(&result).ok_or(RightsError::Damaged("result of a command"));
        }
        let known = known(&command.keys);
        self.take_turns(&work, command, &known).await?;
        let subject = self
            .privacy
            .subject(work.tx(), &command.network, &known, Origin::OwnAct)
            .await?;
        let subject = subject.subject().ok_or(RightsError::KeysErased)?;
        let opened = match self.unfinished(&work, command, subject).await? {
            Some(request) => Opened {
                request,
                joined: true,
            },
            None => self.start(&mut work, caller, command, subject).await?,
        };
        work.conclude(&operation, command.command_id, &write(opened))
            .await?;
        work.commit().await?;
        metrics::counter!("rights_requests_opened_total", "kind" => command.kind.as_str(), "joined" => opened.joined.to_string()).increment(1);
        Ok(opened)
    }

    /// Two who open a request of one person at once come one after the other, also when the person is new.
    async fn take_turns(
        &self,
        work: &Work,
        command: &OpenRequest,
        known: &[Known],
    ) -> Result<(), DbErr> {
        let tokens = known.iter().map(|one| {
            self.privacy
                .tokens()
                .current(&command.network, &one.identifier)
                .value
        });
        turns::take(work.tx(), tokens).await
    }

    async fn unfinished(
        &self,
        work: &Work,
        command: &OpenRequest,
        subject: SubjectId,
    ) -> Result<Option<Uuid>, DbErr> {
        let row = request::Entity::find()
            .filter(request::Column::Network.eq(command.network.as_str()))
            .filter(request::Column::Kind.eq(command.kind.as_str()))
            .filter(request::Column::SubjectId.eq(subject.as_uuid()))
            .filter(
                request::Column::State.is_in(RequestState::UNFINISHED.map(RequestState::as_str)),
            )
            .one(work.tx())
            .await?;
        Ok(row.map(|row| row.id))
    }

    async fn start(
        &self,
        work: &mut Work,
        caller: &Caller,
        command: &OpenRequest,
        subject: SubjectId,
    ) -> Result<Opened, RightsError> {
        let row = self
            .new_request(caller, command, subject)
            .await?
            .insert(work.tx())
            .await?;
        let names = holders::to_ask(work.tx(), &self.settings.expected_holders).await?;
        let (case, effects) = Case::open(command.kind, names);
        let mut loaded = Loaded::new(case, row);
        loaded.save(work.tx(), self.clock.as_ref()).await?;
        self.say(work, &loaded, &effects);
        Ok(Opened {
            request: loaded.request.id,
            joined: false,
        })
    }

    async fn new_request(
        &self,
        caller: &Caller,
        command: &OpenRequest,
        subject: SubjectId,
    ) -> Result<request::ActiveModel, RightsError> {
        let id = kernel::new_id(self.clock.as_ref());
        let now = self.clock.now();
        let principal = command.keys.principal().ok_or(RightsError::KeysErased)?;
        let keys = self
            .privacy
            .seal(
                subject,
                "request",
                "search_keys",
                id,
                &command.keys.to_json(),
            )
            .await?;
        let note = match command.note.as_str() {
            "" => None,
            note => Some(
                self.privacy
                    .seal(subject, "request", "note", id, note)
                    .await?,
            ),
        };
        Ok(request::ActiveModel {
            id: Set(id),
            network: Set(command.network.to_string()),
            subject_id: Set(subject.as_uuid()),
            package_subject: Set(kernel::new_id(self.clock.as_ref())),
            kind: Set(command.kind.as_str().to_owned()),
            state: Set(RequestState::Discovering.as_str().to_owned()),
            round: Set(1),
            found_round: Set(0),
            set_closed: Set(false),
            closing: Set(false),
            identity_proof: Set(Some(command.identity_proof.clone())),
            language: Set(command.language.clone()),
            search_keys: Set(Some(keys)),
            note: Set(note),
            refusal_reason: Set(None),
            commitment: Set(commit(self.nonce(id), &principal.canonical)),
            commitment_over: Set(principal.kind.to_owned()),
            opened_by: Set(Some(caller.actor().1.to_owned())),
            received_at: Set(now),
            deadline_at: Set(deadline(now, Period::First, &[])),
            decided_by: Set(None),
            decided_at: Set(None),
            approved_by: Set(None),
            approved_at: Set(None),
            proven_at: Set(None),
            completed_at: Set(None),
            ledger_entry: Set(None),
            check_at: Set(Some(now + self.silence())),
        })
    }
}

/// The keys as identifiers of a person; staff have checked identity numbers, e-mails and phones.
pub(crate) fn known(keys: &SearchKeys) -> Vec<Known> {
    let numbers = keys
        .identity_numbers()
        .iter()
        .cloned()
        .map(Identifier::IdentityNumber)
        .map(Known::verified);
    let emails = keys
        .emails()
        .iter()
        .cloned()
        .map(Identifier::Email)
        .map(Known::verified);
    let phones = keys
        .phones()
        .iter()
        .cloned()
        .map(Identifier::Phone)
        .map(Known::verified);
    let names = keys.names_at_access().iter().cloned();
    let names =
        names.map(|(name, access)| Known::unverified(Identifier::NameAtAccess { name, access }));
    numbers.chain(emails).chain(phones).chain(names).collect()
}

fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

fn write(opened: Opened) -> Vec<u8> {
    let mut bytes = opened.request.as_bytes().to_vec();
    bytes.push(u8::from(opened.joined));
    bytes
}

fn restore(bytes: &[u8]) -> Option<Opened> {
    let (joined, id) = bytes.split_last()?;
    Some(Opened {
        request: Uuid::from_slice(id).ok()?,
        joined: *joined == 1,
    })
}
