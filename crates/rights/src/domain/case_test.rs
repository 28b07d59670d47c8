//! The state machine against every order of events, duplicates and latecomers included.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use proptest::prelude::*;

use super::case::{Approval, Case, Effect, MAX_ROUNDS, Refusal, Retained, SELF};
use super::progress::HolderState;
use super::state::{RequestKind, RequestState};

const NAMES: [&str; 5] = ["crm", "orders", SELF, "gateway", "late"];

#[derive(Clone, Debug)]
enum Step {
    Join(usize),
    Found(usize),
    Discovered(usize, u32),
    Proceed(bool),
    Approve(u8),
    Refuse,
    Append,
    Proven(usize, u64),
    Restored(usize),
    Retire(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..NAMES.len();
    prop_oneof![
        2 => who.clone().prop_map(Step::Join),
        2 => who.clone().prop_map(Step::Found),
        8 => (who.clone(), 1..4_u32).prop_map(|(h, r)| Step::Discovered(h, r)),
        3 => any::<bool>().prop_map(Step::Proceed),
        3 => (0..3_u8).prop_map(Step::Approve),
        1 => Just(Step::Refuse),
        3 => Just(Step::Append),
        8 => (who.clone(), 0..9_u64).prop_map(|(h, e)| Step::Proven(h, e)),
        1 => who.clone().prop_map(Step::Restored),
        1 => who.prop_map(Step::Retire),
    ]
}

/// A case with its ledger, watched: every effect is judged the moment it appears.
struct Watched {
    case: Case,
    ledger: u64,
    closes: u32,
}

impl Watched {
    fn open(kind: RequestKind) -> Self {
        let (case, effects) = Case::open(kind, NAMES[..3].iter().map(ToString::to_string));
        assert_eq!(effects, [Effect::AskAll { round: 1 }]);
        Self {
            case,
            ledger: 0,
            closes: 0,
        }
    }

    fn take(&mut self, step: &Step) {
        let effects = match step {
            Step::Join(h) => self.case.join(NAMES[*h]),
            Step::Found(h) => self.found(NAMES[*h]),
            Step::Discovered(h, round) => {
                self.case.discovered(NAMES[*h], *round).unwrap_or_default()
            }
            Step::Proceed(two) => {
                let approval = if *two {
                    Approval::TwoPersons
                } else {
                    Approval::OnePerson
                };
                self.case.proceed("person 0", approval).unwrap_or_default()
            }
            Step::Approve(who) => self
                .case
                .approve(&format!("person {who}"))
                .unwrap_or_default(),
            Step::Refuse => self
                .case
                .refuse("person 1")
                .map(|()| Vec::new())
                .unwrap_or_default(),
            Step::Append => self.append(),
            Step::Proven(h, entry) => self.case.proven(NAMES[*h], *entry).unwrap_or_default(),
            Step::Restored(h) => self.case.restored(NAMES[*h]),
            Step::Retire(h) => self.case.retire(NAMES[*h]),
        };
        self.judge(&effects);
    }

    fn found(&mut self, holder: &str) -> Vec<Effect> {
        let round = self.case.round();
        self.case
            .found_identifiers(holder, round)
            .map(|()| Vec::new())
            .unwrap_or_default()
    }

    fn append(&mut self) -> Vec<Effect> {
        let holders = self.case.to_order();
        if holders.is_empty() {
            return Vec::new();
        }
        self.ledger += 1;
        self.case.appended(&holders, self.ledger)
    }

