//! No mail twice. What is meant once is one row of the queue, one Message-ID, one text.
//!
//! SMTP delivers at least once (RFC 5321, section 4.5.4.1 and RFC 1047): a sender that dies between the server's "250" and
//! its own commit cannot know, and sends that row again when its lease ends. So the *same Message-ID* may come again, with
//! the same text, at most once for each mail that is under way when the sender ends. What may never come is the same text
//! under two Message-IDs: that would be an effect done twice.

use std::collections::{BTreeMap, BTreeSet};

use e2e::people::Person;
use e2e::town::{PATIENCE, Town};
use testkit::eventually;

use crate::chaos::books;

/// Mails that a service has under way at once, as the mailer limits them.
const UNDER_WAY: usize = 8;

/// Each customer has one mail, of the order; the provider has one of each order and one of each erasure. `ends` is how often
/// the sending service was ended.
pub(crate) async fn none_twice(town: &Town, customers: &[Person], ends: usize) {
    let orders = books(town, "orders").await;
    let to_provider = "SELECT count(*) FROM mail WHERE subject_id IS NULL";
    let meant = 2 * customers.len();
    let wanted = i64::try_from(meant).unwrap();
    eventually!(PATIENCE, orders.count(to_provider).await.unwrap() >= wanted);
    // One whose sender was ended waits for its lease, longer than this test; the others arrive.
    let waiting = format!("{to_provider} AND status = 'queued' AND lease_owner IS NULL");
    eventually!(PATIENCE, orders.count(&waiting).await.unwrap() == 0);
    assert_eq!(orders.count(to_provider).await.unwrap(), wanted);
    let leased = format!("{to_provider} AND status = 'queued'");
    let leased = usize::try_from(orders.count(&leased).await.unwrap()).unwrap();

    let mails = town.mailbox.mails();
    let mut texts: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for mail in &mails {
        assert_ne!(mail.message_id, "", "to {:?}", mail.to);
        let text = (&mail.to, &mail.subject, &mail.text);
        texts.entry(text).or_default().insert(&mail.message_id);
    }
    for ((to, subject, _), ids) in &texts {
        assert_eq!(ids.len(), 1, "{subject} to {to:?} was sent as {ids:?}");
    }
    let ids: BTreeSet<_> = mails.iter().map(|mail| &mail.message_id).collect();
    assert_eq!(ids.len(), texts.len(), "one Message-ID, two texts");
    let repeated = mails.len() - ids.len();
    println!("{} mails, of these {repeated} again", mails.len());
    assert!(repeated <= ends * UNDER_WAY, "{repeated} mails came again");

    let to = |address: &str| texts.keys().filter(|(to, ..)| to[..] == [address]).count();
    for person in customers {
        assert_eq!(to(&person.email), 1, "{}", person.email);
    }
    let arrived = texts.len() - customers.len();
    assert!(arrived <= meant && arrived + leased >= meant, "{arrived}");
}
