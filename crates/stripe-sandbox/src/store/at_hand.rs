//! The objects that a transaction has at hand: each is read once and written once, however often it is asked for and
//! changed. A renewal saves its invoice four times and asks for its price twice.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;

use super::keys::{Keys, is_key, text_at};
use crate::fields::Fields;
use crate::http::error::ApiError;

/// So many are kept at the most. A long transaction, such as a test clock's journey, then begins anew.
const MOST: usize = 256;

/// Objects by their ids.
#[derive(Default)]
pub(super) struct AtHand {
    objects: HashMap<String, Held>,
    /// The ids of those that are still to be written, in the order of their first change: rows keep the order in which
    /// objects were made.
    unwritten: Vec<String>,
}

struct Held {
    object: Rc<Value>,
    lacks: Lacks,
}

/// What is still to be written of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lacks {
    Nothing,
    /// Its row has another body, and the same keys.
    Body,
    /// Its row has another body, and perhaps other keys.
    BodyAndKeys,
    /// It has no row.
    Row,
}

impl AtHand {
    /// The object with this id, if it is at hand.
    pub(super) fn find(&self, id: &str) -> Option<Rc<Value>> {
        self.objects.get(id).map(|held| Rc::clone(&held.object))
    }

    /// Keeps an object that was read.
    pub(super) fn keep(&mut self, object: &Rc<Value>) {
        let held = Held { object: Rc::clone(object), lacks: Lacks::Nothing };
        self.objects.insert(object.id().to_owned(), held);
    }

    /// Notes a new object.
    pub(super) fn add(&mut self, object: &Value) {
        self.put(object, Lacks::Row);
    }

    /// Notes how an object is now.
    pub(super) fn change(&mut self, object: &Value) {
        let known = self.objects.get(object.id());
        let same_keys = known.is_some_and(|held| Keys::of(&held.object) == Keys::of(object));
        self.put(object, if same_keys { Lacks::Body } else { Lacks::BodyAndKeys });
    }

    fn put(&mut self, object: &Value, lacks: Lacks) {
        let before = self.objects.get(object.id()).map_or(Lacks::Nothing, |held| held.lacks);
        if before == Lacks::Nothing {
            self.unwritten.push(object.id().to_owned());
        }
        let held = Held { object: Rc::new(object.clone()), lacks: lacks.max(before) };
        self.objects.insert(object.id().to_owned(), held);
    }

    /// Lets go of an object that is removed.
    pub(super) fn drop(&mut self, id: &str) {
        self.objects.remove(id);
    }

    /// Lets go of everything: what was changed since it was last written was taken back.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Whether nothing is still to be written.
    pub(super) fn is_written(&self) -> bool {
        self.unwritten.is_empty()
    }

    /// Whether an object of this kind is still to be written.
    pub(super) fn has_unwritten(&self, kind: &str) -> bool {
        let mut held = self.unwritten.iter().filter_map(|id| self.objects.get(id));
        held.any(|held| held.object.kind() == kind)
    }

    /// The new objects of this kind that hold these texts at their paths, in the order in which they were made. `None`
    /// where one that has a row has changed, perhaps in what is asked for.
    pub(super) fn new_with(&self, kind: &str, texts: &[(String, String)]) -> Option<Vec<Value>> {
        let by_keys = texts.iter().all(|(path, _)| is_key(path));
        let holds_all =
            |object: &Value| texts.iter().all(|(path, text)| text_at(object, path) == Some(text.as_str()));
        let unwritten = self.unwritten.iter().filter_map(|id| self.objects.get(id));
        let mut new = Vec::new();
        for held in unwritten.filter(|held| held.object.kind() == kind) {
            match held.lacks {
                Lacks::Row if holds_all(&held.object) => new.push(Value::clone(&held.object)),
                Lacks::Body if !by_keys => return None,
                Lacks::BodyAndKeys => return None,
                Lacks::Nothing | Lacks::Row | Lacks::Body => {}
            }
        }
        Some(new)
    }