    fn judge(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Order { holder } => self.judge_order(holder),
                Effect::Close => {
                    self.closes += 1;
                    assert!(
                        self.case
                            .holders()
                            .any(|(_, p)| p.state() == HolderState::Proven)
                    );
                }
                Effect::AskAll { round } => assert!(*round <= MAX_ROUNDS),
                Effect::Ask { .. } | Effect::Append => {}
            }
        }
        if self.case.closing() {
            assert!(
                self.open_parts().is_empty(),
                "closing with open parts: {:?}",
                self.case
            );
        }
    }

    fn judge_order(&self, holder: &str) {
        assert!(
            self.case.holder(holder).unwrap().entry().is_some(),
            "an order without its entry"
        );
        let early = holder == SELF && self.case.kind().is_ledgered() && !self.case.set_closed();
        assert!(!early, "rights went before the others");
    }

    fn open_parts(&self) -> Vec<String> {
        let done = |s| matches!(s, HolderState::Proven | HolderState::Retired);
        self.case
            .holders()
            .filter(|(_, p)| !done(p.state()))
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    /// Everybody does their part from here on: the case must come to its end.
    fn drive(&mut self) {
        for _ in 0..100 {
            if !self.case.state().is_unfinished() || self.case.closing() {
                return;
            }
            let holders: Vec<_> = self
                .case
                .holders()
                .map(|(name, p)| (name.to_owned(), p.clone()))
                .collect();
            for (name, progress) in holders {
                let effects = match (progress.state(), progress.entry()) {
                    (HolderState::Asked, _) => self.case.discovered(&name, progress.round()),
                    (HolderState::Ordered | HolderState::Void, Some(entry)) => {
                        self.case.proven(&name, entry)
                    }
                    _ => Ok(Vec::new()),
                };
                self.judge(&effects.unwrap_or_default());
            }
            self.take(&Step::Proceed(true));
            self.take(&Step::Approve(1));
            self.take(&Step::Append);
        }
        panic!("the case does not come to its end: {:?}", self.case);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn complete_needs_proof_from_everybody(
        erasure in any::<bool>(),
        steps in prop::collection::vec(step(), 0..80),
    ) {
        let mut watched = Watched::open(if erasure { RequestKind::Erasure } else { RequestKind::Access });
        for step in &steps {
            watched.take(step);
            if !watched.case.closing() {
                prop_assert_eq!(watched.case.clone().close(Retained::Nothing), Err(Refusal::WrongState));
            }
        }
        let all_retired = watched.case.holders().all(|(_, p)| p.state() == HolderState::Retired);
        if all_retired {
            prop_assert!(!watched.case.closing(), "nobody has proven nothing");
        } else {
            watched.drive();
        }
        prop_assert!(watched.closes <= 1);
        if watched.case.closing() {
            prop_assert_eq!(watched.closes, 1);
            prop_assert!(watched.case.close(Retained::Something).is_ok());
        }
    }
}

#[test]
fn a_second_answer_changes_nothing() {
    let mut watched = Watched::open(RequestKind::Access);
    watched.case.discovered("crm", 1).unwrap();
    let before = watched.case.clone();
    assert_eq!(watched.case.discovered("crm", 1), Err(Refusal::Repeated));
    assert_eq!(watched.case, before);
}

#[test]
fn the_same_person_cannot_approve() {
    let mut watched = Watched::open(RequestKind::Erasure);
    for name in &NAMES[..3] {
        watched.case.discovered(name, 1).unwrap();
    }
    watched.case.proceed("a", Approval::TwoPersons).unwrap();
    assert_eq!(watched.case.approve("a"), Err(Refusal::SamePerson));
    assert_eq!(watched.case.approve("b").unwrap(), [Effect::Append]);
}

#[test]
fn a_latecomer_during_the_execution_is_waited_for() {
    let mut watched = Watched::open(RequestKind::Erasure);
    for name in &NAMES[..3] {
        watched.case.discovered(name, 1).unwrap();
    }
    watched.case.proceed("a", Approval::OnePerson).unwrap();
    watched.case.appended(&watched.case.to_order(), 1);
    assert_eq!(
        watched.case.join("late"),
        [Effect::Ask {
            holder: "late".into(),
            round: 1
        }]
    );
    watched.case.proven("crm", 1).unwrap();
    watched.case.proven("orders", 1).unwrap();
    assert_eq!(watched.case.waiting_for(), ["late"]);
    assert_eq!(
        watched.case.discovered("late", 1).unwrap(),
        [Effect::Append]
    );
    assert_eq!(
        watched.case.appended(&["late".into()], 2),
        [Effect::Order {
            holder: "late".into()
        }]
    );
    assert_eq!(
        watched.case.proven("late", 2).unwrap(),
        [Effect::Order {
            holder: SELF.into()
        }]
    );
    assert_eq!(
        watched.case.join("later"),
        [],
        "the search keys are about to be destroyed"
    );
    assert_eq!(watched.case.proven(SELF, 1).unwrap(), [Effect::Close]);
    assert_eq!(watched.case.state(), RequestState::Executing);
}

#[test]
fn a_restore_before_completion_voids_the_proof() {
    let mut watched = Watched::open(RequestKind::Erasure);
    for name in &NAMES[..3] {
        watched.case.discovered(name, 1).unwrap();
    }
    watched.case.proceed("a", Approval::OnePerson).unwrap();
    watched.case.appended(&watched.case.to_order(), 7);
    watched.case.proven("crm", 7).unwrap();
    assert_eq!(
        watched.case.restored("crm"),
        [Effect::Order {
            holder: "crm".into()
        }]
    );
    assert_eq!(
        watched.case.holder("crm").unwrap().state(),
        HolderState::Void
    );
    assert_eq!(watched.case.waiting_for(), ["crm", "orders"]);
}