    /// Has everything written that is still to be.
    pub(super) fn write_down(
        &mut self,
        mut write: impl FnMut(&Value, Lacks) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        for id in self.unwritten.drain(..) {
            let Some(held) = self.objects.get_mut(&id) else { continue };
            write(&held.object, held.lacks)?;
            held.lacks = Lacks::Nothing;
        }
        if self.objects.len() > MOST {
            self.objects.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(at_hand: &mut AtHand) -> Vec<(String, Lacks)> {
        let mut written = Vec::new();
        let write = |object: &Value, lacks| {
            written.push((object.id().to_owned(), lacks));
            Ok(())
        };
        at_hand.write_down(write).unwrap();
        written
    }

    #[test]
    fn what_is_made_and_changed_is_written_once_in_the_order_in_which_it_was_made() {
        let mut at_hand = AtHand::default();
        at_hand.add(&json!({ "id": "in_2", "status": "draft" }));
        at_hand.add(&json!({ "id": "in_1" }));
        at_hand.change(&json!({ "id": "in_2", "status": "paid" }));
        assert_eq!(at_hand.find("in_2").unwrap()["status"], "paid");
        assert_eq!(written(&mut at_hand), [("in_2".to_owned(), Lacks::Row), ("in_1".to_owned(), Lacks::Row)]);
        assert_eq!(written(&mut at_hand), []);
    }

    #[test]
    fn keys_are_written_where_they_have_changed_or_may_have() {
        let mut at_hand = AtHand::default();
        at_hand.keep(&Rc::new(json!({ "id": "sub_1", "_due_at": 1 })));
        at_hand.change(&json!({ "id": "sub_1", "_due_at": 1, "status": "active" }));
        at_hand.change(&json!({ "id": "sub_2" }));
        let expected = [("sub_1".to_owned(), Lacks::Body), ("sub_2".to_owned(), Lacks::BodyAndKeys)];
        assert_eq!(written(&mut at_hand), expected);
        at_hand.change(&json!({ "id": "sub_1", "_due_at": 2 }));
        at_hand.change(&json!({ "id": "sub_1", "_due_at": 2, "status": "canceled" }));
        assert_eq!(written(&mut at_hand), [("sub_1".to_owned(), Lacks::BodyAndKeys)]);
    }

    #[test]
    fn what_is_new_is_told_apart_from_what_only_the_database_can_tell() {
        let texts = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect::<Vec<_>>()
        };
        let line = |id: &str, invoice: &str, status: &str| json!({ "id": id, "object": "line", "invoice": invoice, "status": status });
        let mut at_hand = AtHand::default();
        at_hand.add(&line("l_1", "in_1", "open"));
        at_hand.add(&line("l_2", "in_2", "open"));
        at_hand.add(&line("l_3", "in_1", "paid"));
        let open_of_first = texts(&[("invoice", "in_1"), ("status", "open")]);
        let ids = |found: Vec<Value>| found.iter().map(|object| object.id().to_owned()).collect::<Vec<_>>();
        assert_eq!(ids(at_hand.new_with("line", &open_of_first).unwrap()), ["l_1"]);
        assert!(at_hand.new_with("price", &open_of_first).unwrap().is_empty());
        written(&mut at_hand);
        at_hand.change(&line("l_1", "in_1", "paid"));
        assert_eq!(at_hand.new_with("line", &open_of_first), None);
        assert_eq!(at_hand.new_with("line", &texts(&[("invoice", "in_1")])), Some(Vec::new()));
        at_hand.change(&line("l_1", "in_2", "paid"));
        assert_eq!(at_hand.new_with("line", &texts(&[("invoice", "in_1")])), None);
    }

    #[test]
    fn what_was_removed_is_not_written() {
        let mut at_hand = AtHand::default();
        at_hand.add(&json!({ "id": "si_1", "object": "subscription_item" }));
        at_hand.drop("si_1");
        assert!(!at_hand.has_unwritten("subscription_item"));
        assert_eq!(written(&mut at_hand), []);
    }
}
